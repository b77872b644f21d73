"""Files of many rows, each of them an article."""

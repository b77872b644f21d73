"""Tables: files in which each row is an article."""

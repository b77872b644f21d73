"""Files → articles, whatever their format."""

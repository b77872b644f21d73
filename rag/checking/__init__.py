"""Whether the archive has what a draft quotes and counts."""

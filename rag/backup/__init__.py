"""Backups: an archive as one file, written while it is in use, checked, and restored."""

"""Answers and articles as a notebook, an editor or a table shows them. Pure functions on values."""

"""What of a request reaches the page: its routes and functions."""

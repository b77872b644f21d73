"""What the server answers beside the page: articles, feedback, reports."""

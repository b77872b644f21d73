"""German and English wording of the page."""

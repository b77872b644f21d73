"""Values to escaped HTML, and the look of the page."""

"""What runs in the background of the page, in threads of its own."""

"""What runs in the background of a server, in threads of its own."""

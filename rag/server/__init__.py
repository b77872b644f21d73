"""What serves the page and the API alike: where it listens, to whom it answers, what protects it."""

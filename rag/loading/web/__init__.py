"""What a saved web page says of its article, and which of its words are comments of readers."""

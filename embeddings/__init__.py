"""Text to vectors, and the nearest vectors to a question. Knows no article and no screen."""

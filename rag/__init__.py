"""Articles, passages, answers: what to find and how to cite it. Knows no screen."""

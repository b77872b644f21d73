"""Search by words: what a text's words are, and an index of them that is a view of the store."""

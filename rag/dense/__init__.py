"""The index of vectors, and the vectors of tokens that re-ranking reads."""

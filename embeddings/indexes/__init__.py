"""Indexes of vectors on disk: FAISS, and the exact one in NumPy."""

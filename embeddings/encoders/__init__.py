"""Encoders: the bundled model compiled for this processor, and sentence-transformers."""

"""Vectors without their language, and token vectors in a few bytes."""

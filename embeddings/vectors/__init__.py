"""Vectors without their language-specific component, and token vectors in a few bytes."""

"""Test questions, what a search makes of them, and whether another search is better."""

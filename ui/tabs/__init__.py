"""The tabs of the page, and the evaluations that one of them runs."""

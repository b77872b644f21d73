"""The web page: shows what `rag` returns."""

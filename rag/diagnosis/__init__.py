"""Examining an archive: small checks, each of which sees one thing, and repairs that can lose nothing."""

"""Which language a text is written in."""

from __future__ import annotations

_SAMPLE = 2000


def language_of(text: str) -> str:
    """Return the BCP-47 tag of the likeliest language, by the first 2,000 characters."""
    import py3langid

    language, _ = py3langid.classify(text[:_SAMPLE])
    return str(language)

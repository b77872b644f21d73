"""The faces that the page brings along: Source Serif 4 for reading, Source Sans 3 for everything else."""

from __future__ import annotations

from pathlib import Path

FONTS = Path(__file__).parents[1] / "assets" / "fonts"

# what the first screen needs, before any style is read
_FIRST = ("source-sans-3.052-latin.woff2", "source-serif-4.004-latin.woff2")


def font_faces(root: str = "") -> str:
    """Return the styles that declare the faces.

    Args:
        root: the address of the page at /, with a slash at the end; as seen from there, it is empty.
    """
    return (FONTS / "faces.css").read_text(encoding="utf-8").replace('url("', f'url("{root}fonts/')


def font_links(root: str = "") -> str:
    """Return the links by which a browser fetches at once what the first screen needs."""
    attributes = 'rel="preload" as="font" type="font/woff2" crossorigin'
    return "".join(f'<link {attributes} href="{root}fonts/{name}">' for name in _FIRST)

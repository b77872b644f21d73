"""Pages that show their text as a picture: scans, and text whose letters were made into drawings."""

from __future__ import annotations

from itertools import islice
from typing import Any

MAX_STAMP_LETTERS = 100
"""The most letters of a stamp, or of what a scanner puts on a page."""
_MAX_LETTERS = 400
_LARGE_PICTURE = 0.5  # share of the page
_SMALL_PICTURE = 0.02
_MIN_DRAWINGS = 50  # as many as letters made into drawings
_MAX_OBJECTS = 1_000


def is_picture(page: Any, letters: int) -> bool:
    """Whether a page may show more text than it has letters.

    It may if it has few letters and a large picture, or no letters and any picture or many drawings.
    """
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH

    if letters > _MAX_LETTERS:
        return False
    size = max(page.get_width() * page.get_height(), 1.0)
    covered, drawings = 0.0, 0
    for page_object in islice(page.get_objects(max_depth=4), _MAX_OBJECTS):
        if page_object.type == FPDF_PAGEOBJ_PATH:
            drawings += 1
        elif page_object.type == FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = page_object.get_bounds()
            covered += max(right - left, 0.0) * max(top - bottom, 0.0) / size
    return covered >= _LARGE_PICTURE or (not letters and (covered >= _SMALL_PICTURE or drawings >= _MIN_DRAWINGS))

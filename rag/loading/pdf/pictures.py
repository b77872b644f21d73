"""Pages that show their text as a picture: scans, and text whose letters were made into drawings."""

from __future__ import annotations

from itertools import islice
from typing import Any

FEW_LETTERS = 100
"""So many letters a stamp has, or what a scanner puts on a page by itself."""
_SOME_LETTERS = 400
_COVERED = 0.5  # of the page
_SMALL = 0.02
_DRAWINGS = 50
_MOST = 1_000


def is_picture(page: Any, letters: int) -> bool:
    """Tell whether a page may show more text than it has letters: it has not many, and a large picture, or it has none,
    and any picture or many drawings."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH

    if letters > _SOME_LETTERS:
        return False
    size = max(page.get_width() * page.get_height(), 1.0)
    covered, drawings = 0.0, 0
    for each in islice(page.get_objects(max_depth=4), _MOST):
        if each.type == FPDF_PAGEOBJ_PATH:
            drawings += 1
        elif each.type == FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = each.get_bounds()
            covered += max(right - left, 0.0) * max(top - bottom, 0.0) / size
    return covered >= _COVERED or (not letters and (covered >= _SMALL or drawings >= _DRAWINGS))

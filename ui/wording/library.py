"""The wording of the library."""

from __future__ import annotations

from collections.abc import Mapping

from ui.wording.library_english import LIBRARY_ENGLISH
from ui.wording.library_german import LIBRARY_GERMAN
from ui.wording.library_texts import LibraryTexts

LIBRARY: Mapping[str, LibraryTexts] = {"de": LIBRARY_GERMAN, "en": LIBRARY_ENGLISH}

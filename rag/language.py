"""Which language a text is written in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rag.types import primary

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 2000
# a part of a text is in another language if it has so many letters and it is so likely
_LETTERS = 100
_LIKELY = 0.95
# what has several names, or is told apart by little
_ALIKE = ({"no", "nb", "nn"}, {"hr", "bs", "sr", "sh"}, {"id", "ms"}, {"tl", "fil"})


def language_of(text: str) -> str:
    """Return the BCP-47 tag of the likeliest language, by the first 2,000 characters."""
    language, _ = _identifier().classify(text[:_SAMPLE])
    return str(language)


def language_of_part(text: str, language: str) -> str:
    """Return the language of a part of a text: that of the whole, unless it is clearly in another one."""
    if sum(letter.isalpha() for letter in text) < _LETTERS:
        return language
    own, likely = _identifier().classify(text[:_SAMPLE])
    known = primary(language).lower()
    same = own == known or any({own, known} <= names for names in _ALIKE)
    return language if same or likely < _LIKELY else str(own)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

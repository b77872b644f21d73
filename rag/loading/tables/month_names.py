"""Month names in many languages, from the Common Locale Data Repository."""

from __future__ import annotations

import unicodedata
from functools import cache

_COMMON_LOCALES = ("de", "de_AT", "en", "fr", "es", "it", "pt", "nl")
_RARE = (
    "af ar ar_SY az be bg bn bs ca cs cy da el et eu fa fi fil fo ga gl gu he hi hr hu hy id is ja ka kk km kn ko "
    "ky lb lo lt lv mk ml mn mr ms mt my nb ne nn pa pl ps rm ro ru si sk sl sq sr sr_Latn sv sw ta te th tk tr uk "
    "ur uz vi zh"
)
_LOCALES = (*_COMMON_LOCALES, *_RARE.split(" "))
# other common spellings
_EXTRA_MONTHS = {"maerz": 3, "mär": 3, "mrz": 3, "sept": 9, "juni": 6, "juli": 7}
_MIN_LETTERS = 3


def month_of(word: str, language: str) -> int | None:
    """Return the month that a word names: in a language (BCP-47), else in common languages, else in any.

    None for a word that names different months in different languages, as the Slavic listopad does.
    """
    folded = _folded(word)
    primary = language.partition("-")[0].lower()
    for languages in ((primary,) if primary in _LOCALES else (), _COMMON_LOCALES, _LOCALES):
        months = {month for locale in languages for name, month in _names(locale) if name == folded}
        if months:
            return months.pop() if len(months) == 1 else None
    return _EXTRA_MONTHS.get(folded)


@cache
def _names(locale: str) -> tuple[tuple[str, int], ...]:
    from babel import Locale

    months = Locale.parse(locale).months
    return tuple(
        (folded, month)
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for month, name in months[form][width].items()
        if len(folded := _folded(name)) >= _MIN_LETTERS or not folded.isascii()
    )


def _folded(word: str) -> str:
    """A word without case, accents and trailing punctuation."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(".,'’ ")

"""The names of months in many languages, by the Common Locale Data Repository."""

from __future__ import annotations

import unicodedata
from functools import cache

_COMMON = ("de", "de_AT", "en", "fr", "es", "it", "pt", "nl")
_OTHERS = (
    "af ar ar_SY az be bg bn bs ca cs cy da el et eu fa fi fil fo ga gl gu he hi hr hu hy id is ja ka kk km kn ko "
    "ky lb lo lt lv mk ml mn mr ms mt my nb ne nn pa pl ps rm ro ru si sk sl sq sr sr_Latn sv sw ta te th tk tr uk "
    "ur uz vi zh"
)
_LANGUAGES = (*_COMMON, *_OTHERS.split(" "))
# as people write them besides
_MORE = {"maerz": 3, "mär": 3, "mrz": 3, "sept": 9, "juni": 6, "juli": 7}
_SHORTEST = 3


def month_of(word: str, language: str) -> int | None:
    """Return the month that a word names: in a language (BCP-47), else in those that are common, else in any.

    A word that is one month in one language and another one in another, as the Slavic listopad, is None.
    """
    key = _key(word)
    own = language.partition("-")[0].lower()
    for languages in ((own,) if own in _LANGUAGES else (), _COMMON, _LANGUAGES):
        months = {month for one in languages for name, month in _names(one) if name == key}
        if months:
            return months.pop() if len(months) == 1 else None
    return _MORE.get(key)


@cache
def _names(locale: str) -> tuple[tuple[str, int], ...]:
    from babel import Locale

    months = Locale.parse(locale).months
    return tuple(
        (key, month)
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for month, name in months[form][width].items()
        if len(key := _key(name)) >= _SHORTEST or not key.isascii()
    )


def _key(word: str) -> str:
    """A word without case, accents and the dot behind it."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(".,'’ ")

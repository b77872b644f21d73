"""A text → its figures: numbers, sums and dates, each with its value and its unit or noun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import regex

from rag.lexical.stopwords import is_stop_word
from rag.text.numbers import DIGITS, NUMBER, is_number, scaled_value, value_of
from rag.text.times import periods_in
from rag.text.words import fold, term
from rag.types import Span

_UNITS = {
    "%": ("%", "prozent", "percent", "pourcent", "procent", "per cent", "pour cent", "por ciento", "per cento"),
    "€": ("€", "eur", "euro", "euros"),
    "$": ("$", "usd", "dollar", "dollars", "us-dollar", "us-dollars"),
    "£": ("£", "gbp", "pfund", "pound", "pounds"),
    "chf": ("chf", "franken", "francs", "sfr"),
    "km": ("km", "kilometer", "kilometern", "kilometers", "kilometres", "kilometre"),
    "m": ("m", "meter", "metern", "meters", "metres", "metre"),
    "kg": ("kg", "kilogramm", "kilo", "kilos"),
    "t": ("t", "tonne", "tonnen", "tonnes", "tons"),
    "°": ("°", "°c", "grad", "degrees"),
}
_CANONICAL = {fold(name) or name: unit for unit, names in _UNITS.items() for name in names}
_WORD_VALUES = {
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "en": "zero one two three four five six seven eight nine ten eleven twelve",
}
_WORDS = {word: str(value) for words in _WORD_VALUES.values() for value, word in enumerate(words.split()) if value > 1}
_NAMES = regex.compile(r"\b(?:" + "|".join(_WORDS) + r")\b", regex.IGNORECASE)
_DIGITS = r"(?<![\p{L}\p{N}_]|\p{Nd}[.,/:])\p{Nd}+(?:[.,]\p{Nd}+)*(?![\p{L}\p{N}_]|[/:]\p{Nd})"
_NUMBERS = regex.compile(rf"(?V1)(?P<sign>[€$£])?\s?(?P<number>{NUMBER}|{_DIGITS})")
_FOLLOWING = regex.compile(
    r"\s?(?P<sign>[%€$£°]C?)|[\s-](?:US-)?(?P<word>per cent|pour cent|por ciento|per cento|\p{L}++(?!\p{N}))\.?"
)
# 1. and 2) at the beginning of a line number a list, and [3] is a note
_LIST = regex.compile(r"(?m)^[^\S\n]*(?:#+\s*)?\p{Nd}{1,3}[.)]\s|\[\p{Nd}+\]|\bhttps?://\S+")
_MAX_LENGTH = 40
# "since 1998" has no end
_OPEN_ENDS = {str(date.min), str(date.max)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text, with its unit or noun.

    Attributes:
        value: the number, written out; of a date, its first and its last day.
        unit: a sign for a known unit, `date` for a date, the stem of the noun behind it, or empty.
        is_known: whether the unit is a known one or a date, which is the same in every language.
    """

    start: int
    end: int
    value: str
    unit: str
    is_known: bool = False

    def equals(self, figure: Figure) -> bool:
        """Whether both state the same: the same value, and not two different known units."""
        if self.unit == "date" == figure.unit:
            return bool(set(self.value.split("/")) & set(figure.value.split("/")) - _OPEN_ENDS)
        return self.value == figure.value and not (self.is_known and figure.is_known and self.unit != figure.unit)

    def is_like(self, figure: Figure) -> bool:
        """Whether both count the same thing."""
        return bool(self.unit) and self.unit == figure.unit


def figures_in(text: str, language: str) -> list[Figure]:
    """Return the figures of a text in a language (BCP-47), in their order.

    >>> [(figure.value, figure.unit) for figure in figures_in("Es kostet 1,2 Millionen Euro.", "de")]
    [('1200000', '€')]
    """
    spoken_for = bytearray(len(text))
    for match in _LIST.finditer(text):
        spoken_for[slice(*match.span())] = b"x" * len(match[0])
    figures: list[Figure] = []
    for period in periods_in(text):
        start, end = period.span
        if not any(spoken_for[start:end]):
            figures.append(Figure(start, end, f"{period.first}/{period.last}", "date", is_known=True))
            spoken_for[start:end] = b"x" * (end - start)
    for match in _NUMBERS.finditer(text):
        if not any(spoken_for[slice(*match.span("number"))]) and len(match["number"]) <= _MAX_LENGTH:
            value = value_of(match["number"]) or match["number"].translate(DIGITS).lstrip("0") or "0"
            figures.append(_figure(match.span(), value, match["sign"], text, language))
    names = list(_NAMES.finditer(text))
    figures += [_figure(name.span(), _WORDS[name[0].lower()], None, text, language) for name in names]
    certain = (figure for figure in figures if is_number(figure.value) or figure.is_known)
    return sorted(certain, key=lambda figure: figure.start)


def _figure(span: Span, value: str, sign: str | None, text: str, language: str) -> Figure:
    start, end = span
    start += len(text[start:end]) - len(text[start:end].lstrip())
    following = _FOLLOWING.match(text, end)
    if following and following["word"]:
        scaled = scaled_value(value, fold(following["word"]), language)
        if scaled:
            value, end = scaled, following.end("word") if following[0][-1] != "." else following.end()
            following = _FOLLOWING.match(text, end)
    if sign:
        return Figure(start, end, value, sign, is_known=True)
    if following is None:
        return Figure(start, end, value, "")
    name = following["sign"] or following["word"]
    known = _CANONICAL.get(fold(name) or name.lower())
    if known:
        return Figure(start, end + len(following[0].rstrip(".")), value, known, is_known=True)
    if not following["word"] or is_stop_word(name, language):
        return Figure(start, end, value, "")
    return Figure(start, following.end("word"), value, term(name, language))

"""Undoes typesetting: ligatures, words hyphenated at line ends, drop capitals."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
_BULLETS = {0xF0B7: "•", 0xF0A7: "▪"}  # code points of symbol fonts
_REPLACEMENTS = {**_LIGATURES, **_INVISIBLE, **_BULLETS}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# hyphens: typed, typeset, soft, and as OCR reads them in Latin and Gothic type
_HYPHENS = ("-", "\u2010", "\u00ad", "\u00ac", "\u2e17")
_LAST_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
# Vor- und Nachteile: the hyphen stands for an omitted part
_AFTER_OMISSION = {"und", "oder", "bzw", "sowie", "and", "or"}
_ONE_LETTER_WORDS = "AÀEIOY"
# scripts written without spaces
_UNSPACED_SCRIPT = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# compounds are compared by at most five letters of their second part
_STEM_LETTERS = 5
# at most this many characters before a line end are searched for a word
_MAX_WORD_CHARACTERS = 100
# a text hyphenates if more than 4 % of its lines end in a word that goes on in the next
_MIN_CUT_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Usage:
    """How a text spells.

    `words` are its whole words in lower case, `compounds` the parts of its hyphenated words, the second one cut to its
    first letters; `breaks_words` is whether it breaks words at line ends other than at their own hyphens.
    """

    words: frozenset[str] = frozenset()
    compounds: frozenset[tuple[str, str]] = frozenset()
    breaks_words: bool = True


UNKNOWN_USAGE = Usage()
"""Default usage, for when the text is unknown."""


def plain_letters(text: str) -> str:
    """Return the text with ligatures (fi, fl, ff) as single letters, and without soft hyphens inside words."""
    return text.translate(_REPLACEMENTS)


def is_cut(line: str) -> bool:
    """Return whether the line ends in a hyphen after a letter or digit."""
    return line[-1:] in _HYPHENS and line[-2:-1].isalnum()


def usage_of(lines: Iterable[str]) -> Usage:
    """Return how the text of these lines spells its words."""
    words: set[str] = set()
    parts: list[tuple[str, str]] = []
    cut_word, count = "", 0
    for line in map(_tidy, lines):
        words_in_line = [word.lower() for word in _WORD.findall(line)]
        first_word, is_line_cut = _FIRST_WORD.match(line), is_cut(line)
        if cut_word and first_word and first_word[0].islower():
            parts.append((cut_word, first_word[0]))
        words.update(words_in_line[bool(cut_word) : len(words_in_line) - is_line_cut])
        cut_word = words_in_line[-1].rpartition("-")[2] if is_line_cut and words_in_line else ""
        count += 1
    compounds = frozenset(
        (first, second[:_STEM_LETTERS]) for word in words for first, second in itertools.pairwise(word.split("-"))
    )
    breaks_words = len(parts) > _MIN_CUT_SHARE * count or any(first + second in words for first, second in parts)
    return Usage(frozenset(words), compounds, breaks_words)


def join_lines(lines: Iterable[str], usage: Usage = UNKNOWN_USAGE) -> str:
    """Return the lines of a paragraph as one line, with words hyphenated at line ends rejoined.

    A hyphen at a line end is dropped if the next line continues in lower case, and kept if it belongs to the word, as
    in Nord-Süd, CDU-nahe, 10-jährig, Vor- und Nachteile; the usage of the whole text decides where it can.
    """
    pieces: list[str] = []
    previous = ""
    for line in filter(None, map(_tidy, lines)):
        if is_cut(previous):
            pieces[-1] = previous[:-1]
            pieces.append(_joint(previous[:-1], line, usage))
        elif not (_UNSPACED_SCRIPT.match(previous[-1:]) and _UNSPACED_SCRIPT.match(line)):
            pieces.append(" ")
        pieces.append(line)
        previous = line
    return " ".join(plain_letters("".join(pieces)).split())


def _tidy(line: str) -> str:
    """The line with plain letters; a soft hyphen at its end is kept, as it marks a broken word."""
    line = line.strip()
    return plain_letters(line) + line[-1:] if line.endswith("\u00ad") else plain_letters(line)


def _joint(line_before: str, line_after: str, usage: Usage) -> str:
    """What joins the two parts of a broken word: nothing, a hyphen, or a hyphen and a space."""
    left_part = _LAST_WORD.search(line_before[-_MAX_WORD_CHARACTERS:])
    right_part = _FIRST_WORD.match(line_after)
    if not left_part or not right_part:
        return "-" if line_after[0].isalnum() else "- "
    first, second = left_part[0], right_part[0]
    is_whole_word = f"{first}{second}".lower() in usage.words
    if second[0].isupper():
        return "" if is_whole_word and first.isupper() and second.isupper() else "-"
    if is_whole_word:
        return ""
    # drei- bis vierjährig, but Cannabis
    if second in _AFTER_OMISSION or (second == "bis" and first[0].islower()):
        return "- "
    return "-" if not usage.breaks_words or _is_hyphenated(first, second, line_before, line_after, usage) else ""


def _is_hyphenated(first: str, second: str, line_before: str, line_after: str, usage: Usage) -> bool:
    """Whether two parts of a word, the second in lower case, are written with a hyphen also within a line."""
    parts = (first.lower(), second.lower())
    of_compound = line_before[: -len(first)].endswith("-") or line_after[len(second) :].startswith("-")
    return (
        first.isupper()  # single letters too: E-Mail, U-Bahn
        or len(first) == 1
        or (parts[0], parts[1][:_STEM_LETTERS]) in usage.compounds
        or (of_compound and usage.words.issuperset(parts))
        or (first.endswith("isch") and first[0].islower() and len(second) > _STEM_LETTERS)
    )


def with_initial(initial: str, line: str, words: Container[str]) -> str:
    """Return the line with the drop capital before it: D + ie Regierung, but A + man.

    `words` are those of the whole text, in lower case.
    """
    first_word = _FIRST_WORD.match(line)
    if first_word and initial[-1].isalpha():
        may_be_word = initial in _ONE_LETTER_WORDS and first_word[0].lower() in words
        is_word = may_be_word and f"{initial}{first_word[0]}".lower() not in words
        return f"{initial} {line}" if is_word else initial + line
    return f"{initial} {line}" if first_word else initial + line

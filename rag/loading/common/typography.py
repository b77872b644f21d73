"""Text that was set in lines on paper, made whole: letters, words cut at line ends, capitals that stand alone."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
_BULLETS = {0xF0B7: "•", 0xF0A7: "▪"}  # as fonts of signs number them
_PLAIN = {**_LIGATURES, **_INVISIBLE, **_BULLETS}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# a hyphen as it is typed, set, shown only at line ends, and read by OCR from Latin and from Gothic letters
_HYPHENS = ("-", "\u2010", "\u00ad", "\u00ac", "\u2e17")
_LAST = re.compile(r"[^\W\d_]+$")
_FIRST = re.compile(r"[^\W\d_]+")
# Vor- und Nachteile: the hyphen stands for a part that is left out
_AFTER_OMISSION = {"und", "oder", "bzw", "sowie", "and", "or"}
_WORDS_OF_A_LETTER = "AÀEIOY"
# scripts that are written without spaces
_NO_SPACES = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_STEM = 5
_LONGEST_WORD = 100
_OFTEN = 0.04


@dataclass(frozen=True, slots=True)
class Usage:
    """How a text spells: its whole words in small letters, the beginnings of its words with a hyphen, and whether it
    cuts words at line ends other than at their own hyphens."""

    words: frozenset[str] = frozenset()
    compounds: frozenset[tuple[str, str]] = frozenset()
    cuts: bool = True


UNKNOWN_USAGE = Usage()
"""How a text spells of which nothing is known."""


def plain_letters(text: str) -> str:
    """Return the text with letters in place of ligatures (fi, fl, ff), and without soft hyphens inside words."""
    return text.translate(_PLAIN)


def is_cut(line: str) -> bool:
    """Tell whether the line ends in the middle of a word, by a hyphen."""
    return line[-1:] in _HYPHENS and line[-2:-1].isalnum()


def usage_of(lines: Iterable[str]) -> Usage:
    """Return how the text of these lines spells."""
    words: set[str] = set()
    parts: list[tuple[str, str]] = []
    before, count = "", 0
    for line in map(_tidy, lines):
        found = [word.lower() for word in _WORD.findall(line)]
        first, cut = _FIRST.match(line), is_cut(line)
        if before and first and first[0].islower():
            parts.append((before, first[0]))
        words.update(found[bool(before) : len(found) - cut])
        before = found[-1].rpartition("-")[2] if cut and found else ""
        count += 1
    compounds = frozenset(
        (first, second[:_STEM]) for word in words for first, second in itertools.pairwise(word.split("-"))
    )
    cuts = len(parts) > _OFTEN * count or any(first + second in words for first, second in parts)
    return Usage(frozenset(words), compounds, cuts)


def join_lines(lines: Iterable[str], usage: Usage = UNKNOWN_USAGE) -> str:
    """Return the lines of a paragraph as one line, with the words that were cut at line ends made whole.

    A hyphen at a line end goes if the next line goes on in small letters, and stays if it belongs to the word, as in
    Nord-Süd, CDU-nahe, 10-jährig, Vor- und Nachteile; the usage of the whole text decides where it can.
    """
    pieces: list[str] = []
    before = ""
    for line in filter(None, map(_tidy, lines)):
        if is_cut(before):
            pieces[-1] = before[:-1]
            pieces.append(_between(before[:-1], line, usage))
        elif not (_NO_SPACES.match(before[-1:]) and _NO_SPACES.match(line)):
            pieces.append(" ")
        pieces.append(line)
        before = line
    return " ".join(plain_letters("".join(pieces)).split())


def _tidy(line: str) -> str:
    """The line with plain letters; a soft hyphen at its end says that it is cut."""
    line = line.strip()
    return plain_letters(line) + line[-1:] if line.endswith("\u00ad") else plain_letters(line)


def _between(before: str, after: str, usage: Usage) -> str:
    """What stands between the two parts of a word that was cut: nothing, a hyphen, or a hyphen and a space."""
    left, right = _LAST.search(before[-_LONGEST_WORD:]), _FIRST.match(after)
    if not left or not right:
        return "-" if after[0].isalnum() else "- "
    first, second = left[0], right[0]
    whole = f"{first}{second}".lower() in usage.words
    if second[0].isupper():
        return "" if whole and first.isupper() and second.isupper() else "-"
    if whole:
        return ""
    # drei- bis vierjährig, but Cannabis
    if second in _AFTER_OMISSION or (second == "bis" and first[0].islower()):
        return "- "
    return "-" if not usage.cuts or _has_hyphen(first, second, before, after, usage) else ""


def _has_hyphen(first: str, second: str, before: str, after: str, usage: Usage) -> bool:
    """Whether two parts of a word, of which the second is in small letters, have a hyphen between them anywhere."""
    parts = (first.lower(), second.lower())
    of_compound = before[: -len(first)].endswith("-") or after[len(second) :].startswith("-")
    return (
        first.isupper()  # one letter too: E-Mail, U-Bahn
        or len(first) == 1
        or (parts[0], parts[1][:_STEM]) in usage.compounds
        or (of_compound and usage.words.issuperset(parts))
        or (first.endswith("isch") and first[0].islower() and len(second) > _STEM)
    )


def with_initial(initial: str, line: str, words: Container[str]) -> str:
    """Return the line with the large letter that was set before it: D + ie Regierung, but A + man.

    `words` are those of the whole text, in small letters.
    """
    rest = _FIRST.match(line)
    if rest and initial[-1].isalpha():
        alone = initial in _WORDS_OF_A_LETTER and rest[0].lower() in words
        return f"{initial} {line}" if alone and f"{initial}{rest[0]}".lower() not in words else initial + line
    return f"{initial} {line}" if rest else initial + line

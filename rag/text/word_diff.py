"""The words by which two texts differ, for people who compare them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import regex
from rapidfuzz.distance import Indel

from rag.types import Span

# a character of a script without spaces is a word of its own; a word has the white space after it
_TOKENS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]\s*|[\w’'‑-]+\s*|[^\w\s]\s*|\s+")
_LEAST_SIMILARITY = 0.5
"""Texts that share fewer of their words, in order, are different texts and not versions of each other."""


@dataclass(frozen=True, slots=True)
class WordChange:
    """A run of words that both texts have, that only the earlier one has, or only the later one."""

    kind: Literal["same", "removed", "added"]
    text: str


def word_diff(before: str, after: str) -> tuple[WordChange, ...]:
    """Return the runs of words of both texts in order.

    Those that are not `added` make up `before`, those that are not `removed` make up `after`; where only white space
    differs, the words are the same and the white space is that of `after`.

    >>> [(change.kind, change.text) for change in word_diff("Es kostet 61 Euro.", "Es kostet 84 Euro.")]
    [('same', 'Es kostet '), ('removed', '61 '), ('added', '84 '), ('same', 'Euro.')]
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    changes: list[WordChange] = []
    removed = added = ""
    for step in Indel.opcodes(_stripped(old), _stripped(new)):
        old_words, new_words = old[step.src_start : step.src_end], new[step.dest_start : step.dest_end]
        if step.tag != "equal":
            removed += "".join(old_words)
            added += "".join(new_words)
            continue
        changes += _replacement(removed, added)
        changes.append(WordChange("same", "".join(new_words)))
        removed = added = ""
    return (*changes, *_replacement(removed, added))


def nearest_version(quote: str, text: str) -> Span | None:
    """Return the span of a text that is most likely a changed version of a quote; None if nothing is like it."""
    words = [match.span() for match in _TOKENS.finditer(text)]
    old, new = _stripped(_TOKENS.findall(quote)), _stripped(_TOKENS.findall(text))
    if not old or not new:
        return None
    # with room on both sides, since words may have been added
    room = len(old) // 2 + 3
    begin = max(0, _densest_window(old, new) - room)
    window = new[begin : begin + len(old) + 2 * room]
    equal = [step for step in Indel.opcodes(old, window) if step.tag == "equal"]
    if not equal:
        return None
    # the words before the first shared one were replaced by as many; likewise those after the last one
    first = max(0, begin + equal[0].dest_start - equal[0].src_start)
    last = min(len(new), begin + equal[-1].dest_end + len(old) - equal[-1].src_end)
    if Indel.normalized_similarity(old, new[first:last]) < _LEAST_SIMILARITY:
        return None
    start, end = words[first][0], words[last - 1][1]
    return start, start + len(text[start:end].rstrip())


def _replacement(removed: str, added: str) -> list[WordChange]:
    removal = [WordChange("removed", removed)] if removed else []
    return [*removal, WordChange("added", added)] if added else removal


def _stripped(tokens: list[str]) -> list[str]:
    return [token.strip() for token in tokens]


def _densest_window(words: list[str], text: list[str]) -> int:
    """Return where the part of a text begins, as long as the words, that has most of them."""
    wanted = set(words)
    hits = [word in wanted for word in text]
    length = min(len(words), len(text))
    count = best = sum(hits[:length])
    start = 0
    for end in range(length, len(text)):
        count += hits[end] - hits[end - length]
        if count > best:
            best, start = count, end - length + 1
    return start

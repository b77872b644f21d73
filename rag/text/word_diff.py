"""The words by which two texts differ, for people who compare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

import regex
from rapidfuzz.distance import Indel

from rag.types import Span

# a character of a script without spaces is a word of its own; a word has the white space after it
_TOKENS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]\s*|[\w’'‑-]+\s*|[^\w\s]\s*|\s+")
_LEAST_SIMILARITY = 0.5
"""Texts that share fewer of their words, in order, are different texts and not versions of each other."""
# possessive, or ten million letters without a full stop would be tried from each letter on
_SENTENCES = regex.compile(r"[^.!?…。！？\n]*+[.!?…。！？\n]++\s*+|[^.!?…。！？\n]++")
# to compare two sequences takes a bit for each pair of their elements: 50 MB
_MAX_PAIRS = 400_000_000


@dataclass(frozen=True, slots=True)
class WordChange:
    """A run of words that both texts have, that only the earlier one has, or only the later one."""

    kind: Literal["same", "removed", "added"]
    text: str


class _Step(NamedTuple):
    """A stretch of one sequence that is the same as a stretch of another, or is replaced by it."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    is_same: bool


def word_diff(before: str, after: str) -> tuple[WordChange, ...]:
    """Return the runs of words of both texts in order.

    Those that are not `added` make up `before`, those that are not `removed` make up `after`; where only white space
    differs, the words are the same and the white space is that of `after`.

    >>> [(change.kind, change.text) for change in word_diff("Es kostet 61 Euro.", "Es kostet 84 Euro.")]
    [('same', 'Es kostet '), ('removed', '61 '), ('added', '84 '), ('same', 'Euro.')]
    """
    return _joined(_word_changes(before, after))


def text_diff(before: str, after: str) -> tuple[WordChange, ...]:
    """Return the runs that `word_diff` returns, for texts of any length: sentences first, words where those differ.

    A stretch that shares fewer than half of its words is replaced as a whole.
    """
    changes: list[WordChange] = []
    for removed, added, is_same in _stretches(_SENTENCES.findall(before), _SENTENCES.findall(after)):
        if is_same:
            changes.append(WordChange("same", added))
        elif _are_versions(removed, added):
            changes += _word_changes(removed, added)
        else:
            changes += _replacement(removed, added)
    return _joined(changes)


def _joined(changes: Iterable[WordChange]) -> tuple[WordChange, ...]:
    """Return the changes with neighbours of one kind as one."""
    runs = groupby(changes, attrgetter("kind"))
    return tuple(WordChange(kind, "".join(change.text for change in run)) for kind, run in runs)


def _word_changes(before: str, after: str) -> Iterator[WordChange]:
    for removed, added, is_same in _stretches(_TOKENS.findall(before), _TOKENS.findall(after)):
        yield from [WordChange("same", added)] if is_same else _replacement(removed, added)


def _stretches(before: list[str], after: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield the stretches of two sequences in order, and whether they are the same but for white space.

    What is too long to compare, but for its beginning and end, is a single stretch.
    """
    old, new = _stripped(before), _stripped(after)
    start, end = _common_ends(old, new)
    steps = [_Step(0, start, 0, start, is_same=True)]
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if len(inner_old) * len(inner_new) <= _MAX_PAIRS:
        steps += [
            _Step(
                start + step.src_start,
                start + step.src_end,
                start + step.dest_start,
                start + step.dest_end,
                is_same=step.tag == "equal",
            )
            for step in Indel.opcodes(inner_old, inner_new)
        ]
    else:
        steps.append(_Step(start, len(old) - end, start, len(new) - end, is_same=False))
    steps.append(_Step(len(old) - end, len(old), len(new) - end, len(new), is_same=True))
    for is_same, run in groupby(steps, attrgetter("is_same")):
        first, *_, last = [*run] * 2
        removed, added = before[first.old_start : last.old_end], after[first.new_start : last.new_end]
        if removed or added:
            yield "".join(removed), "".join(added), is_same


def _common_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """Return how many elements two sequences share at their beginning, and how many of the others at their end."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    end = next((at for at in range(shorter - start) if old[-1 - at] != new[-1 - at]), shorter - start)
    return start, end


def _are_versions(before: str, after: str) -> bool:
    old, new = _stripped(_TOKENS.findall(before)), _stripped(_TOKENS.findall(after))
    if len(old) * len(new) > _MAX_PAIRS:
        # compared as long as their ends are the same
        return True
    return bool(Indel.normalized_similarity(old, new) >= _LEAST_SIMILARITY)


def nearest_version(quote: str, text: str) -> Span | None:
    """Return the span of a text that is most likely a changed version of a quote; None if nothing is like it."""
    words = [match.span() for match in _TOKENS.finditer(text)]
    old, new = _stripped(_TOKENS.findall(quote)), _stripped(_TOKENS.findall(text))
    if not old or not new:
        return None
    # with room on both sides, since words may have been added
    room = len(old) // 2 + 3
    begin = _densest_window(old, new)
    middle = begin + len(old) // 2
    first, last = max(0, begin - room), min(len(new), begin + len(old) + room)

    def similarity(span: Span) -> float:
        return Indel.normalized_similarity(old, new[slice(*span)])

    # of equally similar spans, the shortest
    last = max(range(last, middle, -1), key=lambda end: (similarity((first, end)), -end), default=last)
    first = max(range(first, middle), key=lambda start: (similarity((start, last)), start), default=first)
    if similarity((first, last)) < _LEAST_SIMILARITY:
        return None
    # words of the quote before the first shared one, or after the last, were replaced by as many
    shared = [step for step in Indel.opcodes(old, new[first:last]) if step.tag == "equal"]
    missing = len(old) - shared[-1].src_end - (last - first - shared[-1].dest_end)
    first = max(0, first - max(0, shared[0].src_start - shared[0].dest_start))
    last = min(len(new), last + max(0, missing))
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

"""Ranked passages → groups, one for each citation: neighbours become one quote, copies fold into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from rag.resemblance import Runs, runs_of
from rag.types import Article, Passage

# two passages are copies if this share of the shorter one's runs of five words stands in the other too
_COPY = 0.8
_MOST_MERGED = 3
_FEW, _HALF = 20, 0.5

Found = tuple[Article, Passage]


@dataclass(frozen=True)
class Group:
    """What one citation is made of: numbers of ranked passages.

    `merged` are neighbours in one article, the best one first; `copies` are near-identical passages of other
    articles.
    """

    merged: tuple[int, ...]
    copies: tuple[int, ...] = ()


def grouped(ranked: Sequence[Found], k: int) -> list[Group]:
    """Return at most k groups of ranked passages, in the order of their best ones.

    Of copies, the earliest published one is cited. A neighbour is merged if it would have been shown by itself.
    """
    texts = [_Text(passage.text) for _, passage in ranked]
    groups: list[Group] = []
    for number in range(len(ranked)):
        original = next((at for at, one in enumerate(groups) if _copies(number, one.merged[0], ranked, texts)), None)
        if original is not None:
            groups[original] = replace(groups[original], copies=(*groups[original].copies, number))
            continue
        if len(groups) == k:
            continue
        neighbour = next((at for at, one in enumerate(groups) if _adjacent(number, one, ranked)), None)
        if neighbour is not None:
            groups[neighbour] = replace(groups[neighbour], merged=(*groups[neighbour].merged, number))
        else:
            groups.append(Group((number,)))
    return [_earliest_first(group, ranked) for group in groups]


class _Text:
    """The words of a passage as they are written, which are soon told, and its runs of five words, if need be."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = frozenset(text.casefold().split())

    @cached_property
    def runs(self) -> Runs:
        return runs_of(self.text)


def _copies(number: int, other: int, ranked: Sequence[Found], texts: Sequence[_Text]) -> bool:
    if ranked[number][0].id == ranked[other][0].id:
        return False
    one, another = texts[number], texts[other]
    if one.text == another.text:
        return True
    fewer = min(len(one.words), len(another.words))
    # every other word takes five runs with it; a script without spaces has few words
    if fewer >= _FEW and len(one.words & another.words) < _HALF * fewer:
        return False
    shorter = min(len(one.runs), len(another.runs))
    return shorter > 0 and len(one.runs & another.runs) >= _COPY * shorter


def _adjacent(number: int, group: Group, ranked: Sequence[Found]) -> bool:
    article, passage = ranked[number]
    if ranked[group.merged[0]][0].id != article.id or len(group.merged) == _MOST_MERGED:
        return False
    return any(_touch(article.text, passage, ranked[one][1]) for one in group.merged)


def _touch(text: str, one: Passage, other: Passage) -> bool:
    first, second = sorted((one, other), key=lambda passage: passage.start)
    return one.kind == other.kind and not text[first.end : second.start].strip()


def _earliest_first(group: Group, ranked: Sequence[Found]) -> Group:
    """Put the earliest of the copies in the place of the one that was found first; those without a date come last."""

    def published(number: int) -> tuple[date, int]:
        return ranked[number][0].published or date.max, number

    first, *others = sorted([group.merged[0], *group.copies], key=published)
    if first == group.merged[0]:
        return Group(group.merged, tuple(others))
    return Group((first,), tuple(others))

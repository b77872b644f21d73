"""Ranked passages → groups, one for each citation: neighbours become one quote, copies fold into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.text.agreement import Sentence, Window, normalised, says_nothing_else, sentences_of_article, visible, window
from rag.types import Article, Passage

_MOST_MERGED = 3
# passages of which fewer words are equal, are not compared word for word
_FEW, _HALF = 20, 0.5

Found = tuple[Article, Passage]


@dataclass(frozen=True)
class Group:
    """What one citation is made of: numbers of ranked passages.

    `merged` are neighbours in one article, the best one first; `copies` are passages of other articles that say the
    same (`rag.text.agreement`): these articles hold every sentence of the merged ones.
    """

    merged: tuple[int, ...]
    copies: tuple[int, ...] = ()


def grouped(ranked: Sequence[Found], k: int) -> list[Group]:
    """Return at most k groups of ranked passages, in the order of their best ones.

    A neighbour is merged if it would have been shown by itself, and if the copies hold it, too. What is cited is the
    passage that was ranked, or the earliest published one of exactly the same sentences under the same headline.
    """
    texts = _Texts(ranked)
    groups: list[Group] = []
    for number in range(len(ranked)):
        original = next((at for at, one in enumerate(groups) if texts.copy(number, one)), None)
        if original is not None:
            groups[original] = replace(groups[original], copies=(*groups[original].copies, number))
            continue
        if len(groups) == k:
            continue
        neighbour = next((at for at, one in enumerate(groups) if _adjacent(number, one, ranked)), None)
        if neighbour is not None:
            longer = replace(groups[neighbour], merged=(*groups[neighbour].merged, number))
            if all(texts.says_nothing_else(copy, longer) for copy in longer.copies):
                groups[neighbour] = longer
                continue
        groups.append(Group((number,)))
    return [texts.earliest_first(group) for group in groups]


@dataclass
class _Texts:
    """The texts of ranked passages, taken apart when they are needed."""

    ranked: Sequence[Found]
    _words: dict[int, frozenset[str]] = field(default_factory=dict)
    _sentences: dict[str, list[Sentence]] = field(default_factory=dict)

    def copy(self, number: int, group: Group) -> bool:
        (article, passage), (other, best) = self.ranked[number], self.ranked[group.merged[0]]
        if article.id == other.id or passage.kind != best.kind:
            return False
        alike = any(self._alike(number, one) for one in group.merged)
        return alike and self.says_nothing_else(number, group)

    def says_nothing_else(self, number: int, group: Group) -> bool:
        return says_nothing_else(self._window(number), self._window(*group.merged))

    def earliest_first(self, group: Group) -> Group:
        """Put the earliest of the copies in the place of the one that was found first; no day is the latest."""
        best = group.merged[0]

        def published(number: int) -> tuple[date, int]:
            return self.ranked[number][0].published or date.max, number

        equal = [best, *(one for one in group.copies if len(group.merged) == 1 and self._equal(one, best))]
        first = min(equal, key=published)
        others = sorted(({best, *group.copies} - {first}), key=published)
        return Group(group.merged if first == best else (first,), tuple(others))

    def _equal(self, number: int, best: int) -> bool:
        one, other = (normalised(self.ranked[at][0].title or "") for at in (number, best))
        return one == other and self._window(number).identical(self._window(best))

    def _alike(self, number: int, other: int) -> bool:
        """Tell it quickly of those that are not; a script without spaces has few words."""
        one, another = self._written(number), self._written(other)
        fewer = min(len(one), len(another))
        return fewer < _FEW or len(one & another) >= _HALF * fewer

    def _written(self, number: int) -> frozenset[str]:
        if number not in self._words:
            self._words[number] = frozenset(visible(self.ranked[number][1].text).casefold().split())
        return self._words[number]

    def _window(self, *numbers: int) -> Window:
        article = self.ranked[numbers[0]][0]
        if article.id not in self._sentences:
            self._sentences[article.id] = sentences_of_article(article)
        passages = [self.ranked[number][1] for number in numbers]
        start, end = min(one.start for one in passages), max(one.end for one in passages)
        return window(self._sentences[article.id], start, end)


def _adjacent(number: int, group: Group, ranked: Sequence[Found]) -> bool:
    article, passage = ranked[number]
    if ranked[group.merged[0]][0].id != article.id or len(group.merged) == _MOST_MERGED:
        return False
    return any(_touch(article.text, passage, ranked[one][1]) for one in group.merged)


def _touch(text: str, one: Passage, other: Passage) -> bool:
    first, second = sorted((one, other), key=lambda passage: passage.start)
    return one.kind == other.kind and not text[first.end : second.start].strip()

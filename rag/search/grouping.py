"""Ranked passages → groups, one for each citation: neighbours become one quote, copies fold into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from rag.text.agreement import (
    NormalizedSentence,
    Window,
    adds_nothing,
    normalize_typography,
    sentences_of_article,
    strip_invisible,
    window,
)
from rag.types import Article, Passage

# passages of one citation, at most
_MAX_MERGED = 3
# passages are compared word for word if they have this share of the pairs of neighbouring words of the shorter one in
# common (words hyphenated at line ends break pairs of copies), or of its runs of five characters if it has fewer pairs
# than this: of short passages that are no copies, one in eighty has
_MIN_PARTS, _MIN_SHARED = 20, 0.25
_RUN_LENGTH = 5

# of an article of ten megabytes, sentences take seconds; the questions of a draft meet the same ones again and again
_LONG, _MAX_REMEMBERED = 1_000_000, 2

RankedPassage = tuple[Article, Passage]
Parts = frozenset[str]


@dataclass(frozen=True)
class Group:
    """The passages of one citation, by their numbers in the ranking.

    `merged` are neighbours in one article, the best one first; `copies` are passages with the same text
    (`rag.text.agreement`) of articles that contain every sentence of the merged ones: of other articles, and of the
    cited one if it says the same twice.
    """

    merged: tuple[int, ...]
    copies: tuple[int, ...] = ()


def group_passages(ranked: Sequence[RankedPassage], k: int, merged: int | None = None) -> list[Group]:
    """Return at most k groups of ranked passages, in the order of their best ones.

    A neighbour is merged if it would be cited otherwise, and if the copies contain it, too. The cited passage is the
    ranked one, or the earliest published one of exactly the same sentences under the same headline.

    Args:
        merged: neighbours are merged until there are this many groups, if not until there are k. The first ones are
            then the same for every larger k.
    """
    texts = _Texts(ranked)
    groups: list[Group] = []
    for number in range(len(ranked)):
        original = next((index for index, group in enumerate(groups) if texts.is_copy(number, group)), None)
        if original is not None:
            groups[original] = replace(groups[original], copies=(*groups[original].copies, number))
            continue
        if len(groups) == k:
            continue
        neighbour = next((index for index, group in enumerate(groups) if _is_adjacent(number, group, ranked)), None)
        if neighbour is not None and (merged is None or len(groups) < merged):
            longer = replace(groups[neighbour], merged=(*groups[neighbour].merged, number))
            if all(texts.adds_nothing(copy, longer) for copy in longer.copies):
                groups[neighbour] = longer
                continue
        groups.append(Group((number,)))
    return [texts.earliest_first(group) for group in groups]


@dataclass
class _Texts:
    """The texts of ranked passages, split into short parts and sentences when these are needed."""

    ranked: Sequence[RankedPassage]
    _parts: dict[tuple[int, Callable[[str], Parts]], Parts] = field(default_factory=dict)
    _sentences: dict[str, list[NormalizedSentence]] = field(default_factory=dict)

    def is_copy(self, number: int, group: Group) -> bool:
        (article, passage), (cited_article, cited) = self.ranked[number], self.ranked[group.merged[0]]
        if article.id == cited_article.id or passage.kind != cited.kind:
            return False
        return any(self._may_agree(number, merged) for merged in group.merged) and self.adds_nothing(number, group)

    def adds_nothing(self, number: int, group: Group) -> bool:
        return adds_nothing(self._window(number), self._window(*group.merged))

    def earliest_first(self, group: Group) -> Group:
        """Cite the earliest of the copies in place of the best-ranked passage; one without a day is the latest."""
        best = group.merged[0]

        def published(number: int) -> tuple[date, int]:
            return self.ranked[number][0].published or date.max, number

        equal = [best, *(copy for copy in group.copies if len(group.merged) == 1 and self._is_equal(copy, best))]
        earliest = min(equal, key=published)
        copies = sorted(({best, *group.copies} - {earliest}), key=published)
        return Group(group.merged if earliest == best else (earliest,), tuple(copies))

    def _is_equal(self, number: int, best: int) -> bool:
        headlines = {normalize_typography(self.ranked[index][0].title or "") for index in (number, best)}
        return len(headlines) == 1 and self._window(number).is_identical(self._window(best))

    def _may_agree(self, number: int, merged: int) -> bool:
        """Whether two passages share enough pairs of words, or runs of characters where they have few words."""
        for cut in (_pairs_of_words, _runs_of_characters):
            parts, of_merged = self._parts_of(number, cut), self._parts_of(merged, cut)
            count = min(len(parts), len(of_merged))
            if count >= _MIN_PARTS:
                return len(parts & of_merged) >= _MIN_SHARED * count
        return True

    def _parts_of(self, number: int, cut: Callable[[str], Parts]) -> Parts:
        if (number, cut) not in self._parts:
            self._parts[number, cut] = cut(strip_invisible(self.ranked[number][1].text).casefold())
        return self._parts[number, cut]

    def _window(self, *numbers: int) -> Window:
        article = self.ranked[numbers[0]][0]
        if article.id not in self._sentences:
            cut = _remembered_sentences if len(article.text) > _LONG else sentences_of_article
            self._sentences[article.id] = cut(article)
        passages = [self.ranked[number][1] for number in numbers]
        start, end = min(passage.start for passage in passages), max(passage.end for passage in passages)
        return window(self._sentences[article.id], start, end)


def _pairs_of_words(text: str) -> Parts:
    return frozenset(map(" ".join, pairwise(text.split())))


def _runs_of_characters(text: str) -> Parts:
    # words may be hyphenated at line ends
    characters = "".join(text.replace("-", "").split())
    return frozenset(characters[at : at + _RUN_LENGTH] for at in range(len(characters) - _RUN_LENGTH + 1))


@lru_cache(_MAX_REMEMBERED)
def _remembered_sentences(article: Article) -> list[NormalizedSentence]:
    return sentences_of_article(article)


def _is_adjacent(number: int, group: Group, ranked: Sequence[RankedPassage]) -> bool:
    article, passage = ranked[number]
    if ranked[group.merged[0]][0].id != article.id or len(group.merged) == _MAX_MERGED:
        return False
    return any(_touch(article.text, passage, ranked[merged][1]) for merged in group.merged)


def _touch(text: str, passage: Passage, neighbour: Passage) -> bool:
    first, second = sorted((passage, neighbour), key=lambda either: either.start)
    return passage.kind == neighbour.kind and not text[first.end : second.start].strip()

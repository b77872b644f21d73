"""A quotation → the articles that may have it, by runs of its words and by the index of words."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence

import numpy as np

from rag.checking.matching import SearchedText
from rag.checking.pieces import QuotePiece
from rag.lexical.words import Ids
from rag.search.snapshot import ArchiveSnapshot
from rag.text.normal_form import normal_form
from rag.text.words import words

# words of a run
_RUN = 4
# runs of a quotation that are looked up, spread evenly
_MAX_RUNS = 24
# a shorter quotation that crosses the border of two passages has no run in either
_SHORT = 8
# passages that are read for a quotation whose words stand in them, and for one that is nowhere word for word
_MAX_PASSAGES, _MAX_SIMILAR = 200, 24
# articles with the words of a quotation of one word, say, that are compared
_MAX_ARTICLES = 50
_CACHED_TEXTS = 500


class CandidateTexts:
    """The articles of an archive that may have a quotation."""

    def __init__(self, snapshot: ArchiveSnapshot) -> None:
        self._snapshot = snapshot
        self._texts: OrderedDict[str, SearchedText] = OrderedDict()

    def verbatim(self, pieces: Sequence[QuotePiece]) -> list[SearchedText]:
        """Return the articles that probably have the words as they are, the likeliest first."""
        votes: Counter[int] = Counter()
        sought = max((words(normal_form(piece.words).text) for piece in pieces), key=len, default=[])
        runs = _runs(sought)
        for run in runs:
            votes.update(self._containing(run).tolist())
        if not votes and 1 < len(sought) < _SHORT:
            votes.update(self._across_a_border(sought))
        return self._articles([key for key, _ in votes.most_common(_MAX_PASSAGES)])

    def similar(self, pieces: Sequence[QuotePiece]) -> list[SearchedText]:
        """Return the articles that share the rarest words with a quotation, the likeliest first."""
        lexical = self._snapshot.lexical
        query = lexical.analyse(" ".join(normal_form(piece.words).text for piece in pieces))
        return self._articles([key for key, _ in lexical.search(query, _MAX_SIMILAR)])

    def _containing(self, run: Sequence[str]) -> Ids:
        lexical = self._snapshot.lexical
        return np.setdiff1d(lexical.words.containing(run), lexical.outdated)

    def _across_a_border(self, sought: Sequence[str]) -> list[int]:
        """Return the passages whose articles have the first words in one passage and the others in another."""
        keys: list[int] = []
        articles_of = self._snapshot.store.passages.articles_of
        for at in range(1, len(sought)):
            halves = self._containing(sought[:at]), self._containing(sought[at:])
            if all(map(len, halves)):
                first, second = (articles_of(half.tolist()) for half in halves)
                shared = set(first.values()) & set(second.values())
                keys += [key for key, article in first.items() if article in shared]
        return keys

    def _articles(self, keys: Sequence[int]) -> list[SearchedText]:
        store = self._snapshot.store
        article_ids = list(dict.fromkeys(store.passages.articles_of(keys).values()))[:_MAX_ARTICLES]
        read = store.articles([article_id for article_id in article_ids if article_id not in self._texts])
        texts = []
        for article_id in article_ids:
            if article_id in self._texts or article_id in read:
                text = self._texts.pop(article_id) if article_id in self._texts else SearchedText(read[article_id])
                self._texts[article_id] = text
                texts.append(text)
        while len(self._texts) > _CACHED_TEXTS:
            self._texts.popitem(last=False)
        return texts


def _runs(sought: Sequence[str]) -> list[Sequence[str]]:
    """Return runs of words of a quotation, the whole one if it is short."""
    if len(sought) <= _RUN:
        return [sought] if sought else []
    last = len(sought) - _RUN
    starts = dict.fromkeys(round(last * step / _MAX_RUNS) for step in range(_MAX_RUNS + 1))
    return [sought[start : start + _RUN] for start in starts]

"""A page of results: the articles that were found, with their passages, and what they could be narrowed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rag.types.answer import Answer, Citation
from rag.types.article import Article, shortened

if TYPE_CHECKING:
    import pandas as pd

Sort = Literal["relevance", "date"]
"""The order of results: the best passage first, or the newest article first and those without a date last."""


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """An article that was found, with its citations, the best one first.

    The first `likely_count` citations may well answer; the others are noise, and so is an article of these alone.
    """

    citations: tuple[Citation, ...]
    likely_count: int

    @property
    def likely(self) -> bool:
        """Whether one of the citations may well answer."""
        return self.likely_count > 0

    @property
    def article(self) -> Article:
        """The article that is cited."""
        return self.citations[0].article

    def __repr__(self) -> str:
        counts = f"{len(self.citations)} citations, {self.likely_count} likely"
        return f"ArticleResult({shortened(self.article.label)!r}, {counts})"


@dataclass(frozen=True, slots=True)
class Facets:
    """How many articles of a list have which outlet, language and so on, the most frequent value first.

    Counted are the articles of the citations that are likely, or of all where nothing answers. Each is counted with
    all filters but its own, so that it lists the alternatives to what is chosen: their counts are of the candidates,
    which in a large archive are a small part of it, and noise is among these. Articles of the same text count as one,
    in each of their outlets.

    Attributes:
        months: by month, such as 2024-03, the earliest first.
    """

    sources: Mapping[str, int] = field(default_factory=dict, hash=False)
    languages: Mapping[str, int] = field(default_factory=dict, hash=False)
    authors: Mapping[str, int] = field(default_factory=dict, hash=False)
    kinds: Mapping[str, int] = field(default_factory=dict, hash=False)
    months: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ResultList:
    """The articles that were found for a question; iterating yields them, `len` counts them.

    Attributes:
        answer: the same citations in the order of their relevance, with the confidence of `Archive.ask`.
        more: whether a larger limit would show more.
        without_filters: if the filters leave nothing, how many articles are found without any; else 0.
    """

    answer: Answer
    results: tuple[ArticleResult, ...]
    facets: Facets
    more: bool
    without_filters: int = 0

    def __iter__(self) -> Iterator[ArticleResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values; see docs/json.md."""
        from rag.schemas.results import ResultListModel

        return ResultListModel.json_of(self)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row for each citation, by article: `result` numbers these from 1.

        Raises:
            ImportError: pandas is not installed.
        """
        from rag.rendering.frames import results_frame

        return results_frame(self)

    def _repr_html_(self) -> str:
        from rag.rendering.cards import results_cards

        return results_cards(self)

    def __repr__(self) -> str:
        counts = f"{len(self)} {'article' if len(self) == 1 else 'articles'}"
        return f"ResultList({shortened(self.answer.question)!r}, {self.answer.outcome}, {counts})"

"""Labels → the places in the archive's articles that answer a question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rag.errors import FundstelleError, QuestionError
from rag.evaluation.questions import TestQuestion
from rag.types import Article, Span

# so much of a quote a passage must hold
_COVERED = 0.5
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a question is answered: for each article's id the spans of its text, or None for the whole article.

    Places, not passages, are judged: the judgement stays right however articles are cut.
    """

    question: TestQuestion
    places: Mapping[str, tuple[Span, ...] | None]

    def relevant(self, article: str, start: int, end: int) -> bool:
        """Tell whether a passage answers: it holds half of a judged span, or its whole article was judged."""
        if article not in self.places:
            return False
        spans = self.places[article]
        return spans is None or any(
            min(end, last) - max(start, first) >= _COVERED * (last - first) for first, last in spans
        )


def judge(question: TestQuestion, find: Callable[[str], Article]) -> Judgement:
    """Look up a question's answers. A quote that stands in its article several times is right at each place.

    Args:
        find: returns the article that a reference means.

    Raises:
        QuestionError: an article is not there, or does not hold the quote; the message names the question's line.
    """
    places: dict[str, tuple[Span, ...] | None] = {}
    for label in question.labels:
        try:
            article = find(label.article)
        except FundstelleError as error:
            raise QuestionError(f"{question.place}: {error}") from error
        spans = _found(label.quote, article, question.place) if label.quote else None
        known = places.get(article.id, ())
        # an article that answers as a whole answers anywhere
        places[article.id] = None if spans is None or known is None else tuple(sorted({*known, *spans}))
    return Judgement(question, places)


def _found(quote: str, article: Article, place: str) -> tuple[Span, ...]:
    words = unicodedata.normalize("NFC", quote).split()
    if spans := tuple(one.span() for one in re.finditer(r"\s+".join(map(re.escape, words)), article.text)):
        return spans
    # imported here, since only a wrong quote needs it
    from rapidfuzz.fuzz import partial_ratio_alignment

    nearest = partial_ratio_alignment(quote, article.text)
    start, end = (nearest.dest_start, nearest.dest_end) if nearest else (0, 0)
    raise QuestionError(
        f"{place}: the article {article.label} does not hold “{_short(quote)}”; "
        f"the nearest that it holds is “{_short(article.text[start:end])}”: correct the quote, or leave it out."
    )


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _SHOWN else one_line[: _SHOWN - 1] + "…"

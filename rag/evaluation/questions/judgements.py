"""Labels → the places in the archive's articles that answer a question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.errors import FundstelleError, QuestionError
from rag.evaluation.questions.files import Label, TestQuestion
from rag.types import Article, Passage, Span

# so much of a quote a passage must hold
_COVERED = 0.5
_SHOWN = 120


Places = Mapping[str, tuple[Span, ...] | None]
"""For each article's id the spans of its text, or None for the whole article."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a question is answered, and where it is not though somebody may think so.

    Places, not passages, are judged: the judgement stays right however articles are cut. `articles` are those that
    answer, by id; `grades` tell how well, 1 where nothing is said.
    """

    question: TestQuestion
    places: Places
    articles: Mapping[str, Article]
    wrong: Places = field(default_factory=dict)
    hidden: Places = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_article(self) -> bool:
        """Whether the labels name articles alone and quote none."""
        return bool(self.places) and not any([*self.places.values(), *self.wrong.values()])

    def hides(self, passage: Passage) -> bool:
        """Tell whether a passage is left out of the search: it holds a part of what is hidden."""
        spans = self.hidden.get(passage.article_id, ())
        return spans is None or any(passage.start < last and first < passage.end for first, last in spans)

    def relevant(self, article: str, start: int, end: int) -> bool:
        """Tell whether a passage answers: it holds half of a judged span, or its whole article was judged."""
        return _holds(self.places, article, start, end)

    def grade(self, article: str, start: int, end: int) -> int | None:
        """Return how well a passage answers: 0 if it was judged wrong, None if nobody has judged it."""
        if self.relevant(article, start, end):
            return self.grades.get(article, 1)
        return 0 if _holds(self.wrong, article, start, end) else None


def _holds(places: Places, article: str, start: int, end: int) -> bool:
    if article not in places:
        return False
    spans = places[article]
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
    articles: dict[str, Article] = {}

    def found(labels: Sequence[Label]) -> dict[str, tuple[Span, ...] | None]:
        places: dict[str, tuple[Span, ...] | None] = {}
        for label in labels:
            try:
                article = articles[label.article] = articles.get(label.article) or find(label.article)
            except FundstelleError as error:
                raise QuestionError(f"{question.place}: {error}") from error
            spans = _found(label.quote, article, question.place) if label.quote else None
            known = places.get(article.id, ())
            # an article that answers as a whole answers anywhere
            places[article.id] = None if spans is None or known is None else tuple(sorted({*known, *spans}))
        return places

    right, wrong, hidden = (found(labels) for labels in (question.labels, question.wrong, question.hidden))
    return Judgement(question, right, {one.id: one for one in articles.values() if one.id in right}, wrong, hidden)


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

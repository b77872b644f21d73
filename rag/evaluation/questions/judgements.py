"""Labels → the spans of the archive's articles that answer a question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.errors import FundstelleError
from rag.evaluation.questions.faults import QuestionFileError
from rag.evaluation.questions.files import Label, TestQuestion
from rag.types import Article, Passage, Span

# least share of a quote that a passage must contain, 0 to 1
_MIN_COVERAGE = 0.5
_MAX_QUOTE_CHARACTERS = 120


SpansByArticle = Mapping[str, tuple[Span, ...] | None]
"""For each article's id the spans of its text, or None for the whole article."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which spans answer a question, which were judged wrong, and which are excluded from the search.

    Spans of articles are judged, not passages: the judgement stays valid however articles are split. `articles` are
    those that answer, by id; `grades` say how well, 1 by default.
    """

    question: TestQuestion
    answers: SpansByArticle
    articles: Mapping[str, Article]
    wrong: SpansByArticle = field(default_factory=dict)
    excluded: SpansByArticle = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_article(self) -> bool:
        """Whether the labels name articles alone and quote none."""
        return bool(self.answers) and not any([*self.answers.values(), *self.wrong.values()])

    def hides(self, passage: Passage) -> bool:
        """Whether a passage is excluded from the search: it overlaps an excluded span."""
        spans = self.excluded.get(passage.article_id, ())
        return spans is None or any(passage.start < last and first < passage.end for first, last in spans)

    def relevant(self, article: str, start: int, end: int) -> bool:
        """Whether a passage answers: it contains half of a judged span, or its whole article was judged."""
        return _covers(self.answers, article, start, end)

    def grade(self, article: str, start: int, end: int) -> int | None:
        """Return how well a passage answers: 0 if it was judged wrong, None if it is unjudged."""
        if self.relevant(article, start, end):
            return self.grades.get(article, 1)
        return 0 if _covers(self.wrong, article, start, end) else None


def _covers(judged_spans: SpansByArticle, article: str, start: int, end: int) -> bool:
    if article not in judged_spans:
        return False
    spans = judged_spans[article]
    return spans is None or any(
        min(end, last) - max(start, first) >= _MIN_COVERAGE * (last - first) for first, last in spans
    )


def judge(question: TestQuestion, find: Callable[[str], Article]) -> Judgement:
    """Look up a question's answers. A quote that occurs several times in its article answers at each occurrence.

    Args:
        find: returns the article that a reference means.

    Raises:
        QuestionError: an article is not in the archive, or lacks the quote; the message names the question's line.
    """
    articles: dict[str, Article] = {}

    def find_spans(labels: Sequence[Label]) -> dict[str, tuple[Span, ...] | None]:
        spans_of: dict[str, tuple[Span, ...] | None] = {}
        for label in labels:
            try:
                article = articles[label.article] = articles.get(label.article) or find(label.article)
            except FundstelleError as error:
                raise QuestionFileError("no article", location=question.location, reason=error) from error
            spans = _occurrences(label.quote, article, question.location) if label.quote else None
            earlier = spans_of.get(article.id, ())
            # an article that answers as a whole answers anywhere
            spans_of[article.id] = None if spans is None or earlier is None else tuple(sorted({*earlier, *spans}))
        return spans_of

    answers = find_spans(question.labels)
    return Judgement(
        question,
        answers,
        {article.id: article for article in articles.values() if article.id in answers},
        wrong=find_spans(question.wrong),
        excluded=find_spans(question.excluded),
    )


def _occurrences(quote: str, article: Article, location: str) -> tuple[Span, ...]:
    words = unicodedata.normalize("NFC", quote).split()
    if spans := tuple(match.span() for match in re.finditer(r"\s+".join(map(re.escape, words)), article.text)):
        return spans
    # imported here, since only a wrong quote needs it
    from rapidfuzz.fuzz import partial_ratio_alignment

    nearest = partial_ratio_alignment(quote, article.text)
    start, end = (nearest.dest_start, nearest.dest_end) if nearest else (0, 0)
    facts = {"article": article.label, "quote": _short(quote), "nearest": _short(article.text[start:end])}
    raise QuestionFileError("no quote", location=location, **facts)


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _MAX_QUOTE_CHARACTERS else one_line[: _MAX_QUOTE_CHARACTERS - 1] + "…"

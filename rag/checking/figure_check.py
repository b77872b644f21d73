"""The figures of a draft → whether the passages nearest to their sentences state them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.checking.figures import Figure, figures_in
from rag.checking.marks import DraftQuote
from rag.checking.quotes import citations_of
from rag.search.confidence import THRESHOLD
from rag.search.query import MAX_QUESTION, ParsedQuestion
from rag.search.searcher import Searcher
from rag.text.language import language_of
from rag.text.sentences import sentence_spans
from rag.types import Citation, Hit, Passage, Span
from rag.types.draft import CheckedFigure, FigureVerdict

# passages that are read for a sentence
_PASSAGES = 5
# characters of a value that is hardly the same by chance
_LONG = 3


@dataclass(frozen=True, slots=True)
class CountingSentence:
    """A sentence of a draft with figures outside of its quotations; their offsets are those of the draft."""

    start: int
    end: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence of a passage, with its figures."""

    hit: Hit
    span: Span
    figures: tuple[Figure, ...]
    is_nearest: bool


def counting_sentences(draft: str, quotes: Sequence[DraftQuote]) -> Iterator[CountingSentence]:
    """Yield the sentences of a draft that have figures outside of quotations; a long one is several."""
    language = language_of(draft)
    quoted = bytearray(len(draft))
    for quote in quotes:
        quoted[quote.start : quote.end] = b"x" * (quote.end - quote.start)
    for start, end in _stretches(draft, sentence_spans(draft, language)):
        figures = [
            replace(figure, start=start + figure.start, end=start + figure.end)
            for figure in figures_in(draft[start:end], language)
        ]
        outside = tuple(figure for figure in figures if not all(quoted[figure.start : figure.end]))
        if outside:
            yield CountingSentence(start, end, outside)


def _stretches(draft: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans, those that are too long for a question in parts that end at white space if possible."""
    for start, end in spans:
        at = start
        while end - at > MAX_QUESTION:
            space = draft.rfind(" ", at + 1, at + MAX_QUESTION)
            stop = space if space > at else at + MAX_QUESTION
            yield at, stop
            at = stop
        yield at, end


def check_figures(draft: str, sentences: Sequence[CountingSentence], searcher: Searcher) -> Iterator[CheckedFigure]:
    """Yield what the passages nearest to each sentence say of its figures."""
    for sentence in sentences:
        question = " ".join(draft[sentence.start : sentence.end].split())[:MAX_QUESTION]
        retrieval = searcher.search(ParsedQuestion(question, (), ()), _PASSAGES)
        # a wrong figure must not make the passage that corrects it doubtful
        is_about = searcher.confidence(replace(retrieval, doubt=0.0)) >= THRESHOLD
        statements = [statement for hit in retrieval.hits if is_about for statement in _statements(hit)]
        for figure in sentence.figures:
            yield _checked(draft, sentence, figure, statements, searcher)


def _statements(hit: Hit) -> Iterator[_Statement]:
    passage = hit.passage
    for first, last in sentence_spans(passage.text, passage.language):
        figures = tuple(figures_in(passage.text[first:last], passage.language))
        if figures:
            end = first + len(passage.text[first:last].rstrip())
            span = passage.start + first, passage.start + end
            is_nearest = any(span[0] < high and low < span[1] for low, high in hit.highlights)
            yield _Statement(hit, span, figures, is_nearest)


def _checked(
    draft: str, sentence: CountingSentence, figure: Figure, statements: Sequence[_Statement], searcher: Searcher
) -> CheckedFigure:
    def verdict(name: FigureVerdict, statement: _Statement | None) -> CheckedFigure:
        return CheckedFigure(
            text=draft[figure.start : figure.end],
            start=figure.start,
            end=figure.end,
            sentence=(sentence.start, sentence.start + len(draft[sentence.start : sentence.end].rstrip())),
            verdict=name,
            citation=_citation(statement, searcher) if statement else None,
            stated=_stated(statement) if statement else (),
        )

    same = next((s for s in statements if any(_agree(figure, other, s) for other in s.figures)), None)
    if same:
        return verdict("same", same)
    # of dates a passage has many, of the things that are counted hardly another number
    comparable = [s for s in statements if s.is_nearest or s.hit.rank == 1 or figure.unit != "date"]
    comparable.sort(key=lambda statement: (not statement.is_nearest, statement.hit.rank))
    other = next((s for s in comparable if any(figure.is_like(other) for other in s.figures)), None)
    return verdict("other", other) if other else verdict("none", None)


def _agree(figure: Figure, other: Figure, statement: _Statement) -> bool:
    """Whether two figures are the same, and not by chance: a small number of other things is found in any passage."""
    is_certain = figure.is_like(other) or len(figure.value) >= _LONG or statement.is_nearest
    return is_certain and figure.equals(other)


def _stated(statement: _Statement) -> tuple[str, ...]:
    start, _ = statement.span
    text = statement.hit.article.text
    return tuple(text[start + figure.start : start + figure.end] for figure in statement.figures)


def _citation(statement: _Statement, searcher: Searcher) -> Citation:
    hit, (start, end) = statement.hit, statement.span
    passage = Passage(hit.article.id, start, end, hit.article.text[start:end], hit.passage.kind, hit.passage.language)
    return citations_of([Hit(passage, hit.article, 1, hit.score, hit.signals, also=hit.also)], searcher.store)[0]

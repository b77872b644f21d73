"""What a question may ask for, and what it leads to: filter, hits, citations, answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from rag.types.article import Article, Passage, Span, TextKind, shortened

if TYPE_CHECKING:
    import pandas as pd

    from rag.citing.reference import Language
    from rag.citing.styles import Style

Outcome = Literal["answered", "doubtful", "unrelated", "nothing_fits", "empty"]
"""What a question led to: passages that answer it; passages about its subject that perhaps do not; the nearest
passages, which are probably about something else; no passage, since none fits its filters, phrases and excluded words;
or no passage, since the archive is empty."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages may answer. An empty field does not filter; several values of a field are alternatives.

    Attributes:
        since: the first day; articles without a date are excluded.
        until: the last day; articles without a date are excluded.
        sources: parts of names, compared case-insensitively.
        languages: those of passages, as BCP-47 tags without region.
        authors: parts of names, compared case-insensitively.
        paths: parts of paths.
        kinds: the kinds of passages.
        exact_sources: whole names, exactly as articles have them.
        exact_authors: whole names, exactly as articles have them.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds: tuple[TextKind, ...] = ("article",)
    exact_sources: tuple[str, ...] = ()
    exact_authors: tuple[str, ...] = ()


NO_FILTER = Filter()
"""The own words of all articles, without reader comments."""


SIGNALS: Mapping[str, str] = {
    "late": "how well the passage matches each word of the question, on average (late interaction)",
    "dense": "cosine of question and passage, without their language component",
    "lexical": "BM25 score, as a share of the best possible score for the question's words",
    "cross": "score of the cross-encoder",
}
"""What each signal of a passage measures."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage; fields that a `Citation` has too are described there.

    Attributes:
        rank: from 1.
        score: higher is better.
        highlights: the best sentence, as if the passage answered; a citation keeps it only if it probably does.
        margin: by how much the best sentence scores above the second best.
        lead: by how much the passage scores above the best other citation.
    """

    passage: Passage
    article: Article
    rank: int
    score: float
    signals: Mapping[str, float] = field(hash=False)
    highlights: tuple[Span, ...] = ()
    matches: tuple[Span, ...] = ()
    also: tuple[Article, ...] = ()
    margin: float = 0.0
    lead: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation: `quote == article.text[start:end]`, and `article.sha256` identifies the file.

    Attributes:
        marker: its number in the answer, from 1.
        highlights: the sentence that probably answers, as a span of the article's text inside the quote; empty if none.
        matches: the words that carry the question, as spans of the article's text inside the quote.
        also: the articles that contain every sentence of the quote.
        score: higher is better; comparable within an answer only.
        signals: the parts of the score, by name; see docs/json.md.
        own_language: that of the quote, if it differs from the article's.
        file_missing: whether the article's file no longer existed when the question was asked.
    """

    marker: int
    article: Article
    passage_id: str
    start: int
    end: int
    quote: str
    highlights: tuple[Span, ...]
    matches: tuple[Span, ...]
    also: tuple[Article, ...]
    score: float
    signals: Mapping[str, float] = field(hash=False)
    own_language: str | None = None
    file_missing: bool = False

    @property
    def language(self) -> str:
        """The BCP-47 tag of the language of the quote."""
        return self.own_language or self.article.language

    @property
    def kind(self) -> TextKind:
        """Whether it quotes the article itself or a reader comment."""
        return self.article.kind_at(self.start)

    @property
    def page(self) -> int | None:
        """The number of the page on which the quote begins, from 1; None for a text without pages."""
        return self.article.page_at(self.start)

    @property
    def sentence(self) -> str | None:
        """The highlighted sentence, which probably answers the question; None if none does."""
        return next((self.quote[start - self.start : end - self.start] for start, end in self.highlights), None)

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values; see docs/json.md."""
        from rag.schemas.answer import CitationModel

        return CitationModel.json_of(self)

    def __repr__(self) -> str:
        title, quote = shortened(self.article.label), shortened(self.quote)
        return f"Citation([{self.marker}] {title!r}, characters {self.start}-{self.end}, {quote!r})"


@dataclass(frozen=True, slots=True)
class Answer:
    """The passages that answer a question, best first; if none does, the nearest ones, and `answerable` is False.

    Iterating yields the citations, `len` counts them. `bool(answer)` is `answerable`, so `if answer:` asks whether the
    archive answers the question; a false answer may still cite the nearest passages.

    Attributes:
        language: that of the question, as a BCP-47 tag.
        confidence: the probability, in [0, 1], that one of the passages answers.
        reason: the outcome as a sentence.
        took_ms: milliseconds, under the key `total`.
        absent_times: the days, months, years or periods in the question, as written there, of which the archive has
            nothing: no article was published then, and none mentions them.
        damaged: the paths of articles that would have been looked at and are left out, since they were damaged on the
            disk; `fundstelle repair` reads their files again.
        index_again: whether short passages may be ranked wrongly because an earlier version encoded them; the next
            indexing re-encodes them.
        prefers_newest: whether the question asks for the newest, so that of passages that fit about equally well, those
            of later articles come first.
    """

    question: str
    language: str
    outcome: Outcome
    confidence: float
    reason: str
    citations: tuple[Citation, ...]
    took_ms: Mapping[str, float] = field(hash=False)
    absent_times: tuple[str, ...] = ()
    index_again: bool = False
    damaged: tuple[str, ...] = ()
    prefers_newest: bool = False

    @property
    def answerable(self) -> bool:
        """Whether one of the passages probably answers."""
        return self.outcome == "answered"

    def __iter__(self) -> Iterator[Citation]:
        return iter(self.citations)

    def __len__(self) -> int:
        return len(self.citations)

    def __bool__(self) -> bool:
        return self.answerable

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values: what `fundstelle ask --json` prints; see docs/json.md."""
        from rag.schemas.answer import AnswerModel

        return AnswerModel.json_of(self)

    def to_markdown(
        self, *, archive: str = "", language: Language = "en", style: Style = "iso690", day: date | None = None
    ) -> str:
        """Return a note with the quotations as block quotes, their sources as footnotes, and YAML front matter.

        Args:
            archive: the name of the archive, for the front matter.
            language: that of the words that the note adds: "en" or "de".
            style: that of the sources: "iso690", "chicago", "apa" or "mla".
            day: when the question was asked; today if not given.
        """
        from rag.rendering.note import answer_note

        return answer_note(self, day or date.today(), archive=archive, language=language, style=style)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row for each citation, and what is needed to cite it in its columns.

        Raises:
            ImportError: pandas is not installed.
        """
        from rag.rendering.frames import answer_frame

        return answer_frame(self)

    def _repr_html_(self) -> str:
        from rag.rendering.cards import answer_cards

        return answer_cards(self)

    def __repr__(self) -> str:
        counts = f"{len(self)} {'citation' if len(self) == 1 else 'citations'}"
        return f"Answer({shortened(self.question)!r}, {self.outcome}, confidence {self.confidence:.2f}, {counts})"

"""The values that flow through the program: all frozen, all plain.

Offsets count code points, are half open, and point into `Article.text`, which is normalised once on loading (Unicode
NFC, line feeds).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Any, Literal

Span = tuple[int, int]
"""Start and end, half open."""

# of a text in a `repr`
_MAX_REPR_CHARACTERS = 60

Outcome = Literal["answered", "doubtful", "nothing_fits", "empty"]
"""What a question led to: passages that answer it; the nearest passages, which probably do not; no passage, since none
fits its filters, phrases and excluded words; or no passage, since the archive is empty."""

TextKind = Literal["article", "teaser", "comment", "boilerplate"]
"""What a part of a text is: the article's own words, a teaser of another article, a reader comment, or boilerplate such
as navigation."""

SEARCHED_KINDS: tuple[TextKind, ...] = ("article", "comment")
"""What is cut into passages; whether comments are searched depends on the question's filter."""

UNKNOWN_LANGUAGE = "und"
"""The BCP-47 tag of an unknown language."""


def primary_language(language: str) -> str:
    """Return the primary language of a BCP-47 tag: de for de-CH."""
    return language.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Aside:
    """A part of an article's text, [start, end), that is not the article's own words: teaser, comment, boilerplate."""

    start: int
    end: int
    kind: TextKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article; an unknown field is None.

    Attributes:
        id: a hash of the path.
        path: the file, or the file and the article's number in it.
        language: a BCP-47 tag.
        sha256: of the file's raw bytes.
        place: where the article was written, as its dateline says.
        asides: the parts of the text that are not the article's own words, in order, disjoint.
        pages: the offsets at which pages begin, the first one 0; empty for a text without pages.
        origins: by field, where in the file its value was found; for `text`, whether wrongly decoded letters were
            repaired.
    """

    id: str
    text: str
    path: str
    title: str | None = None
    language: str = UNKNOWN_LANGUAGE
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    sha256: str = ""
    place: str | None = None
    asides: tuple[Aside, ...] = ()
    pages: tuple[int, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)

    def parts(self) -> Iterator[Aside]:
        """Yield the whole text as parts of one kind each, in order, the article's own words included."""
        end = 0
        for aside in self.asides:
            if end < aside.start:
                yield Aside(end, aside.start, "article")
            yield aside
            end = aside.end
        if end < len(self.text):
            yield Aside(end, len(self.text), "article")

    def kind_at(self, offset: int) -> TextKind:
        """Return the kind of the text at an offset."""
        return next((aside.kind for aside in self.asides if aside.start <= offset < aside.end), "article")

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page that contains an offset, from 1; None for a text without pages."""
        return bisect_right(self.pages, offset) or None

    @property
    def label(self) -> str:
        """The title, or the file's name if the title is unknown."""
        return self.title or PurePath(self.path).name

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata without the text, as a dictionary of JSON values; see docs/json.md."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "author": self.author,
            "published": _iso(self.published),
            "language": self.language,
            "url": self.url,
            "path": self.path,
            "sha256": self.sha256,
            "place": self.place,
            "origins": dict(self.origins),
        }

    def __repr__(self) -> str:
        return f"Article({self.id!r}, {_shortened(self.label)!r}, {len(self.text)} characters)"


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article: `text == article.text[start:end]`; the article's own words, or a reader comment.

    `language` is that of the passage, which may differ from the article's.
    """

    article_id: str
    start: int
    end: int
    text: str
    kind: TextKind = "article"
    language: str = ""

    @property
    def id(self) -> str:
        """The article and the offsets: the same part of the same article always has the same id."""
        return f"{self.article_id}:{self.start}-{self.end}"

    @property
    def key(self) -> int:
        """The id, hashed to 63 bits, as the key of a vector index."""
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:8]) >> 1

    def __repr__(self) -> str:
        return f"Passage({self.id!r}, {_shortened(self.text)!r})"


def passage_at(article: Article, start: int, end: int, language: str | None = None) -> Passage:
    """Return the passage of an article at [start, end).

    Args:
        language: that of the passage, if it differs from the article's.

    Raises:
        ValueError: the span is empty or lies outside of the text.
    """
    if not 0 <= start < end <= len(article.text):
        raise ValueError(f"Article {article.id} has {len(article.text)} characters; there is no passage {start}-{end}.")
    text, kind = article.text[start:end], article.kind_at(start)
    return Passage(article.id, start, end, text, kind, language or article.language)


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
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds: tuple[TextKind, ...] = ("article",)


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
        matches: the words that the question and the quote share, as spans of the article's text inside the quote.
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
        return next((self.article.text[start:end] for start, end in self.highlights), None)

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values; see docs/json.md."""
        return {
            "marker": self.marker,
            "score": round(self.score, 4),
            "signals": {name: round(value, 4) for name, value in self.signals.items()},
            "article": self.article.to_dict(),
            "passage_id": self.passage_id,
            "start": self.start,
            "end": self.end,
            "page": self.page,
            "kind": self.kind,
            "language": self.language,
            "quote": self.quote,
            "highlights": [list(span) for span in self.highlights],
            "matches": [list(span) for span in self.matches],
            "also": [article.to_dict() for article in self.also],
            "file_missing": self.file_missing,
        }

    def __repr__(self) -> str:
        title, quote = _shortened(self.article.label), _shortened(self.quote)
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
        index_again: whether short passages may be ranked wrongly because an earlier version encoded them; the next
            indexing re-encodes them.
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
        return {
            "question": self.question,
            "language": self.language,
            "answerable": self.answerable,
            "confidence": round(self.confidence, 4),
            "reason": self.reason,
            "absent_times": list(self.absent_times),
            "took_ms": dict(self.took_ms),
            "citations": [citation.to_dict() for citation in self.citations],
            "index_again": self.index_again,
        }

    def __repr__(self) -> str:
        counts = f"{len(self)} {'citation' if len(self) == 1 else 'citations'}"
        return f"Answer({_shortened(self.question)!r}, {self.outcome}, confidence {self.confidence:.2f}, {counts})"


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and one sentence that says why and what to do."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of an indexing run; `passages` counts those stored so far, `seconds` the time since its start."""

    articles: int
    articles_total: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing run did: numbers of articles, and what could not be read.

    Attributes:
        failures: the files that could not be read.
        new_failures: those of them that the run before did not report.
        skipped: by extension, the number of files, in folders and archives, of an unsupported type.
        passages_encoded: the number of passages that had no vector yet.
        columns: by table, which column holds which field.
        moved: the new path of each moved folder or renamed file, by the old one.
        unread_days: by table, the dates that could not be read, so that their articles have none.
        remarks: the parts of files that could not be read; the files themselves did not fail.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict, hash=False)
    passages_encoded: int = 0
    seconds: float = 0.0
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    new_failures: tuple[Failure, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict, hash=False)
    unread_days: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    remarks: tuple[Failure, ...] = ()

    def __repr__(self) -> str:
        return (
            f"IndexReport({self.new} new, {self.changed} changed, {self.unchanged} unchanged, {self.removed} removed, "
            f"{len(self.failures)} failed)"
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What an archive contains.

    Attributes:
        articles: the number of articles without duplicates.
        duplicates: the number of articles with the same text as another.
        languages: the number of articles by language, most frequent first.
        sources: the number of articles by source, most frequent first.
        oldest: the date of the oldest article.
        newest: the date of the newest article.
        revision: grows with every change.
        recall: the share of the ten nearest vectors that a search finds: 1.0 for exhaustive search, None without
            vectors.
        self_test: the result of testing the bundled encoder on this processor, None before the test.
        index_again: as in an `Answer`.
    """

    folder: str
    articles: int
    duplicates: int
    passages: int
    languages: Mapping[str, int] = field(hash=False)
    sources: Mapping[str, int] = field(hash=False)
    oldest: date | None
    newest: date | None
    encoder: str | None
    fingerprint: str | None
    revision: int
    recall: float | None
    bytes_on_disk: Mapping[str, int] = field(hash=False)
    self_test: Mapping[str, Any] | None = field(default=None, hash=False)
    index_again: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values: what `fundstelle status --json` prints; see docs/json.md."""
        return {
            "folder": self.folder,
            "articles": self.articles,
            "doubles": self.duplicates,
            "passages": self.passages,
            "languages": dict(self.languages),
            "sources": dict(self.sources),
            "oldest": _iso(self.oldest),
            "newest": _iso(self.newest),
            "encoder": self.encoder,
            "fingerprint": self.fingerprint,
            "revision": self.revision,
            "recall": self.recall,
            "bytes_on_disk": dict(self.bytes_on_disk),
            "self_test": dict(self.self_test) if self.self_test else None,
            "index_again": self.index_again,
        }

    def __repr__(self) -> str:
        return f"Status({self.folder!r}, {self.articles} articles, {self.passages} passages)"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _shortened(text: str) -> str:
    """Return the beginning of a text."""
    return text if len(text) <= _MAX_REPR_CHARACTERS else f"{text[: _MAX_REPR_CHARACTERS - 1]}…"

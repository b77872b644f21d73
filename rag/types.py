"""The values that flow through the program: all frozen, all plain.

Offsets count code points, are half open, and point into `Article.text`, which is normalised once on
loading (Unicode NFC, line feeds).
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

_MAX_SHOWN_CHARACTERS = 60

Outcome = Literal["answered", "doubtful", "nothing_fits", "empty"]
"""How a question came out: passages that answer, passages near it that may not, none that fits its filters, phrases and
excluded words, or none since the archive is empty."""

TextKind = Literal["article", "teaser", "comment", "boilerplate"]
"""What a part of a text is: the article's own words, a hint at another one, a reader's comment, or none of these."""

SEARCHED_KINDS: tuple[TextKind, ...] = ("article", "comment")
"""What is cut into passages; whether comments are searched is the question's matter."""


UNKNOWN_LANGUAGE = "und"
"""The BCP-47 tag of a text whose language is not known."""


def primary_language(language: str) -> str:
    """Return the language of a BCP-47 tag without its region: de for de-CH."""
    return language.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Aside:
    """A part of an article's text, [start, end), that is not the article's own words."""

    start: int
    end: int
    kind: TextKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article. What is not known is None; `id` follows from the path, `sha256` from the file's raw bytes.

    `place` is where it was written, as its dateline says. `asides` are the parts of the text that are set aside, in
    order and apart from each other; `pages` the offsets at which its pages begin, the first one 0, and nothing for what
    has none. `origins` says of fields that are known where in the file they were found, and of `text` whether letters
    were put right that had been read in a wrong encoding.
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
        """Yield the whole text in parts of one kind, in order; the article's own words are parts too."""
        at = 0
        for aside in self.asides:
            if at < aside.start:
                yield Aside(at, aside.start, "article")
            yield aside
            at = aside.end
        if at < len(self.text):
            yield Aside(at, len(self.text), "article")

    def kind_at(self, offset: int) -> TextKind:
        """Return what the text is at an offset."""
        return next((one.kind for one in self.asides if one.start <= offset < one.end), "article")

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page on which an offset stands, from 1; None where there are no pages."""
        return bisect_right(self.pages, offset) or None

    @property
    def label(self) -> str:
        """The title, or the file's name where the title is unknown."""
        return self.title or PurePath(self.path).name

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata, without the text, as values that JSON knows; see docs/json.md."""
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
    """A part of an article: `text == article.text[start:end]`; the article's own words, or a reader's comment.

    `language` is that of its words, which may be another one than the article's.
    """

    article_id: str
    start: int
    end: int
    text: str
    kind: TextKind = "article"
    language: str = ""

    @property
    def id(self) -> str:
        """Names the passage: the same place of the same article always has the same id."""
        return f"{self.article_id}:{self.start}-{self.end}"

    @property
    def key(self) -> int:
        """The id as a number that an index of vectors can hold (63 bits)."""
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:8]) >> 1

    def __repr__(self) -> str:
        return f"Passage({self.id!r}, {_shortened(self.text)!r})"


def passage_at(article: Article, start: int, end: int, language: str | None = None) -> Passage:
    """Return the passage of the article at [start, end), in its language or in another one.

    Raises:
        ValueError: there is no such place, or it is empty.
    """
    if not 0 <= start < end <= len(article.text):
        raise ValueError(f"Article {article.id} has {len(article.text)} characters; there is no passage {start}-{end}.")
    text, kind = article.text[start:end], article.kind_at(start)
    return Passage(article.id, start, end, text, kind, language or article.language)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may answer; an empty field asks for nothing, several values of one field mean any of them.

    `since` and `until` are inclusive, and leave out articles without a date. `sources` and `authors` are compared
    with letters folded and match a part of the name; `languages`, those of passages, are BCP-47 tags without regions;
    `paths` match a part of the path. `kinds` are the kinds of passages that may answer.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds: tuple[TextKind, ...] = ("article",)


NO_FILTER = Filter()
"""All articles, and nothing of what is set aside in them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: rank from 1, a score that is higher for better ones, and what it rests on.

    `margin` is how far the highlighted sentence is above the second one, `lead` how far the score is above that of the
    best other citation. The other fields are those of `Citation`, but for highlights: of each hit one sentence is
    chosen, as if it answered; a citation keeps it only if it probably does.
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
    """A quotation that can be checked: `quote == article.text[start:end]`, `article.sha256` names the file's bytes.

    `highlights` are the spans of the article's text that probably answer, `matches` the words that the question and the
    quote share; both lie inside the quote. `also` names the articles that hold every sentence of the quote.
    `own_language` is that of the quote, where it is another one than the article's. `file_missing` says that the file
    from which the article came was no longer there when the question was asked.
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
        """Whether it quotes the article itself or a reader's comment."""
        return self.article.kind_at(self.start)

    @property
    def page(self) -> int | None:
        """The number of the page on which the quote begins, from 1; None where there are no pages."""
        return self.article.page_at(self.start)

    @property
    def sentence(self) -> str | None:
        """The highlighted sentence, which probably answers the question; None if none does."""
        return next((self.article.text[start:end] for start, end in self.highlights), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the citation as values that JSON knows; see docs/json.md."""
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
    """The passages that answer a question, best first; if nothing does, the nearest ones, and `answerable` is False.

    Iterating gives the citations, `len` counts them. `bool(answer)` is `answerable`, so `if answer:` asks whether the
    archive answers the question; an answer that is false may still cite the nearest passages.

    `confidence` is the probability, in [0, 1], that one of the passages answers; `reason` is the `outcome` as a
    sentence. `took_ms` are milliseconds: `total`. `absent_times` are the days, months, years or periods of
    the question, in its words, of which the archive has nothing that may be found: no article was published then, and
    none mentions them. `index_again` tells that short passages may be ranked wrongly, since their vectors are of an
    earlier version: the next indexing makes them anew.
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
        """Whether the passages probably answer."""
        return self.outcome == "answered"

    def __iter__(self) -> Iterator[Citation]:
        return iter(self.citations)

    def __len__(self) -> int:
        return len(self.citations)

    def __bool__(self) -> bool:
        return self.answerable

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as values that JSON knows: what `fundstelle ask --json` prints; see docs/json.md."""
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
        verdict = "answerable" if self.answerable else "not answerable"
        counts = f"{len(self)} {'citation' if len(self) == 1 else 'citations'}"
        return f"Answer({_shortened(self.question)!r}, {verdict}, confidence {self.confidence:.2f}, {counts})"


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be taken, and one sentence that says why and what to do."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an indexing run is."""

    articles: int
    articles_total: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing run did. `passages_encoded` counts only texts that had no vector yet.

    `skipped` counts the files in folders, and in archives that were read, that are of no kind that can be read, by
    their ending. `columns` says of each table that was read which of its columns holds which field, `unread_days` which
    of its dates could not be read, so that their articles have no day. `remarks` name the parts that were not read of
    files that this run read; that is no failure. `new_failures` are those that the run before did not report. `moved`
    holds the new path of each folder or renamed file, by the old.
    """

    new: int
    changed: int
    unchanged: int
    removed: int
    failures: tuple[Failure, ...]
    skipped: Mapping[str, int] = field(hash=False)
    passages_encoded: int
    seconds: float
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
    """What an archive holds. Counts by language and by source; dates of the oldest and newest article.

    `duplicates` are articles with the same text as another, which `articles` does not count. `recall` is the share of
    the ten nearest vectors that a search finds: 1 where it looks at all, None while there are none. `self_test` is what
    was found of the bundled encoder on this processor, None before it was tested; `index_again` is as in an `Answer`.
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
        """Return the status as values that JSON knows: what `fundstelle status --json` prints; see docs/json.md."""
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
    """Return the beginning of a text, for a `repr` of one line."""
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[: _MAX_SHOWN_CHARACTERS - 1]}…"

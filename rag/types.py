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

Kind = Literal["article", "teaser", "comment", "boilerplate"]
"""What a part of a text is: the article's own words, a hint at another one, a reader's comment, or none of these."""

SEARCHED: tuple[Kind, ...] = ("article", "comment")
"""What is cut into passages; whether comments are searched is the question's matter."""


UNKNOWN_LANGUAGE = "und"
"""The BCP-47 tag of a text whose language is not known."""


def primary(language: str) -> str:
    """Return the language of a BCP-47 tag without its region: de for de-CH."""
    return language.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Aside:
    """A part of an article's text, [start, end), that is not the article's own words."""

    start: int
    end: int
    kind: Kind


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
    origins: Mapping[str, str] = field(default_factory=dict)

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

    def kind_at(self, offset: int) -> Kind:
        """Return what the text is at an offset."""
        return next((one.kind for one in self.asides if one.start <= offset < one.end), "article")

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page on which an offset stands, from 1; None where there are no pages."""
        return bisect_right(self.pages, offset) or None

    @property
    def label(self) -> str:
        """The title, or the file's name where the title is unknown."""
        return self.title or PurePath(self.path).name


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article: `text == article.text[start:end]`; the article's own words, or a reader's comment.

    `language` is that of its words, which may be another one than the article's.
    """

    article_id: str
    start: int
    end: int
    text: str
    kind: Kind = "article"
    language: str = ""

    @property
    def id(self) -> str:
        """Names the passage: the same place of the same article always has the same id."""
        return f"{self.article_id}:{self.start}-{self.end}"

    @property
    def key(self) -> int:
        """The id as a number that an index of vectors can hold (63 bits)."""
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:8]) >> 1


def cut(article: Article, start: int, end: int, language: str | None = None) -> Passage:
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
    kinds: tuple[Kind, ...] = ("article",)


EVERYTHING = Filter()
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
    signals: Mapping[str, float]
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
    signals: Mapping[str, float]
    own_language: str | None = None
    file_missing: bool = False

    @property
    def language(self) -> str:
        """The BCP-47 tag of the language of the quote."""
        return self.own_language or self.article.language

    @property
    def kind(self) -> Kind:
        """Whether it quotes the article itself or a reader's comment."""
        return self.article.kind_at(self.start)

    @property
    def page(self) -> int | None:
        """The number of the page on which the quote begins, from 1; None where there are no pages."""
        return self.article.page_at(self.start)


@dataclass(frozen=True, slots=True)
class Answer:
    """The passages that answer a question, best first; if nothing does, the nearest ones, and `answerable` is False.

    `confidence` is the probability, in [0, 1], that one of the passages answers; `reason` says in words why.
    `took_ms` holds milliseconds: `total` and the parts of it. `absent_times` are the days, months, years or periods of
    the question, in its words, of which the archive has nothing that may be found: no article was published then, and
    none mentions them. `index_again` tells that short passages may be ranked wrongly, since their vectors are of an
    earlier version: the next indexing makes them anew.
    """

    question: str
    language: str
    answerable: bool
    confidence: float
    reason: str
    citations: tuple[Citation, ...]
    took_ms: Mapping[str, float]
    absent_times: tuple[str, ...] = ()
    index_again: bool = False


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
    skipped: Mapping[str, int]
    passages_encoded: int
    seconds: float
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    new_failures: tuple[Failure, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    unread_days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remarks: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """What an archive holds. Counts by language and by source; dates of the oldest and newest article.

    `doubles` are articles of the same text as another one, which `articles` does not count. `recall` is the share of
    the ten nearest vectors that a search finds: 1 where it looks at all, None while there are none. `self_test` is what
    was found of the bundled encoder on this processor, None before it was tested; `index_again` is as in an `Answer`.
    """

    folder: str
    articles: int
    doubles: int
    passages: int
    languages: Mapping[str, int]
    sources: Mapping[str, int]
    oldest: date | None
    newest: date | None
    encoder: str | None
    fingerprint: str | None
    revision: int
    recall: float | None
    bytes_on_disk: Mapping[str, int]
    self_test: Mapping[str, Any] | None = None
    index_again: bool = False

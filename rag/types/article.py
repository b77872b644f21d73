"""Articles and their passages."""

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
        from rag.schemas.article import ArticleModel

        return ArticleModel.json_of(self)

    def _repr_html_(self) -> str:
        from rag.rendering.cards import text_card

        return text_card(self)

    def __repr__(self) -> str:
        return f"Article({self.id!r}, {shortened(self.label)!r}, {len(self.text)} characters)"


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
        return f"Passage({self.id!r}, {shortened(self.text)!r})"


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


def iso_day(day: date | None) -> str | None:
    """Return a day as 2024-03-01, None if it is unknown."""
    return day.isoformat() if day else None


def shortened(text: str) -> str:
    """Return the beginning of a text, for a `repr`."""
    return text if len(text) <= _MAX_REPR_CHARACTERS else f"{text[: _MAX_REPR_CHARACTERS - 1]}…"

"""The JSON of exported dossiers as it may come in from outside. Imported only when a dossier is imported."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rag.types import TextKind
from rag.types.dossier import MAX_NAME, MAX_TEXT

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)]
_Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
_Fact = Annotated[str, StringConstraints(max_length=10_000)]
_Offset = Annotated[int, Field(ge=0, strict=True)]


class StoredQuotation(BaseModel):
    """The words, where they stood in the article's text (code points), and what was known of their source."""

    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
    start: _Offset
    end: _Offset
    article_id: _Fact
    path: _Fact
    sha256: Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")]
    kind: TextKind = "article"
    language: _Fact = ""
    page: Annotated[int, Field(ge=1, strict=True)] | None = None
    before: _Fact = ""
    title: _Fact | None = None
    source: _Fact | None = None
    author: _Fact | None = None
    published: date | None = None
    url: _Fact | None = None
    title_language: _Fact = ""

    @model_validator(mode="after")
    def _span_fits(self) -> StoredQuotation:
        if self.end - self.start != len(self.text):
            raise ValueError("start and end are not those of the text")
        return self


class StoredEntry(BaseModel):
    """A quotation with a note, a heading, or a note."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["quote", "heading", "note"]
    text: _Text = ""
    question: _Text = ""
    added: _Fact = ""
    quotation: StoredQuotation | None = None

    @model_validator(mode="after")
    def _quotes_something(self) -> StoredEntry:
        if (self.kind == "quote") != (self.quotation is not None):
            raise ValueError("a quotation belongs to an entry of the kind quote, and to no other")
        return self


class StoredDossier(BaseModel):
    """A dossier."""

    model_config = ConfigDict(extra="ignore")

    format: Literal["fundstelle-dossier"]
    version: Literal[1]
    name: _Name
    made: _Fact = ""
    entries: Annotated[list[StoredEntry], Field(max_length=20_000)]

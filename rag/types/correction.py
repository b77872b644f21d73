"""Facts of articles that a person set right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from rag.types.article import Article, iso_day

CorrectableFact = Literal["title", "source", "author", "published"]
CORRECTABLE: tuple[CorrectableFact, ...] = get_args(CorrectableFact)
"""The facts that can be corrected by hand."""
BY_HAND = "corrected by hand"
"""The origin of a fact that was corrected."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A fact of an article as a person says it is, in place of what was read from the file.

    Attributes:
        article: the article's id.
        field: which fact.
        value: as it is, a day as 2024-03-01; None says that it is unknown.
        read: what was read from the file, in the same form.
        origin: where in the file that was found; None where the file does not say.
        by: who corrected it; empty if unknown.
        made: when, in ISO 8601 and UTC.
    """

    article: str
    field: CorrectableFact
    value: str | None
    read: str | None = None
    origin: str | None = None
    by: str = ""
    made: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values."""
        from rag.schemas.article import CorrectionModel

        return CorrectionModel.json_of(self)


def corrected(article: Article, corrections: Iterable[Correction]) -> Article:
    """Return an article with its corrections; those that it has already change nothing.

    >>> corrected(Article(id="a", text="x", path="p"), [Correction("a", "title", "Hafen")]).origins
    {'title': 'corrected by hand'}
    """
    fields = {correction.field: correction.value for correction in corrections}
    return replace(article, **_values(fields), origins={**article.origins, **dict.fromkeys(fields, BY_HAND)})


def as_read(article: Article, corrections: Iterable[Correction]) -> Article:
    """Return an article as it was read from its file: without those of the corrections that it has."""
    applied = [correction for correction in corrections if article.origins.get(correction.field) == BY_HAND]
    fields = {correction.field: correction.read for correction in applied}
    origins = {field: origin for field, origin in article.origins.items() if field not in fields}
    origins |= {correction.field: correction.origin for correction in applied if correction.origin is not None}
    return replace(article, **_values(fields), origins=origins)


def with_read_facts(corrections: Iterable[Correction], article: Article) -> tuple[Correction, ...]:
    """Return corrections of an article, with what its file says now.

    Args:
        article: as it was read from its file.
    """
    return tuple(
        replace(
            correction,
            article=article.id,
            read=fact_text(article, correction.field),
            origin=article.origins.get(correction.field),
        )
        for correction in corrections
    )


def fact_text(article: Article, field: CorrectableFact) -> str | None:
    """Return a fact of an article as text, a day as 2024-03-01."""
    return iso_day(article.published) if field == "published" else getattr(article, field)


def _values(fields: dict[CorrectableFact, str | None]) -> dict[str, Any]:
    values: dict[str, Any] = {str(field): value for field, value in fields.items()}
    if day := fields.get("published"):
        values["published"] = date.fromisoformat(day)
    return values

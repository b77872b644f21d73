"""Front matter: a block of YAML between two lines `---` at the top of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from rag.errors import LoadError
from rag.loading.draft import Draft, iso_date

_BLOCK = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)(?:\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_NAMES = {
    "title",
    "headline",
    "source",
    "outlet",
    "publisher",
    "author",
    "authors",
    "date",
    "published",
    "url",
    "language",
}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the block says; what it does not say is None."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None

    def draft(self, text: str, title: str | None) -> Draft:
        return Draft(text, title, self.source, self.author, self.published, self.url, self.language)


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return the front matter and the rest; a text without any is returned whole.

    Raises:
        LoadError: there is a block between `---` with known fields, but it is not valid YAML.
    """
    block = _BLOCK.match(text)
    # a text may well begin with a rule of dashes and be no front matter at all
    if not block or not any(re.search(rf"^{name}\s*:", block[1], re.MULTILINE) for name in _NAMES):
        return FrontMatter(), text
    try:
        fields = yaml.safe_load(block[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise LoadError(f"Its front matter is not valid YAML{where}: put quotes around values with a colon.") from error
    if not isinstance(fields, dict):
        return FrontMatter(), text
    known = {str(name).lower(): value for name, value in fields.items()}

    def first(*names: str) -> str | None:
        return next((_words(known[name]) for name in names if known.get(name)), None)

    published = iso_date(known.get("date") or known.get("published"))
    return (
        FrontMatter(
            title=first("title", "headline"),
            source=first("source", "outlet", "publisher"),
            author=first("author", "authors"),
            published=published,
            url=first("url"),
            language=first("language"),
        ),
        text[block.end() :],
    )


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

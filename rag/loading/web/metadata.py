"""The metadata of a page, as a draft without text."""

from __future__ import annotations

import re

from rag.loading.common.draft import Draft
from rag.loading.web.author import page_author
from rag.loading.web.outlet import outlet_names, page_url
from rag.loading.web.page import ParsedPage, Statement
from rag.loading.web.publication_date import publication_date
from rag.loading.web.title import page_headline

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def page_metadata(page: ParsedPage, top: str) -> Draft:
    """Return headline, outlet, author, date, URL and language of a page, each with its origin.

    `top` is the beginning of its file.
    """
    language = _language(page)
    url = page_url(page, top)
    outlets = outlet_names(page, _value(url))
    names = [outlet.value for outlet in outlets]
    title = page_headline(page, names)
    published = publication_date(page, _value(title), _value(url), _value(language))
    author = page_author(page, _value(title), names)
    source = outlets[0] if outlets else None
    statements = {"title": title, "source": source, "author": author, "url": url, "language": language}
    origins = {field: statement.origin for field, statement in statements.items() if statement}
    return Draft(
        blocks=(),
        title=_value(title),
        source=_value(source),
        author=_value(author),
        published=published.day if published else None,
        url=_value(url),
        language=_value(language),
        origins=origins | ({"published": published.origin} if published else {}),
    )


def _language(page: ParsedPage) -> Statement | None:
    for attribute in ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang"):
        tag = (page.tree.get(attribute) or "").strip()
        if _LANGUAGE_TAG.fullmatch(tag):
            return Statement(tag.replace("_", "-"), "html tag")
    return None


def _value(statement: Statement | None) -> str | None:
    return statement.value if statement else None

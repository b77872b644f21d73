"""What a page says of its article, as a draft without text."""

from __future__ import annotations

import re

from rag.loading.common.draft import Draft
from rag.loading.web.author import author
from rag.loading.web.outlet import address, outlets
from rag.loading.web.page import Found, Page
from rag.loading.web.publication_date import published
from rag.loading.web.title import headline

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def metadata(page: Page, top: str) -> Draft:
    """Return headline, outlet, author, day, address and language of a page, each with its origin.

    `top` is the beginning of its file.
    """
    language = _language(page)
    url = address(page, top)
    found = outlets(page, _value(url))
    names = [one.value for one in found]
    title = headline(page, names)
    day = published(page, _value(title), _value(url), _value(language))
    writer = author(page, _value(title), names)
    source = found[0] if found else None
    places = {"title": title, "source": source, "author": writer, "url": url, "language": language}
    origins = {name: one.origin for name, one in places.items() if one}
    return Draft(
        blocks=(),
        title=_value(title),
        source=_value(source),
        author=_value(writer),
        published=day[0] if day else None,
        url=_value(url),
        language=_value(language),
        origins=origins | ({"published": day[1]} if day else {}),
    )


def _language(page: Page) -> Found | None:
    for name in ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang"):
        stated = (page.tree.get(name) or "").strip()
        if _TAG.fullmatch(stated):
            return Found(stated.replace("_", "-"), "html tag")
    return None


def _value(found: Found | None) -> str | None:
    return found.value if found else None

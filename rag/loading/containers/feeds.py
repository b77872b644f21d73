"""RSS and Atom feeds: each entry with content is an article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rag.errors import LoadError
from rag.loading.common.dates import certain_day
from rag.loading.common.draft import Draft, Flaw, paragraph_blocks
from rag.loading.common.guard import result_or_error
from rag.loading.common.leads import with_leads
from rag.loading.common.safe_names import UniqueNames, safe_name
from rag.loading.web.html_fragments import fragment_paragraphs

_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_LAST_TAG = re.compile(rb"(</[\w:.-]+\s*>|-->)\s*\Z")


def load_feed(raw: bytes) -> Iterator[Draft | Flaw]:
    """Yield the article in each entry; the title of the feed is its source.

    Raises:
        LoadError: it is not a feed, is damaged, has no entries, or defines XML entities, which no feed needs.
    """
    feed = parsed_feed(raw)
    if not feed.get("version") or not feed.entries:
        raise LoadError("It is not an RSS or Atom feed with entries: save it again from the address of the feed.")
    names = UniqueNames()
    for number, entry in enumerate(feed.entries, 1):
        name = names.unique(safe_name(entry.get("id") or entry.get("link") or f"entry {number}"))
        article = result_or_error(partial(_article, feed, name), entry)
        if isinstance(article, LoadError):
            yield Flaw(name, f"Entry {number} of the feed: {article}")
            continue
        yield article or Flaw(name, f"Entry {number} of the feed has no content: save the page that it links to.")
    if not _LAST_TAG.search(_without_zeros(raw)):
        yield Flaw("end", "The feed is truncated: save it again.")


def parsed_feed(raw: bytes) -> Any:
    """Return a feed parsed by feedparser.

    Raises:
        LoadError: it is damaged, or defines XML entities, which no feed needs.
    """
    import feedparser

    # entities can expand without limit and refer to local files
    if _ENTITY.search(_without_zeros(raw)):
        raise LoadError("It defines XML entities, which can be an attack: delete the lines with <!ENTITY.")
    # a file object, since feedparser may take a string for a URL and fetch it
    try:
        return feedparser.parse(io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    except ValueError as error:
        # a wrong encoding or an invalid character reference, in a feed that is not well-formed
        raise LoadError("The feed is damaged: save it again from its address.") from error


def _without_zeros(raw: bytes) -> bytes:
    # as in UTF-16, which has zeros between ASCII letters
    return raw.replace(b"\0", b"")


def _article(feed: Any, name: str, entry: Any) -> Draft | None:
    # feeds often state a short summary next to the full text
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    content = max(details, key=lambda detail: len(detail.get("value") or ""))
    texts = _paragraphs(content)
    if not texts:
        return None
    # in Atom, `updated` may be the date of the last change only
    date = entry.get("published") or (entry.get("updated") if feed.version.startswith("rss") else None)
    authors = [author.get("name") for author in entry.get("authors", ())]
    fields = {
        "title": (" ".join(_paragraphs(entry.get("title_detail") or {})), "feed entry title"),
        "source": ((entry.get("source") or {}).get("title") or feed.feed.get("title"), "feed title"),
        "author": (", ".join(filter(None, authors)), "feed entry author"),
        "published": (certain_day(date or ""), "feed entry date"),
        "url": (entry.get("link"), "feed entry link"),
        "language": (content.get("language") or feed.feed.get("language"), "feed language"),
    }
    metadata: dict[str, Any] = {field: value for field, (value, _) in fields.items() if value}
    summary = " ".join(_paragraphs(entry.get("summary_detail") or {}))
    blocks = with_leads(paragraph_blocks(texts), [summary], metadata.get("title"))
    return Draft(blocks, name=name, origins={field: fields[field][1] for field in metadata}, **metadata)


def _paragraphs(detail: Mapping[str, Any]) -> list[str]:
    value = detail.get("value") or ""
    if detail.get("type") == "text/plain":
        return [value.strip()] if value.strip() else []
    return fragment_paragraphs(value)

"""RSS and Atom feeds: each entry with a content is an article."""

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
_END = re.compile(rb"(</[\w:.-]+\s*>|-->)\s*\Z")


def load_feed(raw: bytes) -> Iterator[Draft | Flaw]:
    """Yield the article in each entry; the feed's own title is its source.

    Raises:
        LoadError: it is no feed, is damaged, has no entries, or defines entities, which a feed has no need of.
    """
    feed = parsed_feed(raw)
    if not feed.get("version") or not feed.entries:
        raise LoadError("It is no RSS or Atom feed with entries: save it again from the address of the feed.")
    names = UniqueNames()
    for number, entry in enumerate(feed.entries, 1):
        name = names.unique(safe_name(entry.get("id") or entry.get("link") or f"entry {number}"))
        article = result_or_error(partial(_article, feed, name), entry)
        if isinstance(article, LoadError):
            yield Flaw(name, f"Entry {number} of the feed: {article}")
            continue
        yield article or Flaw(name, f"Entry {number} of the feed has no content: save the page that it links to.")
    if not _END.search(_letters(raw)):
        yield Flaw("end", "The feed breaks off before its end: save it again.")


def parsed_feed(raw: bytes) -> Any:
    """Return a feed as feedparser reads it.

    Raises:
        LoadError: it is damaged, or defines entities, which a feed has no need of.
    """
    import feedparser

    # entities can grow without end and name files of this machine
    if _ENTITY.search(_letters(raw)):
        raise LoadError("It defines entities, which can be an attack: delete the lines with <!ENTITY.")
    # bytes in a file, for a bare text may be taken for an address and fetched
    try:
        return feedparser.parse(io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    except ValueError as error:
        # an encoding that is not the stated one, or the number of no character, in a feed that is no XML
        raise LoadError("The feed is damaged: save it again from its address.") from error


def _letters(raw: bytes) -> bytes:
    # zeros stand between the letters of UTF-16
    return raw.replace(b"\0", b"")


def _article(feed: Any, name: str, entry: Any) -> Draft | None:
    # a short summary often stands beside the whole text
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    content = max(details, key=lambda detail: len(detail.get("value") or ""))
    words = _paragraphs(content)
    if not words:
        return None
    # the date of an Atom entry may be that of its last change alone
    date = entry.get("published") or (entry.get("updated") if feed.version.startswith("rss") else None)
    authors = [author.get("name") for author in entry.get("authors", ())]
    found = {
        "title": (" ".join(_paragraphs(entry.get("title_detail") or {})), "feed entry title"),
        "source": ((entry.get("source") or {}).get("title") or feed.feed.get("title"), "feed title"),
        "author": (", ".join(filter(None, authors)), "feed entry author"),
        "published": (certain_day(date or ""), "feed entry date"),
        "url": (entry.get("link"), "feed entry link"),
        "language": (content.get("language") or feed.feed.get("language"), "feed language"),
    }
    known: dict[str, Any] = {field: value for field, (value, _) in found.items() if value}
    summary = " ".join(_paragraphs(entry.get("summary_detail") or {}))
    blocks = with_leads(paragraph_blocks(words), [summary], known.get("title"))
    return Draft(blocks, name=name, origins={field: found[field][1] for field in known}, **known)


def _paragraphs(detail: Mapping[str, Any]) -> list[str]:
    value = detail.get("value") or ""
    if detail.get("type") == "text/plain":
        return [value.strip()] if value.strip() else []
    return fragment_paragraphs(value)

"""The date on which a page says that its article was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from rag.loading.common.date_cues import is_unrelated_date
from rag.loading.common.date_lines import days_in
from rag.loading.common.draft import iso_or_german_day
from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.date_phrases import day_in
from rag.loading.web.page import ParsedPage, Statement
from rag.loading.web.visible_lines import is_caption, lines_around_headline

_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)(?=\D|$)")
_OPEN_GRAPH_TAGS = ("article:published_time", "article:published", "og:article:published_time", "og:published_time")
_META_TAGS = (
    "itemprop datepublished",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "prism.publicationdate",
    "parsely-pub-date",
    "sailthru.date",
    "publish_date",
    "pubdate",
    "date",
)
_CHANGED = re.compile(
    r"aktualisiert|geändert|bearbeitet|stand:|zuletzt|updated|modified|edited|last|mis à jour|actualizad", re.IGNORECASE
)
_PUBLISHED = re.compile(
    r"\b(?:veröffentlicht|veröffentlichung|gepostet|published|posted|publié|publicado|pubblicato|gepubliceerd|opublikowano)\b",
    re.IGNORECASE,
)
_MAX_DATE_LINE, _MAX_DATE_START, _MAX_NOTICE = 120, 60, 250  # characters
_EPOCH = date(1970, 1, 1)  # what computers write where they have no time


class Publication(NamedTuple):
    """The day of publication, and where the page states it."""

    day: date
    origin: str


def publication_date(page: ParsedPage, title: str | None, url: str | None, language: str | None) -> Publication | None:
    """Return the day of publication, not of a change; None if the page does not state it."""
    host = _host(url)
    for value, origin in _statements(page, url):
        day = iso_or_german_day(value) or day_in(value)
        if day and day != _EPOCH and not _is_future(day):
            return Publication(day, origin)
    if day := _day_near_headline(page, title, language, host):
        return Publication(day, "beside the headline")
    if day := _day_in_notice(page, language, host):
        return Publication(day, "line of the page")
    day = _htmldate_day(page, url, language, host)
    return Publication(day, "page, by htmldate") if day else None


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _is_future(day: date) -> bool:
    # it may already be tomorrow elsewhere
    return day > datetime.now(UTC).date() + timedelta(days=1)


def _statements(page: ParsedPage, url: str | None) -> Iterator[Statement]:
    """The dates in the URL, in meta tags, JSON-LD and microdata, the most reliable first."""
    if url_date := _URL_DATE.search(url or ""):
        yield Statement("-".join(url_date.groups()), "address of the page")
    yield from page.meta(*_OPEN_GRAPH_TAGS)
    yield from page.json_ld("datePublished")
    yield from page.meta(*_META_TAGS)
    for element in page.tree.iter():
        is_published = "datePublished" in (element.get("itemprop") or "").split()
        if is_published or (element.tag == "time" and element.get("pubdate") is not None):
            yield Statement(element.get("datetime") or element.get("content") or element.text_content(), "microdata")
    yield from page.json_ld("dateCreated")


def _day_near_headline(page: ParsedPage, title: str | None, language: str | None, host: str) -> date | None:
    """The day nearest to the headline, in a line that says little more."""
    lines, headline = lines_around_headline(title, page.lines)
    for number in sorted(range(len(lines)), key=lambda number: (abs(number - headline), -number)):
        text, element = lines[number]
        # a day in the headline is what the article is about
        if (
            len(text) > _MAX_DATE_LINE
            or letters_and_digits(text) == letters_and_digits(title or "")
            or _CHANGED.search(text)
            or is_caption(element)
        ):
            continue
        attribute = element.get("datetime") if element.tag == "time" else None
        day = day_in(attribute or text[:_MAX_DATE_START], language, host)
        if day and not _is_future(day) and not _is_of_something_else(text, day):
            return day
    return None


def _is_of_something_else(text: str, day: date) -> bool:
    """Whether the words around a day in a line show that it is not the day of publication."""
    contexts = ((head, tail) for day_in_text, head, tail in days_in(text) if day_in_text == day)
    return is_unrelated_date(*next(contexts, (text, "")))


def _day_in_notice(page: ParsedPage, language: str | None, host: str) -> date | None:
    """The day on which the page says in words that it was published; None if it says so of several days."""
    texts = [line.text for line in page.lines if len(line.text) <= _MAX_NOTICE and _PUBLISHED.search(line.text)]
    days = {day for text in texts if (day := day_in(text, language, host)) and not _is_of_something_else(text, day)}
    day = days.pop() if len(days) == 1 else None
    return day if day and not _is_future(day) else None


def _htmldate_day(page: ParsedPage, url: str | None, language: str | None, host: str) -> date | None:
    """The day that htmldate infers from the rest of the page.

    It counts only if the page states this day unambiguously and in full, and not as the day of something else.
    """
    from htmldate import find_date

    inferred = find_date(page.tree, extensive_search=False, original_date=True, url=url)
    day = iso_or_german_day(inferred) if inferred else None
    return day if day and not _is_future(day) and _states(page, day, language, host) else None


def _states(page: ParsedPage, day: date, language: str | None, host: str) -> bool:
    iso_day = day.isoformat()
    if any(iso_day in value for element in page.tree.iter() for value in element.attrib.values()):
        return True
    return any(
        day in (day_in(line.text, language, host), *(stated_day for stated_day, _, _ in days_in(line.text)))
        and not _is_of_something_else(line.text, day)
        for line in page.lines
        if len(line.text) <= _MAX_DATE_LINE
    ) or any(iso_day in (script.text or "") for script in page.tree.iter("script"))

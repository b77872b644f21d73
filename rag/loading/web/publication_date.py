"""The day on which a page says that its article was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from rag.loading.common.date_cues import is_of_something_else
from rag.loading.common.date_lines import days_in
from rag.loading.common.draft import parse_day
from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.date_phrases import day_in
from rag.loading.web.page import Found, Page
from rag.loading.web.visible_lines import around, is_caption

_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)(?=\D|$)")
_OPEN_GRAPH = ("article:published_time", "article:published", "og:article:published_time", "og:published_time")
_TAGS = (
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
_LONGEST, _LONGEST_BEFORE, _LONGEST_SAID = 120, 60, 250
_NO_DAY = date(1970, 1, 1)  # what computers write where they have no time


def published(page: Page, title: str | None, url: str | None, language: str | None) -> tuple[date, str] | None:
    """Return the day of publication, not of a change, and where the page states it."""
    host = _host(url)
    for value, origin in _stated(page, url):
        day = parse_day(value) or day_in(value)
        if day and day != _NO_DAY and not _is_to_come(day):
            return day, origin
    beside = _beside(page, title, language, host)
    if beside:
        return beside, "beside the headline"
    said = _said(page, language, host)
    return (said, "line of the page") if said else _guessed(page, url, language, host)


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _is_to_come(day: date) -> bool:
    # it may be tomorrow elsewhere
    return day > datetime.now(UTC).date() + timedelta(days=1)


def _stated(page: Page, url: str | None) -> Iterator[Found]:
    if in_address := _IN_ADDRESS.search(url or ""):
        yield Found("-".join(in_address.groups()), "address of the page")
    yield from page.meta(*_OPEN_GRAPH)
    yield from page.stated("datePublished")
    yield from page.meta(*_TAGS)
    for element in page.tree.iter():
        marked = "datePublished" in (element.get("itemprop") or "").split()
        if marked or (element.tag == "time" and element.get("pubdate") is not None):
            yield Found(element.get("datetime") or element.get("content") or element.text_content(), "microdata")
    yield from page.stated("dateCreated")


def _beside(page: Page, title: str | None, language: str | None, host: str) -> date | None:
    """The day nearest to the headline, in a line that says little more."""
    near, headline = around(title, page.lines)
    for number in sorted(range(len(near)), key=lambda one: (abs(one - headline), -one)):
        text, element = near[number]
        # a day in the headline is what the article is about
        if (
            len(text) > _LONGEST
            or letters_and_digits(text) == letters_and_digits(title or "")
            or _CHANGED.search(text)
            or is_caption(element)
        ):
            continue
        stated = element.get("datetime") if element.tag == "time" else None
        day = day_in(stated or text[:_LONGEST_BEFORE], language, host)
        if day and not _is_to_come(day) and not _is_of_something_else(text, day):
            return day
    return None


def _is_of_something_else(text: str, day: date) -> bool:
    """Tell whether the words around a day in a line say that it is none of publication."""
    around_it = ((before, after) for one, before, after in days_in(text) if one == day)
    return is_of_something_else(*next(around_it, (text, "")))


def _said(page: Page, language: str | None, host: str) -> date | None:
    """The day on which the page says in words that it was published, if it says so of one day alone."""
    lines = [line.text for line in page.lines if len(line.text) <= _LONGEST_SAID and _PUBLISHED.search(line.text)]
    days = {day for text in lines if (day := day_in(text, language, host)) and not _is_of_something_else(text, day)}
    day = days.pop() if len(days) == 1 else None
    return day if day and not _is_to_come(day) else None


def _guessed(page: Page, url: str | None, language: str | None, host: str) -> tuple[date, str] | None:
    """What htmldate finds in other places, but no year that merely stands somewhere in the page.

    It counts only if the page states this day in a way that can be read but thus, and not as one of something else.
    """
    from htmldate import find_date

    found = find_date(page.tree, extensive_search=False, original_date=True, url=url)
    day = parse_day(found) if found else None
    return (day, "page, by htmldate") if day and not _is_to_come(day) and _states(page, day, language, host) else None


def _states(page: Page, day: date, language: str | None, host: str) -> bool:
    written = day.isoformat()
    if any(written in value for element in page.tree.iter() for value in element.attrib.values()):
        return True
    return any(
        day in (day_in(line.text, language, host), *(one for one, _, _ in days_in(line.text)))
        and not _is_of_something_else(line.text, day)
        for line in page.lines
        if len(line.text) <= _LONGEST
    ) or any(written in (script.text or "") for script in page.tree.iter("script"))

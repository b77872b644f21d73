"""Exports of Factiva: with the two letters of each field before it, or without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rag.loading.exports.entries import (
    RIGHTS,
    ExportEntry,
    ExportLine,
    author_in,
    begins_with_day,
    day_in_line,
    join_words,
    page_spans,
    split_before,
)
from rag.types import Span

ORIGIN = "header of Factiva"

_ABOVE = "SE|CLM|HD|BY|CR|WC|PD|ET|SN|SC|NGC|GC|ED|PG|VOL|LA|CY|LP|TD"
_BELOW = "ART|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|DE|CX|AN"
# two letters stand alone, in a cell, or in a column of four characters
_CODE = re.compile(rf"^(?P<code>{_ABOVE}|{_BELOW})(?:\s*\|\s*|\t\s*|\s{{2,}}|(?<=\w{{3}})\s+|$)(?P<value>.*)$")
_LAST = re.compile(r"^(?:document|dokument|documento|документ|文件|文書)\s*:?\s+([A-Z0-9]{6,}\d{6}\w*)$", re.IGNORECASE)
_LENGTH = re.compile(
    r"^\d[\d.,\u00a0\u202f' ]*\s*(?:words?|wörter|worte|wort|mots?|palabras?|palavras?|parole|woorden|ord|slov|"
    r"слов\w*|字|語|characters)$",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av)\s+\S", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"^(?:english|german|french|spanish|italian|dutch|portuguese|russian|polish|danish|swedish|norwegian|finnish|turkish|"
    r"englisch|deutsch|französisch|spanisch|italienisch|niederländisch|portugiesisch|russisch|polnisch|"
    r"anglais|allemand|français|espagnol|italien|néerlandais|portugais|russe|polonais|"
    r"inglés|alemán|francés|español|italiano|inglese|tedesco|francese|spagnolo|engels|duits|frans)$",
    re.IGNORECASE,
)
_TIME = re.compile(r"^\d{1,2}[:.]\d\d(?:\s*(?:[ap]m|uhr|gmt|[A-Z]{3,4}))?$", re.IGNORECASE)
_OUTLET = re.compile(r"[^\W\d_]{2}")
_CODE_OF_OUTLET = re.compile(r"\d{4}\b.*\s[A-Z]{4,}$")
_SECTION = re.compile(
    r"\b(?:news|section|desk|pages?|sports?|business|features?|opinion|comment|local|national|world|foreign|main|front|"
    r"politik|wirtschaft|kultur|feuilleton|lokales|panorama|ressort|seite|finanzen|meinung|vermischtes|regional\w*|"
    r"politique|économie|culture|société|région|sección|economía|nacional)\b|;",
    re.IGNORECASE,
)
_LINES_ABOVE, _LINES_BELOW, _NAME_WORDS, _SECTION_WORDS = 6, 12, 3, 4


def coded_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export with the letters of each field."""
    coded = [(line, match["code"]) for line in lines if (match := _CODE.match(line.text))]
    known = {code for _, code in coded}
    if not {"HD", "PD"} <= known or not known & {"SN", "AN", "WC"}:
        return []
    firsts: set[int] = set()
    for number, (line, code) in enumerate(coded):
        if code == "HD":
            # the section stands above the headline
            above = [one for one, other in coded[max(0, number - 2) : number] if other in ("SE", "CLM")]
            firsts.add(above[0].start if above else line.start)
    return [_coded(part) for part in split_before(lines, lambda line: line.start in firsts)]


def _coded(part: Sequence[ExportLine]) -> ExportEntry:
    fields: list[tuple[re.Match[str], list[ExportLine]]] = []
    above = _ABOVE.split("|")
    in_text = False
    for line in part:
        named = _CODE.match(line.text)
        # words of the text may look like a field that stands above it; behind the number nothing stands
        is_field = (
            named and not (in_text and named["code"] in above[:-1]) and not (fields and fields[-1][0]["code"] == "AN")
        )
        if named and is_field:
            fields.append((named, []))
            in_text = in_text or named["code"] in ("LP", "TD")
        fields[-1][1].append(line)
    facts: dict[str, Any] = {}
    words: list[Span] = []
    for named, content in fields:
        value = " ".join(filter(None, [named["value"], join_words(content[1:])]))
        match named["code"]:
            case "HD":
                facts["title"] = value
            case "BY":
                facts["author"] = author_in(value)
            case "SN":
                facts["source"] = value
            case "PD":
                facts["published"] = day_in_line(value)
        if named["code"] in ("HD", "BY", "LP", "TD") and value:
            start = content[0].end - len(named["value"]) if named["value"] else content[1].start
            words.append((start, content[-1].end))
    return ExportEntry(part[0].start, tuple(words), facts)


def uncoded_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export that has the fields in their order alone: each with its length, then its day."""
    lengths = [
        number
        for number, line in enumerate(lines[:-2])
        if number and _LENGTH.match(line.text) and begins_with_day(lines[number + 1].text)
    ]
    entries: list[ExportEntry] = []
    before = 0
    if not lengths:
        return []
    for length, after in zip(lengths, [*lengths[1:], len(lines)], strict=True):
        last = next((number for number in range(length, after) if _LAST.match(lines[number].text)), None)
        text = _begin_of_text(lines, length)
        if last is None and text is None:
            # no field of Factiva but these two: it may be anything
            return []
        end = last if last is not None else _above(lines, length, after)
        entries.append(_plain(lines, before, length, text or length + 3, end))
        before = last + 1 if last is not None else end
    return entries


def _begin_of_text(lines: Sequence[ExportLine], length: int) -> int | None:
    """The number of the line below the notice of rights, or below the language where there is none."""
    header = range(length + 2, min(length + _LINES_BELOW, len(lines)))
    rights = [number for number in header if RIGHTS.match(lines[number].text)]
    languages = [number for number in header if _LANGUAGE.match(lines[number].text)]
    ends = rights[:1] or languages[:1]
    # notices go on, as "(c) 2005 The Courier" and "All rights reserved"
    while ends and len(rights) > 1 and ends[0] + 1 in rights:
        ends = [ends[0] + 1]
    return ends[0] + 1 if ends else None


def _above(lines: Sequence[ExportLine], length: int, after: int) -> int:
    """The number of the line at which the next article begins where no number ends this one."""
    if after == len(lines):
        return after
    return max(length + 3, after - 1 - _is_byline(lines[after - 1].text, after > 1))


def _is_byline(text: str, is_below: bool) -> bool:
    words = text.split()
    is_name = 1 < len(words) <= _NAME_WORDS and all(
        word[0].isupper() and not any(map(str.isdigit, word)) for word in words
    )
    return _BYLINE.match(text) is not None or (is_below and is_name)


def _plain(lines: Sequence[ExportLine], before: int, length: int, text: int, end: int) -> ExportEntry:
    above = [line for line in lines[before:length] if not RIGHTS.match(line.text)]
    if not before and len(above) > _LINES_ABOVE:
        # a list of all articles stands before the first one
        above = above[-2:]
    facts: dict[str, Any] = {}
    start = (above or lines[length:])[0].start
    shown = [*above]
    if above[1:] and _is_byline(above[-1].text, not _SECTION.search(above[0].text) or bool(above[2:])):
        facts["author"] = author_in(above.pop().text)
    if above[1:] and len(above[0].text.split()) <= _SECTION_WORDS and _SECTION.search(above[0].text):
        shown.remove(above.pop(0))
    header = [line for line in lines[length + 2 : text] if not _TIME.match(line.text)]
    is_alone = not _CODE_OF_OUTLET.search(lines[length + 1].text)
    facts |= {
        "title": join_words(above) or None,
        "published": day_in_line(lines[length + 1].text),
        # where the lines of the header were joined it stands on none of its own
        "source": header[0].text if header and _OUTLET.search(header[0].text) and is_alone else None,
    }
    return ExportEntry(start, (*page_spans(shown), *page_spans(lines[text:end])), facts)

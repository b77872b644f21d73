"""Exports of Factiva: with a two-letter code before each field, or without codes."""

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

_CODES_ABOVE = "SE|CLM|HD|BY|CR|WC|PD|ET|SN|SC|NGC|GC|ED|PG|VOL|LA|CY|LP|TD"
_CODES_BELOW = "ART|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|DE|CX|AN"
# a code is on a line of its own, in a cell, or in a column of four characters
_CODE = re.compile(
    rf"^(?P<code>{_CODES_ABOVE}|{_CODES_BELOW})(?:\s*\|\s*|\t\s*|\s{{2,}}|(?<=\w{{3}})\s+|$)(?P<value>.*)$"
)
_DOCUMENT_NUMBER = re.compile(
    r"^(?:document|dokument|documento|документ|文件|文書)\s*:?\s+([A-Z0-9]{6,}\d{6}\w*)$", re.IGNORECASE
)
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
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")
# the end of a line that may have an outlet's code
_MAX_LINE_CHARACTERS = 500
_OUTLET_CODE = re.compile(r"\d{4}\b.*\s[A-Z]{4,}$")
_SECTION = re.compile(
    r"\b(?:news|section|desk|pages?|sports?|business|features?|opinion|comment|local|national|world|foreign|main|front|"
    r"politik|wirtschaft|kultur|feuilleton|lokales|panorama|ressort|seite|finanzen|meinung|vermischtes|regional\w*|"
    r"politique|économie|culture|société|région|sección|economía|nacional)\b|;",
    re.IGNORECASE,
)
_MAX_LINES_ABOVE, _MAX_HEADER_LINES, _MAX_NAME_WORDS, _MAX_SECTION_WORDS = 6, 12, 3, 4


def coded_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export with a code before each field."""
    coded_lines = [(line, match["code"]) for line in lines if (match := _CODE.match(line.text))]
    codes = {code for _, code in coded_lines}
    if not {"HD", "PD"} <= codes or not codes & {"SN", "AN", "WC"}:
        return []
    firsts: set[int] = set()
    for number, (line, code) in enumerate(coded_lines):
        if code == "HD":
            # the section may precede the headline
            section_lines = [
                section_line
                for section_line, section_code in coded_lines[max(0, number - 2) : number]
                if section_code in ("SE", "CLM")
            ]
            firsts.add(section_lines[0].start if section_lines else line.start)
    return [_coded_entry(part) for part in split_before(lines, lambda line: line.start in firsts)]


def _coded_entry(part: Sequence[ExportLine]) -> ExportEntry:
    fields: list[tuple[re.Match[str], list[ExportLine]]] = []
    codes_above = _CODES_ABOVE.split("|")
    in_text = False
    for line in part:
        code_match = _CODE.match(line.text)
        # words of the text may look like a field above it; nothing follows the document number
        is_field = (
            code_match
            and not (in_text and code_match["code"] in codes_above[:-1])
            and not (fields and fields[-1][0]["code"] == "AN")
        )
        if code_match and is_field:
            fields.append((code_match, []))
            in_text = in_text or code_match["code"] in ("LP", "TD")
        fields[-1][1].append(line)
    metadata: dict[str, Any] = {}
    words: list[Span] = []
    for code_match, content in fields:
        value = " ".join(filter(None, [code_match["value"], join_words(content[1:])]))
        match code_match["code"]:
            case "HD":
                metadata["title"] = value
            case "BY":
                metadata["author"] = author_in(value)
            case "SN":
                metadata["source"] = value
            case "PD":
                metadata["published"] = day_in_line(value)
        if code_match["code"] in ("HD", "BY", "LP", "TD") and value:
            start = content[0].end - len(code_match["value"]) if code_match["value"] else content[1].start
            words.append((start, content[-1].end))
    return ExportEntry(part[0].start, tuple(words), metadata)


def uncoded_articles(lines: Sequence[ExportLine]) -> list[ExportEntry]:
    """Return the articles of an export without codes, recognised by the order of fields: a length, then a date."""
    lengths = [
        number
        for number, line in enumerate(lines[:-2])
        if number and _LENGTH.match(line.text) and begins_with_day(lines[number + 1].text)
    ]
    entries: list[ExportEntry] = []
    start = 0
    if not lengths:
        return []
    for length, following_length in zip(lengths, [*lengths[1:], len(lines)], strict=True):
        candidates = range(length, following_length)
        number_line = next((number for number in candidates if _DOCUMENT_NUMBER.match(lines[number].text)), None)
        text_start = _text_start(lines, length)
        if number_line is None and text_start is None:
            # with no other field of Factiva, it may be anything
            return []
        end = number_line if number_line is not None else _start_of_next(lines, length, following_length)
        entries.append(_uncoded_entry(lines, start, length, text_start or length + 3, end))
        start = number_line + 1 if number_line is not None else end
    return entries


def _text_start(lines: Sequence[ExportLine], length: int) -> int | None:
    """The number of the line after the notice of rights, or after the language if there is none."""
    header = range(length + 2, min(length + _MAX_HEADER_LINES, len(lines)))
    rights = [number for number in header if RIGHTS.match(lines[number].text)]
    languages = [number for number in header if _LANGUAGE.match(lines[number].text)]
    ends = rights[:1] or languages[:1]
    # notices may have several lines: "(c) 2005 The Courier" and "All rights reserved"
    while ends and len(rights) > 1 and ends[0] + 1 in rights:
        ends = [ends[0] + 1]
    return ends[0] + 1 if ends else None


def _start_of_next(lines: Sequence[ExportLine], length: int, following_length: int) -> int:
    """The number of the line at which the next article begins if no document number ends this one."""
    if following_length == len(lines):
        return following_length
    return max(length + 3, following_length - 1 - _is_byline(lines[following_length - 1].text, following_length > 1))


def _is_byline(text: str, is_below_headline: bool) -> bool:
    words = text.split()
    is_name = 1 < len(words) <= _MAX_NAME_WORDS and all(
        word[0].isupper() and not any(map(str.isdigit, word)) for word in words
    )
    return _BYLINE.match(text) is not None or (is_below_headline and is_name)


def _uncoded_entry(lines: Sequence[ExportLine], start: int, length: int, text_start: int, end: int) -> ExportEntry:
    lines_above = [line for line in lines[start:length] if not RIGHTS.match(line.text)]
    if not start and len(lines_above) > _MAX_LINES_ABOVE:
        # a table of contents precedes the first article
        lines_above = lines_above[-2:]
    metadata: dict[str, Any] = {}
    entry_start = (lines_above or lines[length:])[0].start
    words_above = [*lines_above]
    if len(lines_above) > 1:
        has_headline = not _SECTION.search(lines_above[0].text) or bool(lines_above[2:])
        if _is_byline(lines_above[-1].text, has_headline):
            metadata["author"] = author_in(lines_above.pop().text)
    if len(lines_above) > 1:
        section = lines_above[0].text
        if len(section.split()) <= _MAX_SECTION_WORDS and _SECTION.search(section):
            words_above.remove(lines_above.pop(0))
    header = [line for line in lines[length + 2 : text_start] if not _TIME.match(line.text)]
    is_alone = not _OUTLET_CODE.search(lines[length + 1].text[-_MAX_LINE_CHARACTERS:])
    metadata |= {
        "title": join_words(lines_above) or None,
        "published": day_in_line(lines[length + 1].text),
        # if lines of the header were joined, the outlet has no line of its own
        "source": header[0].text if header and _TWO_LETTERS.search(header[0].text) and is_alone else None,
    }
    return ExportEntry(entry_start, (*page_spans(words_above), *page_spans(lines[text_start:end])), metadata)

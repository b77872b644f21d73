"""A draft → its quotations, by their marks: „…“ »…« ‚…‘, “…” ‘…’ "…", « … », 「…」 and the block quotes of Markdown."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from rag.types import Span

_PAIRS = {
    "„": "“”\"", "‚": "‘’'", "“": "”\"", "‘": "’", "»": "«", "«": "»", "›": "‹", "‹": "›", '"': '"',
    "「": "」", "『": "』", "”": "”",
}  # fmt: skip
_SINGLE = frozenset("‘’'‚")
# a paragraph ends what these begin, unless the next one begins with the same mark
_UNPAIRED = _SINGLE | {'"', "”"}
# of a quotation of several paragraphs, in characters
_MAX_LENGTH = 10_000
_SIGNS = re.compile(r"(?P<gap>\n[^\S\n]*\n\s*)|(?P<mark>[„“”\"»«‚‘’›‹「」『』])")
_BLOCK = re.compile(r"(?:^[^\S\n]{0,3}>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_BLOCK_SIGN = re.compile(r"^[^\S\n]{0,3}>[^\S\n]?", re.MULTILINE)
# the line with the name of who said it, at the end of a block
_SPEAKER = re.compile(r"(?<!\s)(?=\s*\n)\s+(?:[—–]|--)[^\n]{1,125}\Z")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?\)")
_start = attrgetter("start")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """A quotation: its span in the draft, without its marks, and its words without the signs of the draft's format."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class DraftQuotes:
    """The quotations of a draft in their order, nested ones after the outer one, and the marks that nothing closes."""

    quotes: tuple[DraftQuote, ...]
    unclosed: tuple[int, ...]


@dataclass(slots=True)
class _Open:
    """A quotation that is not closed yet: its mark, and the marks at the beginnings of its further paragraphs."""

    mark: str
    at: int
    again: list[int] = field(default_factory=list)


def quotes_in(draft: str) -> DraftQuotes:
    """Return the quotations of a draft.

    >>> [quote.words for quote in quotes_in("Er sagte: „Die ‚neue‘ Brücke hält.“ Gut.").quotes]
    ['Die ‚neue‘ Brücke hält.', 'neue']
    """
    spans: list[tuple[Span, tuple[int, ...]]] = []
    unclosed: list[int] = []
    nest: list[_Open] = []
    for match in _SIGNS.finditer(draft):
        if match["gap"]:
            unclosed += _end_paragraph(nest, draft, match.end())
            continue
        mark, at = match["mark"], match.start()
        if nest and nest[0].again[-1:] == [at]:
            continue
        level = _closed_level(nest, mark, at, draft)
        if level is not None:
            quote = nest[level]
            unclosed += [inner.at for inner in nest[level + 1 :] if inner.mark not in _SINGLE]
            del nest[level:]
            spans.append(((quote.at + 1, at), tuple(quote.again)))
        elif mark in _PAIRS and _may_open(mark, at, draft):
            level = next((number for number, quote in enumerate(nest) if quote.mark == mark), None)
            if level is not None:
                unclosed += [inner.at for inner in nest[level:] if inner.mark not in _SINGLE]
                del nest[level:]
            nest.append(_Open(mark, at))
    unclosed += [quote.at for quote in nest if quote.mark not in _SINGLE]
    in_marks = sorted((_quote(draft, span, again) for span, again in spans), key=_start)
    quotes = [quote for quote in (*in_marks, *_blocks(draft, in_marks)) if any(map(str.isalnum, quote.words))]
    return DraftQuotes(tuple(sorted(quotes, key=lambda quote: (quote.start, -quote.end))), tuple(sorted(set(unclosed))))


def _end_paragraph(nest: list[_Open], draft: str, at: int) -> list[int]:
    """Drop the quotations that cannot go on in the paragraph at an offset, and return where they began."""
    outer = nest[0] if nest else None
    if outer is None:
        return []
    begins_again = draft[at : at + 1] in (outer.mark, *_PAIRS[outer.mark])
    if begins_again and _may_open(draft[at], at, draft):
        outer.again.append(at)
    if not begins_again and (outer.mark in _UNPAIRED or at - outer.at > _MAX_LENGTH):
        outer = None
    dropped = nest[1:] if outer else nest[:]
    nest[:] = [outer] if outer else []
    return [quote.at for quote in dropped if quote.mark not in _SINGLE]


def _closed_level(nest: list[_Open], mark: str, at: int, draft: str) -> int | None:
    """Return which of the open quotations a mark closes, the innermost that it may close; None if it closes none."""
    before, after = draft[at - 1 : at], draft[at + 1 : at + 2]
    if mark in _SINGLE and (after.isalnum() and before.isalnum()):
        # an apostrophe
        return None
    if mark == '"' and before.isspace() and not after.isspace():
        return None
    for level in range(len(nest) - 1, -1, -1):
        if mark in _PAIRS[nest[level].mark]:
            return level
    return None


def _may_open(mark: str, at: int, draft: str) -> bool:
    """Whether a quotation may begin here: before a word, and not after a letter."""
    before, after = draft[at - 1 : at] if at else "", draft[at + 1 : at + 2]
    if mark in "«「『":
        # French marks have spaces inside, and Japanese has none anywhere
        return bool(after)
    return bool(after) and not after.isspace() and not before.isalnum()


def _quote(draft: str, span: Span, again: tuple[int, ...]) -> DraftQuote:
    start, end = span
    parts, at = [], start
    for mark in again:
        parts.append(draft[at:mark])
        at = mark + 1
    parts.append(draft[at:end])
    start += len(draft[start:end]) - len(draft[start:end].lstrip())
    end -= len(draft[start:end]) - len(draft[start:end].rstrip())
    return DraftQuote(start, end, _plain(_BLOCK_SIGN.sub("", "".join(parts))))


def _blocks(draft: str, in_marks: list[DraftQuote]) -> Iterator[DraftQuote]:
    """Yield the block quotes of Markdown, without those that only consist of a quotation in marks."""
    for match in _BLOCK.finditer(draft):
        words = _plain(_SPEAKER.sub("", _BLOCK_SIGN.sub("", match[0]).strip()))
        start = match.start() + len(match[0]) - len(match[0].lstrip(" \t>"))
        end = match.start() + len(match[0].rstrip())
        within = in_marks[bisect_left(in_marks, start, key=_start) : bisect_left(in_marks, match.end(), key=_start)]
        if not any(len(quote.words) + 2 >= len(words) for quote in within):
            yield DraftQuote(start, max(start, end), words)


def _plain(words: str) -> str:
    """Return words without links and emphasis of Markdown."""
    return _EMPHASIS.sub("", _LINK.sub(r"\1", words)).strip()

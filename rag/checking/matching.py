"""A quotation and the text of an article → where the article says it, and how well both agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from rag.checking.pieces import QuotePiece
from rag.text.normal_form import NormalForm, normal_form
from rag.text.word_diff import nearest_version
from rag.text.words import words
from rag.types import Article, Span
from rag.types.draft import QuoteVerdict

NEAR = 0.75
"""The share of words, in order, that a quotation and a text have in common at least; see docs/checking.md."""
_ORDER: tuple[QuoteVerdict, ...] = ("exact", "normalised", "near", "missing")
# occurrences of the same words in an article that are looked at
_MAX_OCCURRENCES = 50
# of a hundred, the similarity of letters from which words are compared
_LEAST_LETTERS = 55
_ROOM = 40
_EDGE = " .,;:!?'-–…"


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """Where an article says a quotation: the span of each piece in its text; pieces that it lacks have none."""

    verdict: QuoteVerdict
    similarity: float
    spans: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """The span from the first piece to the last; there is at least one."""
        return self.spans[0][0], self.spans[-1][1]

    @property
    def order(self) -> tuple[int, float]:
        """A key by which the best match comes first."""
        return _ORDER.index(self.verdict), -self.similarity


@dataclass(frozen=True)
class SearchedText:
    """The text of an article, with what is compared of it."""

    article: Article

    @cached_property
    def form(self) -> NormalForm:
        """The text without typographic differences."""
        return normal_form(self.article.text)

    @cached_property
    def lower(self) -> str:
        """The same in lower case, with as many characters."""
        return self.form.text.lower()


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a piece stands in the text of an article."""

    span: Span
    verdict: QuoteVerdict
    similarity: float


def match_quote(pieces: Sequence[QuotePiece], text: SearchedText) -> list[QuoteMatch]:
    """Return where an article says a quotation, in its order: each place with these words, or else the nearest.

    >>> from rag.checking.pieces import pieces_of
    >>> article = Article(id="a", path="/a.txt", text="Die neue Brücke hält hundert Jahre.")
    >>> [place.span for place in match_quote(pieces_of("Brücke […] hundert Jahre"), SearchedText(article))]
    [(9, 34)]
    """
    anchor = max(range(len(pieces)), key=lambda number: len(pieces[number].words), default=None)
    if anchor is None:
        return []
    ends = (0, len(text.article.text))
    parts = list(_verbatim(pieces[anchor].words, text, ends)) or _nearest(pieces[anchor].words, text, ends)
    matches = [_extended(pieces, anchor, part, text) for part in parts]
    best = min((match.order for match in matches), default=None)
    return [match for match in matches if match.order == best and match.verdict != "missing"]


def _extended(pieces: Sequence[QuotePiece], anchor: int, part: _Part, text: SearchedText) -> QuoteMatch:
    """Return the match of all pieces of which one is there, each as near to its neighbour as possible."""
    parts: list[_Part | None] = [None] * len(pieces)
    parts[anchor] = part
    start, end = part.span
    for number in range(anchor + 1, len(pieces)):
        piece = pieces[number]
        limits = (end, min(len(text.article.text), end + piece.gap + 2 * len(piece.words)))
        following = next(iter(_in_limits(piece.words, text, limits)), None)
        if following:
            parts[number] = following
            end = following.span[1]
    for number in range(anchor - 1, -1, -1):
        piece = pieces[number]
        limits = (max(0, start - pieces[number + 1].gap - 2 * len(piece.words)), start)
        *_, preceding = [None, *_in_limits(piece.words, text, limits)]
        if preceding:
            parts[number] = preceding
            start = preceding.span[0]
    aligned = [part for part in parts if part]
    weights = [max(1, len(words(piece.words))) for piece in pieces]
    shares = (weight * part.similarity for weight, part in zip(weights, parts, strict=True) if part)
    similarity = sum(shares) / sum(weights)
    verdict = max((part.verdict if part else "near" for part in parts), key=_ORDER.index)
    if verdict == "near" and similarity < NEAR:
        verdict = "missing"
    return QuoteMatch(verdict, similarity, tuple(part.span for part in aligned))


def _in_limits(piece: str, text: SearchedText, limits: Span) -> list[_Part]:
    return list(_verbatim(piece, text, limits)) or _nearest(piece, text, limits)


def _verbatim(piece: str, text: SearchedText, limits: Span) -> Iterator[_Part]:
    """Yield where the words stand between two offsets, in these signs or in another typography."""
    source = text.article.text
    spans = list(_occurrences(piece, source, limits))
    if spans:
        yield from (_Part(span, "exact", 1.0) for span in spans)
        return
    sought = normal_form(piece).text
    for needle in dict.fromkeys((sought, sought.strip(_EDGE))):
        for span in _occurrences(needle.lower(), text.lower, _positions(text.form, limits)) if needle else ():
            start, end = text.form.span(*span)
            original = text.form.text[slice(*span)]
            differs = original[1:] != needle[1:]
            spans.append((start, end))
            yield _Part((start, end), "near" if differs else "normalised", 0.99 if differs else 1.0)
        if spans:
            return


def _occurrences(needle: str, text: str, limits: Span) -> Iterator[Span]:
    """Yield where whole words stand in a text; at most `_MAX_OCCURRENCES` of them."""
    at, end = limits
    for _ in range(_MAX_OCCURRENCES):
        at = text.find(needle, at, end)
        if at < 0:
            return
        if _is_whole(text, at, at + len(needle)):
            yield at, at + len(needle)
        at += 1


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a span neither begins nor ends within a word; in scripts without spaces, every span is whole."""

    def joins(at: int) -> bool:
        return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum() and ord(text[at]) < 0x0E00

    return not joins(start) and not joins(end)


def _positions(form: NormalForm, limits: Span) -> Span:
    return form.position(limits[0]), form.position(limits[1])


def _nearest(piece: str, text: SearchedText, limits: Span) -> list[_Part]:
    """Return the place between two offsets that is most like the words, if any is."""
    sought = normal_form(piece).text.lower()
    first, last = _positions(text.form, limits)
    hit = fuzz.partial_ratio_alignment(sought, text.lower[first:last], score_cutoff=_LEAST_LETTERS)
    if hit is None or hit.dest_start == hit.dest_end or len(sought) > last - first + _ROOM:
        return []
    room = _ROOM + len(sought) // 4
    begin = max(first, first + hit.dest_start - room)
    start, end = text.form.span(begin, min(last, first + hit.dest_end + room))
    span = nearest_version(piece, text.article.text[start:end])
    if span is None:
        return []
    span = start + span[0], start + span[1]
    there = text.article.text[slice(*span)]
    similarity = Indel.normalized_similarity(words(normal_form(piece).text), words(normal_form(there).text))
    return [_Part(span, "near", similarity)] if similarity else []

"""The quotations of a draft → where the archive has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rag.checking.candidates import CandidateTexts
from rag.checking.marks import DraftQuote
from rag.checking.matching import QuoteMatch, SearchedText, match_quote
from rag.checking.pieces import QuotePiece, pieces_of
from rag.search.snapshot import ArchiveSnapshot
from rag.storage.store import Store
from rag.types import NO_FILTER, Article, Citation, Hit, Passage, Span
from rag.types.draft import CheckedQuote

# citations of a quotation
_MAX_CITATIONS = 10
# of articles that nearly have the words
_MAX_NEAR = 3


def check_quotes(quotes: Sequence[DraftQuote], snapshot: ArchiveSnapshot) -> Iterator[CheckedQuote]:
    """Yield what an archive says of each quotation."""
    candidates = CandidateTexts(snapshot)
    for quote in quotes:
        pieces = pieces_of(quote.words)
        matches = _matches(pieces, candidates)
        best = matches[0][1] if matches else None
        limit = _MAX_NEAR if best and best.verdict == "near" else _MAX_CITATIONS
        yield CheckedQuote(
            text=quote.words,
            start=quote.start,
            end=quote.end,
            verdict=best.verdict if best else "missing",
            similarity=best.similarity if best else 0.0,
            citations=_citations(matches[:limit], snapshot),
            more=len(matches) > limit,
        )


def _matches(pieces: Sequence[QuotePiece], candidates: CandidateTexts) -> list[tuple[SearchedText, QuoteMatch]]:
    """Return where articles have a quotation: the best, and of equal ones the earliest article first."""
    matches = _aligned(pieces, candidates.verbatim(pieces))
    if not matches or matches[0][1].verdict == "near":
        known = {text.article.id for text, _ in matches}
        others = [text for text in candidates.similar(pieces) if text.article.id not in known]
        matches = _sorted([*matches, *_aligned(pieces, others)])
    holding = [match for match in matches if match[1].verdict in ("exact", "normalised")]
    return holding or matches


def _aligned(pieces: Sequence[QuotePiece], texts: Sequence[SearchedText]) -> list[tuple[SearchedText, QuoteMatch]]:
    return _sorted([(text, match) for text in texts for match in match_quote(pieces, text)])


def _sorted(matches: list[tuple[SearchedText, QuoteMatch]]) -> list[tuple[SearchedText, QuoteMatch]]:
    def order(candidate: tuple[SearchedText, QuoteMatch]) -> tuple[tuple[int, float], date, str, Span]:
        text, match = candidate
        return match.order, text.article.published or date.max, text.article.path, match.span

    return sorted(matches, key=order)


def _citations(matches: Sequence[tuple[SearchedText, QuoteMatch]], snapshot: ArchiveSnapshot) -> tuple[Citation, ...]:
    hits = [
        _hit(number, text.article, match.span, match.similarity, match.spans)
        for number, (text, match) in enumerate(matches, 1)
    ]
    return citations_of(hits, snapshot.store)


def _hit(rank: int, article: Article, span: Span, score: float, parts: tuple[Span, ...]) -> Hit:
    passage = Passage(article.id, *span, article.text[slice(*span)], article.kind_at(span[0]), article.language)
    return Hit(passage, article, rank, score, {}, highlights=parts if len(parts) > 1 else ())


def citations_of(hits: Sequence[Hit], store: Store) -> tuple[Citation, ...]:
    """Return the citation of each hit, in the first article of its text, with the passage in which it begins."""
    citations = []
    for cited in store.duplicates.cite(hits, NO_FILTER):
        start, end = cited.passage.start, cited.passage.end
        around = store.passages.revisions(cited.article.id, (start, end))
        passage = replace(cited.passage, start=around[0][0][0], end=around[0][0][1]) if around else cited.passage
        citations.append(
            Citation(
                marker=cited.rank,
                article=cited.article,
                passage_id=passage.id,
                start=start,
                end=end,
                quote=cited.article.text[start:end],
                highlights=cited.highlights,
                matches=(),
                also=cited.also,
                score=cited.score,
                signals=cited.signals,
            )
        )
    return tuple(citations)

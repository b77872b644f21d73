"""Hits → an answer with citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.search.confidence import RELATED_FROM, THRESHOLD
from rag.search.highlighting import MARKED_FROM, MARKS, mark_features
from rag.text.recency import asks_for_newest
from rag.types import Answer, Citation, Hit, Outcome, primary_language

ANSWERED = "The first passages are close enough to the question to answer it."
DOUBTFUL = "These passages are about the subject of the question, but perhaps do not answer it."
UNRELATED = "This archive probably has nothing about it; these are the nearest passages."
EMPTY = "The archive is still empty: add articles with `{command}`."
_MAX_NAMES = 10


@dataclass(frozen=True, slots=True)
class NoHits:
    """Why an answer has no passage."""

    outcome: Literal["nothing_fits", "empty"]
    reason: str


NOTHING_FITS = NoHits(
    "nothing_fits", "No passage fits the filters, phrases and excluded words of the question: remove one of them."
)


def no_such_name(field: str, part: str, names: Sequence[str]) -> str:
    """Return the reason for no hits with a filter by a source or author that no article has.

    >>> no_such_name("source", "Nirgends", ["Altmoorer Bote"])
    "No article has the source 'Nirgends': there is Altmoorer Bote."
    """
    if not names:
        return f"No article has the {field} {part!r}: of none is the {field} known."
    listed, unlisted = ", ".join(names[:_MAX_NAMES]), len(names) - _MAX_NAMES
    return f"No article has the {field} {part!r}: there {'is' if len(names) == 1 else 'are'} {listed}" + (
        f" and {unlisted} more." if unlisted > 0 else "."
    )


def compose(
    question: str,
    language: str,
    hits: Sequence[Hit],
    confidence: float,
    took_ms: Mapping[str, float],
    *,
    no_hits: NoHits = NOTHING_FITS,
    absent_times: Sequence[str] = (),
) -> Answer:
    """Return the answer that cites the hits in their order; a sentence is highlighted if it probably answers.

    Args:
        confidence: the probability, in [0, 1], that they answer.
        no_hits: why there are none, for an answer without a passage.
        absent_times: the times of the question, in its words, of which the archive has nothing.

    Raises:
        ValueError: a hit's passage is not the text at its offsets in its article, or a mark lies outside of it.
    """
    outcome: Outcome
    if not hits:
        outcome, reason = no_hits.outcome, no_hits.reason
    elif confidence >= THRESHOLD:
        outcome, reason = "answered", ANSWERED
    elif confidence >= RELATED_FROM:
        outcome, reason = "doubtful", DOUBTFUL
    else:
        outcome, reason = "unrelated", UNRELATED
    citations = tuple(
        _citation(hit, with_highlights=outcome == "answered" and _probably_right(hit, language)) for hit in hits
    )
    return Answer(
        question,
        language,
        outcome,
        confidence,
        reason,
        citations,
        took_ms,
        tuple(absent_times),
        prefers_newest=any(hit.article.published for hit in hits) and asks_for_newest(question),
    )


def _probably_right(hit: Hit, language: str) -> bool:
    across = primary_language(language) != primary_language(hit.passage.language)
    return MARKS.probability(mark_features(hit.margin, hit.lead, across=across)) >= MARKED_FROM


def _citation(hit: Hit, *, with_highlights: bool) -> Citation:
    passage, article = hit.passage, hit.article
    if article.text[passage.start : passage.end] != passage.text:
        raise ValueError(f"Passage {passage.id} is not the text at its offsets.")
    if any(not passage.start <= start < end <= passage.end for start, end in (*hit.highlights, *hit.matches)):
        raise ValueError(f"A mark lies outside of passage {passage.id}.")
    return Citation(
        marker=hit.rank,
        article=article,
        passage_id=passage.id,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        highlights=hit.highlights if with_highlights else (),
        matches=hit.matches,
        also=hit.also,
        score=hit.score,
        signals=hit.signals,
        own_language=passage.language if passage.language != article.language else None,
    )

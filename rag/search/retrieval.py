"""What a search leads to, before it is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.search.grouping import Group
from rag.search.ranking import NO_RANKING, Ranking
from rag.text.times import Period
from rag.types import Hit


@dataclass(frozen=True)
class Retrieval:
    """The result of a search: hits, best first, each made of one of the `groups` of the ranking's passages.

    `features` are what the confidence rests on; there are none if there are no hits. `doubt` is subtracted from its
    logit, since the passages lack numbers of the question, or the archive has nothing of its time. `absent` are the
    times of which the archive has nothing, among the passages that were searched.
    """

    hits: tuple[Hit, ...]
    features: Mapping[str, float]
    ranking: Ranking
    groups: tuple[Group, ...]
    doubt: float = 0.0
    absent: tuple[Period, ...] = ()


NO_RETRIEVAL = Retrieval((), {}, NO_RANKING, ())
"""No hits."""

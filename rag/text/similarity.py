"""How alike two texts are: the runs of words that they share, and marks by which alike ones find each other."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.text.words import words
from rag.types import Article

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RUN = 5
# 12 bands of 4 numbers: a text that shares .7 of all runs is met with a probability of .96, one that shares .3 with .09
_BANDS, _ROWS = 12, 4
_ENOUGH = 0.5
# a text as short as this may stand under many headlines: "Read the whole article with a subscription"
_SHORT = 500

Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """An article that is much like another one, and the share of their runs of five words that both have, in [0, 1]."""

    article: Article
    shared: float


def runs_of(text: str) -> Runs:
    """Return the runs of five words in a text, letters folded; all of its words where it has fewer."""
    said = words(text)
    return frozenset(tuple(said[at : at + _RUN]) for at in range(max(1, len(said) - _RUN + 1)) if said)


def own_words(article: Article) -> str:
    """Return the article's text without what is set aside in it."""
    return "".join(article.text[part.start : part.end] for part in article.parts() if part.kind == "article")


def text_key(article: Article) -> bytes:
    """Return 16 bytes that are equal for articles of equal text: one passage is at the same place in all of them."""
    asides = [(one.start, one.end, one.kind) for one in article.asides]
    title = article.title if len(article.text) < _SHORT else None
    parts = json.dumps([article.text, asides, article.pages, title]).encode()
    return hashlib.sha256(parts).digest()[:16]


def bands_of(article: Article) -> tuple[int, ...]:
    """Return marks of which articles with much of the same text share one at least (MinHash with LSH; Broder 1997).

    Short articles have none.
    """
    runs = runs_of(own_words(article))
    if len(article.text) < _SHORT or len(runs) < _RUN:
        return ()
    # imported here, since only indexing needs it, and others look at articles too
    import numpy as np

    hashes = np.array([zlib.crc32(" ".join(run).encode()) for run in runs], np.uint64)
    factors, summands = _functions()
    rows = ((hashes[:, None] * factors + summands) >> np.uint64(32)).min(0).reshape(_BANDS, _ROWS)
    return tuple(
        int.from_bytes(hashlib.sha256(bytes([band]) + row.tobytes()).digest()[:8]) >> 1 for band, row in enumerate(rows)
    )


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the factors and summands of the hash functions of all bands (multiply-shift; Dietzfelbinger 1996).

    Marks are stored, so the numbers are the same for ever; those of a library may change with its release.
    """
    import numpy as np

    drawn = hashlib.shake_256(b"bands").digest(2 * _BANDS * _ROWS * 8)
    factors, summands = np.frombuffer(drawn, "<u8").reshape(2, -1)
    return factors | np.uint64(1), summands


def versions_among(article: Article, others: Sequence[Article]) -> tuple[Version, ...]:
    """Return those of some articles that share half of the runs of words with one, the most alike first."""
    runs = runs_of(own_words(article))
    found = []
    for other in others:
        theirs = runs_of(own_words(other))
        shared = len(runs & theirs) / max(1, len(runs | theirs))
        if shared >= _ENOUGH:
            found.append(Version(other, shared))
    return tuple(sorted(found, key=lambda one: (-one.shared, one.article.path)))

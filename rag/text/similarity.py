"""The similarity of texts: shared shingles, and MinHash bands by which near-duplicates find each other."""

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

# words of a shingle
_SHINGLE = 5
# 12 bands of 4 hashes: texts with 0.7 of all shingles in common share a band with probability 0.96, with 0.3 in common
# with 0.09
_BANDS, _ROWS = 12, 4
# the least share of all shingles that two versions of an article have in common
_MIN_SHARED = 0.5
# a text of fewer characters may have many headlines: "Read the whole article with a subscription"
_SHORT_TEXT = 500

Shingles = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """A near-duplicate of an article, and the share of all their shingles of five words that both have, in [0, 1]."""

    article: Article
    shared: float


def shingles_of(text: str) -> Shingles:
    """Return the shingles of five folded words in a text; all of its words if it has fewer."""
    folded = words(text)
    count = max(1, len(folded) - _SHINGLE + 1)
    return frozenset(tuple(folded[start : start + _SHINGLE]) for start in range(count) if folded)


def own_text(article: Article) -> str:
    """Return the article's text without boilerplate, teasers and comments."""
    return "".join(article.text[part.start : part.end] for part in article.parts() if part.kind == "article")


def text_key(article: Article) -> bytes:
    """Return 16 bytes that are equal for articles of equal text, whose passages have the same offsets."""
    asides = [(aside.start, aside.end, aside.kind) for aside in article.asides]
    title = article.title if len(article.text) < _SHORT_TEXT else None
    parts = json.dumps([article.text, asides, article.pages, title]).encode()
    return hashlib.sha256(parts).digest()[:16]


def minhash_bands(article: Article) -> tuple[int, ...]:
    """Return hashes of which near-duplicates share at least one (MinHash with LSH; Broder 1997).

    Short articles have none.
    """
    shingles = shingles_of(own_text(article))
    if len(article.text) < _SHORT_TEXT or len(shingles) < _SHINGLE:
        return ()
    # imported here, since only indexing needs it
    import numpy as np

    hashes = np.array([zlib.crc32(" ".join(shingle).encode()) for shingle in shingles], np.uint64)
    factors, summands = _functions()
    rows = ((hashes[:, None] * factors + summands) >> np.uint64(32)).min(0).reshape(_BANDS, _ROWS)
    return tuple(
        int.from_bytes(hashlib.sha256(bytes([band]) + row.tobytes()).digest()[:8]) >> 1 for band, row in enumerate(rows)
    )


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the factors and summands of the hash functions of all bands (multiply-shift; Dietzfelbinger 1996).

    Bands are stored, so the numbers must never change; those of a library may change with its release.
    """
    import numpy as np

    random_bytes = hashlib.shake_256(b"bands").digest(2 * _BANDS * _ROWS * 8)
    factors, summands = np.frombuffer(random_bytes, "<u8").reshape(2, -1)
    return factors | np.uint64(1), summands


def versions_among(article: Article, candidates: Sequence[Article]) -> tuple[Version, ...]:
    """Return the candidates that share half of the shingles with an article, the most similar first."""
    # a long text has many
    shingles = shingles_of(own_text(article)) if candidates else frozenset()
    versions = []
    for candidate in candidates:
        of_candidate = shingles_of(own_text(candidate))
        shared = len(shingles & of_candidate) / max(1, len(shingles | of_candidate))
        if shared >= _MIN_SHARED:
            versions.append(Version(candidate, shared))
    return tuple(sorted(versions, key=lambda version: (-version.shared, version.article.path)))

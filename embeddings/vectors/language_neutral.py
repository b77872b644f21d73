"""Removes the language-specific component of vectors.

A multilingual encoder places texts of the same language near each other whatever their content, so that a German query
finds German passages that do not answer it before an English passage that does. Two steps change that, and improve
results within a single language as well:

- half of the mean vector is subtracted (centring; Mu and Viswanath, 2018), which spreads cosines that E5 crowds
  between 0.7 and 1;
- the subspace spanned by the mean vectors of the languages is removed, each the mean of the same texts in that
  language (low-rank language subspaces; Xie et al., 2022). This does not require the language of a vector.

The means come from the Universal Declaration of Human Rights in 36 languages; benchmarks/fit_neutral.py made the
table and says for which model.
"""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np

from embeddings.types import Role, TokenVectors, Vectors

TABLE = "neutral.npz"
# the share of the mean that is subtracted
_CENTRING_SHARE = 0.5

Kind = Literal["text", "token"]


@dataclass(frozen=True)
class LanguageNeutral:
    """A linear map for the vectors of one encoder.

    `means` maps texts and tokens in both roles to their mean vector, shape (dim,); `languages` are orthonormal
    directions that distinguish languages, shape (directions, dim). Without a table, vectors stay unchanged.
    """

    means: Mapping[tuple[Kind, Role], Vectors]
    languages: Mapping[Kind, Vectors]

    @cached_property
    def name(self) -> str:
        """A hash of the map: equal names give equal vectors."""
        digest = hashlib.sha256()
        for table in (self.means, self.languages):
            for _, array in sorted(table.items()):
                digest.update(array.tobytes())
        return digest.hexdigest()[:8]

    def project_texts(self, vectors: Vectors, role: Role) -> Vectors:
        """Return vectors of texts, shape (…, dim), without their language-specific component, length 1."""
        return self._project(vectors, "text", role)

    def project_tokens(self, vectors: Vectors, role: Role) -> Vectors:
        """Return vectors of tokens, shape (tokens, dim), without their language-specific component, length 1."""
        return self._project(vectors, "token", role)

    def project(self, texts: Sequence[TokenVectors], role: Role) -> list[TokenVectors]:
        """Return the token and pooled vectors of texts without their language-specific component."""
        if not self.means or not texts:
            return list(texts)
        # all texts at once: a single matrix product instead of dozens
        tokens = self.project_tokens(np.concatenate([text.vectors for text in texts]), role)
        pooled_vectors = self.project_texts(np.stack([text.pooled for text in texts]), role)
        ends = np.cumsum([len(text.vectors) for text in texts])[:-1]
        return [
            TokenVectors(vectors, text.spans, pooled)
            for vectors, text, pooled in zip(np.split(tokens, ends), texts, pooled_vectors, strict=True)
        ]

    def _project(self, vectors: Vectors, kind: Kind, role: Role) -> Vectors:
        if not self.means:
            return vectors
        neutral: Vectors = vectors - _CENTRING_SHARE * self.means[kind, role]
        languages = self.languages[kind]
        neutral -= (neutral @ languages.T) @ languages
        neutral /= np.sqrt(np.einsum("...i,...i->...", neutral, neutral))[..., None]
        return neutral


@cache
def language_neutral(fingerprint: str) -> LanguageNeutral:
    """Return the map for the encoder with this fingerprint; the identity if there is no table for it."""
    with importlib.resources.files("embeddings.vectors").joinpath(TABLE).open("rb") as file, np.load(file) as table:
        if str(table["fingerprint"]) != fingerprint:
            return LanguageNeutral({}, {})
        arrays = {name: table[name].astype(np.float32) for name in table.files if name != "fingerprint"}
    kinds: tuple[Kind, ...] = ("text", "token")
    roles: tuple[Role, ...] = ("query", "passage")
    means = {(kind, role): arrays[f"{kind}_{role}"] for kind in kinds for role in roles}
    return LanguageNeutral(means, {kind: arrays[f"{kind}_languages"] for kind in kinds})

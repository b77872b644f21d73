"""What vectors of two languages have in common: what only tells the language is taken out of them.

A multilingual encoder puts texts of one language near each other whatever they say, so that a German question
finds German passages that do not answer before an English one that does. Two steps change that, and help within one
language too:

- half of the mean vector is subtracted (centring; Mu and Viswanath, 2018), which spreads cosines that E5 crowds
  between .7 and 1;
- the subspace is removed that the mean vectors of the languages span, each the mean of the same texts in that
  language (low-rank language subspaces; Xie et al., 2022). No vector needs to know its language for that.

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
_CENTRED = 0.5

Kind = Literal["text", "token"]


@dataclass(frozen=True)
class LanguageNeutral:
    """A linear map for the vectors of one encoder.

    `means` holds the mean vector, shape (dim,), of texts and of tokens in both roles; `languages` holds orthonormal
    directions, shape (directions, dim), that tell languages apart. Without a table, nothing is changed.
    """

    means: Mapping[tuple[Kind, Role], Vectors]
    languages: Mapping[Kind, Vectors]

    @cached_property
    def name(self) -> str:
        """Names the map: equal names give equal vectors."""
        digest = hashlib.sha256()
        for table in (self.means, self.languages):
            for _, array in sorted(table.items()):
                digest.update(array.tobytes())
        return digest.hexdigest()[:8]

    def project_texts(self, vectors: Vectors, role: Role) -> Vectors:
        """Return vectors of whole texts, shape (…, dim), without what tells the language; length 1 again."""
        return self._mapped(vectors, "text", role)

    def project_tokens(self, vectors: Vectors, role: Role) -> Vectors:
        """Return vectors of tokens, shape (tokens, dim), without what tells the language; length 1 again."""
        return self._mapped(vectors, "token", role)

    def project(self, texts: Sequence[TokenVectors], role: Role) -> list[TokenVectors]:
        """Return texts as an encoder reads them, token by token and as a whole, without what tells the language."""
        if not self.means or not texts:
            return list(texts)
        # all at once: one matrix product instead of dozens
        tokens = self.project_tokens(np.concatenate([one.vectors for one in texts]), role)
        wholes = self.project_texts(np.stack([one.pooled for one in texts]), role)
        ends = np.cumsum([len(one.vectors) for one in texts])[:-1]
        return [
            TokenVectors(vectors, one.spans, whole)
            for vectors, one, whole in zip(np.split(tokens, ends), texts, wholes, strict=True)
        ]

    def _mapped(self, vectors: Vectors, kind: Kind, role: Role) -> Vectors:
        if not self.means:
            return vectors
        neutral: Vectors = vectors - _CENTRED * self.means[kind, role]
        languages = self.languages[kind]
        neutral -= (neutral @ languages.T) @ languages
        neutral /= np.sqrt(np.einsum("...i,...i->...", neutral, neutral))[..., None]
        return neutral


@cache
def language_neutral(fingerprint: str) -> LanguageNeutral:
    """Return the map for the encoder with this fingerprint; one that changes nothing where no table was made for it."""
    with importlib.resources.files("embeddings.vectors").joinpath(TABLE).open("rb") as file, np.load(file) as table:
        if str(table["fingerprint"]) != fingerprint:
            return LanguageNeutral({}, {})
        arrays = {name: table[name].astype(np.float32) for name in table.files if name != "fingerprint"}
    kinds: tuple[Kind, ...] = ("text", "token")
    roles: tuple[Role, ...] = ("query", "passage")
    means = {(kind, role): arrays[f"{kind}_{role}"] for kind in kinds for role in roles}
    return LanguageNeutral(means, {kind: arrays[f"{kind}_languages"] for kind in kinds})

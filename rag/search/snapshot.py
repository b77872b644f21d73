"""An archive as one question sees it."""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.encoder import Encoder
from embeddings.index import VectorSnapshot
from embeddings.vectors.language_neutral import LanguageNeutral
from rag.config import RankingConfig
from rag.dense.token_vectors import PassageTokens
from rag.lexical.snapshot import LexicalSnapshot
from rag.search.reranking import Reranker
from rag.storage.store import Store


@dataclass(frozen=True, slots=True)
class ArchiveSnapshot:
    """The store and both indexes in one state of the archive, and what reads a question and its passages.

    Attributes:
        neutral: takes out of vectors what only tells their language.
        tokens: the token vectors of passages.
        reranker: re-ranks the best candidates; None if speed matters more.
    """

    store: Store
    dense: VectorSnapshot
    lexical: LexicalSnapshot
    encoder: Encoder
    neutral: LanguageNeutral
    tokens: PassageTokens
    reranker: Reranker | None
    ranking: RankingConfig

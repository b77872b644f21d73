"""Fundstelle as a retriever of LlamaIndex."""

from __future__ import annotations

import asyncio

from rag.integrations.asking import Asks
from rag.rendering.citation_facts import citation_facts
from rag.types import Filter

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ImportError as error:
    raise ImportError("The retriever needs LlamaIndex: pip install 'fundstelle[llama-index]'.") from error


class FundstelleRetriever(BaseRetriever):
    """Retrieves verbatim passages as nodes; `aretrieve` asks in a thread, so that the loop goes on.

    The text of a node is the quote, its id that of the passage, and its metadata what is needed to cite it: see
    `citation_facts`. The metadata is for the program: neither embeddings nor prompts get it but for headline, outlet
    and day.

        retriever = FundstelleRetriever(archive, k=3)
        nodes = retriever.retrieve("Who led the negotiations?")
    """

    _IN_PROMPTS = frozenset({"title", "source", "published", "marker"})

    def __init__(self, archive: Asks, *, k: int = 5, filter: Filter | None = None, fast: bool = False) -> None:
        """Make a retriever.

        Args:
            archive: an open archive, or whatever has its method `ask`.
            k: the number of passages.
            filter: which passages may be found.
            fast: skip re-ranking.
        """
        super().__init__()
        self._archive, self._k, self._filter, self._fast = archive, k, filter, fast

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        answer = self._archive.ask(query_bundle.query_str, self._k, filter=self._filter, fast=self._fast)
        nodes = []
        for citation in answer:
            metadata = citation_facts(answer, citation)
            hidden = [name for name in metadata if name not in self._IN_PROMPTS]
            node = TextNode(
                id_=citation.passage_id,
                text=citation.quote,
                metadata=metadata,
                excluded_llm_metadata_keys=hidden,
                excluded_embed_metadata_keys=list(metadata),
            )
            nodes.append(NodeWithScore(node=node, score=citation.score))
        return nodes

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)

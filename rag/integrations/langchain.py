"""Fundstelle as a retriever of LangChain."""

from __future__ import annotations

from rag.integrations.asking import Asks
from rag.rendering.citation_facts import citation_facts
from rag.types import Filter

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ImportError as error:
    raise ImportError("The retriever needs LangChain: pip install 'fundstelle[langchain]'.") from error


class FundstelleRetriever(BaseRetriever):
    """Retrieves verbatim passages as documents; `ainvoke` asks in a thread, so that the loop goes on.

    The `page_content` of a document is the quote, its `id` that of the passage, and its `metadata` what is needed to
    cite it: see `citation_facts`.

        retriever = FundstelleRetriever(archive=archive, k=3)
        documents = retriever.invoke("Who led the negotiations?")

    Attributes:
        archive: an open archive, or whatever has its method `ask`.
        k: the number of passages.
        filter: which passages may be found.
        fast: skip re-ranking.
    """

    archive: Asks
    k: int = 5
    filter: Filter | None = None
    fast: bool = False

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        answer = self.archive.ask(query, self.k, filter=self.filter, fast=self.fast)
        return [
            Document(id=citation.passage_id, page_content=citation.quote, metadata=citation_facts(answer, citation))
            for citation in answer
        ]

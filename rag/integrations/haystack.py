"""Fundstelle as a component of Haystack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.archive import Archive
from rag.rendering.citation_facts import citation_facts

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ImportError as error:
    raise ImportError("The component needs Haystack: pip install 'fundstelle[haystack]'.") from error


@component
class FundstelleRetriever:
    """Retrieves verbatim passages as documents, in a pipeline or alone.

    The `content` of a document is the quote, its `id` that of the passage, and its `meta` what is needed to cite it:
    see `citation_facts`. The archive is opened by `warm_up` or the first question, so a pipeline can be saved and
    loaded.

        retriever = FundstelleRetriever("news", top_k=3)
        documents = retriever.run("Who led the negotiations?")["documents"]
    """

    def __init__(self, archive: str, top_k: int = 5, fast: bool = False) -> None:
        """Make a component.

        Args:
            archive: the folder of the archive.
            top_k: the number of passages.
            fast: skip re-ranking.
        """
        self.archive, self.top_k, self.fast = str(archive), top_k, fast
        self._open_archive: Archive | None = None

    def warm_up(self) -> None:
        """Open the archive and load what the first question would wait for.

        Raises:
            NotFound: there is no archive in the folder.
        """
        self._opened().warm_up()

    def _opened(self) -> Archive:
        if self._open_archive is None:
            self._open_archive = Archive.open(Path(self.archive), create=False)
        return self._open_archive

    def close(self) -> None:
        """Close the archive; the next question opens it again."""
        if self._open_archive is not None:
            self._open_archive.close()
            self._open_archive = None

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, Any]:
        """Return the passages that answer a question best.

        Args:
            query: the question.
            top_k: the number of passages, if not that of the component.
        """
        answer = self._opened().ask(query, self.top_k if top_k is None else top_k, fast=self.fast)
        documents = [
            Document(
                id=citation.passage_id,
                content=citation.quote,
                meta=citation_facts(answer, citation),
                score=citation.score,
            )
            for citation in answer
        ]
        return {"documents": documents}

    def to_dict(self) -> dict[str, Any]:
        """Return the component as Haystack saves it."""
        return default_to_dict(self, archive=self.archive, top_k=self.top_k, fast=self.fast)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FundstelleRetriever:
        """Return the component that `to_dict` saved."""
        return default_from_dict(cls, data)

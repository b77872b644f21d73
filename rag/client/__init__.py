"""Asking a server of Fundstelle as if it were an archive.

    from rag.client import Client

    with Client("http://127.0.0.1:7860") as archive:
        for citation in archive.ask("Who led the negotiations?", k=3):
            print(citation.article.label, citation.sentence or citation.quote)

Needs none of the libraries that answer questions.
"""

from typing import TYPE_CHECKING

from rag.client.client import Client

if TYPE_CHECKING:
    from rag.client.async_client import AsyncClient

__all__ = ["AsyncClient", "Client"]

# hidden from type checkers, which would accept any name otherwise
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import `AsyncClient` on first use, since it needs asyncio."""
        if name != "AsyncClient":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from rag.client.async_client import AsyncClient

        return AsyncClient

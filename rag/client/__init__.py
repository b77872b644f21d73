"""Asking a server of Fundstelle as if it were an archive.

    from rag.client import Client

    with Client("http://127.0.0.1:7860") as archive:
        for citation in archive.ask("Who led the negotiations?", k=3):
            print(citation.article.label, citation.sentence or citation.quote)

Needs none of the libraries that answer questions.
"""

from rag.client.async_client import AsyncClient
from rag.client.client import Client

__all__ = ["AsyncClient", "Client"]

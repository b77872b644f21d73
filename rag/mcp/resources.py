"""Articles as resources: fundstelle://article/ID."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

from rag.archive import Archive
from rag.mcp.errors import resource_errors
from rag.types import Article


def add_resources(server: MCPServer, archive: Archive) -> None:
    """Add the articles of an archive."""

    @server.resource(
        "fundstelle://article/{article_id}",
        title="Article",
        description="The text of an article, headed by what is known of it; ids are in citations and in list_articles.",
        mime_type="text/plain",
    )
    @resource_errors
    def article(article_id: str) -> str:
        return _as_text(archive.article(article_id))


def _as_text(article: Article) -> str:
    facts = [article.label, article.source, article.author, article.published, article.url, article.path]
    return "\n".join(str(fact) for fact in facts if fact) + f"\n\n{article.text}"

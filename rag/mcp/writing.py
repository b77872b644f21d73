"""The tools that change the archive."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import Field

from rag.archive import Archive
from rag.mcp.errors import tool_errors
from rag.schemas.article import CorrectedArticleModel
from rag.schemas.report import IndexReportModel

_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
Fact = Annotated[str | None, Field(description="as it is; empty if it is unknown, null where nothing is said")]


def add_writing_tools(server: MCPServer, archive: Archive) -> None:
    """Add the tools that index files and correct facts; files themselves are never changed."""

    @server.tool(title="Index files", annotations=_WRITES)
    @tool_errors
    def index(
        paths: Annotated[list[str], Field(min_length=1, description="files and folders of this computer")],
    ) -> IndexReportModel:
        """Update the archive from files and folders. Ask the person first."""
        return IndexReportModel.of(archive.index(paths))

    @server.tool(title="Correct an article", annotations=_WRITES)
    @tool_errors
    def correct(
        article_id: str, title: Fact = None, source: Fact = None, author: Fact = None, published: Fact = None
    ) -> CorrectedArticleModel:
        """Set right what was read wrongly from the file of an article. Ask the person first."""
        article = archive.correct(
            article_id, title=title, source=source, author=author, published=published, by="assistant"
        )
        corrections = [correction.to_dict() for correction in archive.corrections(article_id)]
        return CorrectedArticleModel.of(article.to_dict() | {"corrections": corrections})

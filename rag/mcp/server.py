"""The server of the Model Context Protocol: its instructions, tools, resources and prompts."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

from rag import __version__
from rag.archive import Archive
from rag.mcp.prompts import add_prompts
from rag.mcp.reading import add_reading_tools
from rag.mcp.resources import add_resources
from rag.mcp.writing import add_writing_tools
from rag.server.load import Load

INSTRUCTIONS = """\
An archive of articles that answers questions with verbatim passages and generates nothing. Search it with `ask`, in any
language. Say only what the returned quotes say; quote them word for word, each with its marker such as [1], headline,
outlet and day, and its link if there is one. If `answerable` is false, say that the archive does not answer the
question, and do not answer from elsewhere. Before you hand a text over, check its quotations with `check_draft`."""


def build_mcp(archive: Archive, *, may_write: bool = False, load: Load | None = None) -> MCPServer:
    """Return the MCP server of an archive.

    Args:
        may_write: also offer the tools that index files and correct facts.
        load: the questions of the server that this is a part of.
    """
    server: MCPServer = MCPServer(
        "fundstelle", title="Fundstelle", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    add_reading_tools(server, archive, load or Load())
    if may_write:
        add_writing_tools(server, archive)
    add_resources(server, archive)
    add_prompts(server)
    return server

"""The tools that read the archive."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import Field

from rag.archive import Archive
from rag.errors import NotFound
from rag.mcp.errors import tool_errors
from rag.schemas.answer import AnswerModel
from rag.schemas.article import PassageModel
from rag.schemas.draft import CheckedQuoteModel, DraftReportModel
from rag.schemas.library import ArticlePageModel
from rag.schemas.reading import ArticlePartModel
from rag.schemas.status import StatusModel
from rag.search.filters import make_filter
from rag.server.load import Load
from rag.types import passage_at
from rag.types.library import LibraryQuery

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
MAX_PART = 20_000
"""Characters of an article that one call returns at most."""

Names = Annotated[list[str], Field(description="names or parts of names; an article with one of them fits")]
Since = Annotated[str | None, Field(description="the first day, month or year: 2024-03-01, 2024-03, 2024")]
Until = Annotated[str | None, Field(description="the last day, month or year")]
Number = Annotated[int, Field(ge=1, le=50)]


def add_reading_tools(server: MCPServer, archive: Archive, load: Load) -> None:
    """Add the tools that change nothing."""

    @server.tool(title="Ask the archive", annotations=_READS)
    @tool_errors
    def ask(
        question: str,
        *,
        k: Number = 5,
        since: Since = None,
        until: Until = None,
        source: Names = [],  # noqa: B006
        language: Names = [],  # noqa: B006
        author: Names = [],  # noqa: B006
    ) -> AnswerModel:
        """Return the passages that answer a question best, verbatim and cited, in any language.

        Quote them word for word with their marker, headline, outlet, day and link. If `answerable` is false, say that
        the archive does not answer; the passages are then only the nearest. A "quoted phrase" must be in a passage.
        If `damaged` names articles, say that they are missing from the answer.
        """
        with load.question() as counted:
            answer = archive.ask(question, k, since=since, until=until, source=source, language=language, author=author)
            counted.is_answered = True
        return AnswerModel.of(answer)

    @server.tool(title="Read an article", annotations=_READS)
    @tool_errors
    def get_article(
        article: Annotated[str, Field(description="its id, path, title or address, or a unique part of one")],
        start: Annotated[int, Field(ge=0, description="where to begin, in characters")] = 0,
        length: Annotated[int, Field(ge=1, le=MAX_PART)] = MAX_PART,
    ) -> ArticlePartModel:
        """Return the text of an article, a long one in parts: `next` is the `start` of the following part."""
        whole = archive.article(article)
        end = min(len(whole.text), start + length)
        return ArticlePartModel.of(
            {
                "article": whole,
                "start": start,
                "end": max(start, end),
                "characters": len(whole.text),
                "text": whole.text[start:end],
                "next": end if end < len(whole.text) else None,
            }
        )

    @server.tool(title="Read a passage", annotations=_READS)
    @tool_errors
    def get_passage(
        passage_id: Annotated[str, Field(description="as in a citation: ARTICLE:START-END")],
    ) -> PassageModel:
        """Return the words at the place that a citation names, with their article."""
        article_id, _, span = passage_id.partition(":")
        start, _, end = span.partition("-")
        if not (start.isdecimal() and end.isdecimal()):
            raise NotFound(f"There is no passage {passage_id!r}: an id is that of an article, a start and an end.")
        article = archive.article(article_id)
        try:
            passage = passage_at(article, int(start), int(end))
        except ValueError as error:
            raise NotFound(str(error)) from error
        values = {**asdict(passage), "passage_id": passage.id, "page": article.page_at(passage.start)}
        return PassageModel.of(values | {"article": article})

    @server.tool(title="List articles", annotations=_READS)
    @tool_errors
    def list_articles(
        *,
        search: Annotated[str, Field(description="words that the headline, outlet or author contains")] = "",
        since: Since = None,
        until: Until = None,
        source: Names = [],  # noqa: B006
        author: Names = [],  # noqa: B006
        sort: Literal["added", "published", "title", "source"] = "published",
        page: Annotated[int, Field(ge=1, description="from 1; `next` names the following page")] = 1,
        size: Number = 20,
    ) -> ArticlePageModel:
        """List articles without their texts, the newest first. To find what articles say, use `ask`."""
        filter = make_filter(since, until, sources=source, authors=author)
        descending = sort in ("added", "published")
        query = LibraryQuery(search, filter, sort=sort, descending=descending, page=page, size=size)
        rows = archive.library(query)
        following = str(page + 1) if rows.has_next else None
        return ArticlePageModel.of({"articles": rows.rows, "total": rows.total, "next": following})

    @server.tool(title="Check a quotation", annotations=_READS)
    @tool_errors
    def verify_quote(
        quote: Annotated[str, Field(description="the words, without quotation marks")],
    ) -> CheckedQuoteModel:
        """Return whether an article has these words: exact, normalised (another typography), near, or missing.

        For `near`, the quote of the first citation is what the article says: use that. Never quote what is missing.
        """
        return CheckedQuoteModel.of(archive.find_quote(quote))

    @server.tool(title="Check a draft", annotations=_READS)
    @tool_errors
    def check_draft(
        text: str,
        figures: Annotated[bool, Field(description="also look for the numbers outside of quotations")] = True,
    ) -> DraftReportModel:
        """Return for each quotation and number of a text whether the archive has it, where, and what differs.

        Check what you write from the archive before you hand it over, and mend what is missing or differs.
        """
        return DraftReportModel.of(archive.verify_quotes(text, figures=figures))

    @server.tool(title="Status", annotations=_READS)
    @tool_errors
    def status() -> StatusModel:
        """Return what the archive contains: articles, passages, languages, outlets, the first and the last day."""
        return StatusModel.of(archive.status())

"""The archive for assistants, asked by the client of the official SDK: in this process, over pipes and over HTTP."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from factories import article_file
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from paths import ROOT
from server_parts import served

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.mcp.server import build_mcp

TUNNEL = "Wann wurde der Gotthard-Basistunnel eröffnet?"
READING = {"ask", "get_article", "get_passage", "list_articles", "verify_quote", "check_draft", "status"}
Result = TypeVar("Result")


def talk(server: Any, conversation: Callable[[Client], Awaitable[Result]]) -> Result:
    """Return what a conversation with a server returns."""

    async def run() -> Result:
        async with Client(server) as client:
            return await conversation(client)

    return asyncio.run(run())


def call(server: Any, tool: str, **arguments: Any) -> Any:
    """Return the structured content of a tool's answer."""

    async def conversation(client: Client) -> Any:
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        return result.structured_content

    return talk(server, conversation)


def refusal(server: Any, tool: str, **arguments: Any) -> str:
    """Return the error of a tool."""

    async def conversation(client: Client) -> str:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        return str(result.content[0].text)

    return talk(server, conversation)


def test_tools_have_schemas(sample: Archive) -> None:
    """Each says what it takes and returns, what it returns fits, and none changes anything unless that is allowed."""

    async def tools(client: Client) -> Any:
        return {tool.name: tool for tool in (await client.list_tools()).tools}

    read_only = talk(build_mcp(sample), tools)
    assert read_only.keys() == READING
    assert all(tool.annotations.read_only_hint for tool in read_only.values())
    assert talk(build_mcp(sample, may_write=True), tools).keys() == READING | {"index", "correct"}
    for name, arguments in {"ask": {"question": TUNNEL}, "verify_quote": {"quote": "x"}, "status": {}}.items():
        value = call(build_mcp(sample), name, **arguments)
        Draft202012Validator(read_only[name].output_schema).validate(value)


def test_an_answer_is_that_of_the_archive(sample: Archive) -> None:
    """Passages are verbatim, a long article comes in parts, and the place of a passage gives its words."""
    server = build_mcp(sample)
    answer = call(server, "ask", question=TUNNEL, k=2)
    expected = sample.ask(TUNNEL, 2).to_dict()
    assert answer["citations"] == expected["citations"]
    first = answer["citations"][0]
    article = sample.article(first["article"]["id"])
    parts = [call(server, "get_article", article=article.id, length=1500)]
    while parts[-1]["next"] is not None:
        parts.append(call(server, "get_article", article=article.id, start=parts[-1]["next"], length=1500))
    assert len(parts) > 1
    assert "".join(part["text"] for part in parts) == article.text
    passage = call(server, "get_passage", passage_id=first["passage_id"])
    assert passage["text"] == article.text[passage["start"] : passage["end"]]


def test_quotations_are_checked(sample: Archive) -> None:
    """One by one, and those of a draft."""
    server = build_mcp(sample)
    words = "134 Menschen kamen im Ahrtal ums Leben"
    assert call(server, "verify_quote", quote=words)["verdict"] == "exact"
    report = call(server, "check_draft", text=f"„{words}“ und „nichts davon ist wahr“", figures=False)
    assert [quote["verdict"] for quote in report["quotes"]] == ["exact", "missing"]


def test_articles_are_listed_in_pages(sample: Archive) -> None:
    """Each page names the next one."""
    server = build_mcp(sample)
    first, second = (call(server, "list_articles", size=3, page=page) for page in (1, 2))
    assert (len(first["articles"]), first["next"]) == (3, "2")
    assert not {row["id"] for row in first["articles"]} & {row["id"] for row in second["articles"]}


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask", {"question": ""}, "The question is empty"),
        ("ask", {"question": "Was?", "since": "gestern"}, "gestern"),
        ("ask", {"question": "Was?", "k": 1000}, "less than or equal to 50"),
        ("get_article", {"article": "nope"}, "There is no article 'nope'"),
        ("get_passage", {"passage_id": "x"}, "There is no passage 'x'"),
        ("verify_quote", {"quote": "…"}, "The quotation has no word"),
        ("check_draft", {"text": "a" * 2_000_001}, "The draft has 2,000,001 characters"),
        ("index", {"paths": ["/"]}, "Unknown tool"),
    ],
)
def test_errors_are_sentences(sample: Archive, tool: str, arguments: dict[str, Any], sentence: str) -> None:
    """That the assistant reads; what may not be changed is not there."""
    assert sentence in refusal(build_mcp(sample), tool, **arguments)


def test_writing_if_allowed(tmp_path: Path, encoder: Encoder) -> None:
    """Files are indexed and facts corrected."""
    (tmp_path / "bridge.md").write_text(article_file("Brücke frei", "2021-03-01", "Kurier"), "utf-8")
    with Archive.open(tmp_path / "archive") as archive:
        server = build_mcp(archive, may_write=True)
        assert call(server, "index", paths=[str(tmp_path / "bridge.md")])["new"] == 1
        (article,) = archive.articles()
        assert call(server, "correct", article_id=article.id, title="Freie Brücke")["title"] == "Freie Brücke"


def test_resources_and_prompts(sample: Archive) -> None:
    """An article is a resource, and the prompts ask for quotations alone, in two languages."""
    article = next(sample.articles())

    async def conversation(client: Client) -> tuple[str, list[str]]:
        contents = (await client.read_resource(f"fundstelle://article/{article.id}")).contents
        names = [prompt.name for prompt in (await client.list_prompts()).prompts]
        prompts = [await client.get_prompt(name, {"question": TUNNEL}) for name in names]
        return contents[0].text, [prompt.messages[0].content.text for prompt in prompts]  # type: ignore[union-attr]

    text, prompts = talk(build_mcp(sample), conversation)
    assert text.endswith(article.text)
    assert ["Zitaten" in prompts[0], "verbatim" in prompts[1], all(TUNNEL in prompt for prompt in prompts)] == [
        True
    ] * 3


def test_over_pipes(sample: Archive) -> None:
    """The program that an assistant starts answers on standard output, and with nothing else."""
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "rag", "mcp", "--archive", str(sample.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert call(program, "ask", question=TUNNEL, k=1)["answerable"]


def test_over_http(sample: Archive) -> None:
    """The server of the page answers at /mcp, and not the page of another site."""
    with served(sample) as page:
        assert call(f"{page.address}/mcp", "status")["articles"] == 45
        request = f"POST /mcp HTTP/1.1\r\nHost: {page.host}:{page.port}\r\nOrigin: https://evil.example\r\n"
        refused = page.send(f"{request}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        assert refused.startswith(b"HTTP/1.1 403")

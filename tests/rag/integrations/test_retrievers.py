"""Retrievers for LangChain, LlamaIndex and Haystack, in pipelines of the libraries themselves."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from waiting import PATIENCE

from rag.archive import Archive
from rag.types import Filter

# before Haystack is imported, which would report its use
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
TUNNEL = "Wie lang ist der Gotthard-Basistunnel?"


def assert_is_cited(archive: Archive, text: str, metadata: dict[str, Any]) -> None:
    """The metadata names the place of the words, and the file that they come from."""
    article = archive.article(metadata["article_id"])
    assert article.text[metadata["start"] : metadata["end"]] == text
    assert (metadata["sha256"], metadata["path"], metadata["title"]) == (article.sha256, article.path, article.title)
    assert all(value is None or isinstance(value, str | int | float | bool) for value in metadata.values())


def test_langchain(sample: Archive) -> None:
    """Documents are those of `ask`, also asynchronously, in batches and in a chain; filters apply."""
    from langchain_core.runnables import RunnableLambda

    from rag.integrations.langchain import FundstelleRetriever

    retriever = FundstelleRetriever(archive=sample, k=2)
    documents = retriever.invoke(TUNNEL)
    answer = sample.ask(TUNNEL, 2)
    assert [document.id for document in documents] == [citation.passage_id for citation in answer]
    for document in documents:
        assert_is_cited(sample, document.page_content, document.metadata)
    assert documents[0].metadata["answerable"] is True
    assert documents[0].metadata["sentence"] == answer.citations[0].sentence
    assert asyncio.run(retriever.ainvoke(TUNNEL)) == documents == retriever.batch([TUNNEL])[0]
    chain = retriever | RunnableLambda(lambda found: " ".join(document.page_content for document in found))
    assert "57" in chain.invoke(TUNNEL)
    french = FundstelleRetriever(archive=sample, k=3, filter=Filter(languages=("fr",)), fast=True).invoke(TUNNEL)
    assert {document.metadata["language"] for document in french} == {"fr"}
    with pytest.raises(ValueError, match="archive"):
        FundstelleRetriever(archive="news")


def test_langchain_asks_beside_the_loop(sample: Archive) -> None:
    """While a question is answered, the event loop goes on."""
    from rag.integrations.langchain import FundstelleRetriever

    has_gone_on = threading.Event()

    class Waiting:
        def ask(self, *arguments: Any, **options: Any) -> Any:
            assert has_gone_on.wait(PATIENCE)
            return sample.ask(*arguments, **options)

    async def both() -> int:
        asking = asyncio.create_task(FundstelleRetriever(archive=Waiting(), k=1).ainvoke(TUNNEL))
        for _ in range(3):
            await asyncio.sleep(0.01)
        assert not asking.done()
        has_gone_on.set()
        return len(await asking)

    assert asyncio.run(both()) == 1


def test_llama_index(sample: Archive) -> None:
    """Nodes are those of `ask`, also asynchronously; prompts get headline, outlet and day, but no path and no hash."""
    from llama_index.core.schema import MetadataMode

    from rag.integrations.llama_index import FundstelleRetriever

    retriever = FundstelleRetriever(sample, k=2)
    nodes = retriever.retrieve(TUNNEL)
    answer = sample.ask(TUNNEL, 2)
    assert [(node.node_id, node.score) for node in nodes] == [(each.passage_id, each.score) for each in answer]
    for node in nodes:
        assert_is_cited(sample, node.text, node.metadata)
    assert [node.node_id for node in asyncio.run(retriever.aretrieve(TUNNEL))] == [node.node_id for node in nodes]
    prompt = nodes[0].node.get_content(MetadataMode.LLM)
    assert answer.citations[0].quote in prompt
    assert answer.citations[0].article.label in prompt
    assert answer.citations[0].article.sha256 not in prompt


def test_haystack(sample: Archive) -> None:
    """A pipeline with the component can be saved, loaded and run, and gives the documents of `ask`."""
    from haystack import Pipeline

    from rag.integrations.haystack import FundstelleRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", FundstelleRetriever(str(sample.folder), top_k=2))
    loaded = Pipeline.loads(pipeline.dumps(), allowed_modules=["rag.integrations.haystack"])
    documents = loaded.run({"retriever": {"query": TUNNEL}})["retriever"]["documents"]
    answer = sample.ask(TUNNEL, 2)
    assert [document.id for document in documents] == [citation.passage_id for citation in answer]
    for document in documents:
        assert_is_cited(sample, document.content, document.meta)
    retriever = loaded.get_component("retriever")
    assert len(retriever.run(TUNNEL, top_k=1)["documents"]) == 1
    retriever.close()


@pytest.mark.parametrize(
    ("name", "library", "extra"),
    [
        ("langchain", "langchain_core", "langchain"),
        ("llama_index", "llama_index", "llama-index"),
        ("haystack", "haystack", "haystack"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(name: str, library: str, extra: str) -> None:
    """The error gives the line that installs it."""
    code = f"import sys; sys.modules[{library!r}] = None; import rag.integrations.{name}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"pip install 'fundstelle[{extra}]'" in done.stderr


def test_haystack_opens_no_archive_that_is_not_there(tmp_path: Path) -> None:
    """A wrong folder is named; none is made."""
    module = importlib.import_module("rag.integrations.haystack")
    with pytest.raises(Exception, match="There is no archive in"):
        module.FundstelleRetriever(str(tmp_path / "nowhere")).run(TUNNEL)
    assert not list(tmp_path.iterdir())

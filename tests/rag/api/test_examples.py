"""What the document shows of curl is what curl prints, and the examples of the description are answered."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from api_parts import HERE, serving_api
from paths import ROOT
from test_docs import as_pattern, blocks_of
from waiting import PATIENCE

from rag.archive import Archive

DOCUMENT = ROOT / "docs" / "how-to" / "http-api.md"


@pytest.fixture(scope="module")
def address(sample: Archive) -> Iterator[str]:
    """A server of the sample articles."""
    with serving_api(sample) as address:
        yield address


def test_curl_prints_what_the_document_shows(address: str) -> None:
    """Each command of it, in its order."""
    blocks = [block for block in blocks_of(DOCUMENT.read_text("utf-8")) if block.text.startswith("curl ")]
    assert len(blocks) > 5
    for block in blocks:
        words = shlex.split(block.text.replace("\\\n", " ").replace(HERE, address))
        done = subprocess.run([*words, "--noproxy", "*"], capture_output=True, text=True, check=True)
        assert block.output
        assert as_pattern(block.output).fullmatch(done.stdout.strip()), done.stdout


def test_the_examples_of_the_description_are_answered(address: str) -> None:
    """Each body that it shows, by the route that it stands at."""
    with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as client:
        document = client.get("/api/v1/openapi.json").json()
        count = 0
        for path, methods in document["paths"].items():
            for content in methods.get("post", {}).get("requestBody", {}).get("content", {}).values():
                name = content["schema"].get("$ref", "").rpartition("/")[2]
                for example in document["components"]["schemas"].get(name, {}).get("examples", ()):
                    assert client.post(path, json=example).status_code == 200, (path, example)
                    count += 1
        assert count >= 3

"""An archive of one article and a client of its page, for the tests that need no browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from page_parts import TEXT

from rag.archive import Archive
from ui.app import build_app


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of one article."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(folder / "archive") as made:
        made.index([folder / "one.txt"])
        yield made


@pytest.fixture(scope="module")
def browser(archive: Archive) -> TestClient:
    """A client that asks as a browser on this machine does."""
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860")

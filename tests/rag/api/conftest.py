"""A small archive for tests that change it or do not care what is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_parts import TEXT

from embeddings.encoder import Encoder
from rag.archive import Archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Archive]:
    """An archive of one article, in the folder `articles` beside it."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "articles").mkdir()
    (folder / "articles" / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as example:
        example.index([folder / "articles"])
        yield example

"""What the tests of both indexes of words share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "archive.sqlite")
    yield opened
    opened.close()

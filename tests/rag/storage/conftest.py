"""The databases that an archive can be in: what is promised of one is promised of all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storage.database import Database
from rag.storage.sqlite_database import SqliteDatabase

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty archive's database, in a file and in PostgreSQL."""
    opened = (
        SqliteDatabase(tmp_path / "archive.sqlite")
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_database")
    )
    yield opened
    opened.close()

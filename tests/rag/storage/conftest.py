"""The databases that an archive can be in: what is promised of one is promised of all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from damage import TOPICS
from factories import article_file

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


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a file for each topic."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number, (title, text) in enumerate(TOPICS):
        content = article_file(title, f"2021-03-{number + 1:02}", "Bote", f"{text} {text[:60]}.")
        (folder / f"{number}.md").write_text(content, encoding="utf-8")
    return folder

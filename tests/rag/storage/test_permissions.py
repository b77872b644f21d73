"""Permissions that are taken away while an archive is in use, from a process without the rights of root."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from damage import QUESTIONS, TOPICS
from failing_calls import in_child, rows_of
from rights import leave_root

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import FundstelleError
from rag.storage.layout import DENSE, LEXICAL, TOKENS
from rag.storage.sqlite_database import DATABASE
from rag.types import Progress

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process cannot give up the rights of root"),
]


@pytest.mark.parametrize("entry", ["", DATABASE, f"{DATABASE}-wal", DENSE, LEXICAL, TOKENS])
def test_permission_that_is_lost(tmp_path: Path, files: Path, encoder: Encoder, entry: str) -> None:
    """While indexing, between two questions, and before the archive is opened: done all the same, or one sentence.

    What was stored stays; once the permission is back, the next run completes the archive.
    """
    with Archive.open(tmp_path / "whole", encoder=encoder) as archive:
        archive.index(files)
        expected = [archive.ask(question).citations[0].quote for question in QUESTIONS[:2]]
    folder = tmp_path / "archive"
    entry_path = folder / entry

    def close() -> None:
        # there is no write-ahead log before an archive is opened
        if entry_path.exists():
            entry_path.chmod(0)

    def close_halfway(progress: Progress) -> None:
        if progress.articles == len(TOPICS) // 2:
            close()

    def index() -> None:
        with Archive.open(folder, encoder=encoder) as archive:
            archive.index(files, on_progress=close_halfway)

    def ask() -> None:
        with Archive.open(folder, encoder=encoder) as archive:
            assert archive.ask(QUESTIONS[0]).citations[0].quote == expected[0]
            close()
            assert archive.ask(QUESTIONS[1]).citations[0].quote == expected[1]

    def open_and_ask() -> None:
        close()
        with Archive.open(folder, encoder=encoder) as archive:
            assert archive.ask(QUESTIONS[0]).citations[0].quote == expected[0]

    def task() -> tuple[str, Any]:
        leave_root()
        with Archive.open(folder, encoder=encoder) as archive:
            archive.index(files / "0.md", files / "1.md")
            archive.ask(QUESTIONS[0])
        sentences = []
        for job in (index, ask, open_and_ask):
            try:
                job()
            except FundstelleError as error:
                sentences.append(str(error))
            if entry_path.exists():
                entry_path.chmod(0o700)
        with Archive.open(folder, encoder=encoder) as archive:
            archive.index(files)
            quotes = [archive.ask(question).citations[0].quote for question in QUESTIONS[:2]]
        return "done", (sentences, rows_of(folder / DATABASE), quotes)

    outcome, result = in_child(task)
    assert outcome == "done", result
    sentences, rows, quotes = result
    assert all(": check its permissions" in sentence for sentence in sentences), sentences
    assert rows == rows_of(tmp_path / "whole" / DATABASE)
    assert quotes == expected

"""What tests promise of an archive in a folder, PostgreSQL keeps: the same tests, run again there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.heavy, pytest.mark.postgres]

TESTS = Path(__file__).parent
DIRECTORIES = ("rag/evaluation", "rag/indexing", "rag/search", "rag/storage", "rag/workspace")
# of these, each test names its engine, or its file of SQLite
OF_ENGINES = (
    "checksums", "failing_calls", "interruption", "layout", "log_fit", "migration", "model", "mounts", "moving",
    "opening", "permissions", "postgres", "read_only_server", "sqlite_database", "storage", "store",
)  # fmt: skip


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_the_same_is_true_in_postgres(directory: str) -> None:
    """Of lists, filters, near-duplicates, recurring lines, indexing, dossiers, history, evaluation and search."""
    left_out = [f"--ignore-glob=*/test_{name}.py" for name in OF_ENGINES]
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--archives", "postgres", "-m", "not heavy", *left_out]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(TESTS / directory)],
        cwd=TESTS.parent,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FUNDSTELLE_TESTS"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]

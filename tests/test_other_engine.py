"""What tests promise of an archive in a folder, PostgreSQL keeps: the same tests, run again there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.heavy, pytest.mark.postgres]

TESTS = Path(__file__).parent
AGAIN = {
    "storage": ("test_duplicates.py", "test_file_records.py", "test_library.py", "test_recurring_lines.py"),
    "search": ("test_filters.py", "test_ranking.py", "test_result_list.py", "test_similar.py", "test_snapshot.py"),
    "evaluation": ("questions/test_judgements.py", "runs/test_run_store.py", "test_evaluation.py"),
    "workspace": ("",),
    "indexing": ("test_asides.py", "test_corrections.py", "test_moved_files.py", "test_unchanged_files.py"),
}
"""The tests, by the directory of `tests/rag` that has them; those of files of SQLite carry the marker `folder`."""


@pytest.mark.parametrize("directory", AGAIN)
def test_the_same_is_true_in_postgres(directory: str) -> None:
    """Of lists, filters, near-duplicates, recurring lines, corrections, moved files, dossiers, history and runs."""
    files = [str(TESTS / "rag" / directory / name) for name in AGAIN[directory]]
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--archives", "postgres", "-m", "not heavy"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=TESTS.parent,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FUNDSTELLE_TESTS"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]

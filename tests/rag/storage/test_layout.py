"""The size of an archive and of its inbox on the disk."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.storage.layout import DENSE, LEXICAL, bytes_on_disk, entries_below, file_sizes


@contextmanager
def written_anew(folder: Path) -> Iterator[None]:
    """Inside the block, let another thread write files and folders of empty files in a folder, and delete them."""
    stop = threading.Event()

    def write_anew() -> None:
        while not stop.is_set():
            for number in range(20):
                (folder / f"{number}").touch()
                (folder / f"words-{number}").mkdir()
                (folder / f"words-{number}" / "segment").touch()
            for number in range(20):
                (folder / f"{number}").unlink()
                shutil.rmtree(folder / f"words-{number}")

    thread = threading.Thread(target=write_anew)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("part", [DENSE, LEXICAL])
def test_the_size_of_files_that_come_and_go(tmp_path: Path, part: str) -> None:
    """An index that is written anew while it is measured is no error, and files that stay are counted."""
    folder = tmp_path / part
    folder.mkdir()
    (folder / "stays").write_bytes(b"abc")
    with written_anew(folder):
        assert {bytes_on_disk(tmp_path)[part] for _ in range(300)} == {3}


def test_only_files_have_sizes(tmp_path: Path) -> None:
    """Files of folders of any depth, and not folders, pipes, or links to nothing; a folder that is missing has none."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    for path, size in ((tmp_path / "first", 1), (tmp_path / "a" / "second", 20), (deep / "third", 300)):
        path.write_bytes(bytes(size))
    (deep / "nothing").symlink_to(tmp_path / "missing")
    if hasattr(os, "mkfifo"):
        os.mkfifo(deep / "pipe")
    assert sorted(file_sizes([tmp_path, *entries_below(tmp_path)])) == [1, 20, 300]
    assert list(entries_below(tmp_path / "missing")) == []

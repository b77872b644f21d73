"""The size of an archive on the disk."""

from __future__ import annotations

import threading
from pathlib import Path

from rag.storage.layout import DENSE, bytes_on_disk


def test_the_size_of_files_that_come_and_go(tmp_path: Path) -> None:
    """An index that is written anew while it is measured is no error, and files that stay are counted."""
    folder = tmp_path / DENSE
    folder.mkdir()
    (folder / "stays").write_bytes(b"abc")
    stop = threading.Event()

    def write_anew() -> None:
        while not stop.is_set():
            for number in range(20):
                (folder / f"{number}").touch()
            for number in range(20):
                (folder / f"{number}").unlink()

    thread = threading.Thread(target=write_anew)
    thread.start()
    try:
        assert {bytes_on_disk(tmp_path)["dense"] for _ in range(300)} == {3}
    finally:
        stop.set()
        thread.join()

"""Prepared folders appear whole or not at all."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from embeddings.cache import folder_manifest, make_once


def _make(folder: Path) -> dict[str, Any]:
    (folder / "inner").mkdir()
    (folder / "inner" / "weights").write_bytes(b"1234567890")
    with (folder.parent / "made").open("a") as log:
        log.write("x")
    return {"fact": 1}


def _make_in_process(folder: Path, start: Any) -> None:
    start.wait()
    make_once(folder, _make)


def test_made_once(tmp_path: Path) -> None:
    """The second call finds the folder and makes nothing."""
    folder = tmp_path / "model"
    assert make_once(folder, _make)["fact"] == 1
    assert make_once(folder, _make)["fact"] == 1
    assert (tmp_path / "made").read_text() == "x"
    assert (folder / "inner" / "weights").read_bytes() == b"1234567890"


def test_processes_that_start_at_once_make_it_once(tmp_path: Path) -> None:
    """Of six processes one does the work, and all find it done."""
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    processes = [context.Process(target=_make_in_process, args=(tmp_path / "model", start)) for _ in range(6)]
    for process in processes:
        process.start()
    start.set()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 6
    assert (tmp_path / "made").read_text() == "x"


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    """If making fails half-way, no folder is there, and the next call makes it."""

    def fail(folder: Path) -> dict[str, Any]:
        (folder / "half").write_bytes(b"x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_once(tmp_path / "model", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["model.lock"]
    assert make_once(tmp_path / "model", _make)["fact"] == 1


def test_a_file_cut_short_is_made_anew(tmp_path: Path) -> None:
    """A folder whose file lost bytes does not count as made."""
    folder = tmp_path / "model"
    make_once(folder, _make)
    (folder / "inner" / "weights").write_bytes(b"123")
    assert folder_manifest(folder) is None
    make_once(folder, _make)
    assert (folder / "inner" / "weights").read_bytes() == b"1234567890"


def test_left_overs_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    """A half-made folder of a process that was killed goes when the folder is made."""
    (tmp_path / "model.making-abc").mkdir()
    make_once(tmp_path / "model", _make)
    assert not (tmp_path / "model.making-abc").exists()

"""All bad files at once: what is in them is indexed or reported, and neither time nor memory runs out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from bad_files import EITHER, REFUSED, TAKEN, Bad, make
from paths import ARTICLES, ROOT

from embeddings.encoder import Encoder
from rag.loading.reader import is_harmless, pieces

TESTS = ROOT / "tests"
GOOD = ("de-gotthard-basistunnel-eroeffnung.md", "fr-notre-dame-reouverture.html", "de-oder-fischsterben-goldalge.txt")
MOST_BYTES = 1_500_000_000
# left aside without a line of their own, as they are in any folder; of a web archive, a media type
COUNTED = ("hidden", "README", "link to a folder", ".xml", ".jpg", ".exe", "no ending", "image/png")


@dataclass(frozen=True)
class Indexed:
    """What an indexing run printed, how long it took, and the most memory that all its processes had together."""

    found: dict[str, Any]
    seconds: float
    peak: int

    def articles(self, path: Path) -> list[str]:
        """The articles of a file."""
        return [name for name in self.found["paths"] if name == str(path) or name.startswith((f"{path}/", f"{path}#"))]

    def reasons(self, path: Path) -> list[str]:
        """What is said of a file and of what is in it."""
        name = str(path).encode("utf-8", "backslashreplace").decode()
        return [
            failure["reason"]
            for failure in self.found["failures"]
            if failure["path"] == name or failure["path"].startswith((f"{name}/", f"{name}#"))
        ]


def index(folder: Path, archive: Path) -> Indexed:
    """Index a folder in a process of its own, and watch it and its workers."""
    started = time.monotonic()
    command = [sys.executable, str(TESTS / "index_all.py"), str(folder), str(archive)]
    with (archive.parent / "out").open("w+b") as out:
        process = subprocess.Popen(command, stdout=out)
        peak = 0
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(0.05)
        assert process.returncode == 0
        out.seek(0)
        return Indexed(json.load(out), time.monotonic() - started, peak)


def memory(pid: int) -> int:
    """The bytes that a process and its children have in memory (RSS), what they share counted for each."""
    total = 0
    # one may end meanwhile
    with suppress(psutil.Error):
        main = psutil.Process(pid)
        for process in (main, *main.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def odd(bad: Sequence[Bad], indexed: Indexed) -> dict[str, object]:
    """The files that neither gave an article nor have a line, or not what was expected of them, or no clear line."""
    wrong: dict[str, object] = {}
    for bad_file in bad:
        articles, reasons = indexed.articles(bad_file.path), indexed.reasons(bad_file.path)
        unclear = [reason for reason in reasons if not clear(reason)]
        become = TAKEN if articles else REFUSED
        aside = not articles and not reasons and left_aside(bad_file.path)
        if unclear or (not articles and not reasons and not aside) or (bad_file.expected not in (EITHER, become)):
            wrong[str(bad_file.path)] = (bad_file.expected, len(articles), reasons)
    return wrong


def clear(reason: str) -> bool:
    """Whether a reason is one line of plain words that ends like a sentence and says what to do."""
    # an error of a library, which nobody has foreseen
    broken = re.search(r"Traceback|crash|takes longer|be read \(\w+: |cut into passages", reason)
    return reason.isprintable() and reason.endswith(".") and ":" in reason and not broken


def left_aside(path: Path) -> bool:
    """Whether a file is one of those that are only counted."""
    return path.name.startswith((".", "README")) or path.is_dir() or path.suffix in (".xml", ".jpg", ".exe", "")


@pytest.mark.slow
@pytest.mark.parametrize("every", [15, pytest.param(1, marks=pytest.mark.heavy)])
def test_all_bad_files(encoder: Encoder, tmp_path: Path, every: int) -> None:
    """Among hundreds of bad files all good ones are indexed; each bad one gives articles, or a line that is clear."""
    made = make(tmp_path / "in")
    named = [bad_file for bad_file in made if "names" in bad_file.path.parts]
    bad = named + made[len(named) :: every]
    for bad_file in set(made) - set(bad):
        bad_file.path.unlink()
    for name in GOOD:
        shutil.copy(ARTICLES / name, tmp_path / "in" / "texts" / name)
    indexed = index(tmp_path / "in", tmp_path / "archive")
    assert odd(bad, indexed) == {}
    assert [len(indexed.articles(tmp_path / "in" / "texts" / name)) for name in GOOD] == [1, 1, 1]
    assert set(indexed.found["skipped"]) <= {*COUNTED, "link"}
    assert indexed.peak < MOST_BYTES


@pytest.mark.heavy
def test_heavy_files(encoder: Encoder, tmp_path: Path) -> None:
    """Bombs and files of gigabytes are refused or read in time and memory."""
    bad = [bad_file for bad_file in make(tmp_path / "in", with_heavy=True) if "heavy" in bad_file.path.parts]
    indexed = index(tmp_path / "in" / "heavy", tmp_path / "archive")
    assert odd(bad, indexed) == {}
    assert indexed.peak < MOST_BYTES


@pytest.mark.parametrize(("name", "size"), [("long.md", 20_001), ("long.txt", 100_001), ("page.html", 100)])
def test_what_may_be_slow_is_read_elsewhere(tmp_path: Path, name: str, size: int) -> None:
    """Only what is small and plain is read in the process that indexes."""
    path = tmp_path / name
    path.write_text("x" * size)
    assert [is_harmless(part) for part in pieces(path, "")] == [False]

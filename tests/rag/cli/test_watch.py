"""The command `index` with addresses, and with --watch: the archive follows the web and the folders."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from filelock import FileLock
from paths import Run
from sites import Response, Site, serving
from waiting import PATIENCE

from embeddings.encoder import Encoder
from rag.archive import Archive

ENDED = "Interrupted. Stored data is safe; run the same command to resume.\n"
SENTENCE = "Der Rat hat am Montag über die neue Satzung für den Markt {} beraten und sie beschlossen."


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


class Running:
    """A command that is running in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        # a process in the background may have been told to ignore Ctrl-C
        listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        command = [sys.executable, "-c", listening + "from rag.cli.app import main; main()", *arguments]
        clean = {name: value for name, value in os.environ.items() if name != "FUNDSTELLE_ARCHIVE"}
        self.errors_file, self.output_file = folder.parent / "stderr", folder.parent / "stdout"
        with self.errors_file.open("w") as errors, self.output_file.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=folder, env={**clean, "COLUMNS": "500"}, stdout=output, stderr=errors
            )

    def lines(self) -> list[str]:
        """The lines of standard output so far, without the time."""
        return [line.partition(" ")[2] for line in self.output_file.read_text().splitlines()]

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, self.errors_file.read_text()
            assert time.monotonic() < end, self.output_file.read_text() + self.errors_file.read_text()
            time.sleep(0.05)

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Running]:
    command = Running(folder, *arguments)
    try:
        yield command
    finally:
        with suppress(ProcessLookupError):
            command.process.kill()
        command.process.wait()


def test_pages_and_files_in_one_call(fundstelle: Run, site: Site, tmp_path: Path) -> None:
    """Pages are kept in the archive, cited by their addresses, unchanged the next time, and stay when others come."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(SENTENCE.format("am Fluss"))
    url = site.page("/1", "Brücke")
    first = fundstelle("index", "in", url, site.address + "/none")
    assert (first.returncode, first.stdout) == (1, "2 new, 0 changed, 0 unchanged, 0 removed, 1 failed\n")
    assert first.stderr == f"{site.address}/none: There is no page at this address (404): check the spelling.\n"
    article = json.loads(fundstelle("show", url, "--json").stdout)
    assert (article["url"], article["title"]) == (url, "Brücke")
    assert Path(article["path"]).is_relative_to(tmp_path / ".fundstelle" / "fetched")
    again = fundstelle("index", "in", url)
    assert (again.returncode, again.stdout) == (0, "0 new, 0 changed, 2 unchanged, 0 removed, 0 failed\n")
    two = fundstelle("index", site.page("/2", "Tunnel"))
    assert (two.returncode, two.stdout) == (0, "1 new, 0 changed, 1 unchanged, 0 removed, 0 failed\n")
    indexed = fundstelle("index", ".")
    assert (indexed.returncode, indexed.stdout) == (0, "0 new, 0 changed, 1 unchanged, 0 removed, 0 failed\n")
    assert json.loads(fundstelle("status", "--json").stdout)["articles"] == 3


def test_an_archive_in_a_folder(site: Site, tmp_path: Path, encoder: Encoder) -> None:
    """It is left aside when the folder around it is indexed, and the pages in it stay, hidden or not."""
    (tmp_path / "a.txt").write_text(SENTENCE.format("am Fluss"))
    for name in ("made", ".made"):
        with Archive.open(tmp_path / name, encoder=encoder) as archive:
            assert archive.fetch([site.page("/1", "Brücke")]) == ()
            archive.index([archive.fetched])
            report = archive.index([tmp_path])
            assert (report.new, report.removed, report.failures) == (1, 0, ())
            assert report.skipped["archive"] == 1
            assert archive.status().articles == 2


def test_nothing_could_be_fetched(fundstelle: Run, tmp_path: Path) -> None:
    """It is reported, whether a folder without articles is given beside it or not."""
    (tmp_path / "empty").mkdir()
    failing = fundstelle("index", "http://127.0.0.1:9/")
    assert (failing.returncode, failing.stdout) == (1, "0 new, 0 changed, 0 unchanged, 0 removed, 1 failed\n")
    beside = fundstelle("index", "empty", "http://127.0.0.1:9/", COLUMNS="500")
    assert beside.returncode == 2
    assert beside.stderr.startswith("http://127.0.0.1:9/: The server cannot be reached")
    assert "holds no article" in beside.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("index", "ftp://ex.org/a"), "ftp://ex.org/a cannot be fetched: give an address that begins with https://"),
        (("index", "a.txt", "--watch"), "Only folders can be watched: give the folder that the file is in."),
        (("index", "http://127.0.0.1:9/", "--watch"), "Only folders can be watched"),
        (("index", "nowhere", "--watch"), "nowhere does not exist"),
    ],
)
def test_wrong_use(fundstelle: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """It is one sentence, said before anything is made."""
    (tmp_path / "a.txt").write_text("Ein Satz.")
    process = fundstelle(*arguments, COLUMNS="500")
    assert (process.returncode, process.stdout) == (2, "")
    assert message in process.stderr
    assert not (tmp_path / ".fundstelle").exists()


@pytest.mark.slow
def test_fetching_is_interrupted(fundstelle: Run, site: Site, tmp_path: Path) -> None:
    """What was fetched stays, and the same command goes on with the others."""
    pages = [site.page("/1", "Eins"), site.page("/2", "Zwei")]
    site.put("/2", Response(delay=PATIENCE), *site.responses["/2"])
    (tmp_path / "in").mkdir()
    with running(tmp_path / "in", "index", *pages) as command:
        command.until(lambda: "/2" in site.paths())
        assert command.interrupt() == 130
        assert command.errors_file.read_text() == ENDED
    process = fundstelle("index", *pages, cwd=tmp_path / "in")
    assert process.stdout == "2 new, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    assert "If-None-Match" not in site.requests[-1][1]


@pytest.mark.parametrize("polling", ["", pytest.param("1", marks=pytest.mark.heavy)])
def test_a_watched_folder(tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, polling: str) -> None:
    """The archive follows what comes, changes and goes, whether the system tells or the folder is looked through."""
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", polling)
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    # the archive lies in the folder, and writing it must not count as a change
    with running(folder, "index", ".", "--archive", "made", "--watch") as command:
        command.until(lambda: "holds no article" in command.errors_file.read_text())
        (folder / "a.txt").write_text(SENTENCE.format("am Fluss"))
        command.until(lambda: command.lines() == ["1 new, 0 changed, 0 unchanged, 0 removed, 0 failed"])
        (folder / "sub" / "b.txt").write_text("")
        command.until(lambda: command.lines()[1:] == ["0 new, 0 changed, 1 unchanged, 0 removed, 1 failed"])
        assert "b.txt: It is empty" in command.errors_file.read_text()
        (folder / "sub" / "b.txt").write_text(SENTENCE.format("am Berg"))
        command.until(lambda: command.lines()[2:] == ["1 new, 0 changed, 1 unchanged, 0 removed, 0 failed"])
        (folder / "a.txt").write_text(SENTENCE.format("an der Brücke"))
        (folder / ".hidden.txt").write_text("x")
        command.until(lambda: command.lines()[3:] == ["0 new, 1 changed, 1 unchanged, 0 removed, 0 failed"])
        (folder / "sub" / "b.txt").unlink()
        command.until(lambda: command.lines()[4:] == ["0 new, 0 changed, 1 unchanged, 1 removed, 0 failed"])
        with Archive.open(folder / "made") as archive:
            assert [article.text for article in archive.articles()] == [SENTENCE.format("an der Brücke")]
        assert command.interrupt() == 130
        assert command.errors_file.read_text().endswith(ENDED)
        assert len(command.lines()) == 5


def test_watching_while_another_program_indexes(tmp_path: Path, encoder: Encoder) -> None:
    """It is said once, and done when the other one is ready; a folder that goes away ends it."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(SENTENCE.format("am Fluss"))
    (tmp_path / "made").mkdir()
    lock = FileLock(tmp_path / "made" / "indexing.lock")
    lock.acquire()
    with running(folder, "index", ".", "--archive", "../made", "--watch") as command:
        command.until(lambda: "Another program is indexing" in command.errors_file.read_text())
        lock.release()
        command.until(lambda: command.lines() == ["1 new, 0 changed, 0 unchanged, 0 removed, 0 failed"])
        shutil.rmtree(folder)
        assert command.process.wait(PATIENCE) == 2
        assert command.errors_file.read_text().count("Another program") == 1
        assert f"{folder} does not exist" in command.errors_file.read_text()

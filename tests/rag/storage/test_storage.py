"""The files of an archive: handles, rights, archives that may only be read, are restored from a copy, or go."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Any

import pytest
from factories import WITHOUT_VERSION_6
from filelock import FileLock
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sites import serving

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.dense.token_cache import TokenCache
from rag.errors import ArchiveError, ArchiveReplaced, ArchiveUnreadable
from rag.lexical.index import LexicalIndex
from rag.storage.connections import Connections, FileDeleted
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.storage.store import Store
from rag.types import Answer

BRIDGE = "Die Brücke bei Altmoor wurde am Dienstag nach zwei Jahren Bauzeit wieder für Lastwagen geöffnet."
DIKE = "Der Deichgraf von Osterhever hat die Schleuse im Norden besichtigt und neue Tore verlangt."
MARKET = "Der Wochenmarkt in Lindheim zieht im Frühjahr vom Rathaus auf den Platz am Kanal um."
QUESTIONS = ("Was verlangt der Deichgraf?", "Wann wurde die Brücke geöffnet?", '"Platz am Kanal" Wochenmarkt')


def written(folder: Path, **texts: str) -> Path:
    """Return a folder that holds these articles and no others."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def check_same_answers(archive: Archive, second_archive: Archive) -> None:
    """Both must answer with the same passages in the same order, with the same scores."""
    for question in QUESTIONS:
        first, second = archive.ask(question), second_archive.ask(question)
        assert quotes(first) == quotes(second), question
        assert first.confidence == pytest.approx(second.confidence, abs=1e-6)
        for left, right in zip(first.citations, second.citations, strict=True):
            assert left.signals == pytest.approx(dict(right.signals), abs=1e-6)


# -- handles ----------------------------------------------------------------------------------------


@contextmanager
def few_handles(spare: int) -> Iterator[None]:
    """Let this process open so many files more than it has open."""
    limits = getrlimit(RLIMIT_NOFILE)
    highest = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    setrlimit(RLIMIT_NOFILE, (highest + spare, limits[1]))
    try:
        yield
    finally:
        setrlimit(RLIMIT_NOFILE, limits)


def burst(threads: int, do: Callable[[], object]) -> None:
    """Do something in so many new threads at once."""
    gate = threading.Barrier(threads)

    def work() -> None:
        gate.wait()
        do()

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are not listed here")
def test_threads_that_end_leave_no_open_file(tmp_path: Path) -> None:
    """With 60 handles to spare, fifty bursts of eight new threads read and write, and all of them succeed."""
    store = Store(tmp_path / "archive.sqlite")
    cache = TokenCache(tmp_path / "tokens", "one")
    view = LexicalIndex(tmp_path / "lexical", store, FileLock(tmp_path / "lock", timeout=0))
    cache.put({b"text": b"code"})

    def ask() -> None:
        with store.database.snapshot():
            assert store.statistics.article_count() == 0
        store.facts.set_calibration("{}")
        assert cache.get([b"text"]) == {b"text": b"code"}
        view.catch_up().search(view.catch_up().analyse("Deich"), 5)

    ask()
    with few_handles(60):
        for _ in range(50):
            burst(8, ask)
    store.close()
    cache.close()


def test_a_connection_is_lent_to_one_thread_at_a_time(tmp_path: Path) -> None:
    """What a thread asks inside of a transaction is asked on its connection; another thread gets another one."""
    connections = Connections(tmp_path / "a.sqlite", lambda _: None)
    with connections.lent() as outer, connections.lent() as inner:
        assert outer is inner
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: connections.lent().__enter__()).result() is not outer
    with connections.lent() as again:
        assert again is outer
        connections.close()
        assert again.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError):
        outer.execute("SELECT 1")


# -- rights -----------------------------------------------------------------------------------------


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}


@contextmanager
def umask(mask: int) -> Iterator[None]:
    old_mask = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old_mask)


def test_a_new_archive_is_for_its_owner_alone(tmp_path: Path, encoder: Encoder) -> None:
    """Where the system would let everybody read and write, all folders are 0700 and all files 0600."""
    with umask(0), serving() as site, Archive.open(tmp_path / "deep" / "archive", encoder=encoder) as archive:
        archive.fetch([site.page("/1", "Brücke")])
        archive.index([written(tmp_path / "in", a=BRIDGE), archive.fetched])
        (tmp_path / "in" / "a.txt").write_text(DIKE, encoding="utf-8")
        archive.index([tmp_path / "in"])
        found_modes = modes(archive.folder)
        assert {"archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm", "indexing.lock"} <= found_modes.keys()
        assert {"tokens.sqlite", "meta.json", "manifest.json"} <= found_modes.keys()
        assert any(name.endswith(".html") for name in found_modes)
        for path in [archive.folder, *archive.folder.rglob("*")]:
            assert found_modes[path.name] == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o777


def test_an_archive_that_others_may_read_stays_so(tmp_path: Path, encoder: Encoder) -> None:
    """What its owner opened to others is not closed, and what is made in it later is open to the same."""
    folder = tmp_path / "archive"
    with umask(0o022), Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE)])
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o750 if path.is_dir() else 0o640)
    shutil.rmtree(folder / "lexical")
    with umask(0o022), Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=DIKE)])
        found_modes = modes(archive.folder)
        assert (found_modes["archive"], found_modes["archive.sqlite"], found_modes["archive.sqlite-wal"]) == (
            0o750,
            0o640,
            0o640,
        )
        assert (found_modes["lexical"], found_modes["manifest.json"]) == (0o750, 0o640)


# -- archives that may only be read -----------------------------------------------------------------

READING = """
import json, logging, sys
from rag.archive import Archive
from rag.errors import ArchiveError
logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
for folder in sys.argv[1:]:
    print(folder, file=sys.stderr)
    with Archive.open(folder, create=False) as archive:
        found = [[one.quote for one in archive.ask(question).citations] for question in ('"Tore verlangt"', "Kanal")]
        try:
            archive.index([sys.argv[1]])
            refusal = ""
        except ArchiveError as error:
            refusal = str(error)
        print(json.dumps([found, archive.status().articles, archive.article("a.txt").text, refusal]))
"""
_ALL_ALLOWED = "-dac_override,-dac_read_search,-fowner"
_AS_READER = ["setpriv", f"--bounding-set={_ALL_ALLOWED}", f"--inh-caps={_ALL_ALLOWED}"] if os.geteuid() == 0 else []


@pytest.mark.skipif(bool(_AS_READER) and shutil.which("setpriv") is None, reason="the rights of root cannot be dropped")
def test_an_archive_that_may_only_be_read_answers(tmp_path: Path, encoder: Encoder) -> None:
    """Whole, without views, with views that are out of date, with a log, with a log alone, of the version before."""
    whole = tmp_path / "whole"
    with Archive.open(whole, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=DIKE)])
    old = {name: shutil.copytree(whole / name, tmp_path / f"old-{name}") for name in ("dense", "lexical")}
    with Archive.open(whole, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=DIKE, b=MARKET)])
        logged = tmp_path / "logged"
        shutil.copytree(whole, logged)
    without, outdated, log_alone, earlier = (tmp_path / name for name in ("without", "outdated", "alone", "earlier"))
    for copy in (without, outdated, earlier):
        shutil.copytree(whole, copy)
    shutil.copytree(logged, log_alone)
    assert (log_alone / "archive.sqlite-wal").stat().st_size > 0
    (log_alone / "archive.sqlite-shm").unlink()
    for name, folder in old.items():
        shutil.rmtree(without / name)
        shutil.rmtree(outdated / name)
        shutil.copytree(folder, outdated / name)
    shutil.rmtree(without / "tokens")
    as_version_4(earlier)
    archives = [whole, without, outdated, logged, log_alone, earlier]
    for folder in archives:
        for path in [*folder.rglob("*"), folder]:
            path.chmod(path.stat().st_mode & ~0o222)
    command = [*_AS_READER, sys.executable, "-c", READING, *map(str, archives)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    for folder in archives:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
    assert process.returncode == 0, process.stderr
    for folder, line in zip(archives, process.stdout.splitlines(), strict=True):
        (quotes, answered), articles, text, refusal = json.loads(line)
        assert (quotes, answered[0], articles, text) == ([DIKE], MARKET, 2, DIKE), folder
        assert refusal.startswith(f"The archive {folder} cannot be written"), folder
    warnings = process.stderr.partition(str(without))
    assert warnings[0].splitlines()[1:] == [], "a whole archive needs no word"
    assert "it is made in memory, at every start" in warnings[2]


def as_version_4(folder: Path) -> None:
    """Take from a closed archive what later versions of its database and its indexes added."""
    with sqlite3.connect(folder / "archive.sqlite") as database:
        database.executescript(WITHOUT_VERSION_6)
        database.execute("DROP TABLE states")
        database.execute("PRAGMA user_version = 4")
        (revision,) = database.execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()
    database.close()
    dense, lexical = folder / "dense" / "manifest.json", folder / "lexical" / "manifest.json"
    facts = json.loads(dense.read_text())
    del facts["checksum"]
    dense.write_text(json.dumps({**facts, "stamp": f"{facts['stamp'].rpartition(' ')[0]} {revision}"}))
    facts = json.loads(lexical.read_text())
    del facts["state"], facts["checksum"]
    lexical.write_text(json.dumps({**facts, "revision": int(revision)}))


def test_an_archive_of_an_earlier_version_goes_on(
    tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    """It is migrated; its indexes, which have no checksums, are made again once; and it goes on from there."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=DIKE, b=MARKET)])
    as_version_4(archive.folder)
    with Archive.open(archive.folder, encoder=encoder) as archive:
        assert quotes(archive.ask('"Tore verlangt"')) == [DIKE]
        archive.index([written(tmp_path / "in", a=DIKE, c=BRIDGE)])
        assert quotes(archive.ask('"für Lastwagen"')) == [BRIDGE]
        assert quotes(archive.ask('"am Kanal"')) == []
    migrated, *rebuilt = caplog.messages
    assert "archive-v4-20" in migrated
    assert len(rebuilt) == 2
    assert all("it has no checksum, as those of earlier versions). It is rebuilt now." in line for line in rebuilt)
    caplog.clear()
    with Archive.open(archive.folder, encoder=encoder) as archive:
        assert quotes(archive.ask('"für Lastwagen"')) == [BRIDGE]
    assert caplog.messages == []


def test_an_interruption_while_indexes_are_rebuilt_damages_none(
    tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of their files was replaced or deleted last: they are those of before, or new ones."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=DIKE, b=MARKET)])
    calls = most = 0

    def interrupted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            if calls == most:
                raise KeyboardInterrupt
            calls += 1
            return real(*arguments, **more)

        return call

    is_done = False
    while not is_done:
        with Archive.open(archive.folder, encoder=encoder) as archive, monkeypatch.context() as patch:
            calls = 0
            for name in ("unlink", "replace", "rmdir", "fsync"):
                patch.setattr(os, name, interrupted(getattr(os, name)))
            with suppress(KeyboardInterrupt):
                archive._rebuild_indexes()
                is_done = True
        with Archive.open(archive.folder, encoder=encoder) as archive:
            assert quotes(archive.ask('"Tore verlangt"')) == [DIKE]
        assert caplog.messages == []
        most += 1
    assert most > 10


# -- the same files, the same answers ---------------------------------------------------------------

TEXTS = (BRIDGE, DIKE, MARKET, f"{DIKE} {MARKET}", "Der Kanal und die Brücke am Kanal.", "An old bridge, a new market.")
HISTORIES = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(TEXTS), min_size=1), min_size=2, max_size=4
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES)
@example([{"a": BRIDGE, "b": MARKET, "c": DIKE, "d": TEXTS[4]}, {"b": MARKET, "c": DIKE}])
def test_answers_follow_from_the_files_alone(encoder: Encoder, history: list[dict[str, str]]) -> None:
    """Whatever was added, changed and removed on the way: passages, order and scores are those of a new archive."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        with Archive.open(root / "grown", encoder=encoder) as grown, Archive.open(root / "new", encoder=encoder) as new:
            for texts in history:
                grown.index([written(root / "in", **texts)])
            new.index([root / "in"])
            check_same_answers(grown, new)


# -- copies put back --------------------------------------------------------------------------------


def test_a_copy_put_back_and_indexed_again(tmp_path: Path, encoder: Encoder) -> None:
    """The revision is the one that the indexes hold, and the articles are others: those that are there are found."""
    folder = tmp_path / "archive"
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE)])
    shutil.copy(folder / "archive.sqlite", tmp_path / "copy.sqlite")
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE, b=MARKET)])
        revision = archive.status().revision
    views = {name: shutil.copytree(folder / name, tmp_path / f"{name}-later") for name in ("dense", "lexical")}
    shutil.copy(tmp_path / "copy.sqlite", folder / "archive.sqlite")
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE, c=DIKE)])
        assert archive.status().revision == revision
    # whoever wrote last may have been the one before
    for name, view in views.items():
        shutil.rmtree(folder / name)
        shutil.copytree(view, folder / name)
    with Archive.open(folder, encoder=encoder) as archive, Archive.open(tmp_path / "new", encoder=encoder) as new:
        new.index([tmp_path / "in"])
        check_same_answers(archive, new)


def test_tokens_that_were_dropped_are_kept_again_for_a_copy(tmp_path: Path, encoder: Encoder) -> None:
    """Where all tokens were noted in a state that the archive has not come from, the next indexing looks at all."""
    folder = tmp_path / "archive"
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE)])
    shutil.copy(folder / "archive.sqlite", tmp_path / "copy.sqlite")
    shutil.rmtree(folder / "tokens")
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", b=MARKET)])
    shutil.copy(tmp_path / "copy.sqlite", folder / "archive.sqlite")
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE)])
    with sqlite3.connect(folder / "tokens" / "tokens.sqlite") as database:
        assert database.execute("SELECT count(*) FROM kept").fetchone()[0] == 2
    database.close()


# -- archives that go or are replaced ---------------------------------------------------------------


def test_an_archive_that_was_deleted_or_replaced(tmp_path: Path, encoder: Encoder) -> None:
    """Who has it open hears that it is gone, makes no new one, and answers from what is put in its place."""
    folder = tmp_path / "archive"
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([written(tmp_path / "in", a=BRIDGE)])
        assert quotes(archive.ask("Brücke")) == [BRIDGE]
        shutil.rmtree(folder)
        for _ in range(2):
            with pytest.raises(ArchiveError, match="was deleted or moved"):
                archive.ask("Brücke")
        with pytest.raises(ArchiveError, match="was deleted or moved"):
            archive.status()
        assert not folder.exists()
        with Archive.open(folder, encoder=encoder) as second_archive:
            second_archive.index([written(tmp_path / "in", b=MARKET)])
        assert quotes(archive.ask("Brücke")) == [MARKET]
        assert quotes(archive.ask('"Platz am Kanal"')) == [MARKET]
        assert archive.status().articles == 1
        shutil.rmtree(folder)
        folder.mkdir()
        with sqlite3.connect(folder / "archive.sqlite") as strange:
            strange.execute("CREATE TABLE t (x)")
        strange.close()
        with pytest.raises(ArchiveError, match="database of another program"):
            archive.ask("Brücke")


def test_a_file_that_may_be_made_anew(tmp_path: Path) -> None:
    """Of the two kinds of file, one is made again after it was deleted, and the other is not."""
    for recreate in (True, False):
        path = tmp_path / f"{recreate}.sqlite"
        connections = Connections(path, lambda _: None, recreate=recreate)
        with connections.lent() as connection:
            connection.execute("CREATE TABLE t (x)")
        path.unlink()
        if recreate:
            with connections.lent() as connection:
                assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
        else:
            with pytest.raises(FileDeleted), connections.lent():
                pass
        connections.close()


def test_a_failure_while_another_file_comes_is_no_fault_of_the_disk(tmp_path: Path) -> None:
    """What SQLite says of the disk where a folder was replaced under it; if no other file came, it is the disk."""
    for folder in ("archive", "other"):
        (tmp_path / folder).mkdir()
        database = SqliteDatabase(tmp_path / folder / DATABASE)
        database.set_meta("name", folder)
        database.close()
    failure = sqlite3.OperationalError("disk I/O error")
    failure.sqlite_errorcode = sqlite3.SQLITE_IOERR
    database = SqliteDatabase(tmp_path / "archive" / DATABASE)
    with pytest.raises(ArchiveUnreadable, match="check the disk"), database.lent():
        raise failure
    with pytest.raises(ArchiveReplaced, match="ask again"), database.lent():
        (tmp_path / "other" / DATABASE).replace(tmp_path / "archive" / DATABASE)
        raise failure
    assert database.meta("name") == "other"
    database.close()

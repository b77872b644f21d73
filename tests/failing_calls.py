"""Run in a process of its own, with failing_calls.c loaded first: jobs on an archive that fail, or are killed."""

from __future__ import annotations

import ctypes
import errno
import gc
import hashlib
import json
import logging
import math
import os
import pickle
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from conftest import caching_encoder
from damage import QUESTIONS, TOPICS, LogLines
from factories import article_file
from paths import ARTICLES

import rag.indexing.executor
from rag.archive import Archive
from rag.backup.restore import restore_backup
from rag.errors import FundstelleError, NotFound
from rag.loading.isolation.pool import Workers
from rag.storage.checksums import COLUMNS
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.workspace.dossiers import Dossiers

CODES = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE)
"""No room, a broken disk, a quota, a disk that became read-only, no permission, too many open files."""
CONDITIONS = {"no locks": errno.ENOLCK, "late clock": -5 * 365 * 86_400}
"""What the library is told for each."""
PAGES = "pages"
"""The folder of files that a worker process reads."""
_ARCHIVE, _BACKUP, _NEW_BACKUP, _RESTORED = "archive", "saved.backup", "new.backup", "restored"
# that of a call, and that of a timer, which nothing handles
_KILLS = (signal.SIGKILL, signal.SIGALRM)
# times and random ids, and what follows from how often the archive was changed
_CHANGING = {"made", "changed", "added", "revision", "stamp", "checksum", "number", "code"}
_CHANGING_TABLES = ("meta", "states", "removed", "touched", "names", "sqlite_sequence")

Job = Callable[[Archive], object]


@dataclass(frozen=True)
class Run:
    """A job done without a fault: how many calls and seconds it took, its states in between, and what came of it."""

    job: Job
    calls: int
    seconds: float
    states: dict[int, str] = field(repr=False)
    contents: tuple[str, Any] = field(repr=False)


def opened(folder: Path) -> Archive:
    """Open an archive with the encoder that encodes each text once."""
    return Archive.open(folder, encoder=caching_encoder())


def jobs(files: Path, article_id: str) -> dict[str, Job]:
    """Return the jobs, each of which may be done again."""
    return {
        "index": lambda archive: archive.index([files]),
        "read again": lambda archive: archive.index([files], again=True),
        "read a page": lambda archive: archive.index([files.with_name(PAGES)]),
        "ask": lambda archive: archive.ask(QUESTIONS[0]),
        "forget": lambda archive: forget(archive, files / "1.md"),
        "correct": lambda archive: archive.correct(article_id, author="Anna Beck"),
        "dossier": lambda archive: change_dossiers(archive, article_id),
        "rebuild": lambda archive: archive._rebuild_indexes(),
        "backup": lambda archive: archive.backup(archive.folder.with_name(_NEW_BACKUP), overwrite=True),
        "restore": lambda archive: restore(archive.folder.parent),
    }


def forget(archive: Archive, path: Path) -> None:
    """Forget an article, unless that is done."""
    with suppress(NotFound):
        archive.forget(path)


def change_dossiers(archive: Archive, article_id: str) -> None:
    """Make a dossier with a quotation and a note, give the other one another name, and delete its note."""
    dossiers = Dossiers(archive)
    names = {summary.name: summary.id for summary in dossiers.summaries()}
    made = names.get("Hafen") or dossiers.make("Hafen")
    kinds = [entry.kind for entry in dossiers.dossier(made).entries]
    if "quote" not in kinds:
        dossiers.save(made, article_id, (0, 40), QUESTIONS[0])
    if "note" not in kinds:
        dossiers.write(made, "note", "Noch einmal nachfragen.")
    if "Deich" in names:
        dossiers.rename(names["Deich"], "Küste")
    for entry in dossiers.dossier("Küste").entries:
        if entry.kind == "note":
            dossiers.delete_entry(entry.id)


def restore(work: Path) -> None:
    """Make an archive of the backup, unless there is one."""
    if not (work / _RESTORED).exists():
        restore_backup(work / _BACKUP, work / _RESTORED)


def make_base(files: Path, base: Path) -> str:
    """Make an archive, a backup of it and its files, which then change; return the id of an article."""
    files.mkdir()
    for number in range(6):
        write_topic(files, number)
    # found in place of what is forgotten
    shutil.copy(files / "1.md", files / "copy of 1.md")
    with opened(base / _ARCHIVE) as archive:
        archive.index([files])
        archive.ask(QUESTIONS[0])
        article_id = archive.article(TOPICS[0][0]).id
        dossiers = Dossiers(archive)
        archive.correct(archive.article(TOPICS[1][0]).id, author="Jost Behrens")
        made = dossiers.make("Deich")
        dossiers.save(made, archive.article(TOPICS[3][0]).id, (0, 30))
        dossiers.write(made, "note", "Stimmt die Zahl?")
        archive.backup(base / _BACKUP)
    for number in range(6, len(TOPICS)):
        write_topic(files, number)
    write_topic(files, 2, " Das sagte ein Sprecher am Montag.")
    (files / "5.md").unlink()
    files.with_name(PAGES).mkdir()
    shutil.copy(ARTICLES / "de-higgs-boson-cern.html", files.with_name(PAGES))
    return article_id


def write_topic(files: Path, number: int, addition: str = "") -> None:
    """Write the file of an article."""
    title, text = TOPICS[number]
    content = article_file(title, f"2021-03-{number + 1:02}", "Bote", f"{text} {text[:60]}.{addition}")
    (files / f"{number}.md").write_text(content, encoding="utf-8")


def in_child(task: Callable[[], tuple[str, Any]]) -> tuple[str, Any]:
    """Do something in a child, as if in a fresh process; return its outcome."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            outcome = task()
        except FundstelleError as error:
            outcome = ("sentence", str(error))
        except BaseException:
            outcome = ("trace", traceback.format_exc())
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(outcome, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in _KILLS:
        return "killed", ""
    return pickle.loads(content) if content else ("died", str(status))  # noqa: S301


def contents(work: Path) -> tuple[str, Any]:
    """Return what the archive, its new backup and the restored archive have, and what they answer."""
    if (work / _NEW_BACKUP).exists():
        restore_backup(work / _NEW_BACKUP, work / "of new backup")
    shown = {}
    for name in (_ARCHIVE, _RESTORED, "of new backup"):
        if (work / name).exists():
            with opened(work / name) as archive:
                answers = [archive.ask(question).citations for question in QUESTIONS[:2]]
            quotes = [[citation.quote for citation in citations] for citations in answers]
            shown[name] = (rows_of(work / name / DATABASE), quotes)
    return "contents", shown


def rows_of(path: Path) -> list[str]:
    """Return all rows of a database by plain SQL, without times and random ids."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        rows = []
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in sorted({*tables, *COLUMNS} - set(_CHANGING_TABLES)):
            random_ids = {"id", "dossier"} if table.startswith("dossier") else set()
            cursor = database.execute(f"SELECT * FROM {table}")  # noqa: S608
            names = [name for name, *_ in cursor.description]
            stays = [name not in _CHANGING | random_ids for name in names]
            rows += [
                f"{table} {[value for value, is_shown in zip(row, stays, strict=True) if is_shown]}" for row in cursor
            ]
        return sorted(rows)


def state_of(archive: Path) -> tuple[int, str]:
    """Return how many changes an archive had, by plain SQL, and a digest of its rows."""
    with closing(sqlite3.connect(archive / DATABASE)) as database:
        changes = int(database.execute("SELECT value FROM meta WHERE name = 'changes'").fetchone()[0])
    return changes, hashlib.sha256("\n".join(rows_of(archive / DATABASE)).encode()).hexdigest()


@contextmanager
def watched(on_commit: Callable[[], object]) -> Iterator[None]:
    """Call something after each change that was committed."""
    transaction = SqliteDatabase.transaction

    @contextmanager
    def watched_transaction(self: SqliteDatabase, **scope: bool) -> Iterator[Any]:
        with transaction(self, **scope) as change:
            yield change
        on_commit()

    SqliteDatabase.transaction = watched_transaction  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqliteDatabase.transaction = transaction  # type: ignore[method-assign]


class Runner:
    """Does jobs in children, on copies of the same archive."""

    def __init__(self, folder: Path) -> None:
        self.calls = ctypes.CDLL(os.environ["LD_PRELOAD"])
        self.base, self.work, self.copy, self.acknowledged = (
            folder / name for name in ("base", "work", "copy", "acknowledged")
        )

    def done(self, job: Job, call: int, code: int, seconds: float = 0) -> tuple[str, Any]:
        """Do a job, of which a call fails, or which is killed after some seconds."""
        with self.acknowledged.open("wb", buffering=0) as file, watched(lambda: file.write(b".")):
            self.calls.fault_arm(str(self.work).encode(), call, code)
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                with opened(self.work / _ARCHIVE) as archive:
                    job(archive)
                return "done", self.calls.fault_seen()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                self.calls.fault_arm(b"", 0, 0)

    def undisturbed(self, job: Job) -> Run:
        """Do a job without a fault, twice: the second time each state is noted."""
        shutil.copytree(self.base, self.work)
        started = time.monotonic()
        outcome, calls = in_child(lambda: self.done(job, 0, 0))
        seconds = time.monotonic() - started
        assert outcome == "done", calls
        expected = in_child(lambda: contents(self.work))
        shutil.rmtree(self.work)
        shutil.copytree(self.base, self.work)
        archive = self.work / _ARCHIVE
        states = dict([state_of(archive)])

        def noted() -> tuple[str, Any]:
            with watched(lambda: states.update([state_of(archive)])), opened(archive) as opened_archive:
                job(opened_archive)
            return "done", states

        _, states = in_child(noted)
        shutil.rmtree(self.work)
        return Run(job, calls, seconds, states, expected)

    def after_kill(self, run: Run) -> tuple[str, str]:
        """Return what is wrong with an archive after a kill; empty if it is in a state that was committed."""
        changes, digest = state_of(self.copy / _ARCHIVE)
        if run.states.get(changes) != digest:
            return "fault", f"after {changes} changes it is not what it was after as many without a kill"
        if changes - min(run.states) < self.acknowledged.stat().st_size:
            return "fault", f"it has {changes} changes, though more were committed"
        lines: list[str] = []
        logging.getLogger("rag").addHandler(LogLines(lines))
        contents(self.copy)
        return "fault", "".join(lines)

    def under(self, condition: str, name: str, run: Run) -> dict[str, Any]:
        """Do a job on a disk without locks, or with a clock that is five years late, and return what came of it."""
        shutil.copytree(self.base, self.work)
        (self.calls.fault_locks if condition == "no locks" else self.calls.fault_clock)(
            ctypes.c_long(CONDITIONS[condition])
        )
        outcome, message = in_child(lambda: self.done(run.job, 0, 0))
        self.calls.fault_locks(0)
        self.calls.fault_clock(ctypes.c_long(0))
        again, problem = in_child(lambda: self.completed(run))
        shutil.rmtree(self.work)
        facts = {"job": name, "code": condition, "outcome": outcome, "message": str(message), "fault": ""}
        return facts | {"again": again, "problem": str(problem)}

    def completed(self, run: Run) -> tuple[str, Any]:
        """Do a job again, and return whether what comes of it is the same as without a fault."""
        outcome, calls = self.done(run.job, 0, 0)
        return (outcome, calls) if contents(self.work) == run.contents else ("other", calls)


def main(folder: Path, seed: int, failures: int, kills: int) -> None:
    """Write, as JSON lines, what came of each job, and whether the archive was the same when it was done again."""
    # as many transactions as a large folder has
    executor = rag.indexing.executor
    executor.LocalExecutor.batch_texts = executor.LocalExecutor.few_texts = 4
    # on a busy machine a page that takes more than a minute would not be read, which is no fault
    executor.Workers = partial(Workers, seconds=math.inf)  # type: ignore[misc,assignment]
    files, runner = folder / "files", Runner(folder)
    runner.base.mkdir()
    article_id = make_base(files, runner.base)
    # in this process, so that each text is encoded once for all children
    shutil.copytree(runner.base, runner.work)
    for job in jobs(files, article_id).values():
        runner.done(job, 0, 0)
    contents(runner.work)
    shutil.rmtree(runner.work)
    runs = {name: runner.undisturbed(job) for name, job in jobs(files, article_id).items()}
    for name, run in runs.items():
        for condition in CONDITIONS:
            sys.stdout.write(f"{json.dumps(runner.under(condition, name, run))}\n")
    # children would copy the memory of what they collect
    gc.freeze()
    rng = random.Random(seed)  # noqa: S311
    done = 0
    # a kill that comes too late does not count
    while done < failures + kills:
        name = rng.choice(sorted(runs))
        run, is_kill = runs[name], done >= failures
        call, code, seconds = rng.randint(1, run.calls), rng.choice(CODES), 0.0
        if is_kill:
            code = -signal.SIGKILL
            if rng.random() < 0.5:
                call, seconds = 0, rng.uniform(0, run.seconds)
        shutil.copytree(runner.base, runner.work)
        outcome, message = in_child(
            lambda run=run, call=call, code=code, seconds=seconds: runner.done(run.job, call, code, seconds)
        )
        fault = ""
        done += not is_kill or outcome == "killed"
        if outcome == "killed":
            shutil.copytree(runner.work, runner.copy)
            _, fault = in_child(lambda run=run: runner.after_kill(run))
            shutil.rmtree(runner.copy)
        again, problem = in_child(lambda run=run: runner.completed(run))
        facts = {
            "job": name,
            "call": call,
            "seconds": seconds,
            "code": "SIGKILL" if is_kill else errno.errorcode[code],
            "outcome": outcome,
            "message": str(message),
            "fault": fault,
            "again": again,
            "problem": str(problem),
        }
        sys.stdout.write(f"{json.dumps(facts)}\n")
        sys.stdout.flush()
        shutil.rmtree(runner.work)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))

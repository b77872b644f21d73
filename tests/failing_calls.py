"""Run in a process of its own, with failing_calls.c loaded first: jobs on an archive of which one system call fails."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import pickle
import random
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import caching_encoder
from damage import QUESTIONS, TOPICS
from factories import article_file, stored_rows

from rag.archive import Archive
from rag.errors import FundstelleError

CODES = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE)
"""No room, a broken disk, a quota, a disk that became read-only, no permission, too many open files."""


def opened(folder: Path) -> Archive:
    """Open an archive with the encoder that encodes each text once."""
    return Archive.open(folder, encoder=caching_encoder())


def jobs(files: Path, article_id: str) -> dict[str, Callable[[Archive], object]]:
    """Return the jobs, each of which may be done again."""
    forgotten = files / "1.md"
    return {
        "index": lambda archive: archive.index([files]),
        "ask": lambda archive: archive.ask(QUESTIONS[0]),
        "forget": lambda archive: archive.articles_in(str(forgotten)) and archive.forget(forgotten),
        "correct": lambda archive: archive.correct(article_id, author="Anna Beck"),
    }


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
    return pickle.loads(content) if content else ("died", str(status))  # noqa: S301


def contents(folder: Path, article_id: str) -> tuple[str, Any]:
    """Return what an archive has and what it answers."""
    with opened(folder) as archive:
        answers = [[citation.quote for citation in archive.ask(question).citations] for question in QUESTIONS]
        rows, vectors = stored_rows(archive)
        encoded = {key: bytes(vector) for key, vector in vectors.items()}
        return "contents", (repr(rows), encoded, answers, archive.article(article_id).author)


def main(folder: Path, seed: int, count: int) -> None:
    """Write, as JSON lines, what came of each job, and whether the archive was the same when it was done again."""
    calls = ctypes.CDLL(os.environ["LD_PRELOAD"])
    files, base, work = (folder / name for name in ("files", "base", "work"))
    files.mkdir()
    for number, (title, text) in enumerate(TOPICS):
        content = article_file(title, f"2021-03-{number + 1:02}", "Bote", f"{text} {text[:60]}.")
        (files / f"{number}.md").write_text(content, encoding="utf-8")
    with opened(base) as archive:
        archive.index([files / f"{number}.md" for number in range(6)])
        archive.ask(QUESTIONS[0])
        article_id = archive.article(TOPICS[0][0]).id

    def done(job: Callable[[Archive], object], call: int, code: int) -> tuple[str, Any]:
        calls.fault_arm(str(work).encode(), call, code)
        try:
            with opened(work) as archive:
                job(archive)
            return "done", calls.fault_seen()
        finally:
            calls.fault_arm(b"", 0, 0)

    undisturbed = {}
    for name, job in jobs(files, article_id).items():
        shutil.copytree(base, work)
        _, length = in_child(lambda job=job: done(job, 0, 0))
        undisturbed[name] = (job, length, in_child(lambda: contents(work, article_id)))
        shutil.rmtree(work)
    rng = random.Random(seed)  # noqa: S311
    for _ in range(count):
        name, code = rng.choice(sorted(undisturbed)), rng.choice(CODES)
        job, length, expected = undisturbed[name]
        call = rng.randint(1, length)
        shutil.copytree(base, work)
        outcome, message = in_child(lambda job=job, call=call, code=code: done(job, call, code))
        again, problem = in_child(lambda job=job: done(job, 0, 0))
        is_same = again == "done" and in_child(lambda: contents(work, article_id)) == expected
        facts = {"job": name, "call": call, "code": errno.errorcode[code], "outcome": outcome, "same": is_same}
        sys.stdout.write(f"{json.dumps(facts | {'message': str(message), 'again': str(problem)})}\n")
        shutil.rmtree(work)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

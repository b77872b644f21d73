"""A computer that has too little of something, seen from the page."""

from __future__ import annotations

import subprocess
import sys

import pytest
from paths import ROOT

from rag.archive import Archive

_PAGE = """
import resource, sys
from pathlib import Path
from fastapi.testclient import TestClient
from rag.archive import Archive
from ui.app import build_app

def ask(language):
    return client.get("/answer", params={"q": "Wie lang ist der Tunnel?", "lang": language})

with Archive.open(sys.argv[1]) as archive, TestClient(build_app(archive), base_url="http://localhost") as client:
    client.get("/view/library")
    if sys.argv[2] == "memory":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit, in_use, rooms = resource.RLIMIT_AS, pages * resource.getpagesize(), (5 * 10**7, 10**8, 2 * 10**8)
    else:
        names = [int(path.name) for path in Path("/proc/self/fd").iterdir()]
        limit, in_use, rooms = resource.RLIMIT_NOFILE, max(names), (2,)
    most = resource.getrlimit(limit)[1]
    replies = []
    for room in rooms:
        resource.setrlimit(limit, (in_use + room, most))
        replies += [ask("de"), ask("en")]
    resource.setrlimit(limit, (most, most))
    for reply in (*replies, ask("de")):
        print(reply.status_code, reply.text.replace("\\n", " "))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of addresses has no effect")
@pytest.mark.parametrize(
    ("lack", "german", "english"),
    [
        (
            "memory",
            "Der Arbeitsspeicher reicht nicht aus: Beenden Sie andere Programme, oder erhöhen Sie die Grenze",
            "There is not enough memory: end other programs, or raise the limit",
        ),
        (
            "open files",
            "Es sind zu viele Dateien geöffnet: Beenden Sie andere Programme, oder erhöhen Sie die Grenze",
            "Too many files are open: end other programs, or raise the limit",
        ),
    ],
)
def test_what_the_computer_lacks_is_said(archive: Archive, lack: str, german: str, english: str) -> None:
    """In place of an answer, in the reader's language, with what to do; once there is enough, there is an answer.

    With 100 and 200 MB of memory, FAISS would end the process if it were loaded.
    """
    run = subprocess.run(
        [sys.executable, "-c", _PAGE, archive.folder, lack],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    *refusals, answer = run.stdout.splitlines()
    assert {reply[:3] for reply in refusals} == {"503"}, refusals
    assert all(german in reply for reply in refusals[::2])
    assert all(english in reply for reply in refusals[1::2])
    assert answer.startswith("200") and "57" in answer

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
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    names = [int(path.name) for path in Path("/proc/self/fd").iterdir()]
    limits = [(resource.RLIMIT_NOFILE, max(names) + 2)]
    limits += [(resource.RLIMIT_AS, pages * resource.getpagesize() + room) for room in (5 * 10**7, 10**8, 2 * 10**8)]
    replies = []
    for limit, value in limits:
        most = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (value, most))
        replies += [ask("de"), ask("en")]
        resource.setrlimit(limit, (most, most))
    for reply in (*replies, ask("de")):
        print(reply.status_code, reply.text.replace("\\n", " "))
"""

_FILES = (
    "Es sind zu viele Dateien geöffnet: Beenden Sie andere Programme, oder erhöhen Sie die Grenze",
    "Too many files are open: end other programs, or raise the limit",
)
_MEMORY = (
    "Der Arbeitsspeicher reicht nicht aus: Beenden Sie andere Programme, oder erhöhen Sie die Grenze",
    "There is not enough memory: end other programs, or raise the limit",
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of addresses has no effect")
def test_what_the_computer_lacks_is_said(archive: Archive) -> None:
    """In place of an answer, in the reader's language, with what to do; once there is enough, there is an answer.

    With 100 and 200 MB of memory, FAISS would end the process if it were loaded.
    """
    run = subprocess.run(
        [sys.executable, "-c", _PAGE, archive.folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    *refusals, answer = run.stdout.splitlines()
    assert [reply[:3] for reply in refusals] == ["503"] * 8, refusals
    for german, english, sentences in zip(
        refusals[::2], refusals[1::2], (_FILES, _MEMORY, _MEMORY, _MEMORY), strict=True
    ):
        assert sentences[0] in german
        assert sentences[1] in english
    assert answer.startswith("200") and "57" in answer

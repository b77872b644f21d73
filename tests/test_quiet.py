"""Nobody hears of anything: no process of ours asks the network, and what is asked and read is in no log.

Each command runs as a process in a network of its own, in which nothing leads anywhere. The kernel counts whatever a
process there tries to send (`OutNoRoutes`), and in every Python a hook notes the names and addresses that it asks for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import quiet_session
from factories import BRIDGE, article_file
from paths import ROOT

from embeddings.cache import cache_folder
from embeddings.encoder import Encoder

MARKER = "Zwetschgenkuchenrezept"
"""A word of the question, of the text and of the headline, that stands nowhere else."""
QUESTION = f"Was kostete die neue Brücke laut {MARKER}?"
NAMESPACE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
MAY_MAKE_NETWORKS = (
    os.name != "nt"
    and all(map(shutil.which, ("unshare", "ip")))
    and not subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode
)

# in every Python of the namespace, since it is the first module of that name
GUARD = """
import os, sys
def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        host = address[0] if isinstance(address, tuple) else address
        is_outside = not isinstance(host, (bytes, str)) or isinstance(address, tuple) or event.startswith("socket.get")
        if is_outside and host not in ("127.0.0.1", "::1", "localhost", b"127.0.0.1", b"localhost", "", None):
            with open(os.environ["NOTES"], "a") as notes:
                notes.write(f"{event} {address!r} {sys.argv}\\n")
sys.addaudithook(note)
"""


@dataclass(frozen=True)
class Session:
    """What was left of a session: its folder, and how many packets led nowhere."""

    folder: Path
    lost_packets: int


def ran(folder: Path, *command: str) -> Session:
    """Run a Python program in a network of its own, with homes in a folder."""
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, "utf-8")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FUNDSTELLE_", "HF_"))}
    path = os.pathsep.join((str(folder / "guard"), str(ROOT), str(ROOT / "tests")))
    own = {"PYTHONPATH": path, "NOTES": str(folder / "notes"), "HOME": str(folder / "home")}
    # the encoder is prepared already
    cache = {"XDG_CACHE_HOME": str(cache_folder().parent), "TMPDIR": str(folder / "tmp")}
    done = subprocess.run(
        [*NAMESPACE, sys.executable, *command],
        cwd=folder,
        env={**clean, **own, **cache},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Session(folder, int(done.stdout))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Session:
    """Articles are indexed, asked, evaluated, checked and served, with a word that no log may have."""
    if not MAY_MAKE_NETWORKS:
        pytest.skip("this kernel lets nobody make a network of its own: run as root, with unshare and ip")
    folder = tmp_path_factory.mktemp("quiet")
    (folder / "articles").mkdir()
    text = f"{BRIDGE}\n\nDas {MARKER} der Hafenbehörde nennt 84 Millionen Euro als Kosten der neuen Brücke."
    (folder / "articles" / "a.md").write_text(article_file(f"Brücke und {MARKER}", "2023-05-02", "Bote", text), "utf-8")
    # what cannot be read is reported, without what it contains
    (folder / "articles" / "b.json").write_text(f'{{"text": "{MARKER}', "utf-8")
    question = {"question": QUESTION, "answers": [{"article": "a.md", "quote": "84 Millionen Euro"}]}
    (folder / "questions.jsonl").write_text(json.dumps(question) + "\n", "utf-8")
    return ran(folder, str(Path(quiet_session.__file__)), QUESTION, MARKER)


@pytest.mark.slow
def test_nothing_is_asked_of_the_network(session: Session) -> None:
    """No name is looked up, and no address but this computer's is tried, by Python or by a library in C."""
    assert not (session.folder / "notes").exists(), (session.folder / "notes").read_text("utf-8")
    assert session.lost_packets == 0


@pytest.mark.slow
def test_logs_have_no_question_and_no_text(session: Session) -> None:
    """Neither standard error nor any file but the archive and the articles has the word."""
    assert (session.folder / "stderr.log").read_text("utf-8")
    archive, articles = session.folder / ".fundstelle", session.folder / "articles"
    files = [
        path
        for path in session.folder.rglob("*")
        if path.is_file() and not path.is_relative_to(archive) and not path.is_relative_to(articles)
    ]
    telling = [path for path in files if MARKER.encode() in path.read_bytes()]
    assert telling == [session.folder / "questions.jsonl"]


@pytest.mark.slow
@pytest.mark.skipif(not MAY_MAKE_NETWORKS, reason="this kernel lets nobody make a network of its own: run as root")
def test_whatever_is_asked_is_noticed(tmp_path: Path) -> None:
    """A connection and a name by Python, and a connection that no hook sees."""
    program = """
import socket, subprocess, quiet_session
for attempt in (lambda: socket.create_connection(("192.0.2.1", 80), 1), lambda: socket.getaddrinfo("a.test", 80)):
    try: attempt()
    except OSError: pass
subprocess.run(["bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/80"], stderr=subprocess.DEVNULL)
print(quiet_session.lost_packets())
"""
    session = ran(tmp_path, "-c", program)
    notes = (tmp_path / "notes").read_text("utf-8")
    assert "socket.connect ('192.0.2.1', 80)" in notes
    assert "socket.getaddrinfo 'a.test'" in notes
    assert session.lost_packets >= 2

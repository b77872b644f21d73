"""Indexing on a Ray cluster: the same archive as without one, whatever ends in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from paths import ARTICLES, Run, copied_articles
from waiting import PATIENCE

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ClusterUnavailable
from rag.types import IndexReport, Progress

SOME = (
    "de-gotthard-basistunnel-eroeffnung.md",
    "en-philae-comet-67p.md",
    "fr-notre-dame-reouverture.html",
    "pl-powodz-tysiaclecia-rocznica.txt",
    "tr-6-subat-depremleri.md",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five sample articles, a page among them, and a file that cannot be read."""
    folder = copied_articles(SOME, tmp_path / "articles")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    return folder


def started(start: Callable[[], Any]) -> Any:
    """Start a computer of a cluster, again if need be: where others want the cores, Ray gives up too soon."""
    for _ in range(3):
        with suppress(Exception):
            return start()
    return start()


@pytest.fixture
def cluster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster of two computers, or of as many as a test says, each this one."""
    from ray.cluster_utils import Cluster

    # else its processes give way to all others
    monkeypatch.setenv("RAY_worker_niceness", "0")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    head = {"num_cpus": 1, "include_dashboard": False}
    cluster = started(lambda: Cluster(initialize_head=True, head_node_args=head))
    for _ in range(1, getattr(request, "param", 2)):
        started(lambda: cluster.add_node(num_cpus=1))
    yield cluster
    cluster.shutdown()


def rows(archive: Path) -> dict[str, list[str]]:
    """Return what an archive has, but for the time at which it was stored."""
    statements = {
        "articles": "SELECT id, path, title, text, language, source, published, sha256 FROM articles ORDER BY id",
        "passages": "SELECT * FROM passages ORDER BY key",
        "vectors": "SELECT * FROM vectors ORDER BY 1, 2",
    }
    with closing(sqlite3.connect(f"file:{archive / 'archive.sqlite'}?mode=ro", uri=True)) as database:
        return {name: list(map(repr, database.execute(statement))) for name, statement in statements.items()}


def tokens(archive: Path) -> dict[bytes, bytes]:
    """Return what is cached of the tokens of each text."""
    with closing(sqlite3.connect(f"file:{archive / 'tokens' / 'tokens.sqlite'}?mode=ro", uri=True)) as database:
        return dict(database.execute("SELECT * FROM kept"))


def equal_share(first: dict[bytes, bytes], second: dict[bytes, bytes]) -> float:
    """Return the share of bytes that are equal; 0 if texts or lengths differ."""
    if {key: len(code) for key, code in first.items()} != {key: len(code) for key, code in second.items()}:
        return 0.0
    ours, theirs = (np.frombuffer(b"".join(codes[key] for key in sorted(codes)), np.uint8) for codes in (first, second))
    return float((ours == theirs).mean())


def indexed(folder: Path, archive: Path, encoder: Encoder | None = None, **options: Any) -> IndexReport:
    with Archive.open(archive, encoder=encoder) as opened:
        return opened.index([folder], **options)


@pytest.mark.slow
def test_without_a_cluster_one_sentence_says_so(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """Nobody answers at an address; the archive is as it was, and can be indexed without the cluster."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for address in (f"127.0.0.1:{unused.getsockname()[1]}", f"ray://127.0.0.1:{unused.getsockname()[1]}"):
            with pytest.raises(ClusterUnavailable, match=f"There is no Ray cluster at {address} .*: check the address"):
                indexed(folder, tmp_path / "archive", encoder, ray=address)
    assert indexed(folder, tmp_path / "archive", encoder).new == len(SOME)


def test_a_cluster_is_not_asked_if_nothing_changed(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """What is indexed already needs no cluster."""
    indexed(folder, tmp_path / "archive", encoder)
    (folder / "broken.pdf").unlink()
    assert indexed(folder, tmp_path / "archive", encoder, ray="nowhere.invalid:6379").unchanged == len(SOME)


def test_without_ray_the_command_says_how_to_install_it(
    fundstelle: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a package that is missing, the command names the extra that has it."""
    monkeypatch.setitem(sys.modules, "ray", None)
    refused = fundstelle("index", folder, "--ray", "auto")
    assert refused.returncode
    assert " ".join(refused.stderr.split()) == (
        "Indexing on a cluster needs Ray: install it with `pip install 'fundstelle[ray]'`."
    )


@pytest.mark.slow
@pytest.mark.parametrize("cluster", [1, pytest.param(2, marks=pytest.mark.heavy)], indirect=True)
def test_a_cluster_makes_the_archive_of_one_computer(cluster: Any, folder: Path, tmp_path: Path) -> None:
    """Articles, passages, vectors, tokens and what cannot be read are the same; a file that is gone is removed."""
    import ray

    local = indexed(folder, tmp_path / "here")
    clustered = indexed(folder, tmp_path / "there", ray=cluster.address)
    assert (clustered.new, clustered.passages_encoded) == (local.new, local.passages_encoded)
    assert [failure.reason for failure in clustered.failures] == [failure.reason for failure in local.failures]
    assert rows(tmp_path / "there") == rows(tmp_path / "here")
    # among other texts, a product rounds otherwise, and a few numbers are as near to one code as to another
    assert equal_share(tokens(tmp_path / "there"), tokens(tmp_path / "here")) > 0.99
    (folder / SOME[0]).unlink()
    shutil.copy(ARTICLES / "de-oder-fischsterben-goldalge.txt", folder)
    # a program that uses Ray itself stays connected
    ray.init(cluster.address, log_to_driver=False)
    again = indexed(folder, tmp_path / "there", ray=cluster.address)
    assert ray.is_initialized()
    ray.shutdown()
    assert (again.new, again.removed, again.unchanged) == (1, 1, len(SOME) - 1)


@pytest.mark.heavy
def test_processes_and_computers_that_end_cost_nothing(cluster: Any, tmp_path: Path) -> None:
    """Killed in the middle, an actor, a task and a computer are replaced by others, and the archive is the same."""
    lost = cluster.add_node(num_cpus=1)
    killed: list[str] = []

    def kill(_: Progress) -> None:
        if not killed:
            for process in psutil.process_iter(["cmdline"]):
                name = " ".join(process.info["cmdline"] or ())
                if name.startswith(("ray::EncodingActor", "ray::read_and_split")):
                    process.kill()
                    killed.append(name)
            cluster.remove_node(lost, allow_graceful=False)

    indexed(ARTICLES, tmp_path / "here")
    report = indexed(ARTICLES, tmp_path / "there", ray=cluster.address, on_progress=kill)
    assert any(name.startswith("ray::EncodingActor") for name in killed)
    assert report.failures == ()
    assert rows(tmp_path / "there") == rows(tmp_path / "here")
    # among other texts, a product rounds otherwise, and a few numbers are as near to one code as to another
    assert equal_share(tokens(tmp_path / "there"), tokens(tmp_path / "here")) > 0.99


@pytest.mark.heavy
def test_a_cluster_that_loses_its_head_is_said_within_ten_seconds(cluster: Any, tmp_path: Path) -> None:
    """What was stored stays, and with a new head the same command does the rest, nothing twice."""
    ended = 0.0

    def kill(_: Progress) -> None:
        nonlocal ended
        if not ended:
            ended = time.monotonic()
            for process in psutil.process_iter(["cmdline"]):
                if "gcs_server" in " ".join(process.info["cmdline"] or ())[:300]:
                    process.send_signal(signal.SIGKILL)

    with pytest.raises(ClusterUnavailable, match="repeat the command"):
        indexed(ARTICLES, tmp_path / "there", ray=cluster.address, on_progress=kill)
    assert time.monotonic() - ended < 10 * PATIENCE / 180
    stored = len(rows(tmp_path / "there")["articles"])
    assert stored
    cluster.shutdown()
    cluster.__init__(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    report = indexed(ARTICLES, tmp_path / "there", ray=cluster.address)
    assert report.new == len(rows(tmp_path / "there")["articles"]) - stored
    indexed(ARTICLES, tmp_path / "here")
    assert rows(tmp_path / "there") == rows(tmp_path / "here")

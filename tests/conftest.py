"""What many tests need: the prepared encoder, the sample archive, the command line."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from places import ARTICLES, Run

from embeddings.encoder import BUNDLED, Encoder, open_encoder
from embeddings.types import OnStep
from rag.archive import Archive
from rag.cli import app as cli
from rag.cli.output import err, out
from rag.dense import lazy_encoder
from rag.evaluation.runs.caching_encoder import RememberingEncoder

# the usual limit of time for an example depends on what else the machine does
settings.register_profile("few", max_examples=40, deadline=None)
settings.register_profile("many", max_examples=1000, deadline=None)
settings.load_profile("few")

LEFT_OUT = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a graphics card where there is none."""
    needing = [item for item in items if item.get_closest_marker("cuda")]
    if needing:
        import torch

        if not torch.cuda.is_available():
            config.stash[LEFT_OUT] = len(needing)
            items[:] = [item for item in items if item not in needing]
            config.hook.pytest_deselected(items=needing)


def pytest_report_collectionfinish(config: pytest.Config) -> str:
    """Say what was left out."""
    left_out = config.stash.get(LEFT_OUT, 0)
    return f"{left_out} tests are left out: they need a graphics card that torch can use" if left_out else ""


@cache
def opened_once() -> Encoder:
    """The bundled encoder."""
    return open_encoder()


@cache
def read_once() -> Encoder:
    """The bundled encoder, which reads each text once for all tests."""
    return RememberingEncoder(opened_once(), most_tokens=300_000)


@pytest.fixture(scope="session")
def bundled_encoder() -> Encoder:
    """The bundled encoder itself, which reads whatever it is given; for tests that are about it."""
    return opened_once()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled encoder, prepared once, and each text is read once."""
    return read_once()


@pytest.fixture(scope="session", autouse=True)
def open_once() -> Iterator[None]:
    """Every archive that opens the bundled encoder gets that of all tests."""

    def opened(name: str = BUNDLED, *, on_step: OnStep | None = None, device: str | None = None) -> Encoder:
        shared = name == BUNDLED and device is None
        return read_once() if shared else open_encoder(name, on_step=on_step, device=device)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lazy_encoder, "open_encoder", opened)
        yield


@pytest.fixture(scope="session")
def sample(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of all sample articles; tests only read it."""
    with Archive.open(tmp_path_factory.mktemp("sample") / "archive") as archive:
        archive.index([ARTICLES])
        yield archive


@pytest.fixture
def fundstelle(tmp_path: Path, encoder: Encoder) -> Run:
    """Run the command line in this process, in an empty folder: it starts a second sooner than one of its own."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        words = list(map(str, arguments))
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
        interrupt = signal.getsignal(signal.SIGINT)
        with (
            pytest.MonkeyPatch.context() as patch,
            chdir(cwd),
            redirect_stdout(streams[0]),
            redirect_stderr(streams[1]),
        ):
            patch.delenv("FUNDSTELLE_ARCHIVE", raising=False)
            for name, value in ({"COLUMNS": "100"} | environment).items():
                patch.setenv(name, value)
            for console in (out, err):
                patch.setattr(console, "width", int(os.environ["COLUMNS"]))
            # as in a process in which nothing was logged yet
            patch.setattr(logging.getLogger(), "handlers", [])
            try:
                code = cli.run(words)
            finally:
                signal.signal(signal.SIGINT, interrupt)
        said, complained = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(words, code, said, complained)

    return run


@pytest.fixture
def program(tmp_path: Path, encoder: Encoder) -> Run:
    """Run the command line in a process of its own, in an empty folder."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from rag.cli.app import main; main()", *map(str, arguments)]
        clean = {name: value for name, value in os.environ.items() if name != "FUNDSTELLE_ARCHIVE"}
        return subprocess.run(
            command,
            cwd=cwd,
            env={**clean, "COLUMNS": "100", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run

"""What many tests need: the prepared encoder, the sample archive, the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ARTICLES, Run

from embeddings.encoder import Encoder, open_encoder
from rag.archive import Archive

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


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled encoder, prepared once."""
    return open_encoder()


@pytest.fixture(scope="session")
def sample(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of all sample articles; tests only read it."""
    with Archive.open(tmp_path_factory.mktemp("sample") / "archive") as archive:
        archive.index([ARTICLES])
        yield archive


@pytest.fixture
def fundstelle(tmp_path: Path, encoder: Encoder) -> Run:
    """Run the command line in a process of its own, in an empty folder."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from rag.cli import main; main()", *map(str, arguments)]
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

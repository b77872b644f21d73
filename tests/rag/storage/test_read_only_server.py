"""Servers of PostgreSQL that only read, several servers in an address, and the lock of who indexes."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer
from psycopg import errors

from rag.errors import ArchiveBusy, ArchiveReplica, ArchiveUnreachable, ConfigError
from rag.storage.database import Database
from rag.storage.postgres.address import PostgresAddress
from rag.storage.postgres.database import PostgresDatabase
from rag.storage.postgres.errors import postgres_error
from rag.storage.postgres.opening import open_database

pytestmark = pytest.mark.postgres

ONLY_READS = ("&options=-c default_transaction_read_only=on", "&target_session_attrs=prefer-standby")


def with_a_dead_host(postgres: PostgresServer, address: str, folder: Path) -> str:
    """An address with two servers, of which the first does not run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts, ports = f"host={folder},{postgres.folder}", f"port={port},{postgres.port}"
    return address.replace(f"host={postgres.folder}", hosts).replace(f"port={postgres.port}", ports)


@pytest.mark.parametrize("hosts", ["db1,db2", "db1:5432,db2:5433", "[::1]:5432,[::2]:5433"])
def test_an_address_with_several_servers(hosts: str) -> None:
    """Is passed on as it is, and a password in it is refused."""
    address = PostgresAddress.parse(f"postgresql://me@{hosts}/news?schema=press")
    assert (address.connection_string, address.schema) == (f"postgresql://me@{hosts}/news", "press")
    for secret in (f"postgresql://me:geheim@{hosts}/news", f"postgresql://{hosts}/news?password=geheim"):
        with pytest.raises(ConfigError, match="A password in the address"):
            PostgresAddress.parse(secret)


@pytest.mark.parametrize("attributes", ["any", "read-write", "primary", "read-only", "standby", "prefer-standby"])
def test_who_only_reads(attributes: str) -> None:
    """Whoever asks for a server that need not be the primary one."""
    address = PostgresAddress.parse(f"postgresql://db1,db2/news?target_session_attrs={attributes}")
    assert address.only_reads == (attributes in ("read-only", "standby", "prefer-standby"))


@pytest.mark.parametrize("only_reads", ONLY_READS)
def test_what_only_reads(postgres_database: Database, only_reads: str) -> None:
    """It reads what others store; changes, and indexing, are refused in a sentence that says where to make them."""
    with closing(open_database(f"{postgres_database.location}{only_reads}", create=False)) as reader:
        postgres_database.set_meta("word", "Hafen")
        assert (reader.meta("word"), reader.shared_memory, reader.only_reads) == ("Hafen", None, True)
        with pytest.raises(ArchiveReplica, match=r"can only be read: .*\(postgresql://HOST1,HOST2/DATABASE\)"):
            reader.set_meta("word", "Brücke")
        with pytest.raises(ArchiveReplica), reader.indexing():
            pass
    assert not postgres_database.only_reads
    with pytest.raises(ArchiveReplica):
        open_database(f"{postgres_database.location}x{only_reads}")


def test_a_server_that_is_away_is_passed_over(postgres: PostgresServer, postgres_address: str, tmp_path: Path) -> None:
    """The next one of the address answers, and takes changes; if none takes any, a sentence says so."""
    address = with_a_dead_host(postgres, postgres_address, tmp_path)
    with closing(open_database(address)) as database:
        database.set_meta("word", "Hafen")
        assert (database.meta("word"), database.only_reads) == ("Hafen", False)
    with pytest.raises(ArchiveUnreachable, match="none of its servers takes changes now"):
        open_database(f"{address}&options=-c default_transaction_read_only=on")


def test_who_loses_the_lock_stores_no_more_articles(postgres_database: Database) -> None:
    """The server may be another one, which lacks the last articles; what people add is stored all the same."""
    database = postgres_database
    assert isinstance(database, PostgresDatabase)
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    with database.indexing():
        with database.transaction():
            pass
        with psycopg.connect(database.address.connection_string, autocommit=True) as admin:
            ((process,),) = admin.execute(query).fetchall()
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
        for of_articles in (True, False):
            with (
                pytest.raises(ArchiveUnreachable, match="run the same command again"),
                database.transaction(of_articles=of_articles, of_files=True),
            ):
                pass
        thread = threading.Thread(target=database.set_meta, args=("word", "Hafen"))
        thread.start()
        thread.join()
        assert database.meta("word") == "Hafen"
    with database.indexing(), database.transaction():
        pass
    assert database.revision == 2


def test_a_question_that_a_standby_cancels() -> None:
    """It is asked again, and nothing is wrong with the address."""
    error = errors.SerializationFailure("canceling statement due to conflict with recovery")
    refusal = postgres_error(error, PostgresAddress.parse("postgresql://db/press"))
    assert isinstance(refusal, ArchiveBusy)
    assert str(refusal).endswith("ask again.")

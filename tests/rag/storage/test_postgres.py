"""An archive in PostgreSQL: what the server is asked, what it refuses, and what happens when it goes."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import psycopg
import pytest
from postgres_server import SECRET, PostgresServer
from stalling import network_to

from rag.errors import (
    ArchiveBusy,
    ArchiveError,
    ArchiveGone,
    ArchiveReadOnly,
    ArchiveUnreachable,
    ArticleDamaged,
    ConfigError,
    NotFound,
)
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.database import Database
from rag.storage.postgres import connections
from rag.storage.postgres import database as postgres_module
from rag.storage.postgres.address import PostgresAddress
from rag.storage.postgres.database import PostgresDatabase
from rag.storage.postgres.dialect import translated
from rag.storage.postgres.errors import postgres_error
from rag.storage.postgres.opening import open_database
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.types import Article, passage_at

pytestmark = pytest.mark.postgres

ENCODER = EncoderRecord("bundled", "f" * 16, 4)
SOON = 10
"""Seconds within which a person hears what is wrong."""


def article(number: int, text: str = "Eins zwei drei.") -> Article:
    return Article(id=f"{number:012x}", text=text, language="de", path=f"/a/{number}.txt")


def put(store: Store, stored: Article) -> None:
    passage = PassageRecord(passage_at(stored, 0, 4), input_hash(stored.text[:4]))
    vectors = {passage.input_hash: np.ones(4, np.float16)}
    store.put(ArticleRecord(article=stored, passages=[passage]), fingerprint=ENCODER.fingerprint, vectors=vectors)


@pytest.fixture
def store(postgres_database: Database) -> Store:
    opened = Store(postgres_database)
    opened.vectors.set_encoder(ENCODER)
    put(opened, article(1))
    return opened


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("postgresql://me:geheim@db/press", "A password in the address would be seen in logs"),
        ("postgresql://db/press?password=geheim", "A password in the address would be seen in logs"),
        ("postgresql:press", "is no address of an archive: write postgresql://USER@HOST"),
        ("postgresql://db/press?schema=a;b", "is no address of an archive"),
        ("postgresql://db/press?schema=pg_x", "is no address of an archive"),
    ],
)
def test_what_is_no_address(text: str, problem: str) -> None:
    """It is refused, and a password is not repeated."""
    with pytest.raises(ConfigError) as refusal:
        PostgresAddress.parse(text)
    assert problem in str(refusal.value)
    assert "geheim" not in str(refusal.value)


def test_several_programs_make_the_same_archive(postgres_address: str) -> None:
    """All get the one that the first made."""
    with ThreadPoolExecutor(4) as pool:
        databases = list(pool.map(lambda _: open_database(postgres_address), range(4)))
    assert len({database.meta("archive_id") for database in databases}) == 1
    for database in databases:
        database.close()


def test_there_is_no_archive(postgres_address: str) -> None:
    """Who only asks makes none."""
    for _ in range(2):
        with pytest.raises(NotFound, match="There is no archive in postgresql:///"):
            open_database(postgres_address, create=False)


def test_writers_wait_for_each_other(postgres_address: str) -> None:
    """Of several programs that store articles at once, each change has a revision of its own, and none is lost."""

    def write(first: int) -> None:
        with closing(Store(open_database(postgres_address))) as opened:
            for number in range(first, first + 5):
                put(opened, article(number, f"Text {number}."))

    with closing(Store(open_database(postgres_address))) as store:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(1, 21, 5)))
        assert (store.revision, store.statistics.article_count()) == (20, 20)
        revisions = store.database.rows("SELECT revision FROM states ORDER BY revision")
        assert revisions == [(number,) for number in range(1, 21)]


def test_one_program_indexes_at_a_time(postgres_address: str) -> None:
    """On whatever computer it runs."""
    with closing(open_database(postgres_address)) as first, closing(open_database(postgres_address)) as second:
        with first.indexing(), pytest.raises(ArchiveBusy, match="Another program is indexing"), second.indexing():
            pass
        with first.indexing(), second.indexing("words of "):
            pass
        with first.indexing("words of "), pytest.raises(ArchiveBusy), second.indexing("words of "):
            pass
        # at once, and not when the server notices that a connection was closed
        for _ in range(30):
            with first.indexing():
                pass
            with second.indexing():
                pass


@pytest.mark.parametrize("change", ["text = 'Eins zwei vier.'", "title = 'x'", "published = '2020-01-01'"])
def test_what_was_changed_past_the_archive_is_damaged(store: Store, change: str) -> None:
    """As on a disk that turns bits: the article is not shown, other changes do not heal it, storing it anew does."""
    database = store.database
    assert isinstance(database, PostgresDatabase)
    with database.lent() as connection:
        connection.raw.execute("ALTER TABLE articles DISABLE TRIGGER USER")
        connection.raw.execute(f"UPDATE articles SET {change}")  # noqa: S608
        connection.raw.execute("ALTER TABLE articles ENABLE TRIGGER USER")
    for _ in range(2):
        assert store.damaged() == {article(1).id: "/a/1.txt"}
        with pytest.raises(ArticleDamaged, match="is not shown"):
            store.article(article(1).id)
        store.update_sha256(article(1))
    assert store.change_of(article(1), "") == "changed"
    put(store, article(1))
    assert (store.damaged(), store.article(article(1).id)) == ({}, article(1))


def test_a_damaged_vector_is_stored_again(store: Store) -> None:
    """As one that was lost."""
    database, key = store.database, input_hash("Eins")
    assert isinstance(database, PostgresDatabase)
    with database.lent() as connection:
        connection.raw.execute("ALTER TABLE vectors DISABLE TRIGGER USER")
        connection.raw.execute("UPDATE vectors SET vector = '\\x0000000000000000'")
        connection.raw.execute("ALTER TABLE vectors ENABLE TRIGGER USER")
    assert store.vectors.get(ENCODER.fingerprint, [key]) == {}
    store.vectors.put(ENCODER.fingerprint, {key: np.ones(4, np.float16)})
    assert store.vectors.get(ENCODER.fingerprint, [key])[key].tolist() == [1, 1, 1, 1]


def test_a_character_that_stands_for_another(store: Store) -> None:
    """It is refused, where it would come back as another one."""
    with pytest.raises(ArchiveError, match=r"U\+FDD0"):
        put(store, article(2, "\ufdd0 zwei"))
    assert store.article_ids() == [article(1).id]


def test_who_may_not_come_in(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence within seconds that has no password, and says what to do."""
    address = f"{postgres.tcp_address}?schema=x"
    cases = {
        address: "password",
        address.replace("postgres@", "nobody@"): "set PGUSER and PGPASSWORD",
        address.replace("/postgres?", "/nowhere?"): "name a database that exists",
        address.replace(str(postgres.port), "1"): "check the address, and whether the server runs",
        "postgresql://nobody.invalid/x": "check the name of the server",
        f"{address}&sslmode=verify-full": "check sslmode and sslrootcert",
    }
    for wrong, advice in cases.items():
        for password in ("", "falsch") if wrong == address else (SECRET,):
            monkeypatch.setenv("PGPASSWORD", password)
            begun = time.monotonic()
            with pytest.raises(ArchiveUnreachable) as refusal:
                open_database(wrong)
            assert advice in str(refusal.value)
            assert time.monotonic() - begun < SOON
            assert not any(secret in str(refusal.value) for secret in ("falsch", SECRET))


def test_a_server_that_is_starting() -> None:
    """Nothing is wrong with the name of the database."""
    error = psycopg.OperationalError("FATAL:  the database system is starting up")
    refusal = postgres_error(error, PostgresAddress.parse("postgresql://db/press"))
    assert isinstance(refusal, ArchiveUnreachable)
    assert "check the address, and whether the server runs" in str(refusal)


def test_a_password_is_nowhere_to_be_seen(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the log nor in errors, wherever it comes from."""
    monkeypatch.setenv("PGPASSWORD", SECRET)
    caplog.set_level(logging.DEBUG)
    database = open_database(f"{postgres.tcp_address}?schema=secretive")
    with pytest.raises(ArchiveError) as failure:
        database.rows("SELECT * FROM nowhere")
    assert SECRET not in f"{failure.value} {failure.value.__cause__!r} {caplog.text} {database.location}"
    database.close()


def test_other_versions(postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older server and a newer archive are refused, and nothing is changed."""
    with monkeypatch.context() as patch:
        patch.setattr(postgres_module, "OLDEST_SERVER", 99)
        with pytest.raises(ArchiveError, match="use version 99 or a later one"):
            open_database(postgres_address)
    database = open_database(postgres_address)
    with database.lent() as connection:
        connection.raw.execute("COMMENT ON TABLE meta IS 'Fundstelle archive, format 99'")
    with pytest.raises(ArchiveError, match=r"made by a newer Fundstelle \(format 99"):
        open_database(postgres_address)
    database.close()


def test_a_user_who_may_only_read(postgres: PostgresServer, store: Store) -> None:
    """Reads, and hears that nothing can be written."""
    database = store.database
    assert isinstance(database, PostgresDatabase)
    schema = database.address.schema
    with psycopg.connect(database.address.connection_string, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE reader_{schema} LOGIN".encode())
        admin.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader_{schema}".encode())
        admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader_{schema}".encode())
    with closing(
        Store(open_database(str(database.address).replace("user=postgres", f"user=reader_{schema}")))
    ) as reader:
        assert reader.article(article(1).id) == article(1)
        with pytest.raises(ArchiveReadOnly, match="may not be written by this user"):
            put(reader, article(2))


def test_an_archive_that_is_dropped(store: Store) -> None:
    """Whoever has it open hears that it is gone."""
    database = store.database
    assert isinstance(database, PostgresDatabase)
    with psycopg.connect(database.address.connection_string, autocommit=True) as admin:
        admin.execute(f"DROP SCHEMA {database.address.schema} CASCADE".encode())
    with pytest.raises(ArchiveGone, match="was deleted"):
        store.article(article(1).id)


def test_a_server_that_is_started_again(postgres: PostgresServer, store: Store) -> None:
    """What people added is there; while it is away, a sentence says so; afterwards it goes on by itself."""
    # as at the end of indexing; articles alone may be lost with a crash, and are indexed again
    store.facts.set_settled()
    postgres.stop()
    begun = time.monotonic()
    with pytest.raises(ArchiveUnreachable, match="cannot be reached"):
        store.article(article(1).id)
    assert time.monotonic() - begun < SOON
    postgres.start()
    assert store.article(article(1).id) == article(1)
    with pytest.raises(ArchiveError), store.database.transaction() as (connection, _):
        connection.execute("DELETE FROM listing")
        postgres.stop()
        connection.execute("DELETE FROM meta")
    postgres.start()
    assert store.library.row(article(1).id).id == article(1).id
    put(store, article(2))
    assert store.revision == 3


@pytest.mark.heavy
def test_a_network_that_stalls(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a question nor an opening hangs, and both go on when the network does."""
    monkeypatch.setenv("PGPASSWORD", SECRET)
    with network_to(postgres.port) as network:
        address = f"{postgres.tcp_address.replace(str(postgres.port), str(network.port))}?schema=stalling"
        with closing(Store(open_database(address))) as store:
            put(store, article(1))
            with network.stalled():
                for read in (lambda: store.article(article(1).id), lambda: open_database(address)):
                    begun = time.monotonic()
                    with pytest.raises(ArchiveUnreachable):
                        read()
                    assert time.monotonic() - begun < SOON
            assert store.article(article(1).id) == article(1)


@pytest.mark.slow
def test_a_query_that_takes_long_is_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server says that it is still at work."""
    monkeypatch.setattr(connections, "_SILENT_SECONDS", 0.2)
    assert store.database.rows("SELECT 7 FROM pg_sleep(1.5)") == [(7,)]


def test_statements_of_both_engines() -> None:
    """Signs in texts stay, and what is replaced is whole again."""
    statement = translated("INSERT OR REPLACE INTO settings (name, value) VALUES (:name, '50 % :ö ?')")
    assert statement.query.decode() == (
        "INSERT INTO settings (name, value) VALUES (%(name)s, '50 %% :ö ?') "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum"
    )
    assert statement.arguments({"name": 1}) == {"name": 1}
    numbered = translated("SELECT ?2, ?1, ? FROM json_each(?1)")
    assert numbered.arguments(['["a", 1]', 2, 3]) == {"p1": ["a", "1"], "p2": 2, "p3": 3}

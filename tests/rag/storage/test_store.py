"""The store: transactions, what changed since when, and errors in plain words."""

from __future__ import annotations

import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from rag.errors import ArchiveError, NotFound
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.file_records import FileFingerprint, FileRecord
from rag.storage.lookup import find_articles, resolve_article
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.types import Article, Passage, passage_at

ENCODER = EncoderRecord("bundled", "f" * 16, 4)


def article(number: int, text: str = "Eins zwei drei. Vier fünf sechs.") -> Article:
    return Article(
        id=f"{number:012x}",
        title=f"Titel {number}",
        text=text,
        language="de",
        source="Bote",
        published=date(2020, 1, number),
        path=f"/a/{number}.txt",
        sha256="0" * 64,
    )


def put(store: Store, article: Article, *spans: tuple[int, int]) -> None:
    passages = [
        PassageRecord(passage_at(article, start, end), input_hash(article.text[start:end])) for start, end in spans
    ]
    vectors = {stored.input_hash: np.full(4, stored.input_hash[0] / 255, np.float16) for stored in passages}
    record = ArticleRecord(article=article, recipe="recipe", passages=passages)
    store.put(record, fingerprint=ENCODER.fingerprint, vectors=vectors)


def changes(store: Store, revision: int) -> tuple[set[int], set[int]]:
    removed: set[int] = set()
    added_keys: set[int] = set()
    for batch in store.changes.vectors_since(revision, ENCODER):
        removed.update(batch.removed.tolist())
        added_keys.update(batch.added.tolist())
        assert len(batch.added) == len(batch.vectors)
    return removed, added_keys


@pytest.fixture
def store(tmp_path: Path) -> Store:
    new_store = Store(tmp_path / "archive.sqlite")
    new_store.vectors.set_encoder(ENCODER)
    return new_store


def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    """All fields, and passages in the order of the text."""
    stored_article = article(1)
    put(store, stored_article, (16, 32), (0, 15))
    assert store.article(stored_article.id) == stored_article
    assert [passage.text for passage in store.article_with_passages(stored_article.id)[1]] == [
        "Eins zwei drei.",
        "Vier fünf sechs.",
    ]
    (passage,) = store.passages.with_keys([passage_at(stored_article, 0, 15).key, 0], ENCODER.fingerprint)
    assert (passage.article, passage.passage, passage.vector.dtype) == (
        stored_article,
        passage_at(stored_article, 0, 15),
        np.float16,
    )


def test_a_view_hears_only_what_changed(store: Store) -> None:
    """Since a revision: passages with another text and new ones are added, missing ones removed, others untouched."""
    stored_article = article(1)
    put(store, stored_article, (0, 15), (16, 32))
    put(store, article(2), (0, 15))
    revision = store.revision
    assert changes(store, 0) == (
        set(),
        {
            passage_at(stored_article, 0, 15).key,
            passage_at(stored_article, 16, 32).key,
            passage_at(article(2), 0, 15).key,
        },
    )
    changed_article = replace(stored_article, text="Eins zwei drei. VIER fünf sechs.")
    put(store, changed_article, (0, 15), (16, 32))
    assert changes(store, revision) == (set(), {passage_at(stored_article, 16, 32).key})
    revision = store.revision
    put(store, changed_article, (0, 15))
    assert changes(store, revision) == ({passage_at(stored_article, 16, 32).key}, set())
    store.remove_file(stored_article.path)
    assert changes(store, revision) == (
        {passage_at(stored_article, 0, 15).key, passage_at(stored_article, 16, 32).key},
        set(),
    )


def test_passages_that_move_keep_their_vectors(store: Store) -> None:
    """A sentence is put before them: their places and keys are others, their texts the same."""
    stored_article = article(1)
    put(store, stored_article, (0, 15), (16, 32))
    moved = replace(stored_article, text=f"Neu. {stored_article.text}")
    put(store, moved, (0, 4), (5, 20), (21, 37))
    keys = [passage_at(moved, *span).key for span in ((0, 4), (5, 20), (21, 37))]
    assert [stored.passage.text for stored in store.passages.with_keys(keys, ENCODER.fingerprint)] == [
        "Neu.",
        "Eins zwei drei.",
        "Vier fünf sechs.",
    ]


def test_vectors_go_with_their_last_passage(store: Store, tmp_path: Path) -> None:
    """A text that two articles share keeps its vector until both are gone."""
    put(store, article(1), (0, 15))
    put(store, article(2), (0, 15))
    key = input_hash("Eins zwei drei.")
    store.remove_file("/a/1.txt")
    assert store.vectors.get(ENCODER.fingerprint, [key]).keys() == {key}
    store.remove_file("/a/2.txt")
    assert store.vectors.get(ENCODER.fingerprint, [key]) == {}
    assert (store.statistics.article_count(), store.passages.count(), store.passages.is_empty) == (0, 0, True)


def test_a_passage_that_is_not_the_text_is_refused(store: Store) -> None:
    """Nothing of the article is stored then."""
    wrong = Passage(article(1).id, 0, 4, "Zwei")
    with pytest.raises(ValueError, match="is not the text at its place"):
        store.put(
            ArticleRecord(article=article(1), passages=[PassageRecord(wrong, b"x" * 16)]),
            fingerprint=ENCODER.fingerprint,
            vectors={b"x" * 16: np.ones(4, np.float16)},
        )
    assert store.statistics.article_count() == 0


def test_a_full_disk_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    """When SQLite finds no room, the article before stays and the change is undone."""
    store = Store(tmp_path / "archive.sqlite")
    store.vectors.set_encoder(ENCODER)
    put(store, article(1), (0, 15))
    with store.database.lent() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(ArchiveError, match="is full: make room and run the same command again"):
        put(store, article(2, "lang " * 100_000), (0, 15))
    assert store.article(article(1).id) == article(1)
    assert store.statistics.article_count() == 1
    connection.execute("PRAGMA max_page_count = 1073741823")
    put(store, article(2), (0, 15))
    assert store.statistics.article_count() == 2


def test_an_archive_on_a_full_disk(tmp_path: Path) -> None:
    """Whoever opens it where there is no room for what readers share hears that the disk is full."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only an administrator can make a small disk")
    try:
        Store(tmp_path / "archive.sqlite").close()
        with suppress(OSError):
            (tmp_path / "rest").write_bytes(bytes(1 << 20))
        with pytest.raises(ArchiveError, match="is full: make room"):
            Store(tmp_path / "archive.sqlite")
        (tmp_path / "rest").unlink()
        Store(tmp_path / "archive.sqlite").close()
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_newer_archive_is_refused(tmp_path: Path) -> None:
    """A format that this version does not know is left alone, with the way to upgrade."""
    path = tmp_path / "archive.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ArchiveError, match=r"made by a newer Fundstelle \(format 99.*upgrade with"):
        Store(path)


def test_other_databases_and_damaged_files_are_refused(tmp_path: Path) -> None:
    """A database of another program and a file of garbage are named as such."""
    foreign = tmp_path / "other.sqlite"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(ArchiveError, match="database of another program"):
        Store(foreign)
    garbage = tmp_path / "garbage.sqlite"
    garbage.write_bytes(b"not a database at all" * 500)
    with pytest.raises(ArchiveError, match="is damaged"):
        Store(garbage)


def test_an_encoder_takes_over_only_when_all_passages_have_its_vectors(store: Store) -> None:
    """Until then the archive keeps the encoder it had; afterwards the old vectors are gone."""
    put(store, article(1), (0, 15))
    other_encoder = EncoderRecord("other", "e" * 16, 4)
    with pytest.raises(ArchiveError, match="1 passages have no vector of other yet"):
        store.vectors.set_encoder(other_encoder)
    assert store.vectors.encoder == ENCODER
    key = input_hash("Eins zwei drei.")
    store.vectors.put(other_encoder.fingerprint, {key: np.ones(4, np.float16)})
    store.vectors.set_encoder(other_encoder)
    assert store.vectors.encoder == other_encoder
    assert store.vectors.get(ENCODER.fingerprint, [key]) == {}


def test_articles_are_found_by_what_people_remember(store: Store) -> None:
    """By id, its beginning, path, file name, title and a part of it; wildcards are letters."""
    for number in (1, 2):
        put(store, article(number), (0, 15))
    article_id = article(1).id
    for reference in (article_id, article_id[:12], "/a/1.txt", "1.txt", "Titel 1", "itel 1"):
        assert find_articles(store.database, reference) == [article_id]
    assert find_articles(store.database, "Titel") == [article_id, article(2).id]
    assert find_articles(store.database, "T%") == []
    assert find_articles(store.database, "xt") == []
    with pytest.raises(NotFound):
        store.article("nowhere")


@pytest.mark.parametrize("folder", ["/a/b", "/a/b/c.txt", "/a", "/", "/ä", "/a/b0", "/none"])
def test_files_below_a_folder(store: Store, folder: str) -> None:
    """They are those whose path is relative to it, however their names are spelled, and no neighbours of like name."""
    names = [
        "/a/b",
        "/a/b/c.txt",
        "/a/b/d/e.txt",
        "/a/b-x/c",
        "/a/b0",
        "/a/b0/c",
        "/a/bc",
        "/a/b.txt",
        "/ä/ö.txt",
        "/a/b/ü",
    ]
    for name in names:
        store.finish_file(FileRecord(name, FileFingerprint("digest"), "recipe", 1), [])
    expected = {name for name in names if PurePosixPath(name).is_relative_to(folder)}
    assert set(store.files.below([folder])) == expected
    assert set(store.files.all()) == set(names)


def test_a_snapshot_inside_another_shows_the_same_revision(store: Store) -> None:
    """What another connection stores meanwhile is seen after the outer one."""
    put(store, article(1), (0, 15))
    with store.database.snapshot():
        before = store.changes.state
        with ThreadPoolExecutor(1) as pool:
            pool.submit(put, store, article(2), (0, 15)).result()
        with store.database.snapshot():
            assert (store.changes.state, store.statistics.article_count()) == (before, 1)
        assert store.passages.count() == 1
    assert (store.statistics.article_count(), store.passages.count()) == (2, 2)
    assert store.changes.state != before


def test_many_vectors_in_the_order_of_the_hashes(store: Store) -> None:
    """More than a query takes; those that are not stored are left out."""
    hashes = [input_hash(str(number)) for number in range(1200)]
    stored = {key: np.full(4, number, np.float16) for number, key in enumerate(hashes) if number % 3}
    store.vectors.put(ENCODER.fingerprint, stored)
    vectors = store.vectors.get(ENCODER.fingerprint, iter(hashes))
    assert list(vectors) == [key for key in hashes if key in stored]
    assert all(np.array_equal(vectors[key], stored[key]) for key in stored)


def test_passages_are_read_by_their_keys_alone(store: Store) -> None:
    """In the order of the keys, unknown ones left out; SQLite goes through no table from end to end."""
    put(store, article(1), (0, 15), (16, 32))
    put(store, article(2), (0, 15))
    keys = sorted(store.passages.all_keys().tolist(), reverse=True)
    with store.database.lent() as connection:
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        rows = store.passages.with_keys([keys[0], 1, *keys[1:]], ENCODER.fingerprint)
        connection.set_trace_callback(None)
        queries = [statement for statement in statements if statement.startswith("SELECT")]
        plans = [step for query in queries for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert [row.key for row in rows] == keys
    assert {row.article.id for row in rows} == {article(1).id, article(2).id}
    # passages, articles, and whether what is lacking is damaged
    assert len(queries) == 3
    assert [step for step in plans if step.startswith("SCAN") and "json_each" not in step] == []
    assert any("PRIMARY KEY (fingerprint=? AND input_hash=?)" in step for step in plans), plans


def test_a_reference_need_not_be_utf_8(tmp_path: Path) -> None:
    """A file whose name is not UTF-8 is found by the name that the shell gives; half of a letter finds nothing."""
    store = Store(tmp_path / "archive.sqlite")
    put(store, replace(article(1), path="/a/caf\\udce9.txt"), (0, 15))
    assert resolve_article(store, "/a/caf\udce9.txt") == article(1).id
    with pytest.raises(NotFound):
        resolve_article(store, "Titel \ud800")
    store.close()

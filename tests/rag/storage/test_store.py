"""The store: transactions, what changed since when, and errors in plain words."""

from __future__ import annotations

import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.errors import ArchiveError, NotFound
from rag.storage.article_mapping import with_recurring
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.database import Database
from rag.storage.dossier_records import DossierRecords
from rag.storage.feedback_records import FeedbackRecords, StoredMark
from rag.storage.file_records import FileFingerprint, FileRecord
from rag.storage.lookup import find_articles, resolve_article
from rag.storage.sqlite_database import SqliteDatabase
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.types import Article, Aside, Passage, passage_at
from rag.types.dossier import Dossier, DossierEntry
from rag.types.quotation import quotation_of

ENCODER = EncoderRecord("bundled", "f" * 16, 4)
DAY = "2026-11-30T08:00:00.000+00:00"


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
def store(new_database: Database) -> Store:
    new_store = Store(new_database)
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


def test_vectors_go_with_their_last_passage(store: Store) -> None:
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
    database = SqliteDatabase(tmp_path / "archive.sqlite")
    store = Store(database)
    store.vectors.set_encoder(ENCODER)
    put(store, article(1), (0, 15))
    with database.lent() as connection:
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


def test_passages_are_read_by_their_keys_alone(tmp_path: Path) -> None:
    """In the order of the keys, unknown ones left out; SQLite goes through no table from end to end."""
    database = SqliteDatabase(tmp_path / "archive.sqlite")
    store = Store(database)
    store.vectors.set_encoder(ENCODER)
    put(store, article(1), (0, 15), (16, 32))
    put(store, article(2), (0, 15))
    keys = sorted(store.passages.all_keys().tolist(), reverse=True)
    with database.lent() as connection:
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


def test_passages_that_overlap_a_span(store: Store) -> None:
    """Those that have a character in common with it; one that ends where it begins has none."""
    put(store, article(1), (0, 15), (16, 32))
    spans = {
        span: [passage for passage, _ in store.passages.revisions(article(1).id, span)]
        for span in ((15, 16), (0, 16), (14, 17))
    }
    assert spans == {(15, 16): [], (0, 16): [(0, 15)], (14, 17): [(0, 15), (16, 32)]}


def test_a_reference_need_not_be_utf_8(store: Store) -> None:
    """A file whose name is not UTF-8 is found by the name that the shell gives; half of a letter finds nothing."""
    put(store, replace(article(1), path="/a/caf\\udce9.txt"), (0, 15))
    assert resolve_article(store, "/a/caf\udce9.txt") == article(1).id
    with pytest.raises(NotFound):
        resolve_article(store, "Titel \ud800")


def test_facts_of_the_archive_leave_its_revision(store: Store) -> None:
    """A fact is stored, replaced, deleted; each is a change that is counted, and none is one of articles."""
    database, revision = store.database, store.revision

    def changes() -> int:
        return int(database.meta("changes") or 0)

    before = changes()
    assert database.meta("mood") is None
    for value in ("good", "bad", None):
        database.set_meta("mood", value)
        assert database.meta("mood") == value
    assert (store.revision, changes()) == (revision, before + 3)
    put(store, article(1), (0, 15))
    assert (store.revision, changes()) == (revision + 1, before + 4)
    assert database.mark(revision) != database.mark(revision + 1) != ""
    assert database.mark(revision + 2) == ""
    with pytest.raises(ZeroDivisionError), database.transaction() as (connection, _):
        connection.execute("DELETE FROM passages")
        raise ZeroDivisionError
    assert (store.revision, changes(), store.passages.count()) == (revision + 1, before + 4, 1)


def test_articles_of_a_file_that_has_several(store: Store) -> None:
    """They have a file in common, are in the order of their paths, and are as they were loaded without what recurs."""
    for number in (2, 1):
        source = replace(article(number), path=f"/a/table.csv#{number}")
        record = ArticleRecord(
            article=source, passages=(), recipe=f"r{number}", file="/a/table.csv", recurring=[(0, 16)]
        )
        store.put(record, fingerprint=ENCODER.fingerprint, vectors={})
    put(store, article(3))
    first, second = (f"{number:012x}" for number in (1, 2))
    assert [each.id for each in store.articles_from("/a/table.csv")] == [first, second]
    assert sorted(store.ids_from("/a/table.csv")) == [first, second]
    assert store.file_paths([first, article(3).id, "nobody"]) == {first: "/a/table.csv", article(3).id: "/a/3.txt"}
    assert store.article(first).asides == (Aside(0, 16, "boilerplate"),)
    assert store.article_as_loaded(first).asides == ()
    stored = store.record(second)
    assert (stored.recipe, stored.file, stored.recurring) == ("r2", "/a/table.csv", [(0, 16)])
    assert stored.article == replace(article(2), path="/a/table.csv#2")
    store.finish_file(FileRecord("/a/table.csv", FileFingerprint("0"), "r", articles=1), [second])
    assert store.article_ids() == [article(3).id, second]
    assert store.remove_file("/a/table.csv") == 1
    assert (store.remove_file("/a/table.csv"), store.article_ids()) == (0, [article(3).id])


def test_other_bytes_of_the_same_article(store: Store) -> None:
    """The hash of the file is all that changes, and nothing that is searched."""
    put(store, article(1), (0, 15))
    put(store, article(2), (0, 15))
    state = store.changes.state
    store.update_sha256(replace(article(1), sha256="1" * 64))
    assert store.article(article(1).id) == replace(article(1), sha256="1" * 64)
    assert store.article(article(2).id) == article(2)
    assert store.changes.state == state


def test_what_belongs_to_an_article_moves_with_it(store: Store) -> None:
    """Feedback, quotations of dossiers, and the time when it came in; those of others stay."""
    marks, dossiers = FeedbackRecords(store.database), DossierRecords(store.database)
    for number in (1, 2, 3):
        put(store, article(number), (0, 15))
        marks.mark(StoredMark("Was?", article(number).id, 0, 4, "Eins", True, True), (0, 15))
    quotes = [
        DossierEntry(
            id=f"e{number}",
            kind="quote",
            quotation=quotation_of(article(number), 0, 4),
            article_id=article(number).id,
            added=DAY,
        )
        for number in (1, 3)
    ]
    dossiers.put(Dossier(id="d", name="D", made=DAY, entries=tuple(quotes)))
    with store.database.transaction(of_articles=False) as (connection, _):
        connection.execute("DELETE FROM marks WHERE article = ?", (article(2).id,))
        connection.execute("UPDATE articles SET added = '2020-01-01T00:00:00+00:00' WHERE id = ?", (article(1).id,))
    revision = store.revision
    store.move_history(article(1).id, article(2).id)
    rows = store.database.rows("SELECT article FROM marks ORDER BY article")
    assert rows == [(article(2).id,), (article(3).id,)]
    rows = store.database.rows("SELECT article FROM dossier_entries ORDER BY article")
    assert rows == [(article(2).id,), (article(3).id,)]
    assert store.library.row(article(2).id).added == datetime(2020, 1, 1, tzinfo=UTC)
    assert store.library.row(article(3).id).added != datetime(2020, 1, 1, tzinfo=UTC)
    assert store.revision == revision


def test_near_duplicates_share_a_band(store: Store) -> None:
    """In the order of their paths, the article itself left out; a removed one has none any more."""
    for number, bands in ((3, (1, 2)), (1, (2, 7, 7)), (2, (9,)), (4, (1,))):
        source = article(number, f"Text {number}")
        store.put(ArticleRecord(article=source, passages=(), bands=bands), fingerprint="", vectors={})

    def near(number: int) -> list[int]:
        return [int(each.id) for each in store.duplicates.near_duplicate_candidates(article(number).id)]

    assert [near(number) for number in (1, 2, 3, 4)] == [[3], [], [1, 4], [3]]
    store.put(ArticleRecord(article=article(1), passages=(), bands=(9,)), fingerprint="", vectors={})
    store.remove_file("/a/4.txt")
    assert [near(number) for number in (1, 2, 3)] == [[2], [1], []]


def test_which_article_of_a_text_is_the_original(store: Store) -> None:
    """The first that was published, and of several the first by its path; undated ones are last.

    A headline of the same outlet makes another group; what is settled is not named.
    """
    text = "Der Rat tagt lange, und alle reden. " * 20
    facts: dict[int, dict[str, Any]] = {
        1: {"published": None},
        2: {"published": date(2020, 5, 2)},
        3: {"published": date(2020, 5, 1), "source": "Kurier"},
        4: {"published": date(2020, 5, 1), "source": "Blatt", "path": "/a/0.txt"},
        5: {"published": date(2020, 4, 1), "title": "Anders"},
    }
    for number, known in facts.items():
        put(store, replace(article(number, text), **({"title": "Rat"} | known)), (0, 15))
    put(store, article(6), (0, 15))

    def groups() -> list[tuple[list[int], str, bool]]:
        return [
            ([int(i, 16) for i in group.ids], group.file, group.has_passages) for group in store.duplicates.unsettled()
        ]

    # Bote has the text under two headlines; the other outlets are with the earlier one
    assert groups() == [([5, 4, 3], "/a/5.txt", True), ([2, 1], "/a/2.txt", True)]
    store.duplicates.fold(article(1).id, article(2).id)
    store.duplicates.fold(article(3).id, article(5).id)
    assert groups() == [([5, 4, 3], "/a/5.txt", True)]
    store.duplicates.fold(article(4).id, article(5).id)
    assert groups() == []
    # the original goes: the others get its text back, but no passages
    store.remove_file("/a/5.txt")
    assert groups() == [([4, 3, 2, 1], "/a/0.txt", False)]
    assert store.article(article(3).id).text == text


def test_an_article_alone_has_no_group(store: Store) -> None:
    """Even if it has no passages, once it was compared."""
    put(store, article(1))
    store.recurring_lines.settle()
    assert store.duplicates.unsettled() == []


def test_what_a_duplicate_gives_up(store: Store) -> None:
    """Its text, its passages, its bands and its recurring lines; the original keeps its own, and so do others."""
    for number in (1, 2, 3):
        record = ArticleRecord(article=article(number), passages=(), recurring=[(0, 16)], bands=(number, 9))
        store.put(record, fingerprint=ENCODER.fingerprint, vectors={})
    store.duplicates.fold(article(1).id, article(2).id)
    assert [store.record(article(number).id).recurring for number in (1, 2, 3)] == [[], [(0, 16)], [(0, 16)]]
    assert [each.id for each in store.duplicates.near_duplicate_candidates(article(3).id)] == [article(2).id]
    assert store.database.rows("SELECT text FROM articles WHERE id = ?", article(1).id) == [("",)]


def test_other_facts_of_an_original(store: Store) -> None:
    """Its duplicates stay its own as long as its text is the same."""
    put(store, article(1, "Etwas anderes."))
    for number in (2, 3):
        put(store, article(number, "Der Rat tagt lange. " * 20), (0, 15))
    store.duplicates.fold(article(3).id, article(2).id)
    put(store, replace(article(2, "Der Rat tagt lange. " * 20), source="Kurier"), (0, 15))
    assert store.duplicates.original(article(3).id) == article(2).id


def test_a_damaged_text_that_is_handed_on_stays_damaged(tmp_path: Path) -> None:
    """The duplicate of an article that goes gets its text as it is on the disk; no other article is concerned."""
    database = SqliteDatabase(tmp_path / "archive.sqlite")
    store = Store(database)
    store.vectors.set_encoder(ENCODER)
    for number in (1, 2, 3):
        put(store, article(number, f"{'Der Rat tagt lange. ' * 20}{number // 3}"), (0, 15))
    store.duplicates.fold(article(2).id, article(1).id)
    with database.lent() as connection:
        (trigger,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'articles_changed'").fetchone()
        connection.execute("DROP TRIGGER articles_changed")
        connection.execute("UPDATE articles SET text = replace(text, 'Rat', 'Rad') WHERE id = ?", (article(1).id,))
        connection.execute(trigger)
    store.remove_file("/a/1.txt")
    assert store.damaged() == {article(2).id: "/a/2.txt"}


def test_recurring_lines_are_boilerplate() -> None:
    """Beside boilerplate they continue it; beside a comment they are a part of their own, in the order of the text."""
    source = replace(article(1), text="x" * 60, asides=(Aside(10, 20, "boilerplate"), Aside(30, 40, "comment")))
    assert with_recurring(source, []) == source
    assert with_recurring(source, [(50, 60), (20, 25), (0, 10), (40, 45)]).asides == (
        Aside(0, 25, "boilerplate"),
        Aside(30, 40, "comment"),
        Aside(40, 45, "boilerplate"),
        Aside(50, 60, "boilerplate"),
    )


STRINGS = st.text(max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        dict.fromkeys(("text", "path", "language", "sha256"), STRINGS)
        | {name: st.none() | STRINGS for name in ("title", "source", "author", "url", "place")}
        | {"published": st.none() | st.dates(), "origins": st.dictionaries(STRINGS, STRINGS, max_size=2)}
    )
)
@example({"text": "a\x00b", "path": "/\x00", "title": "\x00", "source": "\u202e", "author": "\U0010ffff"})
@example({"text": "\ud800", "path": "/a"})
@example({"text": "a", "path": "/a", "author": "\udfff"})
def test_an_article_of_any_strings(store: Store, facts: dict[str, Any]) -> None:
    """It comes back as it was, or is refused whole where a string is no Unicode: halves of pairs."""
    source = Article(id="a", **facts)
    before = store.changes.state, store.contains("a") and store.article("a")
    try:
        store.put(ArticleRecord(article=source, passages=(), recipe="r"), fingerprint="", vectors={})
    except UnicodeEncodeError:
        assert any("\ud800" <= sign <= "\udfff" for value in facts.values() for sign in str(value))
        assert (store.changes.state, store.contains("a") and store.article("a")) == before
        return
    assert store.article("a") == store.record("a").article == source
    assert store.damaged() == {}
    assert store.change_of(source, "r") == "unchanged"

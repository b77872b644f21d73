"""Runs and marks in the archive's file, and an archive of the version before."""

from __future__ import annotations

import json
import math
import sqlite3
from pathlib import Path

import pytest
from factories import WITHOUT_VERSION_6
from hypothesis import given
from hypothesis import strategies as st
from results import result, run

from rag.errors import FundstelleError, NotFound
from rag.evaluation.runs.run_store import RunStore, read_run, run_json
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store


@pytest.fixture
def runs(tmp_path: Path) -> RunStore:
    return RunStore(Store(tmp_path / DATABASE).database)


def test_a_run_comes_back_as_it_was_kept(runs: RunStore, tmp_path: Path) -> None:
    """From the archive and from an exported file; true stays true, and whole numbers stay whole."""
    kept = run("one", [result("a", ["x", "A"], ["A"], sentence=True), result("u", ["x"], [])])
    runs.save(kept)
    assert runs.load("one") == kept
    (tmp_path / "one.json").write_text(run_json(kept), encoding="utf-8")
    back = read_run(tmp_path / "one.json")
    assert back == kept
    assert [type(one) for one in back.config.values()] == [type(one) for one in kept.config.values()]


@given(st.text(), st.text(), st.floats(0, 1))
def test_any_words_survive_json(question: str, label: str, confidence: float) -> None:
    """Whatever a question and a headline hold that a file can hold."""
    if any("\ud800" <= one <= "\udfff" for one in question + label):
        return
    from dataclasses import replace

    from rag.evaluation.runs.run_store import _adapter

    one = replace(result("a", ["A"], ["A"]), question=question, tags=(label,), confidence=confidence)
    assert _adapter().validate_json(run_json(run(label, [one]))).results == (one,)


def test_runs_are_listed_oldest_first_and_deleted_by_name(runs: RunStore) -> None:
    """With the mean of their answerable questions, not rounded: that of 1 and 1/log2(3)."""
    runs.save(
        run("late", [result("a", ["A"], ["A"]), result("b", ["x", "A"], ["A"])], made="2026-02-01T00:00:00+00:00")
    )
    runs.save(run("zuerst", [result("u", ["x"], [])], made="2026-01-01T00:00:00+00:00"))
    assert [(one.name, one.query_count, one.mean) for one in runs.listing()] == [
        ("zuerst", 1, None),
        ("late", 2, pytest.approx((1 + 1 / math.log2(3)) / 2, abs=1e-9)),
    ]
    runs.delete("late")
    assert [one.name for one in runs.listing()] == ["zuerst"]
    with pytest.raises(NotFound, match="There is no run 'late' in this archive: there are zuerst"):
        runs.delete("late")
    with pytest.raises(NotFound, match="no run 'late'"):
        runs.load("late")


def test_no_run_is_overwritten(runs: RunStore) -> None:
    """A taken name is refused, and a free one like it is known."""
    runs.save(run("a", []))
    runs.save(run("a-2", []))
    with pytest.raises(FundstelleError, match="There is a run a already: choose another --name"):
        runs.save(run("a", []))
    assert runs.free_name("a") == "a-3"
    assert runs.free_name("b") == "b"


def test_what_is_no_run_is_said_in_a_sentence(tmp_path: Path) -> None:
    """A file that is missing, no JSON, or JSON of another kind."""
    (tmp_path / "a.json").write_text("{oops", encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"name": "x"}), encoding="utf-8")
    for name in ("a.json", "b.json"):
        with pytest.raises(FundstelleError, match=r"is not an exported run: export one"):
            read_run(tmp_path / name)
    with pytest.raises(NotFound, match="cannot be read"):
        read_run(tmp_path / "c.json")


def test_keeping_a_run_is_no_change_of_the_articles(tmp_path: Path) -> None:
    """The revision stays, or the indexes would have to catch up with nothing."""
    store = Store(tmp_path / DATABASE)
    before = store.revision
    RunStore(store.database).save(run("a", []))
    assert store.revision == before


THIRD = WITHOUT_VERSION_6 + (
    "DROP TABLE files; DROP INDEX articles_by_file; ALTER TABLE articles DROP COLUMN file;"
    "DROP INDEX passages_set_aside; ALTER TABLE passages DROP COLUMN kind; ALTER TABLE articles DROP COLUMN place;"
    "ALTER TABLE passages DROP COLUMN language; DROP INDEX articles_by_text; DROP INDEX doubles;"
    "ALTER TABLE articles DROP COLUMN same_as; ALTER TABLE articles DROP COLUMN text_key; DROP TABLE bands;"
    "ALTER TABLE articles DROP COLUMN recurring; DROP TABLE lines; DROP TABLE often; DROP TABLE touched;"
    "DROP TABLE unsettled; DROP TABLE states;"
    "ALTER TABLE articles DROP COLUMN asides; ALTER TABLE articles DROP COLUMN pages;"
    "ALTER TABLE articles DROP COLUMN origins; PRAGMA user_version = 2;"
)
SECOND = THIRD + "DROP TABLE runs; DROP TABLE marks; PRAGMA user_version = 1;"


@pytest.mark.folder
@pytest.mark.parametrize("undone", [SECOND, THIRD], ids=["1", "2"])
def test_an_archive_of_a_version_before_is_upgraded(tmp_path: Path, undone: str) -> None:
    """It gets what it lacks and keeps what it has, its id and revision among them; twice does no harm."""
    store = Store(tmp_path / DATABASE)
    archive_id = store.facts.archive_id
    store.close()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.executescript(undone)
    for _ in range(2):
        store = Store(tmp_path / DATABASE)
        assert (store.facts.archive_id, store.revision) == (archive_id, 0)
        store.close()
    runs = RunStore(Store(tmp_path / DATABASE).database)
    runs.save(run("a", []))
    assert [one.name for one in runs.listing()] == ["a"]

"""One question sees one state of an archive, which it reads a few times."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from factories import BRIDGE, article_file
from paths import QUESTIONS

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ArchiveError
from rag.lexical import index as lexical_index
from rag.lexical.snapshot import LexicalSnapshot
from rag.search.snapshot import ArchiveSnapshot

# reads and the begin and end of the transaction
_MAX_STATEMENTS = 31


@pytest.mark.parametrize("question", [QUESTIONS[0]["question"], QUESTIONS[1]["question"]])
def test_a_question_reads_the_database_a_few_times(sample: Archive, question: str) -> None:
    """However many candidates and citations there are, and it writes nothing."""
    searcher = sample.searcher()
    searcher.ask(question, 5)
    with searcher.store.database.lent() as connection:
        counts = []
        for ask in (lambda: searcher.ask(question, 5), lambda: searcher.results(question, 60)):
            statements: list[str] = []
            connection.set_trace_callback(statements.append)
            ask()
            connection.set_trace_callback(None)
            assert {statement.split()[0] for statement in statements} == {"BEGIN", "SELECT", "ROLLBACK"}
            counts.append(len(statements))
    assert max(counts) <= _MAX_STATEMENTS


@pytest.mark.parametrize("most_rebuilt", [0, 1000])
def test_what_is_indexed_meanwhile_is_seen_by_the_next_question(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, most_rebuilt: int
) -> None:
    """Store and both indexes stay in the state in which the question began, whether or not words are indexed anew."""
    monkeypatch.setattr(lexical_index, "MAX_REBUILT_PASSAGES", most_rebuilt)
    (tmp_path / "a.md").write_text(article_file("Brücke", "2023-05-02", "Bote", BRIDGE), "utf-8")
    (tmp_path / "c.md").write_text(article_file("Fähre", "2023-05-02", "Bote", "Die Fähre ruht."), "utf-8")
    (tmp_path / "b.md").write_text(article_file("Bahn", "2023-05-03", "Bote", "Die Bahn fährt wieder."), "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([tmp_path / "a.md", tmp_path / "c.md"])
        with archive.searcher().snapshot() as snapshot:
            passages = snapshot.store.passages.count()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(archive.index, tmp_path / "b.md").result()
                pool.submit(archive.forget, tmp_path / "c.md").result()
            assert snapshot.store.statistics.article_count() == 2
            assert snapshot.store.passages.count() == len(snapshot.dense) == len(snapshot.lexical.words) == passages
            assert known_share(snapshot) == 1
            assert not snapshot.lexical.search(snapshot.lexical.analyse("Bahn"), 5)
            assert len(snapshot.lexical.search(snapshot.lexical.analyse("Fähre"), 5)) == 1
        with archive.searcher().snapshot() as snapshot:
            assert snapshot.store.passages.count() == len(snapshot.dense) == len(snapshot.lexical.words)
            assert len(snapshot.lexical.search(snapshot.lexical.analyse("Bahn"), 5)) == 1
            assert not snapshot.lexical.search(snapshot.lexical.analyse("Fähre"), 5)


@pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.heavy)])
def test_questions_of_several_threads_while_one_indexes(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """Each question of three threads finds passages of the store as it sees it, and all of them by their vectors."""
    monkeypatch.setattr(lexical_index, "MAX_REBUILT_PASSAGES", 0)
    paths = [tmp_path / f"{number}.md" for number in range(6)]
    for number, path in enumerate(paths):
        content = article_file(f"Bahn {number}", "2023-05-03", "Bote", f"Die Bahn {number} fährt wieder.")
        path.write_text(content, "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(paths)
        end = time.monotonic() + seconds

        def ask(_: int) -> int:
            for number in count(1):
                with archive.searcher().snapshot() as snapshot:
                    # so that others store something meanwhile
                    time.sleep(0.005)
                    assert len(snapshot.dense) == snapshot.store.passages.count()
                    assert known_share(snapshot) == 1
                if time.monotonic() > end:
                    return number
            return 0

        with ThreadPoolExecutor(3) as pool:
            asked = pool.map(ask, range(3))
            changes = 0
            while time.monotonic() < end:
                archive.forget(paths[changes % 5])
                archive.index(paths)
                changes += 1
            sys.stdout.write(f"{sum(asked)} questions, {changes} changes\n")
        assert changes


def known_share(snapshot: ArchiveSnapshot) -> float:
    """Return which share of what both indexes find is in the store."""
    nearest = snapshot.dense.search(np.eye(1, 384, dtype=np.float32)[0], 9)
    words = snapshot.lexical.search(snapshot.lexical.analyse("Bahn Brücke Fähre"), 9)
    keys = {*(neighbor.id for neighbor in nearest), *(key for key, _ in words)}
    return len(snapshot.store.passages.with_keys(list(keys), snapshot.encoder.fingerprint)) / len(keys)


def test_what_another_process_stores_between_two_indexes(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both indexes and the store of a question have the same articles, however often one is stored meanwhile."""
    for number in range(4):
        content = article_file(f"Bahn {number}", "2023-05-03", "Bote", f"Die Bahn {number} fährt wieder.")
        (tmp_path / f"{number}.md").write_text(content, "utf-8")
    with (
        Archive.open(tmp_path / "archive", encoder=encoder) as archive,
        Archive.open(tmp_path / "archive", encoder=encoder) as other,
    ):
        archive.index(tmp_path / "0.md")
        arriving = [tmp_path / f"{number}.md" for number in range(1, 4)]
        catch_up = archive._lexical.catch_up

        def late() -> LexicalSnapshot:
            words = catch_up()
            if arriving:
                other.index(arriving.pop())
            return words

        monkeypatch.setattr(archive._lexical, "catch_up", late)
        with archive.searcher().snapshot() as snapshot:
            assert snapshot.store.passages.count() == len(snapshot.dense) == len(snapshot.lexical.words) == 4


def test_an_archive_without_articles_has_no_snapshot(tmp_path: Path, encoder: Encoder) -> None:
    """There is nothing to search, and the error says what to do."""
    with (
        Archive.open(tmp_path / "archive", encoder=encoder) as archive,
        pytest.raises(ArchiveError, match="still empty"),
        archive.searcher().snapshot(),
    ):
        pass

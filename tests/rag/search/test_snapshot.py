"""One question sees one state of an archive, which it reads a few times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from factories import BRIDGE, article_file
from paths import QUESTIONS

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ArchiveError
from rag.lexical.snapshot import LexicalSnapshot

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


def test_what_is_indexed_meanwhile_is_seen_by_the_next_question(tmp_path: Path, encoder: Encoder) -> None:
    """Store and both indexes stay in the state in which the question began."""
    (tmp_path / "a.md").write_text(article_file("Brücke", "2023-05-02", "Bote", BRIDGE), "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(tmp_path / "a.md")
        with archive.searcher().snapshot() as snapshot:
            (tmp_path / "b.md").write_text(
                article_file("Bahn", "2023-05-03", "Bote", "Die Bahn fährt wieder."), "utf-8"
            )
            with ThreadPoolExecutor(1) as pool:
                pool.submit(archive.index, tmp_path / "b.md").result()
            assert snapshot.store.statistics.article_count() == 1
        with archive.searcher().snapshot() as snapshot:
            assert snapshot.store.statistics.article_count() == 2
            words = snapshot.lexical.analyse("Bahn")
            assert len(snapshot.lexical.search(words, 5)) == 1


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

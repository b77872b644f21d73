"""An archive with its vectors and words in Milvus answers as one that has them itself, and says what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import article
from filelock import FileLock
from paths import ARTICLES, Run
from pymilvus import MilvusClient

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.dense import location
from rag.errors import ConfigError, VectorsUnavailable
from rag.storage.layout import DENSE, LEXICAL

pytestmark = pytest.mark.slow

QUESTIONS = ("Wer leitete die Verhandlungen?", "Why was the bridge closed?", "Hochwasser", "Was kostet eine Fahrkarte?")


@pytest.fixture
def moved(sample: Archive, tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    """The sample archive with its vectors and words in a file of Milvus Lite."""
    folder = Path(shutil.copytree(sample.folder, tmp_path / "archive"))
    with Archive.open(folder, vectors_at=f"milvus:{tmp_path / 'vectors.db'}", encoder=encoder) as archive:
        yield archive


def test_answers_are_the_same(sample: Archive, moved: Archive) -> None:
    """Passages, scores and confidence do not depend on where vectors and words are, with and without filters."""
    for question in QUESTIONS:
        for filters in ({}, {"language": "de"}, {"since": "2024"}):
            expected, answer = (archive.ask(question, 10, **filters) for archive in (sample, moved))
            cited = [(each.passage_id, round(each.score, 5)) for each in answer.citations]
            assert cited == [(each.passage_id, round(each.score, 5)) for each in expected.citations]
            assert answer.confidence == pytest.approx(expected.confidence, abs=1e-4)
    neighbours = [
        [each.article.id for each in archive.similar(next(sample.articles()).id)] for archive in (sample, moved)
    ]
    assert neighbours[0] == neighbours[1]


def test_the_address_is_noted(moved: Archive, tmp_path: Path) -> None:
    """Whoever opens the archive later finds the vectors without naming the address, and they are not made again."""
    question = moved.ask(QUESTIONS[0])
    files = sorted(moved.folder.joinpath(DENSE).glob("vectors-*"))
    for file in files:
        file.unlink()
    with Archive.open(moved.folder) as archive:
        status = archive.status()
        assert status.vectors_at == status.words_at == f"milvus:{tmp_path / 'vectors.db'}"
        assert archive.ask(QUESTIONS[0]).citations == question.citations
        assert archive.status().recall == 1.0
    assert not list(moved.folder.joinpath(DENSE).glob("vectors-*"))
    with Archive.open(moved.folder, vectors_at="faiss") as archive:
        assert archive.ask(QUESTIONS[0]).citations == question.citations
        assert (archive.status().vectors_at, archive.status().words_at) == ("faiss", "tantivy")
    assert not moved.folder.joinpath(DENSE, location.ADDRESS).exists()
    assert not moved.folder.joinpath(LEXICAL, location.ADDRESS).exists()


def test_changes_follow(tmp_path: Path, encoder: Encoder) -> None:
    """What is indexed, replaced and forgotten is in Milvus with the next question, for whoever asks."""
    url = f"milvus:{tmp_path / 'vectors.db'}"
    first = [article("a", "Im Hafen liegt ein Schiff."), article("b", "Die Kleinbahn fährt seit Freitag.")]
    with Archive.open(tmp_path / "archive", vectors_at=url, encoder=encoder) as archive:
        archive.fill(first, "1")
        with Archive.open(tmp_path / "archive", encoder=encoder) as other:
            assert other.ask("Schiff im Hafen").citations[0].article.id == "a"
            archive.fill([first[1], article("c", "Der Zirkus kommt im Mai.")], "2")
            assert {each.article.id for each in other.ask("Schiff im Hafen").citations} <= {"b", "c"}
            assert other.ask("Wann kommt der Zirkus?").citations[0].article.id == "c"
            assert len(other._dense.open_as_it_is(encoder.dim)) == 2
        assert archive.ask("Wann kommt der Zirkus?").citations[0].article.id == "c"
        subjects = {finding.check: finding.symptom for finding in archive.doctor().findings}
        for check in ("vector_index", "vector_search", "word_index", "word_search", "word_scores"):
            assert subjects[check] == "well"
        # the words are not in the folder
        assert not list((tmp_path / "archive" / LEXICAL).glob("index-*"))


def test_another_archive_is_refused(moved: Archive, tmp_path: Path, encoder: Encoder) -> None:
    """The vectors of one archive are not overwritten by those of another, which stays where it was."""
    moved.ask(QUESTIONS[0])
    url = moved.status().vectors_at
    with Archive.open(tmp_path / "other", encoder=encoder) as other:
        other.fill([article("a", "Im Hafen liegt ein Schiff.")], "1")
    with pytest.raises(VectorsUnavailable, match="of another archive: choose another name"):
        Archive.open(tmp_path / "other", vectors_at=url)
    with Archive.open(tmp_path / "other", encoder=encoder) as other:
        assert other.status().vectors_at == "faiss"
        assert other.ask("Schiff").citations


def test_while_another_program_writes(moved: Archive, encoder: Encoder) -> None:
    """The first vectors are waited for; later, questions are answered by what is there."""
    lock = FileLock(moved.folder / DENSE / "writing.lock", is_singleton=False)
    with lock, pytest.raises(VectorsUnavailable, match="are being written"):
        moved.ask(QUESTIONS[0])
    expected = moved.ask(QUESTIONS[0]).citations
    with lock, Archive.open(moved.folder, encoder=encoder) as other:
        assert other.ask(QUESTIONS[0]).citations == expected


def test_a_server_that_is_gone_comes_back(moved: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question says in a sentence that the server does not answer, and so does the status; later all is well."""
    moved.ask(QUESTIONS[0])
    path = Path(moved.status().vectors_at.removeprefix("milvus:"))
    collection = moved._dense._index._collection  # type: ignore[union-attr]
    monkeypatch.setattr(collection, "_client", _Unreachable())
    with pytest.raises(VectorsUnavailable, match=str(path)):
        moved.ask(QUESTIONS[0])
    moved._dense.drop()
    assert moved.ask(QUESTIONS[0]).citations


def test_a_server_that_is_gone_when_words_are_searched(moved: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said in the same sentence, and the next question is answered."""
    moved.ask(QUESTIONS[0])
    rows = moved._lexical.catch_up().words._rows  # type: ignore[attr-defined]
    monkeypatch.setattr(rows, "_client", _Unreachable())
    with pytest.raises(VectorsUnavailable, match="connection refused"):
        moved.ask(QUESTIONS[0])
    moved._lexical.drop()
    assert moved.ask(QUESTIONS[0]).citations


class _Unreachable:
    def search(self, *_: object, **__: object) -> None:
        raise OSError("connection refused")


def test_a_server_without_sparse_vectors(
    sample: Archive, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An older Milvus has the vectors; the words stay in the folder, which a line and the status say."""
    monkeypatch.setattr(MilvusClient, "get_server_version", lambda *_, **__: "v2.3.5")
    folder = Path(shutil.copytree(sample.folder, tmp_path / "archive"))
    url = f"milvus:{tmp_path / 'vectors.db'}"
    with Archive.open(folder, vectors_at=url, encoder=encoder) as archive:
        assert archive.ask(QUESTIONS[0]).citations == sample.ask(QUESTIONS[0]).citations
        assert (archive.status().vectors_at, archive.status().words_at) == (url, "tantivy")
    assert "is older than 2.4: the index of words stays in the folder" in caplog.text


def test_a_backup_does_not_say_where_the_vectors_are(moved: Archive, tmp_path: Path, encoder: Encoder) -> None:
    """An archive that is restored beside the other one does not write to its collection."""
    from rag.backup.restore import restore_backup

    moved.ask(QUESTIONS[0])
    moved.backup(tmp_path / "backup", with_indexes=True)
    restore_backup(tmp_path / "backup", tmp_path / "restored")
    with Archive.open(tmp_path / "restored", encoder=encoder) as restored:
        assert (restored.status().vectors_at, restored.status().words_at) == ("faiss", "tantivy")


@pytest.mark.parametrize("address", ["redis://x", "milvus:", "milvus:http://me:geheim@host:1/n", "milvus:http://h/a b"])
def test_what_is_no_address(tmp_path: Path, address: str) -> None:
    """It is said how one is written; a password is not repeated, and nothing is noted."""
    with pytest.raises(ConfigError, match="milvus:http://HOST:19530/NAME") as refusal:
        Archive.open(tmp_path / "archive", vectors_at=address)
    assert "geheim" not in str(refusal.value)
    assert location.recorded_address(tmp_path / "archive" / DENSE) == "faiss"


def test_the_command(fundstelle: Run, tmp_path: Path) -> None:
    """`index --index` moves the vectors, with a path below the folder where it was given, and later commands follow."""
    (tmp_path / "few").mkdir()
    for file in sorted(ARTICLES.glob("*"))[:3]:
        shutil.copy(file, tmp_path / "few")
    done = fundstelle("index", "few", "--index", "milvus:./v.db")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    status = json.loads(fundstelle("status", "--json").stdout)
    assert status["vectors_at"] == f"milvus:{tmp_path / 'v.db'}"
    assert fundstelle("ask", "Wer?", "--json").returncode == 0
    refused = fundstelle("index", "few", "--index", "milvus:http://127.0.0.1:1/news")
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
    assert json.loads(fundstelle("status", "--json").stdout)["vectors_at"] == status["vectors_at"]

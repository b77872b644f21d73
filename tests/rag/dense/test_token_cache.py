"""Token vectors that are kept: what re-ranking needs is there, and nothing depends on it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from paths import ARTICLES, copied_articles

from embeddings.encoder import Encoder
from embeddings.types import Role, TokenVectors, Vectors
from rag.archive import Archive
from rag.dense.token_cache import FILE, TokenCache
from rag.search.query import parse
from rag.types import Answer, Progress
from rag.types.archive_state import State

SOME = (
    "de-gotthard-basistunnel-eroeffnung.md",
    "en-philae-comet-67p.md",
    "fr-notre-dame-reouverture.html",
    "de-oder-fischsterben-goldalge.txt",
)
TUNNEL = "Wie lang ist der Gotthard-Basistunnel?"


class Counting:
    """The encoder, counting the passages that it reads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.dim, self.max_tokens = encoder.name, encoder.dim, encoder.max_tokens
        self.fingerprint, self.has_tokens = encoder.fingerprint, encoder.has_tokens
        self.passages = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += len(texts)
        return self._encoder.encode_passages(texts)

    def encode_query(self, text: str) -> Vectors:
        return self._encoder.encode_query(text)

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        self.passages += len(texts) if role == "passage" else 0
        return self._encoder.token_vectors(texts, role)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)


@pytest.fixture
def counting(encoder: Encoder) -> Counting:
    return Counting(encoder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with four of the sample articles."""
    return copied_articles(SOME, tmp_path / "articles")


@pytest.fixture
def archive(tmp_path: Path, folder: Path, counting: Counting) -> Archive:
    """An archive of these articles."""
    archive = Archive.open(tmp_path / "archive", encoder=counting)
    archive.index([folder])
    return archive


def file_of(archive: Archive) -> Path:
    return archive.folder / "tokens" / FILE


def count(archive: Archive) -> int:
    """How many texts have their tokens kept."""
    with sqlite3.connect(file_of(archive)) as database:
        return int(database.execute("SELECT count(*) FROM kept").fetchone()[0])


def shown(answer: Answer) -> list[tuple[str, list[str]]]:
    """What the first three citations quote and highlight."""
    return [
        (citation.quote, [citation.article.text[start:end] for start, end in citation.highlights])
        for citation in answer.citations[:3]
    ]


def test_a_question_reads_no_passage_again(archive: Archive, counting: Counting) -> None:
    """Each passage is read once, when it is indexed; a re-ranked question reads itself alone."""
    assert counting.passages == count(archive) == archive.status().passages
    answer = archive.ask(TUNNEL)
    assert "late" in answer.citations[0].signals
    assert archive.searcher().search(parse(TUNNEL), 5).hits[0].highlights
    assert counting.passages == archive.status().passages


def test_answers_are_the_same_without_the_file(archive: Archive, counting: Counting) -> None:
    """Without the file the passages are read again, and the answer is the same, its confidence included."""
    before = archive.ask(TUNNEL)
    read = counting.passages
    archive.close()
    shutil.rmtree(archive.folder / "tokens")
    with Archive.open(archive.folder, encoder=counting) as again:
        after = again.ask(TUNNEL)
    assert counting.passages > read
    assert shown(after) == shown(before)
    assert after.confidence == pytest.approx(before.confidence, abs=2e-3)


@pytest.mark.slow
def test_all_scores_are_the_same_without_the_file(sample: Archive, encoder: Encoder, tmp_path: Path) -> None:
    """However many passages have to be read for it: the same citations in the same order, with the same scores."""
    copy = shutil.copytree(sample.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("tokens"))
    with Archive.open(copy, encoder=encoder) as without:
        before, after = sample.ask(TUNNEL, 12), without.ask(TUNNEL, 12)
    assert [citation.passage_id for citation in after.citations] == [
        citation.passage_id for citation in before.citations
    ]
    for citation, expected in zip(after.citations, before.citations, strict=True):
        assert citation.signals == pytest.approx(dict(expected.signals), abs=1e-6)
    assert after.confidence == pytest.approx(before.confidence, abs=1e-6)


def test_lost_tokens_are_kept_again_by_the_next_indexing(archive: Archive, folder: Path, counting: Counting) -> None:
    """After the folder was deleted, indexing without a change makes it whole."""
    passages = count(archive)
    archive.close()
    shutil.rmtree(archive.folder / "tokens")
    with Archive.open(archive.folder, encoder=counting) as again:
        report = again.index([folder])
        assert (report.new, report.changed) == (0, 0)
        assert count(again) == passages
        read = counting.passages
        again.index([folder])
        again.ask(TUNNEL)
    assert counting.passages == read


def test_a_damaged_file_costs_time_alone(
    archive: Archive, folder: Path, counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    """A file full of nonsense is said once, answers come all the same, and the next indexing makes it anew."""
    passages, before = count(archive), archive.ask(TUNNEL)
    archive.close()
    for path in file_of(archive).parent.iterdir():
        path.unlink()
    file_of(archive).write_bytes(b"no database" * 1000)
    with Archive.open(archive.folder, encoder=counting) as again:
        assert shown(again.ask(TUNNEL)) == shown(before)
        assert shown(again.ask(TUNNEL)) == shown(before)
    assert caplog.text.count("cannot be read") == 1
    with Archive.open(archive.folder, encoder=counting) as again:
        again.index([folder])
        assert count(again) == passages


def test_tokens_that_cannot_be_written_stop_nothing(
    tmp_path: Path, folder: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    """Where their folder cannot be made, articles are indexed and questions answered."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        (archive.folder / "tokens").write_text("in the way")
        assert archive.index([folder]).new == len(SOME)
        assert archive.ask(TUNNEL).answerable
    assert "cannot be written" in caplog.text


def test_tokens_of_another_archive_do_not_count(archive: Archive, tmp_path: Path, encoder: Encoder) -> None:
    """A file that was made for another archive is not read, and the next indexing replaces what is in it."""
    with Archive.open(tmp_path / "other", encoder=encoder) as other:
        other.index([ARTICLES / "tr-6-subat-depremleri.md"])
        other.close()
    archive.close()
    (tmp_path / "other" / "tokens" / FILE).replace(file_of(archive))
    for left in file_of(archive).parent.glob(f"{FILE}-*"):
        left.unlink()
    counting = Counting(encoder)
    with Archive.open(archive.folder, encoder=counting) as again:
        again.ask(TUNNEL)
        assert counting.passages > 0
        again.index([tmp_path / "articles"])
        assert count(again) == again.status().passages


def test_an_interrupted_run_goes_on(tmp_path: Path, folder: Path, encoder: Encoder) -> None:
    """Interrupted after each file, indexing ends with the tokens of all passages."""

    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        for _ in range(len(SOME)):
            with pytest.raises(KeyboardInterrupt):
                archive.index([folder], on_progress=interrupt)
        archive.index([folder])
        assert count(archive) == archive.status().passages


def test_texts_that_are_gone_are_dropped_when_they_are_many(tmp_path: Path) -> None:
    """Up to a fifth and a thousand more than there are texts, nothing is looked at; then only those there stay."""
    cache = TokenCache(tmp_path, "one")
    names = [number.to_bytes(16, "big") for number in range(3_000)]
    cache.put(dict.fromkeys(names, b"code"))
    cache.drop_all_but(State(7, "mark"), 2_000, names[:2_000])
    assert len(cache.get(names)) == 3_000
    cache.drop_all_but(State(7, "mark"), 1_500, names[:1_500])
    assert set(cache.get(names)) == set(names[:1_500])
    cache.close()


def test_what_was_made_from_something_else_is_emptied(tmp_path: Path) -> None:
    """Another codec neither reads nor keeps what the one before wrote."""
    first, second = TokenCache(tmp_path, "one"), TokenCache(tmp_path, "two")
    first.put({b"a": b"code"})
    first.set_complete(State(7, "mark"))
    assert (first.complete_at, second.complete_at) == (State(7, "mark"), None)
    assert second.get([b"a"]) == {}
    second.put({b"b": b"other"})
    assert second.get([b"a", b"b"]) == {b"b": b"other"}
    assert first.get([b"b"]) == {}
    first.close()
    second.close()

"""Archives of a version that did not test its encoder: short texts are encoded anew, and until then it is said."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from paths import copied_articles

from embeddings.encoder import Encoder
from embeddings.encoders.self_test import Verdict
from rag.archive import Archive
from rag.cli.output import INDEX_AGAIN, print_answer, print_facts
from rag.dense.token_cache import FILE
from rag.storage.checksums import register
from rag.storage.sqlite_database import DATABASE

SHORT = "Die Brücke von Aldenhoven wurde am 3. Mai 1998 eröffnet."
LONG = "de-oder-fischsterben-goldalge.txt"
QUESTION = "Wann wurde die Brücke von Aldenhoven eröffnet?"


def rows(path: Path, query: str) -> dict[bytes, bytes]:
    with sqlite3.connect(path) as database:
        return dict(database.execute(query).fetchall())


def vectors(folder: Path) -> dict[bytes, bytes]:
    return rows(folder / DATABASE, "SELECT input_hash, vector FROM vectors")


def tokens(folder: Path) -> dict[bytes, bytes]:
    return rows(folder / "tokens" / FILE, "SELECT input_hash, code FROM kept")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with a long article and one of a sentence."""
    folder = copied_articles([LONG], tmp_path / "articles")
    (folder / "short.txt").write_text(SHORT, encoding="utf-8")
    return folder


@pytest.fixture
def earlier(tmp_path: Path, articles: Path, encoder: Encoder) -> Path:
    """An archive as an earlier version left it: nothing noted, and all vectors and tokens turned round."""
    folder = tmp_path / "archive"
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index([articles])
    with sqlite3.connect(folder / DATABASE) as database:
        register(database)
        database.execute("DELETE FROM meta WHERE name = 'vectors_tested'")
        for input_hash, vector in vectors(folder).items():
            wrong = (-np.frombuffer(vector, np.float16)).tobytes()
            database.execute("UPDATE vectors SET vector = ? WHERE input_hash = ?", (wrong, input_hash))
    with sqlite3.connect(folder / "tokens" / FILE) as database:
        for input_hash, code in tokens(folder).items():
            database.execute("UPDATE kept SET code = ? WHERE input_hash = ?", (bytes(len(code)), input_hash))
    return folder


def test_short_texts_are_encoded_anew_and_no_others(
    earlier: Path, articles: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Vector, tokens and index are right again after the next indexing; it is said until then, and not afterwards."""
    vectors_before, coded = vectors(earlier), tokens(earlier)
    with Archive.open(earlier, encoder=encoder) as archive:
        answer = archive.ask(QUESTION)
        print_answer(answer)
        assert INDEX_AGAIN in " ".join(capsys.readouterr().err.split())
        assert answer.to_dict()["index_again"]
        assert archive.status().to_dict()["index_again"]
        report = archive.index([articles])
        assert (report.new, report.changed, report.passages_encoded) == (0, 0, 1)
        answer = archive.ask(QUESTION)
        print_answer(answer)
        assert INDEX_AGAIN not in " ".join(capsys.readouterr().err.split())
        assert not answer.index_again
        assert answer.citations[0].quote == SHORT
        assert answer.citations[0].signals["dense"] > 0.3
        assert archive.index([articles]).passages_encoded == 0
    vectors_after = vectors(earlier)
    (changed_hash,) = [
        input_hash for input_hash in vectors_after if vectors_after[input_hash] != vectors_before[input_hash]
    ]
    right = encoder.encode_passages([SHORT])[0]
    assert float(np.frombuffer(vectors_after[changed_hash], np.float16).astype(np.float32) @ right) > 0.999
    again = tokens(earlier)
    assert [input_hash for input_hash in again if again[input_hash] != coded[input_hash]] == [changed_hash]


def test_a_new_archive_has_nothing_to_encode_anew(tmp_path: Path, articles: Path, encoder: Encoder) -> None:
    """Neither empty nor after the first indexing, which encodes each text once."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        assert not archive.ask(QUESTION).index_again
        report = archive.index([articles])
        assert report.passages_encoded == len(vectors(archive.folder))
        assert not archive.ask(QUESTION).index_again


def test_status_tells_what_the_self_test_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a sentence, and as JSON; before a test there is nothing to tell."""
    verdicts = [Verdict("A processor", "bf16", (32, 48), 0.997, 0.996, ("f32",)), None]
    monkeypatch.setattr("embeddings.encoders.openvino_encoder.graph_verdict", lambda: verdicts.pop(0))
    with Archive.open(tmp_path / "archive") as archive:
        known, unknown = archive.status().to_dict(), archive.status().to_dict()
    assert known["self_test"] == {
        "said": "OpenVINO computes wrongly in f32 on this processor (A processor): bf16 is used. OpenVINO computes "
        "wrongly on this processor (A processor) where texts are padded to 32, 48 tokens: they are padded to more.",
        "processor": "A processor",
        "precision": "bf16",
        "wrong_precisions": ["f32"],
        "wrong_lengths": [32, 48],
        "least_cosine_of_texts": 0.997,
        "least_cosine_of_tokens": 0.996,
    }
    assert unknown["self_test"] is None
    print_facts(known)
    print_facts(unknown)
    self_test_lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("self test")]
    assert self_test_lines == [f"{'self test':<14} {known['self_test']['said']}", f"{'self test':<14} not run yet"]

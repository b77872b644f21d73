"""An archive whose texts a server encodes: answers by meaning and words, without re-ranking, and what is said of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoder_server import answering, serving
from factories import article
from paths import ARTICLES, Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import EncoderMisfit, EncoderUnavailable
from rag.search.candidates import EncodedQuery
from rag.search.reranking import Reranked
from rag.types import Article, Passage

TWO_ARTICLES = (
    article("a", "Im Hafen von Kattrup legte am Montag ein Schiff an, das mit Wasserstoff fährt."),
    article("b", "Die Kleinbahn nach Moorwerder fährt seit Freitag wieder. Eine Fahrkarte kostet zwei Euro."),
)


@pytest.fixture
def address(encoder: Encoder) -> Iterator[str]:
    """The address of a server that runs the bundled model."""
    with serving(answering(encoder)) as (address, _):
        yield address


def test_answers_are_those_without_re_ranking(address: str, tmp_path: Path, encoder: Encoder) -> None:
    """Passages come in the order of `fast`, whatever is asked for, and no sentence is marked."""
    with Archive.open(tmp_path / "remote", encoder_name=address) as remote, Archive.open(tmp_path / "here") as here:
        for archive in (remote, here):
            archive.fill(TWO_ARTICLES, "1")
        for question in ("Was kostet eine Fahrkarte?", "Which ship runs on hydrogen?"):
            answers = [remote.ask(question), remote.ask(question, fast=True)]
            assert answers[0].citations == answers[1].citations
            assert not any(citation.highlights for citation in answers[0].citations)
        expected = here.ask("Was kostet eine Fahrkarte?", fast=True)
        assert remote.ask("Was kostet eine Fahrkarte?").citations[0].quote == expected.citations[0].quote
        assert remote.search("Schiff").results
        assert remote.similar("a", 1)[0].article.id == "b"


class ByLength:
    """Ranks long passages before short ones."""

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        lengths = np.array([float(len(passage.text)) for _, passage in passages])
        return Reranked("cross", lengths, (None,) * len(lengths), decides=True)


def test_a_cross_encoder_takes_the_place_of_late_interaction(address: str, tmp_path: Path) -> None:
    """It re-ranks all the same."""
    with Archive.open(tmp_path / "remote", encoder_name=address) as archive:
        archive.fill(TWO_ARTICLES, "1")
        archive._cross_encoder = ByLength()  # type: ignore[assignment]
        assert archive.ask("Schiff mit Wasserstoff im Hafen").citations[0].article.id == "b"


def test_the_command(fundstelle: Run, tmp_path: Path, encoder: Encoder) -> None:
    """`index --encoder` notes the address; each command says where texts go, and that nothing is re-ranked."""
    (tmp_path / "few").mkdir()
    for file in sorted(ARTICLES.glob("*"))[:2]:
        shutil.copy(file, tmp_path / "few")
    with serving(answering(encoder)) as (address, requests):
        done = fundstelle("index", "few", "--encoder", address)
        assert done.returncode == 0
        assert f"are sent to {address}/v1/embeddings" in " ".join(done.stderr.split())
        status = json.loads(fundstelle("status", "--json").stdout)
        assert status["encoder"] == address
        before = len(requests)
        answer = fundstelle("ask", "Wer?", "--json")
        assert answer.returncode == 0
        assert "nothing is re-ranked" in " ".join(answer.stderr.split())
        # two requests with probes, and the question; no passage is sent again
        sent = [body["input"] for path, _, body in requests[before:] if path == "/v1/embeddings"]
        assert sent[2:] == [["query: Wer?"]]
    gone = fundstelle("ask", "Wer?")
    assert gone.returncode == 2
    assert len(gone.stderr.strip().splitlines()) == 1
    assert "nobody answers" in gone.stderr


def test_a_server_that_goes_while_it_is_used(tmp_path: Path, encoder: Encoder) -> None:
    """The question is refused in a sentence, indexing too; what was stored stays, and all goes on when it is back."""
    working = True

    def answer(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        return answering(encoder)(path, body) if working else (418, {"error": "gone"})

    with serving(answer) as (address, _), Archive.open(tmp_path / "archive", encoder_name=address) as archive:
        (tmp_path / "articles").mkdir()
        for each in TWO_ARTICLES:
            (tmp_path / "articles" / f"{each.id}.txt").write_text(each.text)
        archive.index(tmp_path / "articles")
        working = False
        with pytest.raises(EncoderUnavailable, match="status 418"):
            archive.ask("Schiff")
        (tmp_path / "articles" / "c.txt").write_text("Der Zirkus kommt im Mai in die Stadt.")
        with pytest.raises(EncoderUnavailable, match="status 418"):
            archive.index(tmp_path / "articles")
        assert archive.status().articles == 2
        working = True
        assert len(archive.index(tmp_path / "articles").failures) == 0
        assert archive.status().articles == 3
        assert archive.ask("Wann kommt der Zirkus?").citations


def test_another_model_at_the_address_is_noticed(tmp_path: Path, encoder: Encoder) -> None:
    """Where the server runs another model than the one that encoded the archive, questions are refused."""
    is_another = False

    def answer(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        status, content = answering(encoder)(path, body)
        if is_another and path == "/v1/embeddings":
            content["data"] = [{**row, "embedding": row["embedding"][::-1]} for row in content["data"]]
        return status, content

    with serving(answer) as (address, _):
        with Archive.open(tmp_path / "archive", encoder_name=address) as archive:
            archive.fill(TWO_ARTICLES, "1")
        is_another = True
        with Archive.open(tmp_path / "archive") as archive, pytest.raises(EncoderMisfit, match="another encoder"):
            archive.ask("Schiff")

"""An encoder that a server runs: the contract, with the bundled encoder behind real HTTP, and what goes wrong."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoder_server import Answer, answering, serving

from embeddings.encoder import Encoder, open_encoder
from embeddings.encoders import http_encoder
from embeddings.errors import EncoderError
from embeddings.testing import EncoderContract
from embeddings.types import Vectors


class TestHttp(EncoderContract):
    """It keeps the contract of encoders without vectors of tokens."""

    @pytest.fixture(autouse=True)
    def server(self, encoder: Encoder) -> Iterator[None]:
        """Serve the bundled encoder."""
        with serving(answering(encoder)) as (self.address, self.requests):
            yield

    def encoder(self) -> Encoder:
        return open_encoder(self.address)


def test_vectors_are_those_of_the_model(encoder: Encoder) -> None:
    """Questions and passages come back as the model encodes them, with its prompts, by both kinds of request."""
    texts = ["Der Fluss trat über die Ufer.", "The probe landed."] * 40
    with serving(answering(encoder)) as (address, requests):
        for ending in ("", "/v1", "/v1/embeddings", "/embed"):
            remote = open_encoder(f"{address}{ending}")
            assert np.allclose(remote.encode_passages(texts[:2]), encoder.encode_passages(texts[:2]), atol=1e-6)
            assert np.allclose(remote.encode_query("Wer kam?"), encoder.encode_query("Wer kam?"), atol=1e-6)
        before = len(requests)
        assert remote.encode_passages(texts).shape == (80, encoder.dim)
        assert sorted(len(body["inputs"]) for _, _, body in requests[before:]) == [16, 32, 32]


def test_the_fingerprint_tells_models_apart(encoder: Encoder) -> None:
    """It stays the same with the noise of another precision and by another name, not with other vectors or prompts."""

    def changed(answer: Answer, change: Callable[[Vectors], Vectors]) -> Answer:
        def changing(path: str, body: dict[str, Any]) -> tuple[int, Any]:
            status, content = answer(path, body)
            if "embeddings" in path:
                rows = [{**row, "embedding": change(np.array(row["embedding"])).tolist()} for row in content["data"]]
                content = {"data": rows}
            return status, content

        return changing

    noisy = changed(answering(encoder, "e5-by-another-name"), lambda vector: vector + 1e-5 * np.cos(999 * vector))
    mirrored = changed(answering(encoder), lambda vector: vector[::-1])
    fingerprints = []
    for answer in (answering(encoder), noisy, mirrored, answering(encoder, "all-MiniLM")):
        with serving(answer) as (address, _):
            fingerprints.append(open_encoder(address).fingerprint)
    assert fingerprints[0] == fingerprints[1]
    assert len(set(fingerprints)) == 3


def test_long_texts_are_cut_before_they_are_sent(encoder: Encoder) -> None:
    """Servers refuse texts of more tokens than their model reads."""
    with serving(answering(encoder)) as (address, requests):
        open_encoder(address).encode_passages(["Wasser " * 2000])
    (sent,) = requests[-1][2]["input"]
    assert 300 <= len(sent.split()) <= 449


def test_the_key_comes_from_the_environment(encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of a variable or a file; an address with a password is refused, and the password is not repeated."""
    with serving(answering(encoder)) as (address, requests):
        open_encoder(address)
        assert not any("Authorization" in headers for _, headers, _ in requests)
        monkeypatch.setenv("FUNDSTELLE_ENCODER_KEY", "geheim")
        open_encoder(address)
        assert requests[-1][1]["Authorization"] == "Bearer geheim"
        monkeypatch.delenv("FUNDSTELLE_ENCODER_KEY")
        monkeypatch.setenv("FUNDSTELLE_ENCODER_KEY_FILE", str(tmp_path / "key"))
        with pytest.raises(EncoderError, match="FUNDSTELLE_ENCODER_KEY_FILE names, cannot be read"):
            open_encoder(address)
        (tmp_path / "key").write_text("aus der Datei\n")
        open_encoder(address)
        assert requests[-1][1]["Authorization"] == "Bearer aus der Datei"
        with pytest.raises(EncoderError, match="no place for a password") as refusal:
            open_encoder(address.replace("//", "//me:geheim@"))
        assert "geheim" not in str(refusal.value)


def test_a_busy_server_is_asked_again(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the pause that it asks for, or a longer one each time; then it is said."""
    pauses: list[float] = []
    monkeypatch.setattr(http_encoder.time, "sleep", pauses.append)
    full = iter([503, 429, 200, 503, 503, 503, 503])

    def answer(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        status = next(full) if body.get("input") == ["passage: x"] else 200
        return (status, {"error": "busy"}) if status != 200 else answering(encoder)(path, body)

    with serving(answer, {"Retry-After": "2"}) as (address, _):
        remote = open_encoder(address)
        assert remote.encode_passages(["x"]).shape == (1, encoder.dim)
        assert pauses == [2, 2]
        with pytest.raises(EncoderError, match=r"answers with status 503 \(.*busy"):
            remote.encode_passages(["x"])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((401, {}), "refuses: set \\$FUNDSTELLE_ENCODER_KEY"),
        ((404, {"error": "nothing here"}), "status 404 .*nothing here"),
        ((200, b"<html>"), "does not answer with JSON"),
        ((200, {"data": "x"}), "not answer with a vector"),
        ((200, {"data": [{"index": 0, "embedding": [0.0, 0.0]}]}), "not answer with a vector"),
        ((200, [[1, 2], [3]]), "not answer with a vector"),
        ((302, b""), "status 302"),
    ],
)
def test_what_is_no_server_of_embeddings(answer: tuple[int, Any], message: str) -> None:
    """Each is said in a sentence with the address."""
    with serving(lambda path, _: answer if path == "/v1/embeddings" else (404, {})) as (address, _):
        with pytest.raises(EncoderError, match=message) as failure:
            open_encoder(address)
        assert address in str(failure.value)


def test_several_models(encoder: Encoder) -> None:
    """One has to be named; it is said how, and then asked for."""

    def answer(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v1/models":
            return 200, {"data": [{"id": "one"}, {"id": "multilingual-e5"}]}
        return answering(encoder)(path, body)

    with serving(answer) as (address, requests):
        with pytest.raises(EncoderError, match=r"several models \(one, multilingual-e5\)"):
            open_encoder(address)
        assert open_encoder(f"{address}/v1#multilingual-e5").name.startswith("multilingual-e5 (http")
        assert {body["model"] for path, _, body in requests if path == "/v1/embeddings"} == {"multilingual-e5"}


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port at which nobody listens is tried again a few times; one that says nothing is given up."""
    monkeypatch.setattr(http_encoder, "_PAUSES", (0.01, 0.01))
    monkeypatch.setattr(http_encoder, "_PATIENCE", 0.2)
    with pytest.raises(EncoderError, match="nobody answers"):
        open_encoder("http://127.0.0.1:1/v1")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(EncoderError, match="more than 0 seconds"):
            open_encoder(f"http://127.0.0.1:{silent.getsockname()[1]}/v1")


def test_a_device_is_for_this_computer() -> None:
    """A graphics card that is named is not ignored."""
    with pytest.raises(EncoderError, match="leave it out"):
        open_encoder("http://127.0.0.1:1/v1", device="cuda")

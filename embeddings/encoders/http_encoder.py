"""A model that a server runs: any that answers as OpenAI's `/v1/embeddings` does, or text-embeddings-inference.

The texts leave this process for that server, and nothing else does. Such a server gives the vector of a text, not those
of its tokens.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from embeddings.encoders.bundled import bundled_model
from embeddings.errors import EncoderError, SecretUnreadable
from embeddings.secrets import secret
from embeddings.types import Role, TokenVectors, Vectors

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_KEY = "FUNDSTELLE_ENCODER_KEY"
# texts of a request, which text-embeddings-inference limits to 32, and requests at a time
_BATCH_TEXTS, _REQUESTS = 32, 4
# tokens of a text, counted by the tokenizer of the bundled model: most models read 512 of their own
_MAX_TOKENS = 448
# seconds until a server has to answer somebody who waits, and one that encodes a batch
_PATIENCE, _BATCH_PATIENCE = 8.0, 120.0
# seconds before a request is sent again, and what a server says that may have room soon
_PAUSES = (0.5, 1.0, 2.0)
_BUSY = (429, 500, 502, 503, 504)
_MAX_PAUSE = 10.0
# what every encoder is asked, to tell it from others
_PROBES = (
    "Der Fluss trat in der Nacht über die Ufer.",
    "The probe landed on the comet.",
    "Le parlement a adopté le budget à une large majorité.",
    "Seçim sonuçları açıklandı.",
)
# directions on whose sides the vectors of the probes are: another precision or processor seldom changes a side
_DIRECTIONS = 8


class HttpEncoder:
    """Encodes by requests to a server; see `embeddings.encoder.open_encoder`. Thread-safe.

    Two encoders have the same fingerprint if they give nearly the same vectors for a few texts, whatever their names.
    Texts are cut, where they are too long, and counted by the tokenizer of the bundled model.

    Args:
        address: `http://HOST:PORT`, below which `/v1/embeddings` is asked, or the whole address of it or of `/embed` of
            text-embeddings-inference; `#MODEL` at its end names one of several models.

    Raises:
        EncoderError: nobody answers there, or not with vectors; or the address has a password.
    """

    has_tokens = False

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if "@" in parts.netloc or parts.query:
            raise EncoderError(f"An address is no place for a password or key: set ${_KEY}, and leave it out.")
        base = parts._replace(fragment="").geturl().rstrip("/")
        path = parts.path.rstrip("/")
        self._is_native = path.endswith("/embed")
        if not path.endswith(("/embed", "/embeddings")):
            base += "/embeddings" if path.endswith("/v1") else "/v1/embeddings"
        self._url = base
        self._client = _client()
        self._model = parts.fragment or self._only_model()
        self._prompts = _prompts_of(self._model)
        self._dim = 0
        probes = [self._request(texts, _PATIENCE) for texts in (self._prompted(_PROBES, "passage"), _PROBES)]
        self._dim = int(probes[0].shape[1])
        self._fingerprint = _fingerprint(np.concatenate(probes), self._prompts)
        log.warning(
            "Questions and passages are sent to %s, which encodes them. It has no vectors of tokens: nothing is "
            "re-ranked, unless --reranker names a cross-encoder.",
            self._url,
        )

    @property
    def name(self) -> str:
        """The model and the server that runs it."""
        return f"{self._model or 'model'} ({self._url})"

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self._dim

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that are read."""
        return _MAX_TOKENS

    @property
    def fingerprint(self) -> str:
        """A hash of what the server answered to a few texts."""
        return self._fingerprint

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim), rows of length 1.

        Raises:
            EncoderError: the server does not answer, or not with vectors.
        """
        return self._encode(texts, "passage", _BATCH_PATIENCE)

    def encode_query(self, text: str) -> Vectors:
        """Encode a query: shape (dim,), length 1.

        Raises:
            EncoderError: the server does not answer, or not with a vector.
        """
        vector: Vectors = self._encode([text], "query", _PATIENCE)[0]
        return vector

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Return the vectors of whole texts, without a token."""
        no_vectors, no_spans = np.empty((0, self._dim), np.float32), np.empty((0, 2), np.int32)
        patience = _PATIENCE if role == "query" else _BATCH_PATIENCE
        return [TokenVectors(no_vectors, no_spans, pooled) for pooled in self._encode(texts, role, patience)]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text as the bundled model has them."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(bundled_model() / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True
        return tokenizer

    def _encode(self, texts: Sequence[str], role: Role, patience: float) -> Vectors:
        if not texts:
            return np.empty((0, self._dim), np.float32)
        prompted = self._prompted([self._cut(text) for text in texts], role)
        batches = [prompted[start : start + _BATCH_TEXTS] for start in range(0, len(prompted), _BATCH_TEXTS)]
        if len(batches) == 1:
            return self._request(batches[0], patience)
        with ThreadPoolExecutor(_REQUESTS) as pool:
            return np.concatenate(list(pool.map(self._request, batches, [patience] * len(batches))))

    def _prompted(self, texts: Sequence[str], role: Role) -> list[str]:
        # some servers refuse an empty text
        return [f"{self._prompts[role]}{text}" or " " for text in texts]

    def _cut(self, text: str) -> str:
        # a token has at least a letter
        if len(text) <= _MAX_TOKENS:
            return text
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return text if len(offsets) <= _MAX_TOKENS else text[: offsets[_MAX_TOKENS - 1][1]]

    def _only_model(self) -> str:
        """Return the name of the server's model if it says so, else ""; it needs none then."""
        server = self._url.removesuffix("/embed").removesuffix("/embeddings").removesuffix("/v1")
        for path in ("/v1/models", "/info"):
            answer = self._answered("GET", f"{server}{path}", None, _PATIENCE, may_lack=True)
            names = _names_in(answer)
            if len(names) > 1:
                raise EncoderError(
                    f"The server at {server} has several models ({', '.join(names[:5])}): name one at the end of the "
                    f"address, as in {server}#{names[0]}."
                )
            if names:
                return names[0]
        return ""

    def _request(self, texts: Sequence[str], patience: float) -> Vectors:
        body: dict[str, Any] = {"inputs": list(texts), "truncate": True}
        if not self._is_native:
            body = {"input": list(texts), "encoding_format": "float"} | ({"model": self._model} if self._model else {})
        vectors = _vectors_in(self._answered("POST", self._url, body, patience))
        if vectors is None or len(vectors) != len(texts) or vectors.shape[1] != (self._dim or vectors.shape[1]):
            raise EncoderError(
                f"The server at {self._url} does not answer with a vector for each text: give the address of a server "
                "of embeddings, such as http://HOST:PORT/v1."
            )
        return vectors

    def _answered(
        self, method: str, url: str, body: dict[str, Any] | None, patience: float, *, may_lack: bool = False
    ) -> Any:
        """Return what the server answers, asking again where it may be busy; None for what it `may_lack`."""
        import httpx

        for pause in (*_PAUSES, None):
            try:
                reply = self._client.request(method, url, json=body, timeout=httpx.Timeout(patience, connect=3.0))
                if reply.status_code not in _BUSY or pause is None:
                    break
                time.sleep(_pause_asked_for(reply, pause))
            except httpx.ConnectError as error:
                if pause is None:
                    raise _silent(url, "nobody answers") from error
                time.sleep(pause)
            except httpx.TimeoutException as error:
                raise _silent(url, f"it took more than {patience:.0f} seconds") from error
            except httpx.HTTPError as error:
                raise _silent(url, " ".join(str(error).split())[:200] or type(error).__name__) from error
        if may_lack and reply.status_code in (404, 405):
            return None
        if reply.status_code in (401, 403):
            raise EncoderError(f"The server at {url} refuses: set ${_KEY} to a key that it accepts.")
        if reply.status_code >= 300:
            said_there = " ".join(reply.text.split())[:200]
            raise EncoderError(
                f"The server at {url} answers with status {reply.status_code} ({said_there}): check its address and "
                "model, or try again later."
            )
        try:
            return reply.json()
        except ValueError as error:
            if may_lack:
                return None
            raise EncoderError(
                f"The server at {url} does not answer with JSON: give the address of a server of embeddings."
            ) from error


def _client() -> httpx.Client:
    import httpx

    try:
        key = secret(_KEY)
    except SecretUnreadable as error:
        raise EncoderError(str(error)) from error
    return httpx.Client(headers={"Authorization": f"Bearer {key}"} if key else {})


def _silent(url: str, reason: str) -> EncoderError:
    return EncoderError(
        f"The server at {url} does not answer ({reason}): start it, or check address and network, and try again."
    )


def _pause_asked_for(reply: httpx.Response, pause: float) -> float:
    asked_for = reply.headers.get("retry-after", "")
    return min(float(asked_for), _MAX_PAUSE) if asked_for.isdigit() else pause


def _index(row: dict[str, Any]) -> int:
    return int(row["index"])


def _names_in(answer: Any) -> list[str]:
    """Return the names of models in an answer to `/v1/models`, or the one in that of text-embeddings-inference."""
    if not isinstance(answer, dict):
        return []
    if isinstance(answer.get("model_id"), str):
        return [answer["model_id"]]
    models = answer.get("data")
    return [str(model["id"]) for model in models if "id" in model] if isinstance(models, list) else []


def _vectors_in(answer: Any) -> Vectors | None:
    """Return the vectors of an answer in the order of the texts, of length 1; None if it has something else."""
    try:
        rows = answer if isinstance(answer, list) else [row["embedding"] for row in sorted(answer["data"], key=_index)]
        vectors = np.asarray(rows, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    except (TypeError, ValueError, KeyError):
        return None
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        return None
    normalised: Vectors = vectors / lengths
    return normalised


def _prompts_of(model: str) -> dict[Role, str]:
    """Return the prompts that a model expects before queries and passages, as far as its name tells."""
    if "e5" in model.lower() and "instruct" not in model.lower():
        return {"query": "query: ", "passage": "passage: "}
    return {"query": "", "passage": ""}


def _fingerprint(vectors: Vectors, prompts: dict[Role, str]) -> str:
    directions = np.random.default_rng(0).standard_normal((_DIRECTIONS, vectors.shape[1]))
    # what all vectors of a model have in common would put all of them on the same side
    sides = (vectors - vectors.mean(axis=0)) @ directions.T > 0
    digest = hashlib.sha256(repr((vectors.shape[1], sorted(prompts.items()))).encode())
    digest.update(np.packbits(sides).tobytes())
    return digest.hexdigest()[:16]

"""Has a Ray cluster read files, split articles and encode passages; this process stores what comes of it.

    pieces ─ some at a time ─► tasks `read_and_split`, anywhere ─► articles with their passages, in order
    texts ─ CHUNK at a time ─► an `EncodingActor` on each computer ─► vectors and what is cached of tokens

A chunk whose computer fails goes to another one, which makes the same of it: a text is stored under its hash, once.
"""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from embeddings.encoder import Encoder
from embeddings.types import HalfVectors
from rag.config import Config
from rag.dense.token_vectors import TokenStore
from rag.errors import ClusterUnavailable, FundstelleError
from rag.indexing.executor import LocalExecutor, Reading
from rag.indexing.ray_tasks import EncodedTexts, EncodingActor, read_and_split
from rag.loading.reader import Piece
from rag.types import Article, Passage

log = logging.getLogger(__name__)

# texts that an actor encodes at a time, and how many such chunks each has: one to encode, one to begin with then
_CHUNK, _CHUNKS_AHEAD = 64, 2
# pieces of files that a task reads, which has to be worth being sent; and how many bytes they have at most
_PIECES, _PIECES_BYTES = 16, 4_000_000
# tasks that are sent ahead: for each computer, and in all
_TASKS_AHEAD, _MAX_TASKS_AHEAD = 8, 512
# of each core, half is reserved for the actor of its computer, half for tasks: an encoder uses all cores at times
_SHARE = 0.5
# seconds after which a silent cluster is looked after, and in which its head has to answer
_LOOK_AFTER, _PATIENCE = 2.0, 5.0
# how often an actor may end on a computer before it is left alone
_MAX_ENDS = 3
_NO_RAY = "Indexing on a cluster needs Ray: install it with `pip install 'fundstelle[ray]'`."
_AGAIN = "Check it with `ray status`, and repeat the command: it goes on where it stopped."


class RayExecutor:
    """Reads, splits and encodes on all computers of a Ray cluster.

    Each needs the same version of Fundstelle. Those that join while it runs are used, too.

    Args:
        address: `auto` for the cluster that this computer belongs to, or its address, as `ray.init` takes it.
        encoder_name: the encoder; its folder, if it is one, has to exist on all computers.
        encoder: the same, for this process.
        token_store: where tokens are cached; None if they are not.
        device: where the model runs; for "cuda", computers with a graphics card alone are used.

    Each method raises ClusterUnavailable if Ray is not installed, or there is no cluster, or it failed.
    """

    def __init__(
        self,
        address: str,
        encoder_name: str,
        encoder: Encoder,
        config: Config,
        token_store: TokenStore | None,
        *,
        device: str | None = None,
    ) -> None:
        self._address = address
        self._has_joined = False
        self._encoder_name = encoder_name
        self._encoder = encoder
        self._config = config
        self._token_store = token_store
        self._device = device
        self._local = LocalExecutor(encoder, config, token_store)
        self._passages: Mapping[str, tuple[Passage, ...]] = {}
        self._actors: dict[str, Any] = {}
        self._ends: Counter[str] = Counter()
        self._last_end = ""
        # the node of each actor that is not ready yet, by what it answers when it is
        self._opening: dict[Any, str] = {}
        self._ready: set[str] = set()

    @cached_property
    def _ray(self) -> Any:
        """The module of Ray, connected to the cluster, which is not asked unless there is something to read."""
        ray = _installed()
        # whoever calls this as a library may be connected already
        self._has_joined = not ray.is_initialized()
        if self._has_joined:
            _join(ray, self._address)
        return ray

    @cached_property
    def _head(self) -> tuple[str, int] | None:
        return _head_of(self._ray)

    @cached_property
    def _actor_ends(self) -> tuple[type[Exception], ...]:
        """What is raised in place of the answer of an actor that is no more, or whose computer went before it began."""
        return self._ray.exceptions.RayActorError, self._ray.exceptions.ActorUnschedulableError

    @cached_property
    def _task(self) -> Any:
        return self._ray.remote(num_cpus=_SHARE, scheduling_strategy="SPREAD")(read_and_split)

    @property
    def few_texts(self) -> int:
        """Enough texts for each computer to have something to do."""
        return _CHUNK * max(1, len(self._actors))

    @property
    def batch_texts(self) -> int:
        """Enough texts for each computer to be busy while a batch is stored."""
        return _CHUNKS_AHEAD * _CHUNKS_AHEAD * self.few_texts

    def prepare(self) -> None:
        """Begin to open the encoder on each computer."""
        with _ends_said():
            self._start_actors()

    def read(self, pieces: Iterable[Piece]) -> Reading:
        """Yield each piece of a file with what is in it, in order; some pieces are read ahead."""
        chunks = _chunks(pieces)
        waiting: deque[tuple[list[Piece], Any]] = deque()
        try:
            while True:
                ahead = min(_TASKS_AHEAD * max(1, len(self._actors)), _MAX_TASKS_AHEAD)
                while len(waiting) < ahead and (chunk := next(chunks, None)):
                    with _ends_said():
                        waiting.append((chunk, self._task.remote(chunk, self._encoder_name, self._config)))
                if not waiting:
                    return
                chunk, reference = waiting.popleft()
                with _ends_said():
                    self._wait([reference])
                    contents = self._ray.get(reference)
                for piece, content in zip(chunk, contents, strict=True):
                    self._passages = content.passages
                    yield piece, content.parts
        finally:
            self._passages = {}
            for _, reference in waiting:
                self._ray.cancel(reference)

    def split(self, article: Article) -> tuple[Passage, ...]:
        """Return the passages of an article that was just read, or split it here."""
        return self._passages.get(article.id) or self._local.split(article)

    def encode(self, inputs: Mapping[bytes, str], *, overwrite: bool = False) -> HalfVectors:
        """Encode texts by their hashes, and cache their tokens."""
        texts = list(inputs.values())
        with _ends_said():
            chunks = self._encoded([texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)])
        if self._token_store:
            codes = zip(inputs, (code for chunk in chunks for code in chunk.codes), strict=True)
            self._token_store.cache.put({key: code for key, code in codes if code is not None}, overwrite=overwrite)
        return np.concatenate([chunk.vectors for chunk in chunks])

    def _encoded(self, chunks: list[list[str]]) -> list[EncodedTexts]:
        results: list[EncodedTexts | None] = [None] * len(chunks)
        waiting = deque(range(len(chunks)))
        running: dict[Any, tuple[str, int]] = {}
        while waiting or running:
            self._start_actors()
            busy = Counter(node for node, _ in running.values())
            for node in sorted(self._ready, key=lambda node: busy[node]):
                while waiting and busy[node] < _CHUNKS_AHEAD:
                    number = waiting.popleft()
                    running[self._actors[node].encode.remote(chunks[number])] = node, number
                    busy[node] += 1
            for reference in self._wait([*running, *self._opening]):
                if reference in self._opening:
                    self._note_ready(reference, self._opening.pop(reference))
                    continue
                node, number = running.pop(reference)
                try:
                    results[number] = self._ray.get(reference)
                except self._actor_ends as error:
                    waiting.appendleft(number)
                    self._drop(node, error)
        return [result for result in results if result is not None]

    def _start_actors(self) -> None:
        """Start an actor on each computer that has none.

        Raises:
            ClusterUnavailable: there is no computer that could encode.
        """
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        wanted = "GPU" if self._device == "cuda" else "CPU"
        for computer in self._ray.nodes():
            node, resources = computer["NodeID"], computer["Resources"]
            if not computer["Alive"] or not resources.get(wanted) or node in self._actors:
                continue
            if self._ends[node] >= _MAX_ENDS:
                continue
            options: dict[str, Any] = {
                "num_cpus": resources.get("CPU", 0) * _SHARE,
                "num_gpus": 1 if wanted == "GPU" else 0,
                # a process that ends is started again, and does again what it was at
                "max_restarts": -1,
                "max_task_retries": -1,
                "scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=False),
            }
            actor = self._ray.remote(**options)(EncodingActor).remote(
                self._encoder_name, self._device, with_tokens=self._token_store is not None
            )
            self._actors[node] = actor
            self._opening[actor.fingerprint.remote()] = node
        if not self._actors:
            reason = f" ({self._last_end})" if self._last_end else ""
            raise ClusterUnavailable(f"No computer of the Ray cluster can encode{reason}. {_AGAIN}")

    def _note_ready(self, reference: Any, node: str) -> None:
        try:
            fingerprint = self._ray.get(reference)
        except self._actor_ends as error:
            self._drop(node, error)
            return
        if fingerprint != self._encoder.fingerprint:
            raise ClusterUnavailable(
                "A computer of the Ray cluster has another model under the same name: install the same version of "
                "Fundstelle on all of them."
            )
        self._ready.add(node)

    def _drop(self, node: str, error: Exception) -> None:
        """Forget the actor of a computer, which ended for good."""
        if self._actors.pop(node, None) is None:
            return
        self._ready.discard(node)
        self._ends[node] += 1
        self._last_end = _last_line(error)
        log.warning("A computer of the Ray cluster encodes no longer: others do its part.")

    def _wait(self, references: list[Any]) -> list[Any]:
        """Wait until some of what was asked for is there, and return which."""
        while not (done := self._ray.wait(references, timeout=_LOOK_AFTER)[0]):
            if self._head:
                socket.create_connection(self._head, _PATIENCE).close()
        return list(done)

    def finish(self) -> None:
        """Do nothing: tokens are cached with what was encoded."""

    def close(self) -> None:
        """Leave the cluster, which ends the actors and tasks."""
        self._local.close()
        if self._has_joined:
            self._ray.shutdown()


def _chunks(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    chunk: list[Piece] = []
    size = 0
    for piece in pieces:
        raw = getattr(piece.content, "raw", b"")
        if chunk and (len(chunk) == _PIECES or size + len(raw) > _PIECES_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(piece)
        size += len(raw)
    if chunk:
        yield chunk


def _installed() -> Any:
    """Return the module of Ray.

    Raises:
        ClusterUnavailable: it is not installed.
    """
    # Ray tells its makers how it is used, unless it is told not to
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ClusterUnavailable(_NO_RAY) from error
    return ray


def _join(ray: Any, address: str) -> None:
    """Connect to a cluster.

    Raises:
        ClusterUnavailable: there is none.
    """
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        # Ray itself tries for a minute
        if parts.hostname and parts.port:
            socket.create_connection((parts.hostname, parts.port), _PATIENCE).close()
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError, TimeoutError) as error:
        if address == "auto":
            raise ClusterUnavailable(
                "No Ray cluster runs on this computer: start one with `ray start --head --disable-usage-stats`, or "
                "give the address of another one."
            ) from error
        raise ClusterUnavailable(
            f"There is no Ray cluster at {address} ({_last_line(error)}): check the address, and that this computer "
            "joined it with `ray start --address`."
        ) from error


def _head_of(ray: Any) -> tuple[str, int] | None:
    """Return host and port at which the cluster is led; None where only another computer can tell."""
    if ray.util.client.ray.is_connected():
        return None
    host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
    return host, int(port)


@contextmanager
def _ends_said() -> Iterator[None]:
    """Raise a ClusterUnavailable in place of errors of the cluster, and what a task raised in place of its report."""
    from ray.exceptions import RayError, RayTaskError

    try:
        yield
    except RayTaskError as error:
        if isinstance(error.cause, FundstelleError):
            raise error.cause from None
        raise
    except (RayError, OSError) as error:
        raise ClusterUnavailable(f"The Ray cluster failed ({_last_line(error)}). {_AGAIN}") from error


def _last_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip().rstrip(".")

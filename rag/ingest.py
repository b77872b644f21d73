"""Files → store: only what is new or changed, one transaction an article, what is gone removed."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from rag.config import Config
from rag.errors import LoadError, NotFound
from rag.loading import VERSION, load, read_file
from rag.sources import emptied, find_files, gone, nothing_there, shown
from rag.splitting import encoder_input, split
from rag.store import EncoderRecord, HalfVectors, Store, input_hash
from rag.types import Article, Failure, IndexReport, Passage, Progress

log = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]

# passages that are encoded together: enough for full batches, little enough to lose by an interruption
_BATCH = 256


class Indexer:
    """Brings a store in step with files: what is being counted, and the articles that wait for their vectors.

    Use it for one run.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._encoder_name = encoder_name
        self._config = config
        self._on_progress = on_progress
        self._recipe = f"loaders {VERSION}, {config}, encoder {encoder.fingerprint}"
        self._started = time.perf_counter()
        self._waiting: list[tuple[Article, list[tuple[Passage, bytes]]]] = []
        self._inputs: dict[bytes, str] = {}
        self._passages = 0
        self._encoded = 0
        self._done = 0
        self._total = 0

    def index(self, paths: Sequence[Path]) -> IndexReport:
        """Bring the store in step with the files below `paths`.

        A file whose bytes are known is not read again. A text that has a vector is not encoded again. Articles
        whose files are gone from the given folders are removed. A file that cannot be taken is reported, and
        what was stored of it before stays. Whenever this is interrupted, what is stored is whole, and the same
        call goes on from there.

        Raises:
            NotFound: a path does not exist, or there is no article below it.
            ArchiveError: the store cannot be written.
        """
        found = find_files(paths)
        known = self._store.known_files()
        removed = gone(known, found)
        failures = [*found.failures, *emptied(known, found)]
        if not found.files and not failures:
            raise NotFound(nothing_there(found))
        self._total = len(found.files)
        self._switch_encoder()
        counts: Counter[str] = Counter()
        for file in found.files:
            try:
                kind = self._take(file, known.get(file.as_posix()))
            except LoadError as error:
                failures.append(Failure(shown(file), str(error)))
                kind = "failed"
            counts[kind] += 1
            if kind in ("failed", "unchanged"):
                self._report_done(1)
        self._store_waiting()
        for path in removed:
            self._store.remove(path)
        return IndexReport(
            new=counts["new"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            removed=len(removed),
            failures=tuple(failures),
            skipped=dict(found.skipped.most_common()),
            passages_encoded=self._encoded,
            seconds=time.perf_counter() - self._started,
        )

    def _take(self, file: Path, known: tuple[str, str] | None) -> str:
        raw = read_file(file)
        if known == (hashlib.sha256(raw).hexdigest(), self._recipe):
            return "unchanged"
        try:
            article = load(file, raw)
            passages = split(article, self._encoder.count_tokens, self._config)
        except LoadError:
            raise
        except Exception as error:
            # a file can be broken in ways that no loader foresees; the others are indexed all the same
            log.debug("%s", file, exc_info=True)
            raise LoadError(
                f"It cannot be read ({type(error).__name__}: {str(error)[:200]}): save the article in another format."
            ) from error
        hashed = []
        for passage in passages:
            text = encoder_input(article, passage)
            key = input_hash(text)
            self._inputs[key] = text
            hashed.append((passage, key))
        self._waiting.append((article, hashed))
        if len(self._inputs) >= _BATCH:
            self._store_waiting()
        return "changed" if known else "new"

    def _store_waiting(self) -> None:
        vectors = self._vectors(self._inputs)
        for article, passages in self._waiting:
            own = {hashed: vectors[hashed] for _, hashed in passages}
            self._store.put(article, self._recipe, passages, self._encoder.fingerprint, own)
            self._passages += len(passages)
            self._report_done(1)
        self._waiting.clear()
        self._inputs.clear()

    def _vectors(self, inputs: Mapping[bytes, str]) -> dict[bytes, HalfVectors]:
        """Return the vector of each text, encoding only those that have none yet."""
        vectors = self._store.vectors(self._encoder.fingerprint, inputs)
        missing = [hashed for hashed in inputs if hashed not in vectors]
        if missing:
            encoded = self._encoder.encode_passages([inputs[hashed] for hashed in missing]).astype(np.float16)
            self._encoded += len(missing)
            vectors.update(zip(missing, encoded, strict=True))
        return vectors

    def _switch_encoder(self) -> None:
        """Before another encoder's name stands in the archive, every passage gets a vector of it."""
        record = EncoderRecord(self._encoder_name, self._encoder.fingerprint, self._encoder.dim)
        if record == self._store.encoder:
            return
        inputs: dict[bytes, str] = {}
        for article_id in self._store.article_ids():
            article, passages = self._store.reading(article_id)
            texts = [encoder_input(article, passage) for passage in passages]
            inputs.update((input_hash(text), text) for text in texts)
            if len(inputs) >= _BATCH:
                self._store.put_vectors(record.fingerprint, self._vectors(inputs))
                inputs.clear()
        self._store.put_vectors(record.fingerprint, self._vectors(inputs))
        self._store.set_encoder(record)

    def _report_done(self, articles: int) -> None:
        self._done += articles
        if self._on_progress:
            seconds = time.perf_counter() - self._started
            self._on_progress(Progress(self._done, self._total, self._passages, seconds))

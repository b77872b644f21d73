"""Articles → store: split, encoded where a text has no vector yet, one transaction an article."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from embeddings.encoder import BUNDLED, Encoder
from embeddings.types import HalfVectors
from rag.config import Config
from rag.dense.token_vectors import TokenStore
from rag.indexing.corrections import correction_record
from rag.indexing.executor import Executor, LocalExecutor
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.file_records import FileRecord
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.text.encoder_input import encoder_input
from rag.text.similarity import minhash_bands
from rag.types import Article, Correction, Passage, Span, corrected

# maximum length of the texts that an untested encoder may have encoded wrongly, in tokens and, since no token has more
# than 16 characters, of their passages in characters
_SHORT_TOKENS, _SHORT_CHARACTERS = 32, 600


@dataclass(frozen=True, slots=True)
class _FinishedFile:
    """A file that was read to its end, and the ids of the articles that it has now."""

    record: FileRecord
    current_ids: Collection[str]


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is stored together, and the vectors of its texts, once they are encoded."""

    pending: Sequence[ArticleRecord | _FinishedFile]
    vectors: Future[dict[bytes, HalfVectors]]


class ArticleWriter:
    """Takes articles one by one and stores them in batches; call `flush` after the last.

    A batch is encoded in a thread of its own, while the articles of the next are read and split and those of the one
    before are stored. Use it as a context, which waits for what is being encoded if an error ends the work.

    Args:
        loaders: how the articles were loaded, for the recipe.
        on_file_stored: called after the last article of a file was stored.
        with_bands: whether articles get the MinHash bands by which near-duplicates are found.
        token_store: where the token vectors of the encoded texts are cached.
        executor: what splits and encodes, and is closed with the writer; without one, this process does.

    Attributes:
        recipe: how articles are loaded, split and encoded; those stored under another recipe are indexed again.
        passages: how many passages were stored.
        encoded: how many texts had no vector and were encoded.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        *,
        loaders: str,
        on_file_stored: Callable[[], None] = lambda: None,
        with_bands: bool = True,
        token_store: TokenStore | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._encoder_name = encoder_name
        self._on_file_stored = on_file_stored
        self._with_bands = with_bands
        self._token_store = token_store
        self._pending: list[ArticleRecord | _FinishedFile] = []
        self._inputs: dict[bytes, str] = {}
        self._encoding: _Batch | None = None
        self._executor = executor or LocalExecutor(encoder, config, token_store)
        self._thread = ThreadPoolExecutor(1)
        # of the texts of the batch before, which may not be stored yet; for the thread alone
        self._previous: dict[bytes, HalfVectors] = {}
        self._is_encoder_opening = False
        self.recipe = f"loaders {loaders}, {config}, encoder {encoder.fingerprint}"
        self.passages = 0
        self.encoded = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is being encoded and cached, which nobody needs any more if there was an error."""
        self._thread.shutdown(cancel_futures=True)
        self._executor.close()

    def open_encoder_early(self) -> None:
        """Begin to open the encoder, since it may have to encode a text that is about to be read."""
        if not self._is_encoder_opening:
            self._is_encoder_opening = True
            self._executor.prepare()

    def split(self, article: Article) -> tuple[Passage, ...]:
        """Split an article into passages."""
        return self._executor.split(article)

    def add(
        self,
        article: Article,
        passages: Sequence[Passage],
        file: str,
        recurring: Sequence[Span] = (),
        *,
        corrections: Sequence[Correction] | None = None,
        recipe: str = "",
    ) -> None:
        """Store an article of a file, now or with a later one.

        Args:
            article: as it was read from its file, or with its corrections.
            recurring: lines of the article that are boilerplate because other articles have them too.
            corrections: its corrections from now on; without, it keeps those that it has.
            recipe: how it was made, if in another way than this writer's.
        """
        correction = correction_record(self._store, article, corrections)
        if correction:
            article = corrected(article, correction.corrections)
        records = []
        for passage in passages:
            text = encoder_input(article, passage)
            key = input_hash(text)
            self._inputs[key] = text
            records.append(PassageRecord(passage, key))
        bands = minhash_bands(article) if self._with_bands else ()
        self._pending.append(
            ArticleRecord(
                article=article,
                passages=records,
                recipe=recipe or self.recipe,
                file=file,
                bands=bands,
                recurring=recurring,
                corrections=correction,
            )
        )
        if len(self._inputs) >= (self._executor.batch_texts if self._is_encoding else self._executor.few_texts):
            self._encode_pending()

    @property
    def _is_encoding(self) -> bool:
        return self._encoding is not None and not self._encoding.vectors.done()

    def finish_file(self, file: FileRecord, current_ids: Collection[str]) -> None:
        """Note, after the articles added so far, that a file was read to its end; see `Store.finish_file`."""
        self._pending.append(_FinishedFile(file, current_ids))
        if not self._inputs and not self._encoding:
            self.flush()

    def flush(self) -> None:
        """Store what is pending."""
        self._encode_pending()
        self._store_encoded()

    def _encode_pending(self) -> None:
        """Begin to encode what is pending; meanwhile, store what was encoded before."""
        batch = _Batch(self._pending, self._thread.submit(self._vectors_of_batch, self._inputs))
        self._pending, self._inputs = [], {}
        self._store_encoded()
        self._encoding = batch

    def _store_encoded(self) -> None:
        """Store the batch that is encoded, once it is."""
        if self._encoding is None:
            return
        vectors = self._encoding.vectors.result()
        for pending in self._encoding.pending:
            match pending:
                case ArticleRecord():
                    self._store.put(pending, fingerprint=self._encoder.fingerprint, vectors=vectors)
                    self.passages += len(pending.passages)
                case _FinishedFile():
                    self._store.finish_file(pending.record, pending.current_ids)
                    self._on_file_stored()
        self._encoding = None

    def _vectors_of_batch(self, inputs: Mapping[bytes, str]) -> dict[bytes, HalfVectors]:
        previous = {key: self._previous[key] for key in inputs if key in self._previous}
        rest = self.vectors_of({key: text for key, text in inputs.items() if key not in previous})
        self._previous = {**previous, **rest}
        return self._previous

    def switch_encoder(self) -> None:
        """Make the encoder that of the store, once every passage has a vector of it."""
        record = EncoderRecord(self._encoder_name, self._encoder.fingerprint, self._encoder.dim)
        if record == self._store.vectors.encoder:
            return
        for inputs in self._all_inputs():
            self._store.vectors.put(record.fingerprint, self.vectors_of(inputs))
        self._store.vectors.set_encoder(record)

    def renew_vectors(self) -> None:
        """Encode short texts again if an earlier version did so, which did not test the encoder on its processor.

        On processors with AMX, texts padded to 32 tokens, that is all of at most 32 tokens, got wrong vectors.
        """
        if not self._store.vectors.are_doubtful:
            return
        if self._encoder_name == BUNDLED:
            for inputs in self._inputs_of(self._store.passages.articles_with_short_passages(_SHORT_CHARACTERS)):
                token_counts = zip(inputs, self._encoder.count_tokens(list(inputs.values())), strict=True)
                short = {key: inputs[key] for key, count in token_counts if count <= _SHORT_TOKENS}
                if short:
                    vectors = self._executor.encode(short, overwrite=True)
                    self._store.vectors.replace(self._encoder.fingerprint, dict(zip(short, vectors, strict=True)))
                    self.encoded += len(short)
        self._store.vectors.set_tested()

    def _all_inputs(self) -> Iterator[dict[bytes, str]]:
        """Yield, in batches, the texts that the encoder reads for all passages, by their hashes."""
        return self._inputs_of(self._store.article_ids())

    def _inputs_of(self, article_ids: Iterable[str]) -> Iterator[dict[bytes, str]]:
        inputs: dict[bytes, str] = {}
        for article_id in article_ids:
            article, passages = self._store.article_with_passages(article_id)
            texts = [encoder_input(article, passage) for passage in passages]
            inputs.update((input_hash(text), text) for text in texts)
            if len(inputs) >= self._executor.batch_texts:
                yield inputs
                inputs = {}
        if inputs:
            yield inputs

    def vectors_of(self, inputs: Mapping[bytes, str]) -> dict[bytes, HalfVectors]:
        """Return the vector of each text, encoding only those that have none yet."""
        vectors = self._store.vectors.get(self._encoder.fingerprint, inputs)
        missing = [key for key in inputs if key not in vectors]
        batch_texts = self._executor.batch_texts
        # an article may be huge, and its token vectors are a thousand times its text
        for start in range(0, len(missing), batch_texts):
            batch = missing[start : start + batch_texts]
            vectors.update(zip(batch, self._executor.encode({key: inputs[key] for key in batch}), strict=True))
            self.encoded += len(batch)
        return vectors

    def keep_tokens(self) -> None:
        """Cache the token vectors of all texts, and delete those of removed texts; call it last.

        Nearly always there is nothing to do, since the tokens of a text are cached when it is encoded. They are encoded
        again here if the cache was lost, or the encoder changed.
        """
        if self._token_store is None:
            return
        self._executor.finish()
        cache = self._token_store.cache
        complete_at = cache.complete_at
        if cache.usable and (complete_at is None or not self._store.changes.descends_from(complete_at)):
            for inputs in self._all_inputs():
                cached = cache.get(inputs)
                missing = {key: text for key, text in inputs.items() if key not in cached}
                if missing:
                    self._executor.encode(missing)
            self._executor.finish()
            cache.set_complete(self._store.changes.state)
        cache.drop_all_but(self._store.changes.state, self._store.passages.count(), self._store.passages.input_hashes())

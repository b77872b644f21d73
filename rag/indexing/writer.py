"""Articles → store: cut, encoded where a text has no vector yet, one transaction an article."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from embeddings.encoder import BUNDLED, Encoder
from embeddings.types import HalfVectors
from rag.config import Config
from rag.dense.token_vectors import Keeping, read_words
from rag.indexing.splitting import split
from rag.storage.article_mapping import with_recurring
from rag.storage.file_records import FileRecord
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.text.encoder_input import encoder_input
from rag.text.similarity import bands_of
from rag.types import Article, Passage, Span

# passages that are encoded together: enough for full batches, little enough to lose by an interruption
_BATCH = 256
# so long a text may be that an untested encoder may have read wrongly, and so long is one of so many tokens at most: no
# token has more than 16 characters
_SHORT_TOKENS, _SHORT_CHARACTERS = 32, 600


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article of a file, its passages with the hashes of what the encoder reads, and its marks of resemblance."""

    article: Article
    passages: list[tuple[Passage, bytes]]
    file: str
    bands: tuple[int, ...]
    recurring: tuple[Span, ...]


class ArticleWriter:
    """Takes articles one by one and stores them in batches; call `flush` after the last.

    `recipe` names how an article was loaded, cut and encoded; what is stored under another one must be done again.
    `passages` counts what was stored, `encoded` the texts that had no vector. Without `settles`, articles get no marks
    by which `settle` compares them. `keeping` keeps the token vectors of each text that is encoded.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        loaders: str,
        on_stored: Callable[[], None] = lambda: None,
        *,
        settles: bool = True,
        keeping: Keeping | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._encoder_name = encoder_name
        self._config = config
        self._on_stored = on_stored
        self._settles = settles
        self._keeping = keeping
        self._waiting: list[_Waiting | tuple[FileRecord, Collection[str]]] = []
        self._inputs: dict[bytes, str] = {}
        self._ready = False
        self.recipe = f"loaders {loaders}, {config}, encoder {encoder.fingerprint}"
        self.passages = 0
        self.encoded = 0

    def get_ready(self) -> None:
        """Begin to open the encoder on another core, since a text is about to be read that it may have to encode."""
        if self._ready:
            return
        self._ready = True
        pool = ThreadPoolExecutor(1)
        # a lazy one has to open for its name; no other is used, as its tokenizer may be for one thread at a time. Where
        # opening fails, it fails once more when the encoder is needed, and is reported then
        pool.submit(attrgetter("name"), self._encoder)
        pool.shutdown(wait=False)

    def cut(self, article: Article) -> tuple[Passage, ...]:
        """Cut an article into passages."""
        return split(article, self._encoder.count_tokens, self._config)

    def add(self, article: Article, passages: Sequence[Passage], file: str, recurring: tuple[Span, ...] = ()) -> None:
        """Store an article of a file now or with one of the next; the recurring lines of it are set aside."""
        hashed = []
        for passage in passages:
            text = encoder_input(article, passage)
            key = input_hash(text)
            self._inputs[key] = text
            hashed.append((passage, key))
        bands = bands_of(article) if self._settles else ()
        self._waiting.append(_Waiting(article, hashed, file, bands, recurring))
        if len(self._inputs) >= _BATCH:
            self.flush()

    def finish(self, file: FileRecord, kept: Collection[str]) -> None:
        """Note, after what was added, that a file was read to its end; see `Store.finish`. `on_stored` is called."""
        self._waiting.append((file, kept))
        if not self._inputs:
            self.flush()

    def flush(self) -> None:
        """Store what waits."""
        vectors = self._vectors(self._inputs)
        for waiting in self._waiting:
            if not isinstance(waiting, _Waiting):
                self._store.finish_file(*waiting)
                self._on_stored()
                continue
            passages = waiting.passages
            own = {hashed: vectors[hashed] for _, hashed in passages}
            fingerprint = self._encoder.fingerprint
            self._store.put(
                waiting.article, self.recipe, passages, fingerprint, own, waiting.file, waiting.bands, waiting.recurring
            )
            self.passages += len(passages)
        self._waiting.clear()
        self._inputs.clear()

    def settle(self) -> None:
        """Compare all articles with each other, if any has changed; call it after `flush`.

        Of articles of the same text just one has passages then, and lines that recur in an outlet's articles are set
        aside. It follows from the articles alone, whatever happened on the way.
        """
        if self._store.facts.settled:
            return
        for group in self._store.duplicates.unsettled():
            first, *others = group.ids
            if not group.has_passages:
                article = self._store.article_as_loaded(first)
                self.add(article, self.cut(article), group.file)
                self.flush()
            for other in others:
                self._store.duplicates.fold(other, first)
        for change in self._store.recurring_lines.unsettled():
            passages = self.cut(with_recurring(change.article, change.recurring))
            self.add(change.article, passages, change.file, change.recurring)
        self.flush()
        self._store.recurring_lines.settle()
        self._store.facts.set_settled()

    def switch_encoder(self) -> None:
        """Make the encoder that of the store: before its name stands there, every passage gets a vector of it."""
        record = EncoderRecord(self._encoder_name, self._encoder.fingerprint, self._encoder.dim)
        if record == self._store.vectors.encoder:
            return
        for inputs in self._all_inputs():
            self._store.vectors.put(record.fingerprint, self._vectors(inputs))
        self._store.vectors.set_encoder(record)

    def renew_vectors(self) -> None:
        """Encode short texts anew where an earlier version did it, which did not test the encoder on its processor.

        On processors with AMX, texts padded to 32 tokens got wrong vectors then: texts of so many tokens or fewer.
        """
        if not self._store.vectors.are_doubtful:
            return
        if self._encoder_name == BUNDLED:
            for inputs in self._inputs_of(self._store.passages.articles_with_short_passages(_SHORT_CHARACTERS)):
                lengths = zip(inputs, self._encoder.count_tokens(list(inputs.values())), strict=True)
                short = {hashed: inputs[hashed] for hashed, length in lengths if length <= _SHORT_TOKENS}
                if short:
                    vectors = self._encoded(short, anew=True)
                    self._store.vectors.replace(self._encoder.fingerprint, dict(zip(short, vectors, strict=True)))
                    self.encoded += len(short)
        self._store.vectors.set_tested()

    def _all_inputs(self) -> Iterator[dict[bytes, str]]:
        """Yield, in batches, what the encoder reads for all passages, by its hash."""
        return self._inputs_of(self._store.article_ids())

    def _inputs_of(self, article_ids: Iterable[str]) -> Iterator[dict[bytes, str]]:
        inputs: dict[bytes, str] = {}
        for article_id in article_ids:
            article, passages = self._store.article_with_passages(article_id)
            texts = [encoder_input(article, passage) for passage in passages]
            inputs.update((input_hash(text), text) for text in texts)
            if len(inputs) >= _BATCH:
                yield inputs
                inputs = {}
        if inputs:
            yield inputs

    def _vectors(self, inputs: Mapping[bytes, str]) -> dict[bytes, HalfVectors]:
        """Return the vector of each text, encoding only those that have none yet."""
        vectors = self._store.vectors.get(self._encoder.fingerprint, inputs)
        missing = [hashed for hashed in inputs if hashed not in vectors]
        # an article may be huge, and its token vectors are a thousand times its text
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            vectors.update(zip(batch, self._encoded({one: inputs[one] for one in batch}), strict=True))
            self.encoded += len(batch)
        return vectors

    def _encoded(self, inputs: Mapping[bytes, str], *, anew: bool = False) -> HalfVectors:
        texts = list(inputs.values())
        if self._keeping is None:
            return self._encoder.encode_passages(texts).astype(np.float16)
        read = read_words(self._encoder, texts)
        self._keeping.keep(dict(zip(inputs, read, strict=True)), anew=anew)
        return np.stack([one.pooled for one in read]).astype(np.float16)

    def keep_tokens(self) -> None:
        """Keep the tokens of all texts, and drop those of texts that are gone; call it last.

        Nearly always there is nothing to do: the tokens of a text are kept when it is encoded. They are made anew here
        where the file was lost, or the encoder changed.
        """
        if self._keeping is None:
            return
        kept = self._keeping.kept
        since = kept.complete_at
        if kept.usable and (since is None or not self._store.changes.descends_from(since)):
            for inputs in self._all_inputs():
                there = kept.get(inputs)
                missing = {hashed: text for hashed, text in inputs.items() if hashed not in there}
                if missing:
                    self._encoded(missing)
            kept.set_complete(self._store.changes.state)
        kept.drop_all_but(self._store.changes.state, self._store.passages.count(), self._store.passages.input_hashes())

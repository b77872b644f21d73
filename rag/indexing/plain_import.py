"""Plain rows → a new archive: stored as they are, with all that follows from them made again, vectors among it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from embeddings.encoder import BUNDLED
from embeddings.types import OnStep
from rag.config import Config
from rag.dense.lazy_encoder import LazyEncoder
from rag.dense.token_vectors import TokenStores
from rag.indexing.writer import ArticleWriter
from rag.storage.layout import TOKENS
from rag.storage.plain_rows import PlainRow, new_tables, put_article_parts, put_encoder, put_plain_rows
from rag.storage.plain_tables import PLAIN_TABLES, PlainTable
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.text.encoder_input import encoder_input
from rag.text.similarity import minhash_bands
from rag.types import Article

_BATCH_PASSAGES = 256


def import_plain_rows(
    store: Store,
    folder: Path,
    rows_of: Callable[[PlainTable], Iterable[PlainRow]],
    *,
    encoder_name: str | None = None,
    on_step: OnStep | None = None,
    on_passages: Callable[[int, int], None] = lambda _, __: None,
) -> None:
    """Fill a new archive with rows, in one transaction; all passages are encoded again.

    Args:
        folder: that of the archive.
        encoder_name: what encodes them, if not what encoded them before.
        on_step: called while the encoder is prepared.
        on_passages: called with the number of passages that are encoded, and of all.

    Raises:
        ValueError, TypeError, KeyError: a row is not one of its table.
        ArchiveError: the encoder cannot be opened.
    """
    with ExitStack() as parts:
        with new_tables(store.database) as connection:
            for table in PLAIN_TABLES:
                put_plain_rows(connection, table, rows_of(table))
            total = store.passages.count()
            if not total and store.vectors.encoder is None:
                return
            recorded = store.vectors.encoder
            name = encoder_name or (recorded.name if recorded else BUNDLED)
            encoder = LazyEncoder(name, on_step=on_step)()
            put_encoder(connection, EncoderRecord(name, encoder.fingerprint, encoder.dim))
            token_stores = parts.enter_context(closing(TokenStores(folder / TOKENS, store)))
            tokens = token_stores.for_encoder(encoder.fingerprint)
            writer = ArticleWriter(store, encoder, name, Config(), loaders="", token_store=tokens)
            parts.enter_context(writer)
            done = 0
            for batch in _batches(store):
                inputs = {text: input_hash(text) for _, passages in batch for _, text in passages}
                vectors = writer.vectors_of({key: text for text, key in inputs.items()})
                for article, passages in batch:
                    hashes = {key: inputs[text] for key, text in passages}
                    of_article = {key: vectors[key] for key in hashes.values()}
                    put_article_parts(
                        connection,
                        article,
                        bands=minhash_bands(article),
                        input_hashes=hashes,
                        fingerprint=encoder.fingerprint,
                        vectors=of_article,
                    )
                    done += len(passages)
                on_passages(done, total)
        if store.facts.settled:
            store.recurring_lines.settle()
        writer.keep_tokens()


def _batches(store: Store) -> Iterator[list[tuple[Article, list[tuple[int, str]]]]]:
    """Yield articles as they were loaded, each with the keys of its passages and what the encoder reads for them."""
    batch: list[tuple[Article, list[tuple[int, str]]]] = []
    for article_id in store.article_ids():
        article = store.article_as_loaded(article_id)
        _, passages = store.article_with_passages(article_id)
        batch.append((article, [(passage.key, encoder_input(article, passage)) for passage in passages]))
        if sum(len(texts) for _, texts in batch) >= _BATCH_PASSAGES:
            yield batch
            batch = []
    yield batch

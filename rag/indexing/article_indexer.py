"""Articles that do not come from files → store: only what is new or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from embeddings.encoder import Encoder
from rag.config import Config
from rag.dense.token_vectors import TokenStore
from rag.indexing.writer import ArticleWriter
from rag.storage.file_records import FileFingerprint, FileRecord
from rag.storage.store import Store
from rag.types import Article


class ArticleIndexer:
    """Brings a store in step with articles that do not come from files. Use it for one run.

    The articles are not compared with each other: there are no duplicates and no recurring lines.

    Args:
        loaders: how the articles were made; articles made in another way are stored again.
        on_article: called with the number of articles done so far.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        *,
        loaders: str,
        on_article: Callable[[int], None] | None = None,
        token_store: TokenStore | None = None,
    ) -> None:
        self._store = store
        self._writer = ArticleWriter(
            store,
            encoder,
            encoder_name,
            config,
            loaders=loaders,
            on_file_stored=self._report_progress,
            with_bands=False,
            token_store=token_store,
        )
        self._on_article = on_article
        self._article_count = 0

    def index(self, articles: Iterable[Article]) -> None:
        """Store articles that are new or changed, and remove all others."""
        with self._writer:
            self._writer.switch_encoder()
            self._writer.renew_vectors()
            outdated = self._store.files.all()
            for article in articles:
                stored = outdated.pop(article.path, None)
                record = FileRecord(article.path, FileFingerprint(article.sha256), self._writer.recipe, 1)
                if stored and (stored.fingerprint, stored.recipe) == (record.fingerprint, record.recipe):
                    self._report_progress()
                else:
                    self._writer.add(article, self._writer.split(article), article.path)
                    self._writer.finish_file(record, [article.id])
            self._writer.flush()
            for path in outdated:
                self._store.remove_file(path)
            self._writer.keep_tokens()

    def _report_progress(self) -> None:
        self._article_count += 1
        if self._on_article:
            self._on_article(self._article_count)

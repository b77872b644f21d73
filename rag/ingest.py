"""Files → store: only what is new or changed, one transaction an article, what is gone removed."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from embeddings.encoder import Encoder
from rag.config import Config
from rag.errors import LoadError, NotFound
from rag.loading import VERSION, load, read_file
from rag.sources import emptied, find_files, gone, nothing_there, shown
from rag.store import Store
from rag.types import Article, Failure, IndexReport, Progress
from rag.writing import ArticleWriter

log = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]


class Indexer:
    """Brings a store in step with files, and counts what it does. Use it for one run."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._store = store
        self._writer = ArticleWriter(store, encoder, encoder_name, config, str(VERSION), self._report_done)
        self._on_progress = on_progress
        self._started = time.perf_counter()
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
        self._writer.switch_encoder()
        counts: Counter[str] = Counter()
        for file in found.files:
            try:
                kind = self._take(file, known.get(file.as_posix()))
            except LoadError as error:
                failures.append(Failure(shown(file), str(error)))
                kind = "failed"
            counts[kind] += 1
            if kind in ("failed", "unchanged"):
                self._report_done()
        self._writer.flush()
        for path in removed:
            self._store.remove(path)
        return IndexReport(
            new=counts["new"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            removed=len(removed),
            failures=tuple(failures),
            skipped=dict(found.skipped.most_common()),
            passages_encoded=self._writer.encoded,
            seconds=time.perf_counter() - self._started,
        )

    def _take(self, file: Path, known: tuple[str, str] | None) -> str:
        raw = read_file(file)
        if known == (hashlib.sha256(raw).hexdigest(), self._writer.recipe):
            return "unchanged"
        try:
            article = load(file, raw)
            passages = self._writer.cut(article)
        except LoadError:
            raise
        except Exception as error:
            # a file can be broken in ways that no loader foresees; the others are indexed all the same
            log.debug("%s", file, exc_info=True)
            raise LoadError(
                f"It cannot be read ({type(error).__name__}: {str(error)[:200]}): save the article in another format."
            ) from error
        self._writer.add(article, passages)
        return "changed" if known else "new"

    def _report_done(self) -> None:
        self._done += 1
        if self._on_progress:
            seconds = time.perf_counter() - self._started
            self._on_progress(Progress(self._done, self._total, self._writer.passages, seconds))


class Filler:
    """Brings a store in step with articles that are no files. Use it for one run."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        loaders: str,
        on_article: Callable[[int], None] | None = None,
    ) -> None:
        self._store = store
        self._writer = ArticleWriter(store, encoder, encoder_name, config, loaders, self._report_done)
        self._on_article = on_article
        self._done = 0

    def fill(self, articles: Iterable[Article]) -> None:
        """Store articles that are new or changed, and remove all others."""
        self._writer.switch_encoder()
        known = self._store.known_files()
        for article in articles:
            if known.pop(article.path, None) == (article.sha256, self._writer.recipe):
                self._report_done()
            else:
                self._writer.add(article, self._writer.cut(article))
        self._writer.flush()
        for path in known:
            self._store.remove(path)

    def _report_done(self) -> None:
        self._done += 1
        if self._on_article:
            self._on_article(self._done)

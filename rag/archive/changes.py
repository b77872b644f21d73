"""What changes an archive: files that are indexed and forgotten, corrections, pages of the web."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag.archive.parts import ArchiveParts
from rag.errors import EncoderMisfit
from rag.indexing.arguments import StrPath, to_addresses, to_paths
from rag.search.arguments import Day
from rag.storage.layout import FETCHED
from rag.types import Article, CorrectableFact, Correction, Failure, IndexReport, Progress

if TYPE_CHECKING:
    from rag.indexing.indexer import Indexer
    from rag.loading.containers.limits import Limits
    from rag.loading.tables.columns import Columns


class ArchiveChanges(ArchiveParts):
    """What changes an archive; one process at a time does."""

    def index(
        self,
        *paths: StrPath | Iterable[StrPath],
        on_progress: Callable[[Progress], None] | None = None,
        limits: Limits | None = None,
        columns: Columns | None = None,
        again: bool = False,
        ray: str | None = None,
    ) -> IndexReport:
        """Update the archive from files and folders; see `rag.indexing.indexer.Indexer.index`.

        Args:
            paths: files and folders, folders recursively; a list of them will do.
            on_progress: called with progress.
            limits: how far archives are unpacked, if not as usual.
            columns: which column of tables holds which field; the rest is guessed.
            again: files are read though they look unchanged.
            ray: the Ray cluster whose computers read and encode: `auto` for that of this computer, or its address.

        Raises:
            NotFound: a path does not exist, or there is no article below it.
            ClusterUnavailable: there is no such cluster, or it failed.
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        files = to_paths(paths)
        with self._writing():
            return self._indexer(on_progress, limits, columns, ray).index(files, again=again)

    def forget(self, *paths: StrPath | Iterable[StrPath]) -> int:
        """Remove the articles of files and folders and return their number; the paths need not exist any more.

        The files themselves are not touched; those that still exist come back when they are indexed again.

        Raises:
            NotFound: no article came from one of the paths.
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        files = to_paths(paths)
        indexer = self._indexer()
        with self._writing():
            return indexer.forget(files)

    def correct(
        self,
        article_id: str,
        *,
        title: str | None = None,
        source: str | None = None,
        author: str | None = None,
        published: Day = None,
        by: str = "",
        take_back: Iterable[str] = (),
    ) -> Article:
        """Set right what was read wrongly from the file of an article, and return the article.

        Corrections are kept apart from the file's facts, and stay when the file is indexed again, changes or moves.

        Args:
            title, source, author, published: the facts as they are; empty if unknown, None where nothing is said.
            by: who says so.
            take_back: facts that get what the file says again, in the same step.

        Raises:
            NotFound: there is no article of this id.
            CorrectionError: nothing is corrected, a value cannot be used, or a fact is taken back that is corrected.
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        from rag.indexing.correction_arguments import correction_values, fields_taken_back

        facts = {"title": title, "source": source, "author": author, "published": published}
        fields = fields_taken_back(facts, take_back)
        values = correction_values(facts, may_be_empty=bool(fields))
        made = datetime.now(UTC).isoformat(timespec="seconds")
        corrections = [Correction(article_id, field, value, by=by, made=made) for field, value in values.items()]
        return self._set_corrections(article_id, (*values, *fields), corrections)

    def take_back_correction(self, article_id: str, *fields: str) -> Article:
        """Give an article the facts of its file again, and return it.

        Args:
            fields: which facts (`title`, `source`, `author`, `published`); all of them if none is named.

        Raises:
            NotFound: there is no article of this id.
            CorrectionError: there is no such fact.
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        from rag.indexing.correction_arguments import checked_fields

        return self._set_corrections(article_id, checked_fields(fields), ())

    def corrections(self, article_id: str) -> tuple[Correction, ...]:
        """Return the corrections of an article, each with what its file says.

        Raises:
            NotFound: there is no article of this id.
        """
        return self._store.corrections.of(self._store.article(article_id))

    def _set_corrections(
        self, article_id: str, fields: Sequence[CorrectableFact], corrections: Sequence[Correction]
    ) -> Article:
        """Store corrections of an article in place of its corrections of these facts."""
        from rag.indexing.corrections import replace_corrections
        from rag.indexing.settle import settle

        record = self._store.vectors.encoder
        if record and record.fingerprint != self._encoder.fingerprint:
            raise EncoderMisfit(
                f"This archive was indexed with {record.name}, not with {self.encoder_name}: open it without another "
                "model, or index it again with that one."
            )
        writer = self._indexer().writer
        with self._writing(), writer:
            if replace_corrections(self._store, writer, article_id, fields, corrections):
                settle(self._store, writer)
                writer.keep_tokens()
        return self._store.article(article_id)

    def _indexer(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        limits: Limits | None = None,
        columns: Columns | None = None,
        ray: str | None = None,
    ) -> Indexer:
        # imported here, since a question does not need it and should not wait for it
        from rag.indexing.fingerprints import ReadingSettings
        from rag.indexing.indexer import Indexer
        from rag.loading.containers.limits import DEFAULT_LIMITS

        # the encoder is not opened yet: most of the time, nothing has changed
        token_store = self._token_stores.for_encoder(self._encoder.fingerprint)
        executor = None
        if ray:
            from rag.indexing.ray_executor import RayExecutor

            executor = RayExecutor(
                ray, self.encoder_name, self._encoder, self._config, token_store, device=self._device
            )
        return Indexer(
            self._store,
            self._encoder,
            self.encoder_name,
            self._config,
            ReadingSettings(limits or DEFAULT_LIMITS, columns),
            on_progress=on_progress,
            token_store=token_store,
            executor=executor,
        )

    def fetch(
        self, *addresses: str | Iterable[str], on_page: Callable[[int, int | None], None] | None = None
    ) -> tuple[Failure, ...]:
        """Save web pages in the archive's folder `fetched`, to be indexed there; see `rag.fetching.fetch`.

        Raises:
            ArchiveClosed: the archive is closed.
            ArchiveError: the folder cannot be written.
        """
        from rag.fetching.fetch import fetch

        _ = self._store
        return tuple(fetch(to_addresses(addresses), self.fetched, on_page=on_page))

    @property
    def fetched(self) -> Path:
        """The folder for fetched web pages; it is made with the first one."""
        return self.files / FETCHED

    def fill(self, articles: Iterable[Article], loaders: str, on_article: Callable[[int], None] | None = None) -> None:
        """Replace the contents of the archive by articles that do not come from files.

        Articles that are stored already are not encoded again. Safe to interrupt: the next call resumes.

        Args:
            loaders: names how the articles were made; articles made in another way are stored again.
            on_article: called with the number of articles done so far.

        Raises:
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        from rag.indexing.article_indexer import ArticleIndexer

        indexer = ArticleIndexer(
            self._store,
            self.encoder,
            self.encoder_name,
            self._config,
            loaders=loaders,
            on_article=on_article,
            token_store=self._token_stores.for_encoder(self.encoder.fingerprint),
        )
        with self._writing():
            indexer.index(articles)

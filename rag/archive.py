"""The façade of the library: an archive in a folder, with its parts wired together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, get_args

from filelock import FileLock, Timeout

from embeddings.encoder import BUNDLED, Encoder, self_test
from embeddings.types import HalfVectors, OnStep
from rag.config import DEFAULT_RANKING, Config, RankingConfig
from rag.dense.index import DenseIndex
from rag.dense.lazy_encoder import LazyEncoder
from rag.dense.location import noted_address, record_address, recorded_address
from rag.dense.token_vectors import TokenStores
from rag.errors import (
    ArchiveClosed,
    ArchiveError,
    ArchiveReadOnly,
    EncoderMisfit,
    QuestionError,
    VectorsUnavailable,
)
from rag.indexing.arguments import StrPath, to_addresses, to_paths
from rag.lexical.index import LexicalIndex
from rag.search.arguments import Day, FilterArguments, Names, check_question
from rag.search.confidence import Calibration, to_json
from rag.search.cross_encoder import CrossEncoderReranker
from rag.search.searcher import Searcher
from rag.search.similar import SimilarArticle, similar_articles
from rag.storage.database import DATABASE, Database
from rag.storage.layout import (
    DENSE,
    FETCHED,
    LEXICAL,
    TOKENS,
    archive_busy,
    bytes_on_disk,
    make_archive_folder,
    no_archive,
)
from rag.storage.locks import INDEXING_LOCK
from rag.storage.lookup import resolve_article
from rag.storage.store import Store
from rag.text.language import language_of
from rag.text.similarity import Version, versions_among
from rag.types import (
    Answer,
    Article,
    CheckedQuote,
    CorrectableFact,
    Correction,
    Diagnosis,
    DraftReport,
    Failure,
    Filter,
    Finding,
    IndexReport,
    Passage,
    Progress,
    ResultList,
    Sort,
    Status,
)
from rag.types.library import LibraryCounts, LibraryPage, LibraryQuery, LibraryRow

if TYPE_CHECKING:
    import pandas as pd

    from rag.backup.manifest import BackupManifest
    from rag.indexing.indexer import Indexer
    from rag.loading.containers.limits import Limits
    from rag.loading.tables.columns import Columns

log = logging.getLogger(__name__)

_FAST_RANKING = replace(DEFAULT_RANKING, fast=True)


class Archive:
    """An archive of articles in a folder of its own: index files, ask questions. Safe to use from several threads.

    The encoder is opened when it is first needed. Close the archive, or use it in a `with` block.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        encoder_name: str | None = None,
        encoder: Encoder | None = None,
        config: Config | None = None,
        reranker: str | None = None,
        device: str | None = None,
        vectors_at: str | None = None,
        on_step: OnStep | None = None,
    ) -> None:
        """See `open`, which makes the folder first if needed."""
        if isinstance(encoder, str):
            raise TypeError(f"encoder is an opened encoder: name the model as encoder_name={encoder!r}.")
        folder = Path(folder)
        if not folder.is_dir():
            raise no_archive(folder)
        self.folder = folder
        self._on_step = on_step
        self._closed = False
        self._open_store = store = Store(folder / DATABASE)
        self._indexing = FileLock(folder / INDEXING_LOCK, timeout=0)
        address = noted_address(vectors_at) if vectors_at else recorded_address(folder / DENSE)
        self._dense = DenseIndex(folder / DENSE, store, self._indexing, address)
        self._lexical = LexicalIndex(folder / LEXICAL, store, self._indexing)
        self._cross_encoder = CrossEncoderReranker(reranker) if reranker else None
        record = store.vectors.encoder
        name = encoder_name or (record.name if record else BUNDLED)
        # the next command may run in another folder
        name = str(Path(name).absolute()) if name != BUNDLED and Path(name).is_dir() else name
        self._encoder = LazyEncoder(name, encoder, on_step=on_step, device=device)
        self._config = config or Config()
        self._token_stores = TokenStores(folder / TOKENS, store)
        self._searchers: dict[RankingConfig, Searcher] = {}
        if vectors_at:
            self._move_vectors(address)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        create: bool = True,
        encoder_name: str | None = None,
        encoder: Encoder | None = None,
        config: Config | None = None,
        reranker: str | None = None,
        device: str | None = None,
        vectors_at: str | None = None,
        on_step: OnStep | None = None,
    ) -> Self:
        """Open the archive in a folder.

        Args:
            create: make a new archive if there is none.
            encoder_name: `bundled`, a sentence-transformers model by folder or hub name, or the address of a server of
                embeddings, which gets the texts; None for the archive's own.
                A different model takes effect at the next `index`, which re-encodes all passages.
            encoder: the encoder of that name, if it is open already.
            config: how articles are cut into passages.
            reranker: a cross-encoder of sentence-transformers, by folder or hub name, that replaces late interaction.
            device: what runs the encoder; see `embeddings.encoder.open_encoder`.
            vectors_at: where the index of vectors is from now on: `milvus:http://HOST:19530/NAME`, `milvus:FILE.db`, or
                `faiss` for the archive's folder; None for where it is.
            on_step: called with progress while the model is prepared, which happens once, and after indexing.

        Raises:
            NotFound: there is no archive, and `create` is False.
            ConfigError: `vectors_at` is no address.
            VectorsUnavailable: nobody answers there, or refuses.
            ArchiveError: the re-ranker cannot be opened, or the folder belongs to something else, is damaged, or was
                made by a newer version.
        """
        folder = Path(folder)
        try:
            exists = (folder / DATABASE).is_file()
        except OSError as error:
            raise ArchiveError(f"No archive can be there ({error.strerror}): choose a shorter path.") from error
        if not exists:
            if not create:
                raise no_archive(folder)
            make_archive_folder(folder)
        return cls(
            folder,
            encoder_name=encoder_name,
            encoder=encoder,
            config=config,
            reranker=reranker,
            device=device,
            vectors_at=vectors_at,
            on_step=on_step,
        )

    def _move_vectors(self, address: str) -> None:
        """Note where the vectors are from now on, if that can be used."""
        try:
            self._dense.check()
            record_address(self.folder / DENSE, address)
        except OSError as error:
            self.close()
            raise ArchiveReadOnly(
                f"The archive {self.folder} cannot be written ({error.strerror}): check its permissions."
            ) from error
        except VectorsUnavailable:
            self.close()
            raise

    def close(self) -> None:
        """Close the database; what was indexed is on disk already. A closed archive cannot be used any more."""
        self._closed = True
        self._open_store.close()
        self._token_stores.close()

    @property
    def _store(self) -> Store:
        if self._closed:
            raise ArchiveClosed(f"The archive {self.folder} is closed: open it again with Archive.open.")
        return self._open_store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._closed:
            return f"Archive({str(self.folder)!r}, closed)"
        count = self._store.statistics.article_count()
        return f"Archive({str(self.folder)!r}, {count} {'article' if count == 1 else 'articles'})"

    @property
    def id(self) -> str:
        """A random string that identifies this archive."""
        return self._store.facts.archive_id

    @property
    def encoder_name(self) -> str:
        """The name by which the encoder is opened: `bundled`, a folder or a hub name."""
        return self._encoder.encoder_name

    @property
    def _database(self) -> Database:
        """The archive's file, in which `rag.evaluation.session` stores runs and relevance feedback."""
        return self._store.database

    @property
    def config(self) -> Config:
        """How articles are cut into passages."""
        return self._config

    @property
    def encoder(self) -> Encoder:
        """The encoder, opened on first use.

        Raises:
            ArchiveError: the encoder cannot be opened.
        """
        return self._encoder()

    @property
    def is_warm(self) -> bool:
        """Whether the encoder is opened, so that a question need not wait for it."""
        return self._encoder.is_open

    def prepare(self) -> None:
        """Prepare the encoder for this machine, which takes a minute and happens once; it is not opened.

        Raises:
            ArchiveError: the encoder cannot be prepared.
        """
        _ = self._encoder.fingerprint

    def warm_up(self) -> None:
        """Load everything that the first question would otherwise wait for."""
        language_of("")
        self.encoder.token_vectors([""], "query")
        self._catch_up()

    def index(
        self,
        *paths: StrPath | Iterable[StrPath],
        on_progress: Callable[[Progress], None] | None = None,
        limits: Limits | None = None,
        columns: Columns | None = None,
        again: bool = False,
    ) -> IndexReport:
        """Update the archive from files and folders; see `rag.indexing.indexer.Indexer.index`.

        Args:
            paths: files and folders, folders recursively; a list of them will do.
            on_progress: called with progress.
            limits: how far archives are unpacked, if not as usual.
            columns: which column of tables holds which field; the rest is guessed.
            again: files are read though they look unchanged.

        Raises:
            NotFound: a path does not exist, or there is no article below it.
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        files = to_paths(paths)
        indexer = self._indexer(on_progress, limits, columns)
        with self._writing():
            return indexer.index(files, again=again)

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
        with self._writing():
            if replace_corrections(self._store, writer, article_id, fields, corrections):
                settle(self._store, writer)
                writer.keep_tokens()
        return self._store.article(article_id)

    def _indexer(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        limits: Limits | None = None,
        columns: Columns | None = None,
    ) -> Indexer:
        # imported here, since a question does not need it and should not wait for it
        from rag.indexing.fingerprints import ReadingSettings
        from rag.indexing.indexer import Indexer
        from rag.loading.containers.limits import DEFAULT_LIMITS

        # the encoder is not opened yet: most of the time, nothing has changed
        return Indexer(
            self._store,
            self._encoder,
            self.encoder_name,
            self._config,
            ReadingSettings(limits or DEFAULT_LIMITS, columns),
            on_progress=on_progress,
            token_store=self._token_stores.for_encoder(self._encoder.fingerprint),
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
        return self.folder / FETCHED

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

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            lock = self._indexing.acquire()
        except Timeout as error:
            raise archive_busy(self.folder) from error
        except OSError as error:
            raise ArchiveReadOnly(
                f"The archive {self.folder} cannot be written ({error.strerror}): check its permissions, or choose "
                "another with --archive."
            ) from error
        with lock:
            try:
                yield
            finally:
                self._catch_up()
            self._dense.speed_up(self._on_step)

    def ask(
        self,
        question: str,
        k: int = 5,
        *,
        since: Day = None,
        until: Day = None,
        source: Names = (),
        language: Names = (),
        author: Names = (),
        path: Names = (),
        include: Names = (),
        fast: bool = False,
        filter: Filter | None = None,
    ) -> Answer:
        """Return the k passages that answer a question best, in any language, each with its citation.

        A "quoted phrase" must appear in the passage, an -excluded word must not.

        Args:
            k: the number of passages, at least 1.
            since: only articles from this day on: a date, or 2024-03-01, 1.3.2024, 2024-03, 2024.
            until: only articles up to and including this day, month or year.
            source: only articles of this source, or of one of these; a part of the name is enough.
            language: only passages in this language, or in one of these: de, en …
            author: only articles by this author, or by one of these; a part of the name is enough.
            path: only files with this, or one of these, in their path.
            include: "comments" searches reader comments, too.
            fast: skip re-ranking, and with it the search for the answering sentence.
            filter: the same as a value, in place of the arguments from `since` to `include`.

        Raises:
            TypeError: an argument has the wrong type.
            QuestionError: the question is empty, too long, or only excludes words; or an argument cannot be used.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        check_question(question, k)
        arguments = FilterArguments(
            since=since,
            until=until,
            source=source,
            language=language,
            author=author,
            path=path,
            include=include,
        )
        answer = self.searcher(_FAST_RANKING if fast else DEFAULT_RANKING).ask(question, k, arguments.to_filter(filter))
        return replace(answer, index_again=bool(answer.citations) and self._index_again)

    def search(
        self,
        question: str,
        *,
        filter: Filter | None = None,
        sort: Sort = "relevance",
        limit: int = 20,
        fast: bool = False,
    ) -> ResultList:
        """Return the articles that a question finds, with their passages, and what they can be narrowed to.

        The citations are those of `ask` in the same order, the first five exactly. Below them neighbouring passages
        stay apart, so that a larger limit shows more without changing what was shown.

        Args:
            filter: which passages may be found, if not all of articles; see `Filter`.
            sort: the order of the articles of the `limit` best citations: "relevance", or "date", the newest first.
            limit: the number of citations, at least 1; beyond some fifty candidates of each index, more are looked for.
            fast: skip re-ranking, and with it the search for the answering sentence.

        Raises:
            TypeError: an argument has the wrong type.
            QuestionError: the question is empty, too long, or only excludes words; or an argument cannot be used.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        check_question(question, limit, name="limit")
        if sort not in get_args(Sort):
            raise QuestionError(f"Results cannot be sorted by {sort!r}: choose among {', '.join(get_args(Sort))}.")
        searcher = self.searcher(_FAST_RANKING if fast else DEFAULT_RANKING)
        results = searcher.results(question, limit, FilterArguments().to_filter(filter), sort)
        index_again = bool(results.results) and self._index_again
        return replace(results, answer=replace(results.answer, index_again=index_again))

    def verify_quotes(self, text: str, *, figures: bool = True) -> DraftReport:
        """Return whether the archive has what a draft quotes, word for word, and what it says of its figures.

        Quotations are recognised by their marks, of all languages, and block quotes of Markdown by theirs.

        Args:
            text: the draft; a single quotation has to be in marks, too.
            figures: also look for the numbers of each sentence in the passages nearest to it.

        Raises:
            DraftUnusable: it is too long, has too many quotations, or is not valid Unicode.
            ArchiveError: the archive has no article yet.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        from rag.checking.check import check_draft

        if not isinstance(text, str):
            raise TypeError(f"The draft must be a string, not {type(text).__name__}.")
        return check_draft(text, self.searcher(), figures=figures)

    def find_quote(self, words: str) -> CheckedQuote:
        """Return whether the archive has the words of one quotation, and where; see `verify_quotes`.

        Args:
            words: the quotation without its marks.

        Raises:
            DraftUnusable: it is too long, has no word, or is not valid Unicode.
            ArchiveError: the archive has no article yet.
            ArticleDamaged: no article has it, and one that may have it is damaged.
        """
        from rag.checking.check import check_quote

        return check_quote(words, self.searcher())

    @property
    def _index_again(self) -> bool:
        return self._store.vectors.are_doubtful and self.encoder_name == BUNDLED

    def backup(
        self,
        path: Path | str,
        *,
        with_indexes: bool = False,
        overwrite: bool = False,
        on_step: OnStep | None = None,
    ) -> BackupManifest:
        """Write all that the archive cannot make again into one file, while it is in use; see `rag.backup`.

        `rag.backup.restore.restore_backup` makes an archive of it, `rag.backup.restore.verify_backup` checks it.

        Args:
            with_indexes: also the indexes and the tokens for re-ranking; nothing can be indexed meanwhile.
            overwrite: replace a file at the path.
            on_step: called with progress.

        Raises:
            ArchiveBusy: another process is indexing, and the indexes are wanted.
            ArchiveError: the archive cannot be read.
            FundstelleError: the path is taken or cannot be written.
        """
        from rag import __version__
        from rag.backup.backup import back_up

        with self._writing() if with_indexes else nullcontext():
            return back_up(
                self._store.database,
                self.folder,
                Path(path),
                program=__version__,
                with_indexes=with_indexes,
                overwrite=overwrite,
                on_step=on_step or (lambda _, __: None),
            )

    def reset_calibration(self) -> None:
        """Restore the built-in calibration of the confidence."""
        self._store.facts.set_calibration(None)

    def set_calibration(self, tables: Mapping[str, Calibration]) -> None:
        """Use these weights of the confidence for this archive from now on; see `rag.evaluation.runs.calibrate`."""
        self._store.facts.set_calibration(to_json(tables, self.encoder.fingerprint))

    def searcher(self, ranking: RankingConfig = DEFAULT_RANKING, encoder: Encoder | None = None) -> Searcher:
        """Return the searcher for a ranking; each is made once.

        Args:
            encoder: encodes questions in place of the archive's own; its vectors must be the same.
        """
        store = self._store
        searcher = self._searchers.get(ranking)
        if searcher is None:
            searcher = self._searchers[ranking] = Searcher(
                folder=self.folder,
                store=store,
                dense=self._dense,
                lexical=self._lexical,
                encoder=self._encoder,
                token_stores=self._token_stores,
                ranking=ranking,
                cross_encoder=self._cross_encoder,
            )
        return searcher if encoder is None else replace(searcher, encoder=encoder)

    def _rebuild_indexes(self) -> None:
        """Make the indexes of vectors and of words again, whatever is on the disk.

        Raises:
            ArchiveBusy: another process is indexing.
            ArchiveError: the archive cannot be written.
        """
        with self._writing():
            self._dense.rebuild()
            self._lexical.rebuild()

    def _catch_up(self) -> None:
        self._dense.catch_up()
        self._lexical.catch_up()

    def articles(self) -> Iterator[Article]:
        """Yield all articles without duplicates, ordered by path."""
        for article_id in self._store.article_ids():
            yield self._store.article(article_id)

    def article(self, reference: str) -> Article:
        """Return the article with an id, path, title or URL, or a unique part of one.

        Raises:
            NotFound: no article matches, or several do.
        """
        return self.article_with_passages(reference)[0]

    def original(self, reference: str) -> Article:
        """Return the article that is cited: that of the reference, or the one that it duplicates.

        Raises:
            NotFound: no article matches, or several do.
        """
        return self._store.article(self._store.duplicates.original(self.article(reference).id))

    def duplicates(self, article_id: str) -> tuple[Article, ...]:
        """Return the other articles with the same text.

        Raises:
            NotFound: no article has this id.
        """
        _ = self._store.article(article_id)
        return self._store.duplicates.of(article_id)

    def versions(self, article_id: str) -> tuple[Version, ...]:
        """Return the near-duplicates of an article, most similar first.

        Raises:
            NotFound: no article has this id.
        """
        return versions_among(
            self._store.article(article_id), self._store.duplicates.near_duplicate_candidates(article_id)
        )

    def file_of(self, article_id: str) -> Path:
        """Return the file that an article came from, which may contain others and need not exist any more.

        Raises:
            NotFound: no article has this id.
        """
        return Path(self._store.record(article_id).file)

    def similar(self, article_id: str, k: int = 5) -> tuple[SimilarArticle, ...]:
        """Return the k articles that are nearest to one in what they are about, in any language, nearest first.

        Its duplicates and other versions are left out.

        Raises:
            NotFound: no article has this id.
        """
        versions = frozenset(version.article.id for version in self.versions(article_id))
        return similar_articles(article_id, k, self._store, self._dense, versions)

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of an article in their order.

        Raises:
            NotFound: no article has this id.
        """
        return self._store.article_with_passages(article_id)[1]

    def passage_vectors(self, article_id: str) -> Iterator[tuple[Passage, HalfVectors]]:
        """Yield the passages of an article in their order, each with its vector: float16, of length 1.

        Vectors of two archives can be compared if the `fingerprint` of their `status` is the same.
        """
        record = self._store.vectors.encoder
        if record is not None:
            keys = self._store.passages.keys_of(article_id)
            for stored in self._store.passages.with_keys(keys, record.fingerprint):
                yield stored.passage, stored.vector

    def article_with_passages(self, reference: str) -> tuple[Article, tuple[Passage, ...]]:
        """Return an article, as `article` does, with its passages, in one consistent read.

        Raises:
            NotFound: no article matches, or several do.
        """
        return self._store.article_with_passages(resolve_article(self._store, reference))

    def library(self, query: LibraryQuery | None = None) -> LibraryPage:
        """Return a page of all articles, duplicates included: those that came in last first, or as a query asks.

        The files of the page's articles are looked at, so that an article whose file is missing or changed says so.

        Raises:
            ArchiveError: an earlier version wrote the archive, and it may only be read.
        """
        from rag.indexing.listing import listed_page

        return listed_page(self._store, query or LibraryQuery())

    def library_rows(self, query: LibraryQuery | None = None, limit: int | None = None) -> Iterator[LibraryRow]:
        """Yield all articles as `library` lists them, one after the other, in constant memory; pages do not matter.

        Args:
            limit: the largest number of articles.

        Raises:
            ArchiveError: as for `library`.
        """
        from rag.indexing.listing import listed_rows

        yield from listed_rows(self._store, query or LibraryQuery(), limit)

    def to_frame(self, query: LibraryQuery | None = None) -> pd.DataFrame:
        """Return a pandas frame with a row for each article, as `library_rows` lists them; texts are left out.

        Raises:
            ImportError: pandas is not installed.
            ArchiveError: as for `library`.
        """
        from rag.rendering.frames import rows_frame

        return rows_frame(self.library_rows(query))

    def library_row(self, article_id: str) -> LibraryRow:
        """Return one article as the library lists it.

        Raises:
            NotFound: there is no article of this id.
            ArchiveError: as for `library`.
        """
        from rag.indexing.listing import listed_row

        return listed_row(self._store, article_id)

    def library_counts(self, query: LibraryQuery | None = None) -> LibraryCounts:
        """Return how many articles there are by month, outlet, author and language.

        Args:
            query: which ones are counted, if not all; its page and order do not matter.

        Raises:
            ArchiveError: as for `library`.
        """
        from rag.indexing.listing import listed_counts

        return listed_counts(self._store, query or LibraryQuery())

    def articles_in(self, file: str) -> int:
        """Return how many articles came from the file at a path."""
        return len(self._store.ids_from(file))

    def failures(self) -> tuple[Failure, ...]:
        """Return what could not be read when its folder or file was indexed last."""
        return self._store.failures.all()

    def doctor(
        self,
        *,
        quick: bool = False,
        fix: bool = False,
        on_check: Callable[[str], None] | None = None,
        on_finding: Callable[[Finding], None] | None = None,
    ) -> Diagnosis:
        """Check the archive, its indexes, its files and this computer; nothing is changed without `fix`.

        Args:
            quick: make only the checks that take less than two seconds together.
            fix: repair what can be repaired without losing anything: make damaged indexes again, delete what
                interrupted programs left and no article needs, read changed files again, close the folder to others.
            on_check: called with the subject of each check before it is made.
            on_finding: called with what each check says.

        Raises:
            ArchiveBusy: another process is indexing, and something is to be repaired.
            ArchiveError: the archive cannot be written, and something is to be repaired.
        """
        from rag.diagnosis.check import OpenArchive
        from rag.diagnosis.diagnose import diagnose

        parts = OpenArchive(
            self.folder,
            self._store,
            self._indexing,
            self._encoder,
            self._dense,
            self._lexical,
            self._token_stores,
            self.index,
        )
        with self._writing() if fix else nullcontext():
            return diagnose(parts, quick=quick, fix=fix, on_check=on_check, on_finding=on_finding)

    def status(self) -> Status:
        """Return what the archive contains."""
        record = self._store.vectors.encoder
        oldest, newest = self._store.statistics.date_range()
        verdict = self_test(self.encoder_name)
        return Status(
            folder=str(self.folder),
            articles=self._store.statistics.article_count(),
            duplicates=self._store.duplicates.count(),
            passages=self._store.passages.count(),
            languages=self._store.statistics.counts_by("language"),
            sources=self._store.statistics.counts_by("source"),
            oldest=oldest,
            newest=newest,
            encoder=record.name if record else None,
            fingerprint=record.fingerprint if record else None,
            revision=self._store.revision,
            recall=self._recall(),
            vectors_at=self._dense.address,
            bytes_on_disk=bytes_on_disk(self.folder),
            self_test=verdict.facts if verdict else None,
            index_again=self._index_again and not self._store.passages.is_empty,
        )

    def _recall(self) -> float | None:
        try:
            return self._dense.recall
        except VectorsUnavailable as error:
            log.warning("%s", error)
            return None

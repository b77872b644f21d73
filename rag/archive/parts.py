"""What an archive is made of, and how it is opened: the store, the indexes, the encoder."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from embeddings.encoder import BUNDLED, Encoder
from embeddings.types import OnStep
from rag.config import Config, RankingConfig
from rag.dense.index import DenseIndex
from rag.dense.lazy_encoder import LazyEncoder
from rag.dense.location import EMBEDDED, noted_address, record_address, recorded_address
from rag.dense.token_vectors import TokenStores
from rag.errors import ArchiveClosed, ArchiveError, ArchiveReadOnly, VectorsUnavailable
from rag.lexical.index import LexicalIndex
from rag.lexical.view import LexicalView
from rag.search.cross_encoder import CrossEncoderReranker
from rag.search.searcher import Searcher
from rag.storage.database import Database
from rag.storage.layout import DENSE, LEXICAL, TOKENS, archive_busy, make_archive_folder, no_archive
from rag.storage.locks import INDEXING_LOCK
from rag.storage.postgres.address import is_postgres
from rag.storage.sqlite_database import DATABASE
from rag.storage.sqlite_errors import CLOSED
from rag.storage.store import Store
from rag.text.language import language_of

log = logging.getLogger(__name__)


class ArchiveParts:
    """An open archive: its folder and its parts, which what is done with it shares."""

    def __init__(
        self,
        folder: Path | str,
        *,
        files: Path | None = None,
        database: Database | None = None,
        encoder_name: str | None = None,
        encoder: Encoder | None = None,
        config: Config | None = None,
        reranker: str | None = None,
        device: str | None = None,
        vectors_at: str | None = None,
        on_step: OnStep | None = None,
    ) -> None:
        """See `open`, which makes the folder first if needed, and opens a database that is not in it."""
        if isinstance(encoder, str):
            raise TypeError(f"encoder is an opened encoder: name the model as encoder_name={encoder!r}.")
        folder = Path(folder)
        if not folder.is_dir():
            raise no_archive(folder)
        self.folder = folder
        self._files = files or folder
        self._on_step = on_step
        self._closed = False
        self._open_store = store = Store(database or folder / DATABASE)
        self._is_shared = database is not None
        vectors, words = store.facts.addresses if self._is_shared else ("", "")
        address = noted_address(vectors_at) if vectors_at else vectors or recorded_address(folder / DENSE)
        self.location = store.database.location
        self._indexing = FileLock(folder / INDEXING_LOCK, timeout=0)
        self._dense = DenseIndex(folder / DENSE, store, self._indexing, address)
        self._lexical = self._words(words or recorded_address(folder / LEXICAL))
        self._cross_encoder = CrossEncoderReranker(reranker) if reranker else None
        record = store.vectors.encoder
        name = encoder_name or (record.name if record else BUNDLED)
        # the next command may run in another folder
        name = str(Path(name).absolute()) if name != BUNDLED and Path(name).is_dir() else name
        self._encoder = LazyEncoder(name, encoder, on_step=on_step, device=device)
        self._device = device
        self._config = config or Config()
        self._token_stores = TokenStores(folder / TOKENS, store)
        self._searchers: dict[RankingConfig, Searcher] = {}
        if vectors_at:
            self._move_indexes(address)

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
        """Open the archive in a folder, or in PostgreSQL.

        Args:
            folder: the folder, or `postgresql://USER@HOST:5432/DATABASE`, with `?schema=NAME` for another schema than
                `fundstelle`. The password comes from PGPASSWORD, `~/.pgpass` or a service file. Indexes are in the
                user's cache folder then.
            create: make a new archive if there is none.
            encoder_name: `bundled`, a sentence-transformers model by folder or hub name, or the address of a server of
                embeddings, which gets the texts; None for the archive's own.
                A different model takes effect at the next `index`, which re-encodes all passages.
            encoder: the encoder of that name, if it is open already.
            config: how articles are cut into passages.
            reranker: a cross-encoder of sentence-transformers, by folder or hub name, that replaces late interaction.
            device: what runs the encoder; see `embeddings.encoder.open_encoder`.
            vectors_at: where the indexes of vectors and of words are from now on: `milvus:http://HOST:19530/NAME`,
                `milvus:FILE.db`, or `faiss` for the archive's folder; None for where they are. A Milvus older than 2.4
                has the vectors alone.
            on_step: called with progress while the model is prepared, which happens once, and after indexing.

        Raises:
            NotFound: there is no archive, and `create` is False.
            ConfigError: `vectors_at` or the address is none, or has a password.
            ArchiveUnreachable: the database server does not answer, or refuses.
            VectorsUnavailable: nobody answers there, or refuses.
            ArchiveError: the re-ranker cannot be opened, or the folder belongs to something else, is damaged, or was
                made by a newer version.
        """
        database = files = None
        if is_postgres(folder):
            from rag.storage.postgres.opening import files_folder, index_folder, open_database

            database = open_database(str(folder), create=create)
            folder = index_folder(database)
            files = files_folder(database, folder)
        folder = Path(folder)
        try:
            exists = database is not None or (folder / DATABASE).is_file()
        except PermissionError as error:
            raise ArchiveReadOnly(CLOSED.format(folder=folder)) from error
        except OSError as error:
            raise ArchiveError(f"No archive can be there ({error.strerror}): choose a shorter path.") from error
        if not exists:
            if not create:
                raise no_archive(folder)
            make_archive_folder(folder)
        return cls(
            folder,
            files=files,
            database=database,
            encoder_name=encoder_name,
            encoder=encoder,
            config=config,
            reranker=reranker,
            device=device,
            vectors_at=vectors_at,
            on_step=on_step,
        )

    def _address_of_words(self, address: str) -> str:
        """Return where the words are from now on if the vectors are at an address: there, if it can have them."""
        if address == EMBEDDED:
            return EMBEDDED
        from rag.lexical.shared_index import SharedLexicalIndex, can_have_words

        if not can_have_words(address):
            log.warning(
                "The Milvus of %s is older than 2.4: the index of words stays in the folder %s.", address, self.folder
            )
            return EMBEDDED
        SharedLexicalIndex(self.folder / LEXICAL, self._open_store, address).check()
        return address

    def _words(self, address: str) -> LexicalView:
        """Return the words, which are in the archive's folder or at the address of a server."""
        folder = self.folder / LEXICAL
        if address == EMBEDDED:
            return LexicalIndex(folder, self._open_store, self._indexing)
        from rag.lexical.shared_index import SharedLexicalIndex

        return SharedLexicalIndex(folder, self._open_store, address)

    def _move_indexes(self, address: str) -> None:
        """Note where vectors and words are from now on, if that can be used."""
        try:
            self._dense.check()
            words_at = self._address_of_words(address)
            if self._is_shared:
                # every computer has to know it
                self._store.facts.set_addresses(address, words_at)
            record_address(self.folder / DENSE, address)
            record_address(self.folder / LEXICAL, words_at)
            self._lexical = self._words(words_at)
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
            raise ArchiveClosed(f"The archive {self.location} is closed: open it again with Archive.open.")
        return self._open_store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._closed:
            return f"Archive({self.location!r}, closed)"
        count = self._store.statistics.article_count()
        return f"Archive({self.location!r}, {count} {'article' if count == 1 else 'articles'})"

    @property
    def id(self) -> str:
        """A random string that identifies this archive."""
        return self._store.facts.archive_id

    @property
    def files(self) -> Path:
        """The folder of what is not in the database and cannot be made again: uploads, fetched pages, the audit log."""
        return self._files

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

    @property
    def _index_again(self) -> bool:
        return self._store.vectors.are_doubtful and self.encoder_name == BUNDLED

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            lock = self._indexing.acquire()
        except Timeout as error:
            raise archive_busy(self.location) from error
        except OSError as error:
            raise ArchiveReadOnly(
                f"The archive {self.folder} cannot be written ({error.strerror}): check its permissions, or choose "
                "another with --archive."
            ) from error
        with lock, self._store.database.indexing():
            try:
                yield
            finally:
                self._catch_up()
            self._dense.speed_up(self._on_step)

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

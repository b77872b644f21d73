"""An archive from a folder to PostgreSQL, or back, or from one of either kind to another."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.permissions import make_file, make_folder
from rag.dense.token_vectors import TokenStores
from rag.errors import ArchiveBusy, ArchiveError, FundstelleError
from rag.storage.database import Database
from rag.storage.layout import INCOMPLETE_COPY, TOKENS, make_archive_folder, no_archive
from rag.storage.locks import INDEXING_LOCK
from rag.storage.postgres.address import is_postgres
from rag.storage.postgres.opening import open_database
from rag.storage.schema import SCHEMA_VERSION
from rag.storage.sqlite_database import DATABASE, SqliteDatabase
from rag.storage.state_file import SUFFIX
from rag.storage.store import Store
from rag.storage.transfer import OnRows, transfer
from rag.storage.whole_folder import sync


def copy_archive(source: str, target: str, on_rows: OnRows = lambda _, __: None) -> dict[str, int]:
    """Copy everything of an archive that cannot be made again; return the number of rows by table.

    Each is a folder, or an address in PostgreSQL. Others may use the archive meanwhile: the copy is of one revision. It
    can be opened once all tables are equal; a call that is interrupted is gone on with by the next.

    Args:
        target: a new or empty folder, or an address in which there is no archive.

    Raises:
        NotFound: there is no archive to be copied.
        ArchiveBusy: another program copies to the same place.
        ArchiveError: there is an archive already, something is damaged, or a server does not answer.
    """
    with closing(_source(source)) as database:
        if database.version < SCHEMA_VERSION:
            raise ArchiveError(f"An earlier version made the archive {source}: open it once where it can be written.")
        if is_postgres(target):
            return _copy_to_server(database, target, on_rows)
        return _copy_to_folder(database, Path(target), on_rows)


def _copy_tokens(source: Database, target: Database, folder: Path) -> None:
    """Copy the token vectors of the passages; what is missing is made again by the next indexing.

    Args:
        folder: that of the target, if it is one.
    """
    encoder = Store(source).vectors.encoder
    if encoder is None:
        return
    token_stores = (
        TokenStores(Path(source.location) / TOKENS, Store(source)),
        TokenStores(folder / TOKENS, Store(target)),
    )
    theirs, ours = (each.for_encoder(encoder.fingerprint) for each in token_stores)
    if theirs and ours:
        for codes in theirs.cache.all():
            ours.cache.put(codes)
        if state := theirs.cache.complete_at:
            ours.cache.set_complete(state)
    for each in token_stores:
        each.close()


def _source(archive: str) -> Database:
    if is_postgres(archive):
        return open_database(archive, create=False)
    file = Path(archive) / DATABASE
    if not file.is_file():
        raise no_archive(Path(archive))
    return SqliteDatabase(file)


def _copy_to_server(source: Database, target: str, on_rows: OnRows) -> dict[str, int]:
    with closing(open_database(target, is_copy=True)) as database, database.indexing():
        counts = transfer(source, database, on_rows)
        _copy_tokens(source, database, Path())
        database.finish_copy()
    return counts


def _copy_to_folder(source: Database, folder: Path, on_rows: OnRows) -> dict[str, int]:
    if (folder / DATABASE).exists():
        raise ArchiveError(f"There is an archive in {folder}: choose a new or an empty folder.")
    make_archive_folder(folder)
    incomplete = folder / INCOMPLETE_COPY
    try:
        make_folder(incomplete)
        make_file(incomplete / INDEXING_LOCK)
        with FileLock(folder / INDEXING_LOCK, timeout=0):
            file = incomplete / DATABASE
            with closing(SqliteDatabase(file)) as database:
                counts = transfer(source, database, on_rows)
                _copy_tokens(source, database, folder)
                database.empty_log()
            state = Path(DATABASE).with_suffix(SUFFIX)
            for name in (state, Path(DATABASE)):
                sync(incomplete / name)
                (incomplete / name).rename(folder / name)
            (incomplete / INDEXING_LOCK).unlink()
            incomplete.rmdir()
            sync(folder)
    except Timeout as error:
        raise ArchiveBusy(f"Another program copies to {folder}: wait until it is done.") from error
    except OSError as error:
        raise FundstelleError(
            f"{folder} cannot be written ({error.strerror}): choose another, or make room."
        ) from error
    return counts

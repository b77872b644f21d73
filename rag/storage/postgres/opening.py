"""Opening an archive in PostgreSQL, and the folder of its indexes on this computer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.cache import cache_folder
from embeddings.permissions import make_folder
from rag.errors import ArchiveError, ConfigError
from rag.storage.postgres.address import PostgresAddress

if TYPE_CHECKING:
    from rag.storage.postgres.database import PostgresDatabase

FILES_VARIABLE = "FUNDSTELLE_FILES"
_FOLDER = "archives"
# as the folder of an archive
_PRIVATE = 0o700


def open_database(archive: str, *, create: bool = True, is_copy: bool = False) -> PostgresDatabase:
    """Open the tables of the archive at an address; see `PostgresDatabase`.

    Raises:
        ConfigError: this is no address, or psycopg is not installed.
        ArchiveError: the server does not answer, refuses, or is too old.
        NotFound: there is no archive, and `create` is False.
    """
    address = PostgresAddress.parse(archive)
    try:
        from rag.storage.postgres.database import PostgresDatabase
    except ImportError as error:
        raise ConfigError(
            "An archive in PostgreSQL needs psycopg: install it with `pip install 'fundstelle[scale]'`."
        ) from error
    return PostgresDatabase(address, create=create, is_copy=is_copy)


def index_folder(database: PostgresDatabase) -> Path:
    """Return the folder of an archive's indexes on this computer, private to its owner; it can be made again.

    Raises:
        ArchiveError: it cannot be made.
    """
    folder = cache_folder() / _FOLDER / str(database.meta("archive_id"))
    _make_private(folder, "the indexes", "XDG_CACHE_HOME")
    return folder


def files_folder(database: PostgresDatabase, indexes: Path) -> Path:
    """Return the folder of an archive's own files, private to its owner: that of its indexes, unless one is named.

    `$FUNDSTELLE_FILES` names one that all servers of the archive reach by the same path.

    Raises:
        ArchiveError: it cannot be made.
    """
    shared = os.environ.get(FILES_VARIABLE)
    if not shared:
        return indexes
    folder = Path(shared).absolute() / str(database.meta("archive_id"))
    _make_private(folder, "uploads", FILES_VARIABLE)
    return folder


def _make_private(folder: Path, contents: str, variable: str) -> None:
    try:
        is_new = not folder.is_dir()
        make_folder(folder)
        if is_new:
            folder.chmod(_PRIVATE)
    except OSError as error:
        raise ArchiveError(
            f"The folder {folder} for {contents} cannot be written ({error.strerror}): make room, or set {variable} to "
            "another folder."
        ) from error

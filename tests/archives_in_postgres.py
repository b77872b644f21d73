"""`pytest --archives postgres`: what tests open as an archive in a folder is in PostgreSQL, once for each folder.

For tests of what an archive is asked and told, wherever it is; those of the files in its folder fail then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from rag.archive import Archive
from rag.archive.parts import ArchiveParts
from rag.backup.copying import copy_archive
from rag.storage import store
from rag.storage.database import Database
from rag.storage.postgres.address import is_postgres
from rag.storage.postgres.opening import open_database

_open = Archive.open
_in_folder = ContextVar("_in_folder", default=False)


def open_in_folder(folder: Path) -> Archive:
    """Open what is in a folder there, all the same."""
    token = _in_folder.set(True)
    try:
        return _open(folder)
    finally:
        _in_folder.reset(token)


def address_for(folder: Path | str, server: str) -> str:
    """Return where the archive of a folder is."""
    if is_postgres(folder):
        return str(folder)
    name = hashlib.sha256(str(Path(folder).absolute()).encode()).hexdigest()[:16]
    return f"{server}&schema=a{name}"


@contextmanager
def archives_in_postgres(server: str) -> Iterator[None]:
    """Open what tests name as a folder in the database of a server, while the block lasts."""
    opened, store_of = ArchiveParts.open.__func__, store.Store.__init__  # type: ignore[attr-defined]

    def open_archive(kind: type[Archive], folder: Path | str, **arguments: Any) -> Archive:
        return opened(kind, address_for(folder, server), **arguments)

    def open_store(self: store.Store, database: Path | Database) -> None:
        if isinstance(database, Path) and not _in_folder.get():
            database = open_database(address_for(database.parent, server))
        store_of(self, database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ArchiveParts, "open", classmethod(open_archive))
        patch.setattr(store.Store, "__init__", open_store)
        yield


def copy_to_server(folder: Path, server: str) -> None:
    """Copy an archive in a folder to where it is opened."""
    copy_archive(str(folder), address_for(folder, server))

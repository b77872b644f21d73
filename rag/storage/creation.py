"""A new database in the folder of an archive."""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from embeddings.permissions import make_file
from rag.errors import ArchiveDamaged, ArchiveFull, ArchiveReadOnly
from rag.storage.interruption import reraise_interruption
from rag.storage.schema import create_tables
from rag.storage.sqlite_errors import MISSING, archive_error
from rag.storage.state_file import SUFFIX


def create_database(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> None:
    """Make a new database, first under another name: so an empty file is never one that another process is making.

    Args:
        prepare: called with the connection that makes it.

    Raises:
        ArchiveError: the folder is that of an archive whose database is missing, or cannot be written.
    """
    if path.with_suffix(SUFFIX).exists():
        raise ArchiveDamaged(MISSING.format(folder=path.parent))
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        make_file(fresh)
        with reraise_interruption(), closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            prepare(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            create_tables(connection)
        _rename(fresh, path)
    except sqlite3.DatabaseError as error:
        raise archive_error(error, path.parent) from error
    except OSError as error:
        kind = ArchiveFull if error.errno == errno.ENOSPC else ArchiveReadOnly
        raise kind(
            f"No archive can be made in {path.parent} ({error.strerror}): choose another folder with --archive."
        ) from error
    finally:
        for rest in path.parent.glob(f"{fresh.name}*"):
            rest.unlink(missing_ok=True)


def _rename(fresh: Path, path: Path) -> None:
    """Give a file its name, unless another process was first."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    except OSError:
        # a file system without links
        fresh.replace(path)

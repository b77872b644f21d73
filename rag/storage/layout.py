"""The file layout of an archive's folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from embeddings.permissions import make_file
from rag.errors import ArchiveBusy, ArchiveError, NotFound
from rag.storage.locks import INDEXING_LOCK
from rag.storage.sqlite_database import DATABASE
from rag.storage.state_file import SUFFIX
from rag.text.paths import index_command

DENSE = "dense"
LEXICAL = "lexical"
TOKENS = "tokens"
FETCHED = "fetched"
INBOX = "inbox"
MAP = "map.json"
INCOMPLETE_COPY = ".copy"
"""Where another archive is copied to until all of it is there."""
_PRIVATE = 0o700


def no_archive(folder: Path) -> NotFound:
    """Return the error for a folder without an archive."""
    return NotFound(f"There is no archive in {folder}: make one with `{index_command(folder)}`.")


def archive_busy(folder: Path | str) -> ArchiveBusy:
    """Return the error for an archive that another program writes to."""
    return ArchiveBusy(f"Another program is indexing into {folder}: wait until it is done.")


def make_archive_folder(folder: Path) -> None:
    """Create the folder of a new archive, private to its owner; an empty one may exist.

    Raises:
        ArchiveError: it cannot be created, or contains something else.
    """
    state = Path(DATABASE).with_suffix(SUFFIX).name
    own_names = {
        DATABASE,
        state,
        DENSE,
        LEXICAL,
        TOKENS,
        INDEXING_LOCK,
        FETCHED,
        INBOX,
        MAP,
        INCOMPLETE_COPY,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign_names = [path.name for path in folder.iterdir() if path.name not in own_names]
    except OSError as error:
        raise ArchiveError(
            f"No archive can be made in {folder} ({error.strerror}): choose another folder with --archive."
        ) from error
    if foreign_names:
        raise ArchiveError(
            f"{folder} holds other files ({', '.join(sorted(foreign_names)[:3])}) and no archive: "
            "choose an empty or a new folder with --archive."
        )
    # later files get its permissions; those of a folder of another owner cannot be changed, and stay
    with suppress(OSError):
        folder.chmod(_PRIVATE)
        make_file(folder / INDEXING_LOCK)


def bytes_on_disk(folder: Path) -> dict[str, int]:
    """Return the sizes of the parts of an archive, in bytes."""
    parts = {"dense": DENSE, "lexical": LEXICAL, "tokens": TOKENS}
    sizes = {part: sum(file_sizes(entries_below(folder / name))) for part, name in parts.items()}
    return {"database": sum(file_sizes(folder.glob(f"{DATABASE}*"))), **sizes}


def entries_below(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder, apart from folders, and in those below it; one that goes meanwhile is left out."""
    # Path.rglob raises an error at a folder that goes
    return (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)


def file_sizes(paths: Iterable[Path]) -> Iterator[int]:
    """Yield the sizes of those paths that are files, in bytes; one that goes meanwhile is left out."""
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield status.st_size

"""The folder of an archive: what stands where in it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from embeddings.permissions import make_file
from rag.errors import ArchiveError
from rag.storage.database import DATABASE

DENSE = "dense"
LEXICAL = "lexical"
TOKENS = "tokens"
INDEXING_LOCK = "indexing.lock"
FETCHED = "fetched"
_PRIVATE = 0o700


def make_folder(folder: Path) -> None:
    """Make the folder of a new archive, if it is not there; nobody else may look into it.

    Raises:
        ArchiveError: it cannot be made, or holds something else.
    """
    ours = {DATABASE, DENSE, LEXICAL, TOKENS, INDEXING_LOCK, FETCHED}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = [path.name for path in folder.iterdir() if path.name not in ours]
    except OSError as error:
        raise ArchiveError(
            f"No archive can be made in {folder} ({error.strerror}): choose another folder with --archive."
        ) from error
    if strangers:
        raise ArchiveError(
            f"{folder} holds other files ({', '.join(sorted(strangers)[:3])}) and no archive: "
            "choose an empty or a new folder with --archive."
        )
    # what is made in it later is as private as it is; a folder of somebody else has the rights that they chose
    with suppress(OSError):
        folder.chmod(_PRIVATE)
        make_file(folder / INDEXING_LOCK)


def bytes_on_disk(folder: Path) -> dict[str, int]:
    """Return how large the parts of an archive are."""
    return {
        "database": _size(folder, f"{DATABASE}*"),
        "dense": _size(folder / DENSE, "*"),
        "lexical": _size(folder / LEXICAL, "*/*"),
        "tokens": _size(folder / TOKENS, "*"),
    }


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))

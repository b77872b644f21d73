"""Where the vectors of an archive are: in its folder, or where a file in it says."""

from __future__ import annotations

from pathlib import Path

from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.permissions import make_file, make_folder
from rag.errors import ArchiveReadOnly, ConfigError

EMBEDDED = "faiss"
"""In the folder of the archive."""
ADDRESS = "address"
"""The file with the address."""
_ENGINE = "milvus:"


def recorded_address(folder: Path) -> str:
    """Return the address of the vectors of which the index is in a folder; `EMBEDDED` if it has them itself.

    Raises:
        ArchiveReadOnly: the folder or the file in it may not be read.
    """
    try:
        return (folder / ADDRESS).read_text("utf-8").strip() or EMBEDDED
    except FileNotFoundError:
        return EMBEDDED
    except OSError as error:
        raise ArchiveReadOnly(f"{folder} cannot be read ({error.strerror}): check its permissions.") from error


def record_address(folder: Path, address: str) -> None:
    """Note where the vectors are.

    Raises:
        OSError: it cannot be written.
    """
    if address == EMBEDDED:
        (folder / ADDRESS).unlink(missing_ok=True)
        return
    make_folder(folder)
    make_file(folder / ADDRESS)
    (folder / ADDRESS).write_text(f"{address}\n", "utf-8")


def noted_address(text: str) -> str:
    """Return an address as it is noted: a path is absolute, since the next command may run in another folder.

    Raises:
        ConfigError: it is none.
    """
    if text == EMBEDDED:
        return text
    if not text.startswith(_ENGINE):
        raise ConfigError(
            f"Vectors cannot be in {text!r}: write milvus:http://HOST:19530/NAME, milvus:./FILE.db, or {EMBEDDED} for "
            "the folder of the archive."
        )
    try:
        return str(MilvusAddress.parse(text.removeprefix(_ENGINE)))
    except ValueError as error:
        raise ConfigError(str(error)) from error

"""An archive → a folder of plain files: all that cannot be made again, for readers without this program."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from rag import __version__
from rag.archive import Archive
from rag.exporting.plain_readme import readme
from rag.storage.layout import FETCHED, INBOX
from rag.storage.plain_rows import plain_rows
from rag.storage.plain_tables import PLAIN_TABLES
from rag.storage.whole_folder import whole_folder

FORMAT, FORMAT_VERSION = "fundstelle-export", 1
HEAD, README, CHECKSUMS = "archive.json", "README.md", "SHA256SUMS"
SOURCES = (FETCHED, INBOX)
"""The folders of an archive with files that are nowhere else."""
Counts = dict[str, int]


def table_file(name: str) -> str:
    """Return the name of the file with the rows of a table."""
    return f"{name}.jsonl"


def export_everything(
    archive: Archive, folder: Path, *, on_count: Callable[[int, int | None], None] = lambda _, __: None
) -> Counts:
    """Write everything that cannot be made again into a new or empty folder; return how many rows each table has.

    All files show the same revision, and the folder appears when it is complete. The same archive gives the same bytes.

    Args:
        on_count: called with the number of rows written.

    Raises:
        ArchiveError: the archive is damaged, or of an earlier version and may only be read.
        FundstelleError: there is something in the folder, or it cannot be written.
    """
    with whole_folder(folder) as exported:
        counts = _write_tables(archive, exported, on_count)
        for name in SOURCES:
            if (archive.files / name).is_dir():
                shutil.copytree(archive.files / name, exported / name, ignore=shutil.ignore_patterns(".parts"))
        (exported / README).write_text(readme(), "utf-8")
        (exported / HEAD).write_text(_head(counts), "utf-8")
        (exported / CHECKSUMS).write_bytes(_checksums(exported))
    return counts


def _write_tables(archive: Archive, folder: Path, on_count: Callable[[int, int | None], None]) -> Counts:
    counts: Counts = {}
    written = 0
    with archive._database.snapshot():
        for table in PLAIN_TABLES:
            counts[table.name] = 0
            with (folder / table_file(table.name)).open("w", encoding="utf-8", newline="\n") as file:
                for row in plain_rows(archive._database, table):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                    counts[table.name] += 1
                    written += 1
                    on_count(written, None)
    return counts


def _head(counts: Counts) -> str:
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "program": __version__, "rows": counts}
    return json.dumps(head, indent=1) + "\n"


def _checksums(folder: Path) -> bytes:
    """Return what `sha256sum -c` reads, for all files below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"".join(
        b"%b  %b\n" % (sha256_of(path).encode(), os.fsencode(path.relative_to(folder).as_posix())) for path in files
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

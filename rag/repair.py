"""Repairing an archive: what is damaged in the database is read again from the files of the articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from rag.errors import ArchiveDamaged
from rag.storage.layout import archive_busy, no_archive
from rag.storage.locks import INDEXING_LOCK
from rag.storage.salvage import fault_of, salvage
from rag.storage.sqlite_database import DATABASE
from rag.storage.sqlite_errors import MISSING
from rag.storage.state_file import SUFFIX

if TYPE_CHECKING:
    from rag.archive import Archive


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did.

    Attributes:
        fault: what was wrong with the database itself; empty if nothing was.
        damaged_file: the damaged database, which stays under another name; None if the database was sound.
        lost: how many rows other than those of articles were damaged and left out, by their table.
        healed: the paths of the articles that were read again from their files.
        damaged: the files of the articles that are damaged still, by the articles' ids: they are gone, or unreadable.
    """

    fault: str = ""
    damaged_file: Path | None = None
    lost: Mapping[str, int] = field(default_factory=dict, hash=False)
    healed: tuple[str, ...] = ()
    damaged: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        """Whether nothing is damaged or lost."""
        return not self.damaged and not self.lost


def repair_archive(folder: Path, opened: Callable[[], Archive]) -> RepairReport:
    """Repair the archive in a folder; ids, relevance feedback and dossiers stay.

    Args:
        opened: opens it.

    Raises:
        NotFound: there is no archive.
        ArchiveBusy: another process is indexing.
        ArchiveDamaged: nothing can be read of its database.
        ArchiveError: it cannot be written.
    """
    path = folder / DATABASE
    if not path.is_file():
        if path.with_suffix(SUFFIX).exists():
            raise ArchiveDamaged(MISSING.format(folder=folder))
        raise no_archive(folder)
    damaged_file: Path | None = None
    lost: dict[str, int] = {}
    try:
        with FileLock(folder / INDEXING_LOCK, timeout=0):
            fault = fault_of(path)
            if fault:
                damaged_file, lost = salvage(path)
            # it is the archive as it is now that counts
            path.with_suffix(SUFFIX).unlink(missing_ok=True)
    except Timeout as error:
        raise archive_busy(folder) from error
    with closing(opened()) as archive:
        healed = _read_again(archive)
        if healed or damaged_file:
            archive._rebuild_indexes()
        return RepairReport(fault, damaged_file, lost, healed, archive._store.damaged())


def _read_again(archive: Archive) -> tuple[str, ...]:
    """Read the files of damaged and lost articles again, and return those of which articles are whole now."""
    store = archive._store
    before = store.damaged()
    files = dict.fromkeys([*before.values(), *store.files.with_lost_articles()])
    existing = [Path(file) for file in files if Path(file).is_file()]
    if existing:
        archive.index(existing, again=True)
    still = {*store.damaged().values(), *store.files.with_lost_articles()}
    return tuple(file for file in files if file not in still)

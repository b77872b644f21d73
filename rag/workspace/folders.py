"""The folders of this computer that an archive is indexed from, and which of them are watched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.archive import Archive
from rag.errors import NotFound
from rag.storage.folder_records import FolderRecord, FolderRecords


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of an archive; what it keeps in its own folder is none of them."""

    archive: Archive

    @property
    def _records(self) -> FolderRecords:
        return FolderRecords(self.archive._database)

    def all(self) -> list[FolderRecord]:
        """Return all folders in the order of their paths."""
        own = self.archive.files.absolute()
        return [folder for folder in self._records.all() if not Path(folder.path).is_relative_to(own)]

    def watch(self, path: str, *, watched: bool) -> None:
        """Set whether a folder is watched.

        Raises:
            NotFound: it is not one of the folders of the archive.
        """
        if not self._records.watch(path, watched=watched):
            raise NotFound(f"No article of this archive came from the folder {path}: index it first.")

    def remove(self, path: str) -> None:
        """Take a folder off the list; its articles stay."""
        self._records.remove([path])

"""How an archive is, whether it is whole, and its backup."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.encoder import self_test
from embeddings.types import OnStep
from rag.archive.changes import ArchiveChanges
from rag.errors import FundstelleError, VectorsUnavailable
from rag.storage.layout import bytes_on_disk
from rag.storage.sqlite_database import SqliteDatabase
from rag.types import Diagnosis, Finding, Status

if TYPE_CHECKING:
    from rag.backup.manifest import BackupManifest

log = logging.getLogger(__name__)


class ArchiveCare(ArchiveChanges):
    """What keeps an archive whole."""

    def status(self) -> Status:
        """Return what the archive contains."""
        record = self._store.vectors.encoder
        oldest, newest = self._store.statistics.date_range()
        verdict = self_test(self.encoder_name)
        return Status(
            folder=self.location,
            articles=self._store.statistics.article_count(),
            duplicates=self._store.duplicates.count(),
            passages=self._store.passages.count(),
            languages=self._store.statistics.counts_by("language"),
            sources=self._store.statistics.counts_by("source"),
            oldest=oldest,
            newest=newest,
            encoder=record.name if record else None,
            fingerprint=record.fingerprint if record else None,
            revision=self._store.revision,
            recall=self._recall(),
            vectors_at=self._dense.address,
            words_at=self._lexical.address,
            bytes_on_disk={**bytes_on_disk(self.folder), "database": self._store.database.bytes_on_disk()},
            self_test=verdict.facts if verdict else None,
            index_again=self._index_again and not self._store.passages.is_empty,
        )

    def _recall(self) -> float | None:
        try:
            return self._dense.recall
        except VectorsUnavailable as error:
            log.warning("%s", error)
            return None

    def doctor(
        self,
        *,
        quick: bool = False,
        fix: bool = False,
        on_check: Callable[[str], None] | None = None,
        on_finding: Callable[[Finding], None] | None = None,
    ) -> Diagnosis:
        """Check the archive, its indexes, its files and this computer; nothing is changed without `fix`.

        Args:
            quick: make only the checks that take less than two seconds together.
            fix: repair what can be repaired without losing anything: make damaged indexes again, delete what
                interrupted programs left and no article needs, read changed files again, close the folder to others.
            on_check: called with the subject of each check before it is made.
            on_finding: called with what each check says.

        Raises:
            ArchiveBusy: another process is indexing, and something is to be repaired.
            ArchiveError: the archive cannot be written, and something is to be repaired.
        """
        from rag.diagnosis.check import OpenArchive
        from rag.diagnosis.diagnose import diagnose

        parts = OpenArchive(
            self.folder,
            self.files,
            self._store,
            self._indexing,
            self._encoder,
            self._dense,
            self._lexical,
            self._token_stores,
            self.index,
        )
        with self._writing() if fix else nullcontext():
            return diagnose(parts, quick=quick, fix=fix, on_check=on_check, on_finding=on_finding)

    def backup(
        self,
        path: Path | str,
        *,
        with_indexes: bool = False,
        overwrite: bool = False,
        on_step: OnStep | None = None,
    ) -> BackupManifest:
        """Write all that the archive cannot make again into one file, while it is in use; see `rag.backup`.

        `rag.backup.restore.restore_backup` makes an archive of it, `rag.backup.restore.verify_backup` checks it.

        Args:
            with_indexes: also the indexes and the tokens for re-ranking; nothing can be indexed meanwhile.
            overwrite: replace a file at the path.
            on_step: called with progress.

        Raises:
            ArchiveBusy: another process is indexing, and the indexes are wanted.
            ArchiveError: the archive cannot be read.
            FundstelleError: the path is taken or cannot be written.
        """
        from rag import __version__
        from rag.backup.backup import back_up

        database = self._store.database
        if not isinstance(database, SqliteDatabase):
            raise FundstelleError(
                f"{self.location} is not in a folder: back it up with pg_dump, or copy it into a folder with "
                "`fundstelle copy`."
            )
        with self._writing() if with_indexes else nullcontext():
            return back_up(
                database,
                self.folder,
                Path(path),
                program=__version__,
                with_indexes=with_indexes,
                overwrite=overwrite,
                on_step=on_step or (lambda _, __: None),
            )

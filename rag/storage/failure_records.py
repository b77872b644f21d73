"""The failures of earlier indexing runs, by which a later run determines which of its own are new."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.storage.database import Database
from rag.types import Failure

_META = "failures"


class FailureRecords:
    """What could not be read when the folders of an archive were last indexed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Failure, ...]:
        """Return all of them, in the order of the runs."""
        return tuple(Failure(path, reason) for path, reason in json.loads(self._database.meta(_META) or "[]"))

    def replace(self, paths: Sequence[str], failures: Sequence[Failure]) -> tuple[Failure, ...]:
        """Store the failures of a run in place of the earlier ones of the same paths, and return the new ones.

        Args:
            paths: the absolute paths of the files and folders that the run indexed.
        """
        stored = list(self.all())
        stored_set = set(stored)
        elsewhere = [failure for failure in stored if not any(_is_below(failure.path, path) for path in paths)]
        updated = [*elsewhere, *dict.fromkeys(failures)]
        if updated != stored:
            self._database.set_meta(_META, json.dumps([(failure.path, failure.reason) for failure in updated]))
        return tuple(failure for failure in failures if failure not in stored_set)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith((folder.rstrip("/") + "/", folder + "#"))

"""The failures of earlier indexing runs, so that a later run can tell which of its own are new."""

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

    def replace(self, paths: Sequence[str], failures: Sequence[Failure]) -> tuple[Failure, ...]:
        """Store the failures of a run in place of those known of the same paths, and return those that were not known.

        Args:
            paths: the absolute paths of the files and folders that the run indexed.
        """
        before = [Failure(path, reason) for path, reason in json.loads(self._database.meta(_META) or "[]")]
        known = set(before)
        elsewhere = [failure for failure in before if not any(_is_below(failure.path, path) for path in paths)]
        after = [*elsewhere, *dict.fromkeys(failures)]
        if after != before:
            self._database.set_meta(_META, json.dumps([(failure.path, failure.reason) for failure in after]))
        return tuple(failure for failure in failures if failure not in known)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith((folder.rstrip("/") + "/", folder + "#"))

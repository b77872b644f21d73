"""Checks of the database."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from filelock import Timeout

from rag.diagnosis.check import WELL, OpenArchive, Symptom
from rag.search.confidence import from_json
from rag.storage.schema import SCHEMA_VERSION
from rag.storage.sqlite_database import DATABASE

# how far two clocks may differ
_TOLERANCE = timedelta(minutes=2)


def format_version(archive: OpenArchive) -> Symptom:
    """Has the database the tables of this release?"""
    version = archive.store.database.version
    return Symptom("well" if version == SCHEMA_VERSION else "older", {"version": version})


def writing(archive: OpenArchive) -> Symptom:
    """Is another program writing, so that what is seen now may have changed in a moment?"""
    try:
        with archive.lock:
            return WELL
    except Timeout:
        return Symptom("busy")
    except OSError as error:
        return Symptom("readonly", {"error": error.strerror or type(error).__name__})


def clock(archive: OpenArchive) -> Symptom:
    """Does anything come from the future?"""
    now = datetime.now(UTC)
    values: dict[str, str | int] = {"now": f"{now.astimezone():%Y-%m-%d %H:%M}"}
    limit = now + _TOLERANCE
    if count := archive.soundness.added_after(limit.isoformat(timespec="seconds")):
        return Symptom("future", {**values, "count": count})
    database = archive.folder / DATABASE
    if database.is_file() and database.stat().st_mtime > limit.timestamp():
        return Symptom("files", {**values, "path": str(database)})
    return WELL


def pages(archive: OpenArchive) -> Symptom:
    """Does SQLite read every page, and does every index of a table agree with it?"""
    complaint = archive.soundness.damage()
    return Symptom("damaged", {"error": complaint}) if complaint else WELL


def checksums(archive: OpenArchive) -> Symptom:
    """Is every row as it was stored?"""
    return _rows("differ", archive.soundness.damaged_counts())


def references(archive: OpenArchive) -> Symptom:
    """Does every row that is referred to exist?"""
    count = archive.soundness.broken_references()
    return Symptom("broken", {"count": count}) if count else WELL


def revisions(archive: OpenArchive) -> Symptom:
    """Is anything newer than the archive?"""
    count = archive.soundness.later_revision_count()
    return Symptom("ahead", {"count": count}) if count else Symptom("well", {"revision": archive.store.revision})


def listing(archive: OpenArchive) -> Symptom:
    """Does the library list every article?"""
    count = archive.soundness.unlisted_count()
    return (
        Symptom("unlisted", {"count": count})
        if count
        else Symptom("well", {"count": archive.soundness.article_count()})
    )


def list_articles_again(archive: OpenArchive) -> None:
    """List the articles that are missing in the library."""
    archive.soundness.list_all()


def orphans(archive: OpenArchive) -> Symptom:
    """Is anything stored that follows from articles which are gone?"""
    return _rows("present", archive.soundness.orphans())


def _rows(symptom: str, counts: Mapping[str, int]) -> Symptom:
    """Return a symptom with the number of rows, if there are any, and the names of their tables."""
    tables = ", ".join(f"{table} {count}" for table, count in counts.items())
    return Symptom(symptom, {"count": sum(counts.values()), "tables": tables}) if counts else WELL


def remove_orphans(archive: OpenArchive) -> None:
    """Delete what follows from articles that are gone."""
    archive.soundness.remove_orphans()


def strays(archive: OpenArchive) -> Symptom:
    """Has what people added its article?"""
    counts = archive.soundness.strays()
    names = {"corrections": "corrections", "marks": "judgements", "dossier_entries": "quotations"}
    return Symptom("present", {name: counts.get(table, 0) for table, name in names.items()}) if counts else WELL


def duplicates(archive: OpenArchive) -> Symptom:
    """Has every duplicate its original, and were all articles compared?"""
    if count := archive.soundness.broken_duplicate_count():
        return Symptom("broken", {"count": count})
    if not archive.store.facts.settled and not archive.store.passages.is_empty:
        return Symptom("unsettled")
    return Symptom("well", {"count": archive.store.duplicates.count()})


def calibration(archive: OpenArchive) -> Symptom:
    """Can the weights of the confidence be used?"""
    stored, record = archive.store.facts.calibration, archive.store.vectors.encoder
    if stored is None or record is None:
        return WELL
    try:
        tables = from_json(stored, record.fingerprint)
        weights = [weight for table in tables.values() for weight in (table.intercept, *table.weights.values())]
        if all(map(math.isfinite, weights)):
            return WELL
        return Symptom("unusable", {"error": "not a number"})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Symptom("unusable", {"error": repr(error)})


def empty_log(archive: OpenArchive) -> None:
    """Move the write-ahead log into the database."""
    archive.soundness.empty_log()

"""Dossiers as they are stored. The last deletions can be undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from rag.errors import NotFound
from rag.storage.article_mapping import day_of
from rag.storage.database import Database, SqlConnection
from rag.types.dossier import Dossier, DossierEntry, DossierSummary
from rag.types.quotation import Quotation

_FIRST_VERSION = 6
"""The first version of an archive with dossiers."""
_NO_DOSSIER = "There is no dossier {reference!r} in this archive: `fundstelle dossier list` prints what there is."
MAX_DELETIONS = 20
"""So many deletions can be undone; what was deleted before is gone for good."""
_NO_ENTRY = "This entry is no longer in the dossier: it was deleted elsewhere. Load the page again."


class DossierRecords:
    """The dossiers of an archive. Every change is a transaction; the archive's revision stays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- reading ------------------------------------------------------------------------------------

    def summaries(self) -> list[DossierSummary]:
        """Return all dossiers, the one changed last first; none in an earlier archive that may only be read."""
        if self._database.version < _FIRST_VERSION:
            return []
        rows = self._database.rows(
            "SELECT id, name, (SELECT count(*) FROM dossier_entries WHERE dossier = dossiers.id AND kind = 'quote' "
            "AND deleted = 0), changed FROM dossiers WHERE deleted = 0 ORDER BY changed DESC, rowid DESC"
        )
        return [DossierSummary(*row) for row in rows]

    def dossier(self, dossier_id: str) -> Dossier:
        """Return a dossier.

        Raises:
            NotFound: there is none.
        """
        if self._database.version < _FIRST_VERSION:
            raise NotFound(_NO_DOSSIER.format(reference=dossier_id))
        with self._database.snapshot() as connection:
            query = "SELECT id, name, made FROM dossiers WHERE id = ? AND deleted = 0"
            row = connection.execute(query, (dossier_id,)).fetchone()
            if row is None:
                raise NotFound(_NO_DOSSIER.format(reference=dossier_id))
            entries = connection.execute(
                f"{_SELECT_ENTRY} WHERE dossier = ? AND deleted = 0 ORDER BY position", (dossier_id,)
            ).fetchall()
        return Dossier(id=row[0], name=row[1], made=row[2], entries=tuple(map(_entry_of, entries)))

    def entry(self, entry_id: str) -> DossierEntry:
        """Return an entry of any dossier.

        Raises:
            NotFound: there is none.
        """
        rows = self._database.rows(f"{_SELECT_ENTRY} WHERE id = ? AND deleted = 0", entry_id)
        if not rows:
            raise NotFound(_NO_ENTRY)
        return _entry_of(rows[0])

    def containing(self, spans: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
        """Return which of these spans, as article, start and end, are quoted in a dossier, each once."""
        if self._database.version < _FIRST_VERSION:
            return []
        wanted = list(dict.fromkeys(spans))
        rows = self._database.rows(
            'SELECT DISTINCT article, start, "end" FROM dossier_entries WHERE deleted = 0 AND dossier IN '
            "(SELECT id FROM dossiers WHERE deleted = 0) AND article IN (SELECT value FROM json_each(?))",
            json.dumps([article for article, _, _ in wanted]),
        )
        quoted = set(rows)
        return [span for span in wanted if span in quoted]

    # -- writing ------------------------------------------------------------------------------------

    def put(self, dossier: Dossier) -> None:
        """Store a new dossier with its entries."""
        with self._database.transaction(of_articles=False) as (connection, _):
            row = (dossier.id, dossier.name, dossier.made, dossier.made)
            connection.execute("INSERT INTO dossiers (id, name, made, changed) VALUES (?, ?, ?, ?)", row)
            for position, entry in enumerate(dossier.entries):
                _insert(connection, dossier.id, position, entry)

    def rename(self, dossier_id: str, name: str, changed: str) -> None:
        """Give a dossier another name.

        Raises:
            NotFound: there is none.
        """
        with self._database.transaction(of_articles=False) as (connection, _):
            _touch(connection, dossier_id, changed)
            connection.execute("UPDATE dossiers SET name = ? WHERE id = ?", (name, dossier_id))

    def add(self, dossier_id: str, entry: DossierEntry, changed: str) -> None:
        """Store an entry behind all others of a dossier.

        Raises:
            NotFound: there is no such dossier.
        """
        with self._database.transaction(of_articles=False) as (connection, _):
            _touch(connection, dossier_id, changed)
            query = "SELECT coalesce(max(position), -1) + 1 FROM dossier_entries WHERE dossier = ?"
            _insert(connection, dossier_id, connection.execute(query, (dossier_id,)).fetchone()[0], entry)

    def write(self, entry_id: str, text: str, changed: str) -> None:
        """Replace the text of an entry.

        Raises:
            NotFound: there is no such entry.
        """

        def rewrite(connection: SqlConnection, _: str) -> None:
            connection.execute("UPDATE dossier_entries SET text = ? WHERE id = ?", (text, entry_id))

        self._with_entry(entry_id, changed, rewrite)

    def move(self, entry_id: str, before: str | None, changed: str) -> None:
        """Put an entry before another one of its dossier; None puts it behind all others.

        Raises:
            NotFound: there is no such entry.
        """

        def reorder(connection: SqlConnection, dossier_id: str) -> None:
            query = "SELECT id FROM dossier_entries WHERE dossier = ? ORDER BY position"
            order = [row[0] for row in connection.execute(query, (dossier_id,)) if row[0] != entry_id]
            if before is not None and before not in order:
                raise NotFound(_NO_ENTRY)
            order.insert(len(order) if before is None else order.index(before), entry_id)
            connection.executemany(
                "UPDATE dossier_entries SET position = ? WHERE id = ?",
                [(position, entry) for position, entry in enumerate(order)],
            )

        self._with_entry(entry_id, changed, reorder)

    def delete_entry(self, entry_id: str, changed: str) -> None:
        """Delete an entry; the last deletions can be undone.

        Raises:
            NotFound: there is no such entry.
        """

        def delete(connection: SqlConnection, _: str) -> None:
            number = _next_deletion(connection)
            connection.execute("UPDATE dossier_entries SET deleted = ? WHERE id = ?", (number, entry_id))

        self._with_entry(entry_id, changed, delete)

    def delete(self, dossier_id: str, changed: str) -> None:
        """Delete a dossier; the last deletions can be undone.

        Raises:
            NotFound: there is none.
        """
        with self._database.transaction(of_articles=False) as (connection, _):
            _touch(connection, dossier_id, changed)
            number = _next_deletion(connection)
            connection.execute("UPDATE dossiers SET deleted = ? WHERE id = ?", (number, dossier_id))

    def restore(self, deleted_id: str) -> None:
        """Bring back a dossier or an entry that was deleted.

        Raises:
            NotFound: it is gone for good.
        """
        with self._database.transaction(of_articles=False) as (connection, _):
            for table in ("dossiers", "dossier_entries"):
                query = f"UPDATE {table} SET deleted = 0 WHERE id = ? AND deleted <> 0"  # noqa: S608
                if connection.execute(query, (deleted_id,)).rowcount:
                    return
        raise NotFound("This was deleted for good: much else was deleted since.")

    def _with_entry(self, entry_id: str, changed: str, action: Callable[[SqlConnection, str], None]) -> None:
        """Call a function with a connection in a transaction, and with the dossier of an entry.

        Raises:
            NotFound: there is no such entry.
        """
        with self._database.transaction(of_articles=False) as (connection, _):
            query = "SELECT dossier FROM dossier_entries WHERE id = ? AND deleted = 0"
            row = connection.execute(query, (entry_id,)).fetchone()
            if row is None:
                raise NotFound(_NO_ENTRY)
            _touch(connection, row[0], changed)
            action(connection, row[0])


_SELECT_ENTRY = "SELECT id, kind, text, quotation, article, question, added FROM dossier_entries"


def quotation_to_json(quotation: Quotation) -> dict[str, Any]:
    """Return a quotation as JSON values; the day as 2024-03-01."""
    day = quotation.published
    return asdict(quotation) | {"published": day.isoformat() if day else None}


def quotation_from_json(values: dict[str, Any]) -> Quotation:
    """Return the quotation that `quotation_to_json` wrote."""
    return Quotation(**(values | {"published": day_of(values["published"])}))


def _entry_of(row: tuple[str, Any, str, str | None, str, str, str]) -> DossierEntry:
    entry_id, kind, text, quotation, article, question, added = row
    return DossierEntry(
        id=entry_id,
        kind=kind,
        text=text,
        quotation=quotation_from_json(json.loads(quotation)) if quotation else None,
        article_id=article,
        question=question,
        added=added,
    )


def _insert(connection: SqlConnection, dossier_id: str, position: int, entry: DossierEntry) -> None:
    quotation = entry.quotation
    connection.execute(
        'INSERT INTO dossier_entries (id, dossier, position, kind, text, quotation, article, start, "end", question, '
        "added) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.id,
            dossier_id,
            position,
            entry.kind,
            entry.text,
            json.dumps(quotation_to_json(quotation)) if quotation else None,
            entry.article_id,
            quotation.start if quotation else None,
            quotation.end if quotation else None,
            entry.question,
            entry.added,
        ),
    )


def _touch(connection: SqlConnection, dossier_id: str, changed: str) -> None:
    query = "UPDATE dossiers SET changed = ? WHERE id = ? AND deleted = 0"
    if not connection.execute(query, (changed, dossier_id)).rowcount:
        raise NotFound(_NO_DOSSIER.format(reference=dossier_id))


def _next_deletion(connection: SqlConnection) -> int:
    """Return the number of a new deletion, which is kept with what is deleted; the oldest ones become final."""
    query = (
        "SELECT max(deleted) FROM (SELECT deleted FROM dossiers UNION ALL SELECT deleted FROM dossier_entries) AS every"
    )
    newest = connection.execute(query).fetchone()[0] or 0
    final = newest + 1 - MAX_DELETIONS
    connection.execute(
        "DELETE FROM dossier_entries WHERE deleted BETWEEN 1 AND ?1 "
        "OR dossier IN (SELECT id FROM dossiers WHERE deleted BETWEEN 1 AND ?1)",
        (final,),
    )
    connection.execute("DELETE FROM dossiers WHERE deleted BETWEEN 1 AND ?", (final,))
    return int(newest) + 1

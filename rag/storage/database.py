"""The database of an archive, whatever engine has it: queries, transactions, and what SQL differs in."""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from rag.errors import ArchiveReplica
from rag.storage.checksums import CHECKSUMS_VERSION
from rag.storage.damage import DamageNotes
from rag.storage.schema import FIRST_READABLE_VERSION
from rag.storage.shared_memory import SharedMemory

Values = Sequence[Any] | Mapping[str, Any]
"""The values of a statement: in the order of its `?`, by the numbers of its `?1`, or by the names of its `:name`."""
REPLICA = (
    "The archive {archive} can only be read: its server follows another one, or takes no changes; to change something, "
    "use an address with the primary server, or with all of them (postgresql://HOST1,HOST2/DATABASE), without "
    "target_session_attrs."
)
# seconds that a server may be behind the one that it follows before indexes are brought to its earlier state
_MOMENT_BEHIND = 2.0
# random bytes in the mark of a revision
_MARK_BYTES = 6
_PUT_CHANGES = (
    "INSERT INTO meta (name, value) VALUES ('changes', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class Rows(Protocol):
    """The rows of a query, or the number of rows that a statement changed."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return all rows that were not fetched yet."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that were not fetched yet."""


class SqlConnection(Protocol):
    """A connection to a database, which speaks the SQL of SQLite."""

    def execute(self, query: str, values: Values = (), /) -> Rows:
        """Run a statement."""

    def executemany(self, query: str, rows: Iterable[Values], /) -> object:
        """Run a statement that changes something, once with each row of values; what it replaces, it replaces once."""


class Database(ABC):
    """The database of an archive. Usable from several threads; readers never wait for the writer.

    Attributes:
        damage: which articles were damaged when they were read.
    """

    def __init__(self) -> None:
        self.damage = DamageNotes()

    @property
    @abstractmethod
    def location(self) -> str:
        """Where the archive is, as a person names it: its folder, or its address."""

    @property
    @abstractmethod
    def version(self) -> int:
        """The version of the archive; an earlier one than this program's only if the archive may only be read."""

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    def lent(self) -> AbstractContextManager[SqlConnection]:
        """Lend a connection to this thread; queries inside the block use the same one."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[SqlConnection]:
        """Lend a connection on which all queries see the same revision; so do those of a snapshot inside of it."""

    @abstractmethod
    def batches(self, query: str, *values: object, size: int) -> Iterator[list[Any]]:
        """Yield the rows of a query in lists, without having all of them at once; inside a snapshot."""

    @abstractmethod
    def writing(self, *, safely: bool = True) -> AbstractContextManager[SqlConnection]:
        """Change all or nothing on a connection, after all others who write.

        Args:
            safely: a crash or a power cut a moment later cannot undo it. What is not so is indexed again.
        """

    @property
    def shared_memory(self) -> SharedMemory | None:
        """What all servers of the archive remember together; None if one server alone can have it."""
        return None

    def indexing(self, part: str = "") -> AbstractContextManager[None]:  # noqa: ARG002
        """Let no other computer index into the archive; a lock in its folder keeps programs of this one away.

        Args:
            part: of its indexes, which is written apart from the archive; empty for the archive.

        Raises:
            ArchiveBusy: another one does.
        """
        return nullcontext()

    @property
    def only_reads(self) -> bool:
        """Whether a server has the database that takes no changes; whoever makes one hears what else may forbid it."""
        return False

    def check_writable(self) -> None:
        """Check that the database takes changes, before work that would be in vain.

        Raises:
            ArchiveReplica: a server has it that takes none.
        """
        if self.only_reads:
            raise ArchiveReplica(REPLICA.format(archive=self.location))

    def wait_for(self, revision: int) -> None:
        """Wait a moment for a revision, if a server has the database that follows another one, which has it."""
        deadline = time.monotonic() + _MOMENT_BEHIND
        while self.only_reads and self.revision < revision and time.monotonic() < deadline:
            time.sleep(_MOMENT_BEHIND / 100)

    @abstractmethod
    def bytes_on_disk(self) -> int:
        """Return how large the database is."""

    @abstractmethod
    def structural_fault(self) -> str:
        """Return the first fault of pages and indexes; empty if there is none, or the engine looks after them."""

    @abstractmethod
    def broken_references(self) -> int:
        """Return the number of rows that refer to a row that does not exist."""

    @abstractmethod
    def empty_log(self) -> None:
        """Move what is in a log beside the database into it, unless someone reads from it."""

    @property
    def has_checksums(self) -> bool:
        """Whether rows have checksums; those that an earlier version wrote, and that may only be read, have none."""
        return self.version >= CHECKSUMS_VERSION

    @property
    def revision(self) -> int:
        """Raised by one by every change."""
        return int(self.meta("revision") or 0)

    def mark(self, revision: int) -> str:
        """Return the random mark of a revision; empty in an archive that an earlier version wrote."""
        if self.version <= FIRST_READABLE_VERSION:
            return ""
        rows = self.rows("SELECT mark FROM states WHERE revision = ?", revision)
        return str(rows[0][0]) if rows else ""

    def meta(self, name: str) -> str | None:
        """Return a fact about the archive as a whole, or None."""
        rows = self.rows("SELECT value FROM meta WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def set_meta(self, name: str, value: str | None) -> None:
        """Store a fact about the archive as a whole; None deletes it."""
        with self.transaction(of_articles=False) as (connection, _):
            if value is None:
                connection.execute("DELETE FROM meta WHERE name = ?", (name,))
            else:
                connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def rows(self, query: str, *values: object) -> list[Any]:
        """Run a query and return all its rows."""
        with self.lent() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self, *, of_articles: bool = True, of_files: bool = False) -> Iterator[tuple[SqlConnection, int]]:
        """Change all or nothing; yields a connection and the revision that the change makes.

        Args:
            of_articles: whether what is searched changes; if not, the revision stays.
            of_files: whether only what is known of files changes, which the next run finds out again.
        """
        with self.writing(safely=not (of_articles or of_files)) as connection:
            facts = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('revision', 'changes')"))
            revision = int(facts["revision"]) + of_articles
            yield connection, revision
            if of_articles:
                mark = secrets.token_urlsafe(_MARK_BYTES)
                connection.execute("INSERT INTO states VALUES (?, ?)", (revision, mark))
            connection.execute("UPDATE meta SET value = ? WHERE name = 'revision'", (str(revision),))
            connection.execute(_PUT_CHANGES, (str(int(facts.get("changes", 0)) + 1),))

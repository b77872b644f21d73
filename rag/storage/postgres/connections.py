"""Connections to PostgreSQL: lent to one thread at a time, and given up where nobody answers."""

from __future__ import annotations

import selectors
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rag.storage.database import Rows, Values
from rag.storage.postgres.address import PostgresAddress
from rag.storage.postgres.dialect import translated
from rag.storage.postgres.many_rows import in_one_statement
from rag.storage.postgres.values import adapt_values

Result = TypeVar("Result")

OLDEST_SERVER = 14
"""The first version of PostgreSQL that hashes rows."""
# maximum number of idle connections that stay open
_MAX_IDLE = 8
# seconds in which a server has to take a connection, and after which it is asked whether it still works on a statement
_CONNECT_SECONDS, _SILENT_SECONDS = 4, 4
# seconds in which one of several servers has to take a connection, together; libpq gives each two at least
_SEVERAL_CONNECT_SECONDS, _LEAST_CONNECT_SECONDS = 8, 2
_CONNECTION_PARAMETERS: Mapping[str, Any] = {
    "application_name": "fundstelle",
    "client_encoding": "utf8",
    # a computer that is gone is noticed after some twenty seconds
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
# who waits for a standby that is away is not at work
_IS_AT_WORK = """
SELECT state = 'active' AND wait_event_type IS DISTINCT FROM 'Client' AND wait_event IS DISTINCT FROM 'SyncRep'
FROM pg_stat_activity WHERE pid = %s"""
# who writes locks a row that all change; one who stops in the middle lets go of it after a minute
_BEGIN_SAFELY = (
    "SELECT set_config('lock_timeout', '30s', true), set_config('idle_in_transaction_session_timeout', '60s', true)"
)
_BEGIN_QUICKLY = f"{_BEGIN_SAFELY}, set_config('synchronous_commit', 'off', true)"
_LOCK = "SELECT value FROM meta WHERE name = 'revision' FOR UPDATE"


class Silent(psycopg.OperationalError):
    """The server no longer works on a statement, and no answer came."""


class _Attentive(psycopg.Connection[Any]):
    """A connection that asks, where an answer takes long, whether the server is still at work."""

    def wait(self, gen: Generator[Any, Any, Result], *args: Any, **named: Any) -> Result:
        """Wait for an answer.

        Raises:
            Silent: the server does not answer any more.
        """
        return super().wait(self._attended(gen), *args, **named)

    def _attended(self, gen: Generator[Any, Any, Result]) -> Generator[Any, Any, Result]:
        try:
            state = next(gen)
            heard = time.monotonic()
            while True:
                ready = yield state
                now = time.monotonic()
                if ready:
                    heard = now
                elif now - heard > _SILENT_SECONDS:
                    self._check_at_work()
                    heard = time.monotonic()
                state = gen.send(ready)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    def _check_at_work(self) -> None:
        process, socket = self.info.backend_pid, self.pgconn.socket
        try:
            with psycopg.connect(**_parameters(self.info.dsn), password=self.info.password or None) as other:
                row = other.execute(_IS_AT_WORK, (process,)).fetchone()
            is_at_work = bool(row and row[0])
        except psycopg.Error:
            is_at_work = False
        # the answer may have come meanwhile
        if not is_at_work and not has_arrived(socket):
            self.close()
            raise Silent("the server does not answer")


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that waits for the number of rows that its statement changed."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed, or returned."""
        if self.connection.info.pipeline_status:
            with self.connection.pipeline() as pipeline:
                pipeline.sync()
        return super().rowcount


class PostgresConnection:
    """A connection that speaks the SQL of the stores."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw

    def execute(self, query: str, values: Values = (), /) -> Rows:
        """Run a statement."""
        statement = translated(query)
        return self.raw.execute(statement.query, statement.arguments(values), binary=True)

    def executemany(self, query: str, rows: Iterable[Values], /) -> None:
        """Run a statement that changes something, once with each row of values."""
        statement = translated(query)
        arguments = [statement.arguments(values) for values in rows]
        if not arguments:
            return
        if at_once := in_one_statement(statement, arguments):
            self.raw.execute(*at_once)
            return
        with self.raw.cursor() as cursor:
            cursor.executemany(statement.query, arguments)

    def batches(self, query: str, values: Values, size: int) -> Iterator[list[Any]]:
        """Yield the rows of a query in lists, which the server has one after the other; inside a transaction."""
        statement = translated(query)
        with self.raw.cursor(f"batches_{id(object())}", binary=True) as cursor:
            cursor.execute(statement.query, statement.arguments(values))
            while rows := cursor.fetchmany(size):
                yield rows

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun."""
        # in a pipeline, the status is that of before
        is_writing = self.raw.info.pipeline_status != pq.PipelineStatus.OFF
        return is_writing or self.raw.info.transaction_status != pq.TransactionStatus.IDLE

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See one state of the database."""
        self.raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._roll_back()

    @contextmanager
    def writing(self, *, safely: bool) -> Iterator[None]:
        """Write all or nothing; waits until no other connection writes.

        Statements are sent without waiting for the one before, until rows are read. So what the server refuses may be
        raised later, but before the transaction ends.

        Args:
            safely: a crash of the server a moment later cannot undo it.
        """
        failure: BaseException | None = None
        try:
            with self.raw.pipeline():
                try:
                    self.raw.execute("BEGIN")
                    self.raw.execute(_BEGIN_SAFELY if safely else _BEGIN_QUICKLY)
                    self.raw.execute(_LOCK)
                    yield
                    self.raw.execute("COMMIT")
                except BaseException as error:
                    # leaving the pipeline with it, psycopg would log that a lost connection cannot end it
                    failure = error
        except psycopg.Error as error:
            failure = failure or error
        if failure:
            self._roll_back()
            raise failure

    def _roll_back(self) -> None:
        # a connection that is lost is rolled back by the server
        with suppress(psycopg.OperationalError):
            self.raw.execute("ROLLBACK")


class ServerConnections:
    """Connections to an address, each lent to one thread at a time."""

    def __init__(self, address: PostgresAddress) -> None:
        self._address = address
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._idle: list[PostgresConnection] = []
        self._is_closed = False

    @contextmanager
    def lent(self) -> Iterator[PostgresConnection]:
        """Lend a connection; the same thread gets the same one inside the block.

        Outside of a transaction, each change is committed at once.

        Raises:
            psycopg.Error: the server does not answer, or refuses.
        """
        current: PostgresConnection | None = getattr(self._thread, "connection", None)
        if current is not None:
            yield current
            return
        connection = self._take()
        self._thread.connection = connection
        try:
            yield connection
        finally:
            self._thread.connection = None
            self._give_back(connection)

    def close(self) -> None:
        """Close all connections; those that are lent, when they are given back."""
        with self._lock:
            self._is_closed = True
            while self._idle:
                self._idle.pop().raw.close()

    def _take(self) -> PostgresConnection:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._open()
            # something to be read on an idle connection: the server closed it, perhaps to be started again
            if not has_arrived(connection.raw.fileno()):
                return connection
            connection.raw.close()

    def _give_back(self, connection: PostgresConnection) -> None:
        with self._lock:
            # Ctrl-C may come just after a transaction began: it is undone with its connection
            is_usable = not (connection.raw.closed or connection.in_transaction or self._is_closed)
            if is_usable and len(self._idle) < _MAX_IDLE:
                self._idle.append(connection)
                return
        connection.raw.close()

    def _open(self) -> PostgresConnection:
        parameters = _parameters(self._address.connection_string)
        raw = _Attentive.connect(**parameters, autocommit=True, cursor_factory=_Cursor)
        adapt_values(raw)
        # compiling a query takes longer than these queries take
        settings = [f"search_path TO {self._address.schema}", "jit = off"]
        # whichever of its servers it is: changes go to an address that always leads to the primary
        settings += ["default_transaction_read_only = on"] if self._address.only_reads else []
        raw.execute(";".join(f"SET {setting}" for setting in settings).encode())
        return PostgresConnection(raw)


def has_arrived(socket: int) -> bool:
    """Whether something can be read, or the other side closed it."""
    with selectors.DefaultSelector() as selector:
        selector.register(socket, selectors.EVENT_READ)
        return bool(selector.select(0))


def _parameters(connection_string: str) -> dict[str, Any]:
    """Return the parameters of a connection; what the address says goes before what is usual."""
    stated = conninfo_to_dict(connection_string)
    usual = {**_CONNECTION_PARAMETERS, **_choice_of_server(stated)}
    missing = {name: value for name, value in usual.items() if name not in stated}
    return {"conninfo": make_conninfo(connection_string, **missing)}


def _choice_of_server(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return which of the servers of an address is taken, and how long each is waited for.

    >>> _choice_of_server({"host": "db1"})
    {'connect_timeout': 4}
    >>> _choice_of_server({"host": "db1,db2,db3"})
    {'connect_timeout': 2, 'target_session_attrs': 'read-write'}
    """
    count = max(str(stated.get(name) or "").count(",") + 1 for name in ("host", "hostaddr"))
    if count == 1:
        return {"connect_timeout": _CONNECT_SECONDS}
    # each is tried twice, first as a standby
    tries = 2 * count if stated.get("target_session_attrs") == "prefer-standby" else count
    seconds = max(_LEAST_CONNECT_SECONDS, _SEVERAL_CONNECT_SECONDS // tries)
    # the former primary may come back as a standby
    return {"connect_timeout": seconds, "target_session_attrs": "read-write"}

"""What PostgreSQL reports → what happened to the archive, and what to do."""

from __future__ import annotations

import psycopg
from psycopg import errors

from rag.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveError,
    ArchiveFull,
    ArchiveGone,
    ArchiveReadOnly,
    ArchiveReplica,
    ArchiveUnreachable,
    ArchiveUnreadable,
)
from rag.storage.database import REPLICA
from rag.storage.postgres.address import PostgresAddress

# what libpq says where no connection comes about, and what to do; it has no codes for this
_NO_PRIMARY = ("session is read-only", "server is in hot standby mode")
_ADVICE = (
    (
        _NO_PRIMARY,
        "none of its servers takes changes now, so wait until one is promoted; ?target_session_attrs=prefer-standby "
        "reads meanwhile",
    ),
    (("password", "authentication", "role ", "pg_hba.conf"), "set PGUSER and PGPASSWORD, or write them into ~/.pgpass"),
    (("certificate", "ssl", "tls"), "check sslmode and sslrootcert in the address, and the server's certificate"),
    (('database "',), "name a database that exists at the end of the address, or create this one"),
    (("translate host", "name or service"), "check the name of the server in the address"),
)
_GENERAL_ADVICE = "check the address, and whether the server runs; what was stored is safe"


def postgres_error(error: psycopg.Error, address: PostgresAddress) -> ArchiveError:  # noqa: PLR0911
    """Return the error that says what happened and what to do."""
    archive = f"The archive {address}"
    match error:
        case errors.DiskFull() | errors.OutOfMemory():
            return ArchiveFull(
                f"The server of {archive.lower()} has no room: make room there and run the same command again; what "
                "was stored before is safe."
            )
        case errors.LockNotAvailable() | errors.DeadlockDetected() | errors.TooManyConnections():
            return ArchiveBusy(f"{archive} is written by other programs, or used by too many: try again later.")
        case errors.SerializationFailure():
            # questions never wait for each other: only a server that follows another one cancels them so
            return ArchiveBusy(f"{archive} was read while its server had to remove what was read: ask again.")
        case errors.ReadOnlySqlTransaction():
            return ArchiveReplica(REPLICA.format(archive=address))
        case errors.InsufficientPrivilege():
            return ArchiveReadOnly(f"{archive} may not be written by this user: ask who runs the server.")
        case errors.DataCorrupted() | errors.IndexCorrupted():
            return ArchiveDamaged(f"{archive} is damaged ({_reason(error)}): restore a backup of the server.")
        case errors.UndefinedTable() | errors.InvalidCatalogName():
            return ArchiveGone(f"{archive} was deleted: restore a backup of the server, or index into another one.")
        case errors.ProgramLimitExceeded():
            return ArchiveError(f"A name or a question is too long for {archive.lower()}: shorten it and try again.")
        case psycopg.OperationalError():
            reason = _reason(error)
            # of several servers, the last one's reason comes first
            message = str(error) if any(word in str(error) for word in _NO_PRIMARY) else reason
            advice = next(
                (advice for words, advice in _ADVICE if any(word in message.lower() for word in words)), _GENERAL_ADVICE
            )
            return ArchiveUnreachable(f"{archive} cannot be reached ({reason}): {advice}.")
    return ArchiveUnreadable(f"{archive} cannot be used ({_reason(error)}): ask who runs the server.")


def _reason(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".:") if lines else type(error).__name__

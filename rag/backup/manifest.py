"""What a backup says of itself: its first member, which is read before anything is believed of the others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from rag.errors import BackupUnusable
from rag.storage.copies import DatabaseFacts
from rag.storage.layout import DENSE, FETCHED, INBOX, LEXICAL, MAP, TOKENS
from rag.storage.schema import SCHEMA_VERSION
from rag.storage.sqlite_database import DATABASE

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
FORMAT = "fundstelle-backup"
FORMAT_VERSION = 1
MAX_MANIFEST_BYTES = 200_000_000
SOURCES = (FETCHED, INBOX)
"""The folders of an archive with files that are nowhere else."""
INDEXES = (DENSE, LEXICAL, TOKENS, MAP)
"""What an archive makes again by itself."""
_MAX_NAME_BYTES = 4096
_NO_BACKUP = "{path} is no backup: give a file that `fundstelle backup` wrote."
_DAMAGED = "The backup {path} is damaged ({problem}): use another one."
_NEWER = (
    "The backup {path} is of Fundstelle {program}, which is newer: upgrade with `pip install --upgrade fundstelle`."
)


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file of an archive: its path in the archive's folder, its size in bytes, and the SHA-256 of its bytes."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup contains.

    Attributes:
        program: the version of Fundstelle that made it.
        made: when it was made, as an ISO time in UTC.
        database: what the archive's database contains.
        members: all files of the archive in it.
        damaged: how many rows of the database were damaged when it was saved, by their table; counted when a backup is
            checked, and not part of the file.
    """

    program: str
    made: str
    database: DatabaseFacts
    members: tuple[SavedFile, ...]
    damaged: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def size(self) -> int:
        """The bytes of all files together, unpacked."""
        return sum(member.bytes for member in self.members)

    def to_json(self) -> bytes:
        """Return the file that `parse_manifest` reads."""
        head = {"format": FORMAT, "format_version": FORMAT_VERSION}
        facts = {name: value for name, value in asdict(self).items() if name != "damaged"}
        text = json.dumps(head | facts, ensure_ascii=False, indent=1) + "\n"
        # the names of files need not be UTF-8
        return text.encode("utf-8", "surrogateescape")

    def checksums(self) -> bytes:
        """Return a file that `sha256sum -c` reads, with the manifest itself."""
        sums = [(hashlib.sha256(self.to_json()).hexdigest(), MANIFEST)]
        sums += [(member.sha256, member.name) for member in self.members]
        return "".join(f"{digest}  {name}\n" for digest, name in sums).encode("utf-8", "surrogateescape")


def no_backup(path: Path) -> BackupUnusable:
    """Return the error for a file that is something else."""
    return BackupUnusable(_NO_BACKUP.format(path=path))


def damaged(path: Path, problem: str) -> BackupUnusable:
    """Return the error for a backup that is not as it was written."""
    return BackupUnusable(_DAMAGED.format(path=path, problem=problem))


def parse_manifest(raw: bytes, path: Path) -> BackupManifest:
    """Return the manifest of a backup.

    Args:
        path: the backup, for messages.

    Raises:
        BackupUnusable: it is no manifest, was made by a newer version, or names files that no archive has.
    """
    try:
        values = json.loads(raw.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise damaged(path, "its manifest is no JSON") from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise no_backup(path)
    try:
        is_newer = int(values["format_version"]) > FORMAT_VERSION or int(values["database"]["version"]) > SCHEMA_VERSION
        program = str(values["program"])
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, "its manifest is incomplete") from error
    if is_newer:
        raise BackupUnusable(_NEWER.format(path=path, program=program))
    try:
        manifest = _manifest(values)
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, "its manifest is incomplete") from error
    names = [member.name for member in manifest.members]
    if DATABASE not in names or len(set(names)) < len(names) or not all(map(_belongs, names)):
        raise damaged(path, "it names files that no archive has")
    return manifest


def _manifest(values: dict[str, Any]) -> BackupManifest:
    database = values["database"]
    members = tuple(
        SavedFile(str(member["name"]), int(member["bytes"]), str(member["sha256"])) for member in values["members"]
    )
    if any(member.bytes < 0 for member in members):
        raise ValueError("bytes")
    return BackupManifest(
        program=str(values["program"]),
        made=str(values["made"]),
        database=DatabaseFacts(
            version=int(database["version"]),
            archive_id=str(database["archive_id"]),
            revision=int(database["revision"]),
            mark=str(database["mark"]),
            counts={str(name): int(count) for name, count in database["counts"].items()},
        ),
        members=members,
    )


def _belongs(name: str) -> bool:
    """Whether a name is a path that a backup may write below the folder of an archive."""
    path = PurePosixPath(name)
    return (
        str(path) == name
        and not path.is_absolute()
        and ".." not in path.parts
        and not any(character in name for character in "\\\0\n")
        and len(name.encode("utf-8", "surrogateescape")) <= _MAX_NAME_BYTES
        and (name in (DATABASE, MAP) or (len(path.parts) > 1 and path.parts[0] in (*SOURCES, *INDEXES)))
    )

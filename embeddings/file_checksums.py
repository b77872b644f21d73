"""Checksums of files, and JSON that carries its own: whether a file is what was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import xxhash

_BLOCK_BYTES = 1 << 22
_CHECKSUM = "checksum"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was written: its name, its size in bytes, and its checksum (XXH3, 128 bits)."""

    name: str
    size: int
    digest: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read a file and return its facts.

        Raises:
            OSError: it cannot be read.
        """
        return cls(path.name, path.stat().st_size, _digest(path))

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Return the facts of a mapping with the fields of this class.

        Raises:
            KeyError: one is missing.
            ValueError: the size is no number, or the name has a folder in it.
        """
        name = str(values["name"])
        if Path(name).name != name:
            raise ValueError(f"{name!r} is not the name of a file")
        return cls(name, int(values["size"]), str(values["digest"]))

    def fault(self, folder: Path, *, by_size: bool = False) -> str:
        """Return in a sentence how the file in a folder differs from what was written; empty if it does not.

        Args:
            by_size: do not read it, but compare its size.

        Raises:
            OSError: it is missing or cannot be read.
        """
        path = folder / self.name
        if path.stat().st_size != self.size:
            return f"The file {path} has another length than it was written with."
        return f"The file {path} was altered." if not by_size and _digest(path) != self.digest else ""


def _digest(path: Path) -> str:
    checksum = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            checksum.update(block)
    return checksum.hexdigest()


def sealed_json(values: Mapping[str, Any]) -> str:
    """Return a mapping as JSON with its checksum."""
    return json.dumps({**values, _CHECKSUM: _checksum_of(values)})


def unsealed_json(text: str) -> dict[str, Any]:
    """Return the mapping that `sealed_json` wrote.

    Raises:
        ValueError: it is not what was written.
    """
    values = json.loads(text)
    if not isinstance(values, dict) or _CHECKSUM not in values:
        raise ValueError("it has no checksum, as those of earlier versions")
    if values.pop(_CHECKSUM) != _checksum_of(values):
        raise ValueError("its checksum is wrong")
    return values


def _checksum_of(values: Mapping[str, Any]) -> str:
    return xxhash.xxh3_64_hexdigest(json.dumps(values, sort_keys=True).encode())

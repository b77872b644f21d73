"""The folder of fetched pages: the bytes as they came, each file with a companion that says from where."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import ArchiveError
from rag.fetching.addresses import same_as
from rag.fetching.download import Answer
from rag.fetching.naming import place_of
from rag.loading.companion import ENDING


class Saved:
    """Knows which pages are kept in a folder, and keeps more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}
        for companion in sorted(folder.glob(f"*/*{ENDING}")):
            file, notes = companion.with_name(companion.name.removesuffix(ENDING)), _notes(companion)
            if file.is_file():
                for address in (notes.get("asked"), notes.get("url")):
                    if isinstance(address, str):
                        self._files[same_as(address)] = file

    def __contains__(self, address: str) -> bool:
        return same_as(address) in self._files

    def seen(self, address: str) -> float:
        """Return when a kept page was last seen on the web: the higher, the later."""
        return self._files[same_as(address)].stat().st_mtime

    def conditions(self, address: str) -> dict[str, str]:
        """Return the headers by which a server can tell that a page is still as it is kept."""
        file = self._files.get(same_as(address))
        notes = _notes(_companion(file)) if file else {}
        stated = {"If-None-Match": notes.get("etag"), "If-Modified-Since": notes.get("modified")}
        return {name: value for name, value in stated.items() if isinstance(value, str)}

    def still(self, address: str) -> None:
        """Note that a kept page has been looked at and has not changed."""
        file = self._files.get(same_as(address))
        if file:
            os.utime(file)

    def keep(self, answer: Answer, asked: str, ending: str) -> None:
        """Keep the bytes of a page; what a person noted in its companion stays.

        Raises:
            ArchiveError: they cannot be written.
        """
        known = same_as(answer.address)
        before = self._files.get(known)
        file = self._folder / place_of(answer.address, ending)
        if before and before.suffix == file.suffix:
            file = before
        try:
            if before == file and file.read_bytes() == answer.raw:
                os.utime(file)
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            notes = {**(_notes(_companion(before)) if before else {}), **_stated(answer, asked)}
            written = {name: value for name, value in notes.items() if value is not None}
            _write(_companion(file), json.dumps(written, ensure_ascii=False, indent=2).encode("utf-8", "replace"))
            _write(file, answer.raw)
            if before and before != file:
                # it is of another kind now
                before.unlink()
                _companion(before).unlink()
        except OSError as error:
            raise ArchiveError(f"Nothing can be kept in {file.parent} ({error.strerror}): make room there.") from error
        self._files[known] = self._files[same_as(asked)] = file


def _stated(answer: Answer, asked: str) -> dict[str, str | None]:
    return {
        "url": answer.address,
        "asked": asked if asked != answer.address else None,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "content_type": answer.headers.get("content-type"),
        "etag": answer.headers.get("etag"),
        "modified": answer.headers.get("last-modified"),
    }


def _companion(file: Path) -> Path:
    return file.with_name(file.name + ENDING)


def _notes(companion: Path) -> Mapping[str, Any]:
    try:
        noted: Any = json.loads(companion.read_bytes())
    except (OSError, ValueError, RecursionError):
        # indexing says what is wrong with it; until it is mended, its page counts as new
        return {}
    return noted if isinstance(noted, dict) else {}


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(raw)
    part.replace(path)

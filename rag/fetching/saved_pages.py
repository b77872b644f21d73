"""The folder of fetched pages: the bytes as they came, each file with a companion that says from where."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embeddings.permissions import make_file, make_folder
from rag.errors import ArchiveError
from rag.fetching.download import Answer
from rag.fetching.file_names import place_of
from rag.fetching.urls import same_as
from rag.loading.common.safe_names import without_login
from rag.loading.common.sidecar import SIDECAR_SUFFIX


class Saved:
    """Knows which pages are kept in a folder, and keeps more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}
        for companion in sorted(folder.glob(f"*/*{SIDECAR_SUFFIX}")):
            file, notes = companion.with_name(companion.name.removesuffix(SIDECAR_SUFFIX)), _notes(companion)
            if file.is_file():
                addresses = [one for one in (notes.get("url"), *_asked(notes)) if isinstance(one, str)]
                self._files.update((same_as(address), file) for address in addresses)
                if any(without_login(address) != address for address in addresses):
                    # noted by an earlier version
                    with _writing(file):
                        _note(file, notes)

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

    def still(self, address: str, asked: str) -> None:
        """Note that a kept page has been looked at and has not changed.

        Raises:
            ArchiveError: it cannot be noted.
        """
        file = self._files[same_as(address)]
        with _writing(file):
            os.utime(file)
            if asked not in self:
                notes = _notes(_companion(file))
                _note(file, {**notes, "asked": [*_asked(notes), asked]})
        self._files[same_as(asked)] = file

    def keep(self, answer: Answer, raw: bytes, asked: str, ending: str) -> None:
        """Keep the bytes of a page; what a person noted in its companion stays.

        Raises:
            ArchiveError: they cannot be written.
        """
        before = self._files.get(same_as(answer.address))
        file = self._folder / place_of(answer.address, ending)
        if before and before.suffix == file.suffix:
            file = before
        with _writing(file):
            if before == file and file.read_bytes() == raw:
                self.still(answer.address, asked)
                return
            make_folder(file.parent)
            notes = _notes(_companion(before)) if before else {}
            known = asked in self or same_as(asked) == same_as(answer.address)
            _note(file, {**notes, **_stated(answer), "asked": _asked(notes) if known else [*_asked(notes), asked]})
            _write(file, raw)
            if before and before != file:
                # it is of another kind now
                before.unlink()
                _companion(before).unlink()
        self._files[same_as(answer.address)] = self._files[same_as(asked)] = file


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"Nothing can be kept in {file.parent} ({error.strerror}): make room there.") from error


def _stated(answer: Answer) -> dict[str, str | None]:
    return {
        "url": answer.address,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "content_type": answer.headers.get("content-type"),
        "etag": answer.headers.get("etag"),
        "modified": answer.headers.get("last-modified"),
    }


def _asked(notes: Mapping[str, Any]) -> list[Any]:
    """The addresses that led to a page by redirects."""
    asked = notes.get("asked")
    return asked if isinstance(asked, list) else []


def _companion(file: Path) -> Path:
    return file.with_name(file.name + SIDECAR_SUFFIX)


def _notes(companion: Path) -> Mapping[str, Any]:
    try:
        noted: Any = json.loads(companion.read_bytes())
    except (OSError, ValueError, RecursionError):
        # indexing says what is wrong with it; until it is mended, its page counts as new
        return {}
    return noted if isinstance(noted, dict) else {}


def _note(file: Path, notes: Mapping[str, Any]) -> None:
    stated = {name: value for name, value in notes.items() if value}
    stated |= {name: without_login(stated[name]) for name in ("url",) if isinstance(stated.get(name), str)}
    stated |= {"asked": [without_login(str(one)) for one in _asked(notes)]} if _asked(notes) else {}
    _write(_companion(file), json.dumps(stated, ensure_ascii=False, indent=2).encode("utf-8", "replace"))


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    make_file(part)
    part.write_bytes(raw)
    part.replace(path)

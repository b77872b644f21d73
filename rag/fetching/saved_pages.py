"""The folder of fetched pages: each file has the bytes of a page, and a sidecar says where it came from."""

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
from rag.fetching.download import Download
from rag.fetching.file_names import page_path
from rag.fetching.urls import canonical_url
from rag.loading.common.safe_names import without_login
from rag.loading.common.sidecar import SIDECAR_SUFFIX


class SavedPages:
    """The pages in a folder, by their addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}
        for sidecar in sorted(folder.glob(f"*/*{SIDECAR_SUFFIX}")):
            file, notes = sidecar.with_name(sidecar.name.removesuffix(SIDECAR_SUFFIX)), _read_notes(sidecar)
            if file.is_file():
                addresses = [text for text in (notes.get("url"), *_redirects(notes)) if isinstance(text, str)]
                self._files.update((canonical_url(address), file) for address in addresses)
                if any(without_login(address) != address for address in addresses):
                    # an earlier version wrote logins
                    with _writing(file):
                        _write_notes(file, notes)

    def __contains__(self, address: str) -> bool:
        return canonical_url(address) in self._files

    def last_seen(self, address: str) -> float:
        """Return when a saved page was last seen on the web, in seconds since the epoch."""
        return self._files[canonical_url(address)].stat().st_mtime

    def conditions(self, address: str) -> dict[str, str]:
        """Return the headers by which a server can tell that a page is still as it was saved."""
        file = self._files.get(canonical_url(address))
        notes = _read_notes(_sidecar(file)) if file else {}
        headers = {"If-None-Match": notes.get("etag"), "If-Modified-Since": notes.get("modified")}
        return {name: value for name, value in headers.items() if isinstance(value, str)}

    def mark_unchanged(self, address: str, requested: str) -> None:
        """Note that a saved page was seen again and has not changed.

        Args:
            requested: the address that led to it.

        Raises:
            ArchiveError: it cannot be noted.
        """
        file = self._files[canonical_url(address)]
        with _writing(file):
            os.utime(file)
            if requested not in self:
                notes = _read_notes(_sidecar(file))
                _write_notes(file, {**notes, "asked": [*_redirects(notes), requested]})
        self._files[canonical_url(requested)] = file

    def save(self, download: Download, raw: bytes, requested: str, ending: str) -> None:
        """Save the bytes of a page; what a person noted in its sidecar stays.

        Args:
            requested: the address that led to it.
            ending: that of the file.

        Raises:
            ArchiveError: they cannot be written.
        """
        old_file = self._files.get(canonical_url(download.address))
        file = self._folder / page_path(download.address, ending)
        if old_file and old_file.suffix == file.suffix:
            file = old_file
        with _writing(file):
            if old_file == file and file.read_bytes() == raw:
                self.mark_unchanged(download.address, requested)
                return
            make_folder(file.parent)
            notes = _read_notes(_sidecar(old_file)) if old_file else {}
            is_new_redirect = requested not in self and canonical_url(requested) != canonical_url(download.address)
            redirects = [*_redirects(notes), requested] if is_new_redirect else _redirects(notes)
            _write_notes(file, {**notes, **_notes_of(download), "asked": redirects})
            _write(file, raw)
            if old_file and old_file != file:
                # the page is of another kind now
                old_file.unlink()
                _sidecar(old_file).unlink()
        self._files[canonical_url(download.address)] = self._files[canonical_url(requested)] = file


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"Nothing can be kept in {file.parent} ({error.strerror}): make room there.") from error


def _notes_of(download: Download) -> dict[str, str | None]:
    return {
        "url": download.address,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "content_type": download.headers.get("content-type"),
        "etag": download.headers.get("etag"),
        "modified": download.headers.get("last-modified"),
    }


def _redirects(notes: Mapping[str, Any]) -> list[Any]:
    """Return the addresses that led to a page by redirects."""
    addresses = notes.get("asked")
    return addresses if isinstance(addresses, list) else []


def _sidecar(file: Path) -> Path:
    return file.with_name(file.name + SIDECAR_SUFFIX)


def _read_notes(sidecar: Path) -> Mapping[str, Any]:
    try:
        notes: Any = json.loads(sidecar.read_bytes())
    except (OSError, ValueError, RecursionError):
        # indexing reports what is wrong with it; until it is fixed, its page counts as new
        return {}
    return notes if isinstance(notes, dict) else {}


def _write_notes(file: Path, notes: Mapping[str, Any]) -> None:
    """Write the sidecar of a file, without logins and without empty notes."""
    cleaned = {name: value for name, value in notes.items() if value}
    if isinstance(cleaned.get("url"), str):
        cleaned["url"] = without_login(cleaned["url"])
    if _redirects(notes):
        cleaned["asked"] = [without_login(str(address)) for address in _redirects(notes)]
    _write(_sidecar(file), json.dumps(cleaned, ensure_ascii=False, indent=2).encode("utf-8", "replace"))


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{path.name}.part")
    make_file(partial)
    partial.write_bytes(raw)
    partial.replace(path)

"""The user's cache folder, where prepared models are stored: each made once, and complete or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

MANIFEST = "fundstelle.json"


def cache_folder() -> Path:
    """Return the folder for prepared models; it may be deleted at any time and is then made again."""
    return Path(platformdirs.user_cache_dir("fundstelle", appauthor=False))


def folder_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the folder's manifest, or None if the folder is missing or incomplete."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        sizes: dict[str, int] = manifest["sizes"]
        complete = all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if complete else None


def make_once(folder: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """Make a folder unless it exists and return its manifest.

    `make` fills an empty folder and returns the facts for the manifest. The folder appears under its name by one
    rename, after all its files are written; of several processes that need it at once, one makes it and the others
    wait. A folder with missing or truncated files is made again.

    Raises:
        OSError: the cache cannot be written.
    """
    manifest = folder_manifest(folder)
    if manifest is not None:
        return manifest
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):
        manifest = folder_manifest(folder)
        if manifest is not None:
            return manifest
        for leftover in folder.parent.glob(f"{folder.name}.making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix=f"{folder.name}.making-", dir=folder.parent))
        try:
            facts = make(making)
            files = [path for path in sorted(making.rglob("*")) if path.is_file()]
            sizes = {path.relative_to(making).as_posix(): path.stat().st_size for path in files}
            (making / MANIFEST).write_text(json.dumps({**facts, "sizes": sizes}, indent=1), encoding="utf-8")
            if folder.exists():
                shutil.rmtree(folder)
            making.replace(folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
    return {**facts, "sizes": sizes}

"""Which files of the server's computer a client may have indexed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.exceptions import HTTPException

from rag.archive import Archive
from rag.errors import NotFound
from rag.server.hosts import Serving
from rag.workspace.folders import Folders


def checked_paths(names: Iterable[str], archive: Archive, serving: Serving) -> tuple[Path, ...]:
    """Return paths that may be indexed: those of `serving.paths`, and, on this computer alone, what is indexed already.

    Raises:
        HTTPException: a path is none of them; the reply is the same whether it exists or not.
        NotFound: it does not exist.
    """
    paths = tuple(Path(name) for name in names)
    indexed = [Path(folder.path) for folder in Folders(archive).all()] if serving.is_private else []
    roots = [root.resolve() for root in (*serving.paths, *indexed)]
    for path in paths:
        is_known = serving.is_private and path.is_absolute() and archive.articles_in(str(path)) > 0
        if not (is_known or _is_below(path, roots)):
            raise HTTPException(
                403,
                f"This server does not index {str(path)!r}: start it with --allow-path and a folder above it, or "
                "upload the files.",
            )
        if not path.exists():
            raise NotFound(f"{path} does not exist on the server's computer: check the path.")
    return paths


def _is_below(path: Path, roots: Iterable[Path]) -> bool:
    """Return whether a path leads, through whatever links, to one of the roots or below."""
    try:
        target = path.resolve()
    except (OSError, ValueError, RuntimeError):
        return False  # it contains NUL, or its links lead round in circles
    return path.is_absolute() and any(target.is_relative_to(root) for root in roots)

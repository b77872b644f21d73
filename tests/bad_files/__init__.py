"""Files as bad as they come, the same at every run, each with what is to become of it.

`python -m bad_files FOLDER` in the folder `tests` makes them to look at; with --heavy those too that are large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bad_files import archives, documents, feeds, heavy, names, pages, tables, texts

TAKEN, REFUSED, EITHER = "taken", "refused", "either"


@dataclass(frozen=True, slots=True)
class Bad:
    """A file and what is to become of it: at least one article (taken), none (refused), or whatever, but in time."""

    path: Path
    expected: str


def make(folder: Path, with_heavy: bool = False) -> list[Bad]:
    """Write all of them into an empty folder, one below it for each kind of badness."""
    made = [Bad(path, expected) for path, expected in names.make(folder / "names")]
    for name, raw, expected in _files(with_heavy):
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(raw)
        made.append(Bad(path, expected))
    if with_heavy:
        made += [Bad(path, expected) for path, expected in heavy.make(folder / "heavy")]
    return made


def _files(with_heavy: bool) -> Iterator[tuple[str, bytes, str]]:
    modules = {
        "texts": texts.files(),
        "pages": pages.files(),
        "tables": tables.files(),
        "feeds": feeds.files(),
        "archives": archives.files(),
        "documents": documents.files(),
    }
    if with_heavy:
        modules["heavy"] = heavy.files()
    return chain.from_iterable(
        ((f"{kind}/{name}", raw, expected) for name, raw, expected in found) for kind, found in modules.items()
    )

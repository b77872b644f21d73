"""What is large: on disk, or once it is unpacked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bad_files.archives import packed, zipped
from bad_files.words import TEXT, page


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    row = json.dumps({"text": TEXT * 50_000})
    yield "long_line.jsonl", f'{{"text": "a"}}\n{row}\n{{"text": "b"}}\n'.encode(), "taken"
    yield "gigabyte.txt.gz", packed(bytes(1_000_000_000)), "refused"
    yield "many_members.zip", zipped([(f"{number}.txt", b"") for number in range(100_001)]), "refused"
    yield "empty_objects.json.gz", packed(b"[" + b"{}," * 30_000_000 + b"{}]"), "refused"
    yield "large_page.html", page(TEXT * 20_000).encode(), "either"


def make(folder: Path) -> Iterator[tuple[Path, str]]:
    """Make files with holes, which take no room on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in {"holes.html": 100_000_000, "holes.txt": 30_000_000_000, "holes.zip": 1_000_000_000}.items():
        path = folder / name
        with path.open("wb") as file:
            file.write(page().encode() if name == "holes.html" else b"PK\x03\x04" if name == "holes.zip" else b"")
            file.truncate(size)
        yield path, "refused"

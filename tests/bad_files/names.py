"""What has a bad name or is no file: links in a circle, a pipe, bytes that are no letters."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from bad_files.words import TEXT

_NAMES = (
    "new\nline.txt",
    "\x1b[31mred.txt",
    "\u202etxt.exe.txt",
    "-rf.txt",
    "* ?.txt",
    "spaces  .txt",
    "Über die Brücke, 14.01.txt",
    "U\u0308ber.txt",
    "🌊.txt",
    "%00.txt",
    "x" * 250 + ".txt",
    "UPPER.TXT",
    "two.dots..txt",
    "con.txt",
)


def make(folder: Path) -> Iterator[tuple[Path, str]]:
    """Make them in a new folder, and yield the path and what is expected of each."""
    folder.mkdir(parents=True)
    for name in _NAMES:
        path = folder / name
        path.write_text(TEXT)
        yield path, "taken"
    no_letters = Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt"))
    no_letters.write_text(TEXT)
    yield no_letters, "refused"
    for name, target in {"self.txt": "self.txt", "dangling.txt": "nowhere.txt", "around": "."}.items():
        (folder / name).symlink_to(target)
        yield folder / name, "refused"
    (folder / "link.txt").symlink_to(_NAMES[-1])
    yield folder / "link.txt", "either"
    os.mkfifo(folder / "pipe.txt")
    yield folder / "pipe.txt", "refused"
    if len(os.fsencode(folder)) < 80:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(folder / "socket.txt"))
        yield folder / "socket.txt", "refused"
    (folder / "folder.txt").mkdir()
    yield folder / "folder.txt", "refused"
    for name in (".hidden.txt", "README.txt"):
        (folder / name).write_text(TEXT)
        yield folder / name, "either"
    deep = folder / "/".join(["deep"] * 60)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(TEXT)
    yield deep / "a.txt", "taken"

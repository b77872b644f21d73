"""Paths: how a file system may spell them, whether anything is there, and how a command names them."""

from __future__ import annotations

import shlex
import unicodedata
from itertools import product
from pathlib import Path
from typing import Literal

DEFAULT_ARCHIVE = ".fundstelle"
"""The archive of a command that names none."""

_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
# a path with at most this many parts with accents is searched in all mixtures of both forms
_MAX_MIXED_PARTS = 8


def spellings(path: str) -> list[str]:
    """Return a path as it was typed and in both Unicode forms of each of its parts.

    macOS writes names decomposed (NFD), other systems as they were typed, which is mostly composed (NFC), and a folder
    that came from one to the other holds files of both.

    >>> [len(spelling) for spelling in spellings("Größe")]
    [5, 6]
    """
    parts = [list(dict.fromkeys(unicodedata.normalize(form, part) for form in _FORMS)) for part in path.split("/")]
    if sum(len(forms) > 1 for forms in parts) > _MAX_MIXED_PARTS:
        uniform = (unicodedata.normalize(form, path) for form in _FORMS)
        return list(dict.fromkeys((path, *uniform)))
    return list(dict.fromkeys((path, *("/".join(mixture) for mixture in product(*parts)))))


def index_command(archive: Path | str, articles: str = "FOLDER") -> str:
    """Return the command that adds articles to an archive.

    >>> index_command(DEFAULT_ARCHIVE)
    'fundstelle index FOLDER'
    >>> index_command("my news", "ORDNER")
    "fundstelle index ORDNER --archive 'my news'"
    """
    command = f"fundstelle index {articles}"
    return command if str(archive) == DEFAULT_ARCHIVE else f"{command} --archive {shlex.quote(str(archive))}"


def is_missing(path: Path) -> bool:
    """Whether there is certainly nothing at a path; False if its folder may not be read."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False

"""`python index_all.py FOLDER ARCHIVE`: index a folder as the command does, and print all that came of it as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rag.archive import Archive


def main(folder: str, archive: str) -> None:
    """Print the report, and the paths of all articles."""
    with Archive.open(archive) as opened:
        report = opened.index([Path(folder)])
        paths = [article.path for article in opened.articles()]
    json.dump({**asdict(report), "paths": paths}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

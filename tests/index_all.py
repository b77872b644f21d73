"""`python index_all.py FOLDER ARCHIVE`: index a folder as the command does, and print all that came of it as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rag.archive import Archive


def main(folder: str, archive: str) -> None:
    """Print the report, and the paths of all articles and their duplicates."""
    with Archive.open(archive) as opened:
        report = opened.index([Path(folder)])
        articles = list(opened.articles())
        paths = [copy.path for article in articles for copy in (article, *opened.duplicates(article.id))]
    json.dump({**asdict(report), "paths": paths}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

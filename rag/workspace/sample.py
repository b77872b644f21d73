"""The sample articles, which come with the program."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def sample_articles() -> Path | None:
    """Return the folder of the sample articles: in the installed package, or at the top of a clone."""
    package = Path(str(files("rag")))
    folders = (package / "sample", package.parent / "seeds" / "articles")
    return next((folder for folder in folders if folder.is_dir()), None)

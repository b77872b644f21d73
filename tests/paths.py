"""Paths of the project and of the sample files, and copies of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "seeds" / "articles"
# five newspaper articles that belong to their publishers and are not part of this project
REAL_ARTICLES = ROOT.parent / "shared" / "seeds"

QUESTIONS_FILE = ROOT / "seeds" / "questions.jsonl"
QUESTIONS = [json.loads(line) for line in QUESTIONS_FILE.read_text("utf-8").splitlines()]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def copied_articles(names: Iterable[str], folder: Path) -> Path:
    """Copy some of the sample articles into a new folder, and return it."""
    folder.mkdir()
    for name in names:
        shutil.copy(ARTICLES / name, folder)
    return folder

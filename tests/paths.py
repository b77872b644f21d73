"""Where things are that several tests read."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "seeds" / "articles"
# five newspaper articles, which belong to their publishers and are no part of this project
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

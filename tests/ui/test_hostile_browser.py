"""Fifty hostile articles in a real browser, through every view that shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_parts import Open, needs_chromium
from hostile_articles import HOSTILE_ARTICLES, write_hostile
from hostile_views import articles_of, walk
from server_parts import served

from rag.archive import Archive

pytestmark = [needs_chromium, pytest.mark.heavy]


@pytest.mark.parametrize("width", [390, 1440])
def test_fifty_hostile_articles_do_nothing(tmp_path: Path, open_page: Open, width: int) -> None:
    """Every word is shown as it was written; nothing runs, loads, scrolls sideways or turns what is beside it."""
    (tmp_path / "files").mkdir()
    (tmp_path / "exports").mkdir()
    files = write_hostile(tmp_path / "files")
    with Archive.open(tmp_path / "archive") as archive, served(archive) as server:
        report = archive.index([tmp_path / "files"])
        assert (report.new, report.failures) == (len(HOSTILE_ARTICLES), ())
        articles = articles_of(archive, files)
        visit = open_page(f"{server.address}/", width=width)
        walk(visit, f"{server.address}/", archive, articles, tmp_path / "exports")

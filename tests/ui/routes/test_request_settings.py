"""What the settings of an archive change on its page: language, theme, dates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from page_parts import ARTICLE, TEXT

from rag.archive import Archive
from rag.storage.sqlite_database import DATABASE
from rag.workspace.settings import SettingsStore
from ui.app import build_app
from ui.html.markup import byline
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.page import with_date_format


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Archive]:
    """An archive of one article, whose settings a test may change."""
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive") as opened:
        opened.index([tmp_path / "one.txt"])
        yield opened


def client(archive: Archive) -> TestClient:
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860", headers={"Accept-Language": "de"})


def test_the_language_of_the_settings(own: Archive) -> None:
    """It comes after the language of the address and before that of the browser, on the page and in an article."""
    page, address = client(own), f"/article/{next(own.articles()).id}"
    assert '<html lang="de"' in " ".join(page.get("/").text.split())
    SettingsStore(own).change(language="en")
    for path in ("/", address):
        assert 'lang="en"' in page.get(path).text.partition("<head")[0]
        assert 'lang="de"' in page.get(f"{path}?lang=de").text.partition("<head")[0]
    assert "<span>1 article</span>" in page.get("/answer?q=Tunnel").text


def test_the_theme_of_the_settings(own: Archive) -> None:
    """The document says it to the script that runs before the first paint, on the page and in an article."""
    page = client(own)
    SettingsStore(own).change(theme="dark")
    for path in ("/", f"/article/{next(own.articles()).id}"):
        assert 'data-fs-theme="dark"' in page.get(path).text.partition("<head")[0]


def test_the_private_mode_is_visible(own: Archive) -> None:
    """The document says from the start whether questions are noted."""
    page = client(own)
    assert "data-fs-private" not in page.get("/").text.partition("<head")[0]
    SettingsStore(own).change(private=True)
    assert "data-fs-private" in page.get("/").text.partition("<head")[0]


def test_days_are_written_as_set() -> None:
    """In words, in numbers or as ISO, in both languages; the machine's form stays."""
    dated = {
        (texts.code, name): byline(ARTICLE, with_date_format(texts, name))
        for texts in (GERMAN, ENGLISH)
        for name in ("words", "numbers", "iso")
    }
    for key, day in {
        ("de", "words"): "1. Juni 2016",
        ("de", "numbers"): "1.6.2016",
        ("de", "iso"): "2016-06-01",
        ("en", "words"): "1 June 2016",
        ("en", "numbers"): "01/06/2016",
        ("en", "iso"): "2016-06-01",
    }.items():
        assert f'<time datetime="2016-06-01">{day}</time>' in dated[key]


def test_without_its_archive_the_page_has_its_usual_settings(own: Archive) -> None:
    """Where the settings cannot be read, the page comes all the same, and says what is wrong where it is asked."""
    page = client(own)
    (own.folder / DATABASE).unlink()
    assert page.get("/").status_code == 200
    assert page.get("/answer?q=Tunnel").status_code == 503

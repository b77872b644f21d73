"""Another archive in the place of the one that a page shows, or none at all, while the page is open."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from browser_parts import Open, needs_chromium
from factories import BRIDGE
from page_parts import TEXT
from server_parts import served

from embeddings.encoder import Encoder
from rag.archive import Archive

pytestmark = [needs_chromium, pytest.mark.slow]


def test_a_page_goes_on_with_the_archive_that_is_there(tmp_path: Path, encoder: Encoder, open_page: Open) -> None:
    """What is asked is answered from it; what is no longer there is said in a sentence; what was typed stays."""
    folder = tmp_path / "archive"
    for name, text in (("tunnel", TEXT), ("bridge", BRIDGE)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        with Archive.open(tmp_path / f"of-{name}", encoder=encoder) as archive:
            archive.index([tmp_path / f"{name}.txt"])
    shutil.copytree(tmp_path / "of-tunnel", folder)
    with Archive.open(folder, encoder=encoder) as archive, served(archive) as server:
        visit = open_page(f"{server.address}/?lang=de", width=1440)
        page = visit.page
        visit.ask("Wie lang ist der Tunnel?")
        page.locator("a[data-fs-reader]").first.click()
        page.locator(".fs-reader").wait_for()
        note_page = open_page(f"{server.address}/?lang=de&tab=dossiers").page
        note_page.locator("[data-fs-make-dossier] input").fill("Brücken")
        note_page.keyboard.press("Enter")
        note_page.locator("[data-fs-add-entry=note]").click()
        note = note_page.locator(".fs-entries [data-fs-text]")
        note.wait_for()

        folder.rename(tmp_path / "away")
        note.fill("Nicht vergessen")
        note_page.get_by_text("Das Archiv wurde gelöscht oder verschoben.").wait_for()
        page.locator("#fs-question textarea").fill("Was kostete die Brücke?")
        page.keyboard.press("Enter")
        page.locator("#fs-results", has_text="Das Archiv wurde gelöscht oder verschoben.").wait_for()

        shutil.copytree(tmp_path / "of-bridge", folder)
        page.reload()
        page.locator("#fs-article, #fs-results", has_text="Brücke").first.wait_for()
        page.locator(".fs-card").first.wait_for()
        assert page.locator("#fs-question textarea").input_value() == "Was kostete die Brücke?"
        page.go_back()
        page.locator("#fs-article", has_text="Das ist nicht mehr im Archiv").wait_for()
        page.locator(".fs-close").click()
        page.locator("[data-fs-tab=library]").click()
        page.locator(".fs-articles", has_text="bridge").wait_for()

        # the open library says so, too, and lists what is there then
        folder.rename(tmp_path / "away-again")
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.locator("#fs-library-run", has_text="Das Archiv wurde gelöscht oder verschoben.").wait_for()
        shutil.copytree(tmp_path / "of-tunnel", folder)
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.locator(".fs-articles", has_text="tunnel").wait_for()
        assert note_page.evaluate("Object.values(localStorage).includes('Nicht vergessen')")
        assert note.input_value() == "Nicht vergessen"

"""Two windows of a browser on one archive, which are not in each other's way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from browser_parts import Open, needs_chromium
from factories import BRIDGE
from halting import HaltingEncoder, write_many
from paths import ARTICLES
from server_parts import served

from embeddings.encoder import Encoder
from rag.archive import Archive

pytestmark = [needs_chromium, pytest.mark.slow]

TUNNEL = "de-gotthard-basistunnel-eroeffnung.md"
QUESTION = "Wie lang ist der Gotthard-Basistunnel?"


def test_a_run_is_seen_in_both_windows_and_uploads_wait_for_it(
    tmp_path: Path, encoder: Encoder, open_page: Open
) -> None:
    """The second window shows the first one's run, questions are answered meanwhile, and its upload is read next."""
    many, halting = write_many(tmp_path / "many"), HaltingEncoder(encoder)
    halting.go_on.set()
    with Archive.open(tmp_path / "archive", encoder=halting) as archive:  # type: ignore[arg-type]
        shutil.copy(ARTICLES / TUNNEL, tmp_path)
        archive.index([tmp_path / TUNNEL])
        (tmp_path / "bruecke.txt").write_text(f"Brücke eröffnet\n\n{BRIDGE}", encoding="utf-8")
        halting.go_on.clear()
        with served(archive) as server:
            first, second = (open_page(f"{server.address}/?tab=library&lang=de") for _ in range(2))
            for visit in (first, second):
                visit.page.locator("#fs-add > summary").click()
            first.page.get_by_label("Ordner auf diesem Rechner").fill(str(many))
            first.page.get_by_role("button", name="Ordner aufnehmen").click()
            first.page.locator(".fs-run").wait_for()

            second.page.locator("#fs-files").set_input_files([tmp_path / "bruecke.txt"])
            second.page.locator("#fs-library-note", has_text="kommen danach an die Reihe").wait_for()
            second.page.locator(".fs-run").wait_for()
            second.page.get_by_label("Ordner auf diesem Rechner").fill(str(many))
            second.page.get_by_role("button", name="Ordner aufnehmen").click()
            second.page.locator("#fs-library-note", has_text="Es wird gerade eingelesen.").wait_for()
            assert second.page.get_by_label("Ordner auf diesem Rechner").input_value() == str(many)

            reader = open_page(f"{server.address}/?q={QUESTION}")
            reader.page.locator(".fs-card", has_text="Gotthard").first.wait_for()
            assert "data-fs-running" in reader.page.request.get(f"{server.address}/view/library/run").text()

            first.page.locator("[data-fs-cancel]").click()
            halting.go_on.set()
            second.page.get_by_text("Fertig: 1 neuer Artikel").wait_for()
            second.page.locator(".fs-articles", has_text="Brücke eröffnet").wait_for()
            faults = [fault for visit in (first, second, reader) for fault in visit.faults if "409" not in fault]
            assert faults == []

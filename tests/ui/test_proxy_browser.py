"""Every part of the page in a real browser behind a reverse proxy that shows it below a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_parts import Open, needs_chromium, settled
from pdfs import STORY, set_in_columns
from proxy_parts import proxied
from server_parts import served

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.server.hosts import Serving
from ui.wording.masthead import MASTHEAD

pytestmark = [needs_chromium, pytest.mark.slow]


def test_all_of_the_page_works_below_a_path(tmp_path: Path, encoder: Encoder, open_page: Open) -> None:
    """Views, answer, reader, picture of a page, citation, dossier and its export; no request leaves the path."""
    (tmp_path / "rat.pdf").write_bytes(set_in_columns(["Der Haushalt bleibt ohne Mehrheit", *STORY], 1, spaceAfter=6))
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([tmp_path / "rat.pdf"])
        serving = Serving(root="/archive", proxies=("127.0.0.1",))
        with served(archive, serving) as server, proxied(server.port, "/archive", strip=False) as address:
            visit = open_page(f"{address}?lang=de", width=1440)
            page = visit.page
            visit.ask("Wer hat im Haushalt keine Mehrheit?")
            page.locator("[data-fs-save]").first.click()
            page.locator("[data-fs-save][aria-pressed=true]").first.wait_for()
            page.locator(".fs-card a[data-fs-reader]").first.click()
            page.locator("[data-fs-fetch*=page]").first.click()
            page.wait_for_function("document.querySelector('.fs-page img')?.naturalWidth > 100")
            page.locator(".fs-evidence [data-fs-cite]").click()
            page.locator("#fs-menu [data-fs-format]").first.wait_for()
            page.reload()
            page.locator(".fs-reader .fs-current").first.wait_for()
            page.locator(".fs-close").click()
            for name in MASTHEAD["de"].views:
                page.locator(f"[data-fs-tab={name}]").click()
                settled(page)
            page.goto(f"{address}?lang=de&tab=dossiers")
            page.locator("a[data-fs-dossier]").first.click()
            with page.expect_download() as download:
                page.locator(".fs-export summary").click()
                page.locator("[data-fs-export]", has_text="Markdown").click()
            assert "Haushalt" in download.value.path().read_text(encoding="utf-8")
            assert visit.faults == []
            assert [each for each in visit.addresses if not each.startswith((address, "data:", "blob:"))] == []

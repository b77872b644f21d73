"""The library in a real browser: articles are added, found and corrected, with the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_parts import Open, findings, looks, needs_chromium, settled
from factories import BRIDGE
from halting import HaltingEncoder, write_many
from server_parts import served

from embeddings.encoder import Encoder
from rag.archive import Archive

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]

SHORT = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."
DROP = """
([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: "text/plain" }));
  for (const kind of ["dragover", "drop"]) {
    document.querySelector("#fs-drop").dispatchEvent(
      new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
  }
}
"""


@pytest.fixture(scope="module")
def empty_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an archive without any article is served."""
    with Archive.open(tmp_path_factory.mktemp("library") / "archive") as archive, served(archive) as page:
        yield f"{page.address}/"


def test_files_become_articles_that_are_found(empty_address: str, open_page: Open, tmp_path: Path) -> None:
    """Dropped and chosen files are uploaded and indexed; a question finds them; a corrected headline is cited."""
    (tmp_path / "bruecke.txt").write_text(f"Brücke eröffnet\n\n{BRIDGE}", encoding="utf-8")
    visit = open_page(f"{empty_address}?tab=library&lang=de")
    page = visit.page
    page.get_by_role("heading", name="Dieses Archiv ist noch leer.").wait_for()
    page.locator("#fs-drop").wait_for()
    page.evaluate(DROP, ["schleuse.txt", SHORT])
    page.locator(".fs-articles tbody tr").wait_for()
    page.locator("#fs-add > summary").click()
    page.locator("#fs-files").set_input_files([tmp_path / "bruecke.txt"])
    page.get_by_text("Fertig: 1 neuer Artikel").wait_for()
    page.locator("[data-fs-more]").nth(1).wait_for()

    # the row unfolds by keyboard; the headline is corrected in it
    row = page.locator("tr", has_text="Brücke eröffnet").locator("[data-fs-more]")
    row.focus()
    page.keyboard.press("Enter")
    page.locator(".fs-correct > summary").click()
    page.get_by_label("Überschrift", exact=True).fill("Neue Hubbrücke")
    page.keyboard.press("Enter")
    page.get_by_text("Die Berichtigung ist gespeichert.").first.wait_for()
    page.get_by_text("In der Datei steht: Brücke eröffnet").wait_for()

    page.goto(f"{empty_address}?lang=de&q=Was+kostete+die+Hubbr%C3%BCcke%3F")
    page.locator("#fs-results", has_text="Neue Hubbrücke").wait_for()
    page.goto(f"{empty_address}?lang=de&q=Welche+Schleuse+hat+der+Deichgraf+besichtigt%3F")
    page.locator("#fs-results", has_text="Schleuse Nord").wait_for()
    assert visit.faults == []
    assert all(asked.startswith((empty_address, "data:", "blob:")) for asked in visit.addresses)


def test_a_run_survives_a_reload_and_is_cancelled(open_page: Open, encoder: Encoder, tmp_path: Path) -> None:
    """Any open page shows it; a click on Cancel counts though the run is shown anew meanwhile; what is stored stays."""
    folder, halting = write_many(tmp_path / "many"), HaltingEncoder(encoder)
    with Archive.open(tmp_path / "archive", encoder=halting) as archive, served(archive) as site:  # type: ignore[arg-type]
        visit = open_page(f"{site.address}/?tab=library&lang=de")
        page = visit.page
        page.get_by_label("Ordner auf diesem Rechner").fill(str(folder))
        page.get_by_role("button", name="Ordner aufnehmen").click()
        page.locator(".fs-run").wait_for()
        # the masthead, which says that the library is open, may come after it
        held: list[sync_api.Route] = []
        page.route("**/gradio_api/run/predict*", lambda route: held.append(route))  # noqa: PLW0108 - it marks what it calls
        with page.expect_response("**/view/library/run*"):
            page.reload(wait_until="commit")
        page.locator("[data-fs-cancel]").wait_for(state="attached")
        for route in held:
            route.continue_()
        page.unroute("**/gradio_api/run/predict*")
        page.locator("[data-fs-cancel]").hover()
        with page.expect_response("**/view/library/run*"):
            page.mouse.down()
        with page.expect_response("**/library/cancel*"):
            page.mouse.up()
        halting.go_on.set()
        page.get_by_text("Abgebrochen.").wait_for()
        page.reload()
        page.get_by_text("Abgebrochen.").wait_for()
        page.locator("#fs-add > summary").click()
        page.locator(".fs-folders", has_text=folder.name).wait_for()
        assert visit.faults == []


def test_what_unfolds_has_no_finding(address: str, open_page: Open) -> None:
    """The forms, the filters, an article with its corrections and the pictures pass all rules of axe-core."""
    visit = open_page(f"{address}?tab=library&lang=de")
    page = visit.page
    page.locator(".fs-articles").wait_for()
    page.locator("#fs-add > summary").click()
    page.locator("#fs-library-filters > summary").click()
    page.locator("#fs-library-state").wait_for()
    page.locator("[data-fs-more]").first.click()
    page.locator(".fs-correct:not([open]) > summary").first.click()
    page.locator(".fs-forget > summary").first.click()
    page.locator("#fs-overview > summary").click()
    page.locator("#fs-map-legend button").first.wait_for()
    for width, _ in looks(page, (1440, "light"), (390, "dark")):
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.faults == []


def test_the_address_holds_the_list(empty_address: str, open_page: Open) -> None:
    """A search, an order and Back: each is a step of history."""
    visit = open_page(f"{empty_address}?tab=library&lang=en")
    page = visit.page
    page.locator(".fs-articles").wait_for()
    page.get_by_label("Search headline, outlet and author").fill("hubbr")
    page.keyboard.press("Enter")
    page.get_by_text("1 article", exact=True).wait_for()
    assert "find=hubbr" in page.url
    page.locator("#fs-sort-title").click()
    page.locator('th.fs-title[aria-sort="ascending"]').wait_for()
    page.locator("a[data-fs-open]").first.click()
    page.locator(".fs-reader").wait_for()
    page.go_back()
    page.go_back()
    page.locator('th.fs-added[aria-sort="descending"]').wait_for()
    page.go_back()
    page.locator(".fs-articles tbody tr").nth(1).wait_for()
    assert visit.faults == []


def test_the_table_fits_its_window(address: str, open_page: Open) -> None:
    """The last column, whose button unfolds a row, is in sight."""
    page = open_page(f"{address}?tab=library&lang=de").page
    page.locator("[data-fs-more]").first.wait_for()
    for width, _ in looks(page, (900, "light"), (1024, "light"), (1280, "light")):
        box = page.locator("[data-fs-more]").first.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width


def test_an_open_library_sees_what_others_change(tmp_path: Path, encoder: Encoder, open_page: Open) -> None:
    """Articles that the command line stored are listed and counted when the window is looked at again."""
    folder = tmp_path / "archive"
    for name, text in (("schleuse", SHORT), ("bruecke", f"Brücke eröffnet\n\n{BRIDGE}")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with Archive.open(folder, encoder=encoder) as archive, served(archive) as server:
        archive.index(tmp_path / "schleuse.txt")
        visit = open_page(f"{server.address}/?tab=library&lang=de")
        page = visit.page
        page.locator("#fs-library-filters > summary").click()
        page.locator("#fs-overview > summary").click()
        page.locator("#fs-library-state").wait_for()
        page.locator(".fs-articles", has_text="Schleuse").wait_for()
        page.locator("#fs-library-pictures", has_text="1").wait_for()
        pictures = page.locator("#fs-library-pictures").inner_text()
        with Archive.open(folder, encoder=encoder) as other:
            other.index(tmp_path / "bruecke.txt")
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.locator(".fs-articles", has_text="Brücke eröffnet").wait_for()
        page.get_by_text("2 Artikel", exact=True).wait_for()
        settled(page)
        assert page.locator("#fs-library-pictures").inner_text() != pictures
        # what is being corrected is not taken away
        page.locator("[data-fs-more]").first.click()
        page.locator(".fs-correct > summary").click()
        page.get_by_label("Überschrift", exact=True).fill("Noch nicht fertig")
        with Archive.open(folder, encoder=encoder) as other:
            other.forget(tmp_path / "schleuse.txt")
        page.evaluate("dispatchEvent(new Event('focus'))")
        settled(page)
        assert page.get_by_label("Überschrift", exact=True).input_value() == "Noch nicht fertig"
        page.locator("[data-fs-more]").first.click()
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.get_by_text("1 Artikel", exact=True).wait_for()
        assert visit.faults == []

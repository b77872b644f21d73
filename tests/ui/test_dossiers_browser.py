"""Citing, saving and dossiers in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_parts import Open, Visit, findings, looks, needs_chromium
from server_parts import served
from waiting import wait_until

from rag.archive import Archive
from rag.workspace.dossiers import Dossiers
from ui.wording.cite import CITE

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]

# one sentence of the first passage clearly answers
QUESTION = "Wie viele Menschen starben im Ahrtal?"


@pytest.fixture(scope="module")
def written(sample: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A copy of the sample archive, in which tests may write."""
    folder = tmp_path_factory.mktemp("written") / "archive"
    shutil.copytree(sample.folder, folder)
    with Archive.open(folder) as copied:
        yield copied


@pytest.fixture(scope="module")
def address(written: Archive) -> Iterator[str]:
    """Where it is served."""
    with served(written) as page:
        yield f"{page.address}/"


@pytest.fixture
def archive(written: Archive) -> Iterator[Archive]:
    """The archive without a dossier."""
    yield written
    for summary in Dossiers(written).summaries():
        Dossiers(written).delete(summary.id)


def opened(open_page: Open, address: str, query: str, width: int = 1440, scheme: str = "light") -> Visit:
    """Open the page at a query, with the clipboard allowed."""
    visit = open_page(f"{address}?lang=de&{query}", width=width, scheme=scheme)
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return visit


def clipboard(page: sync_api.Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def with_three_notes(archive: Archive) -> str:
    """Return the id of a dossier with the notes 1, 2, 3."""
    dossiers = Dossiers(archive)
    dossier = dossiers.make("Drei")
    for text in ("eins", "zwei", "drei"):
        dossiers.write(dossier, "note", text)
    return dossier


def notes(archive: Archive, dossier: str) -> list[str]:
    return [entry.text for entry in Dossiers(archive).dossier(dossier).entries]


def test_a_citation_lands_on_the_clipboard(address: str, open_page: Open, archive: Archive) -> None:
    """The marked sentence first, then the passage; what was chosen last is remembered and `c` repeats it."""
    visit = opened(open_page, address, f"q={QUESTION}")
    page = visit.page
    card = page.locator(".fs-card").first
    sentence = card.locator("blockquote mark").first.inner_text()
    card.locator("[data-fs-cite]").first.click()
    page.locator("#fs-menu [data-fs-format=apa]").click()
    page.get_by_text("Kopiert: APA").wait_for()
    assert clipboard(page).startswith(f"„{sentence}“ — ")
    page.locator("#fs-menu").get_by_text(CITE["de"].passage, exact=True).click()
    page.locator("#fs-menu [data-fs-format=ris]").click()
    page.get_by_text("Kopiert: RIS").wait_for()
    record = clipboard(page)
    cited = archive.search(QUESTION).results[0].citations[0]
    assert record.splitlines()[0].strip() == "TY  - NEWS"
    assert f"Zeichen {cited.start}–{cited.end}" in record
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('[data-fs-cite]')")
    page.reload()
    page.locator(".fs-card").first.focus()
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("c")
    page.locator("[data-fs-cite]", has_text="Kopiert").wait_for()
    assert clipboard(page) == record
    assert visit.faults == []


def test_a_passage_is_saved_by_a_key(address: str, open_page: Open, archive: Archive) -> None:
    """`s` saves the passage of the card, which then says so, also after a reload; the dossier has it."""
    visit = opened(open_page, address, f"q={QUESTION}")
    page = visit.page
    page.locator(".fs-card").first.focus()
    page.keyboard.press("s")
    button = page.locator("[data-fs-save]").first
    page.locator("[data-fs-save][aria-pressed=true]").wait_for()
    assert "Im Dossier · 1" in button.inner_text()
    (summary,) = Dossiers(archive).summaries()
    (entry,) = Dossiers(archive).dossier(summary.id).entries
    quote = page.locator(".fs-card blockquote").first.text_content()
    assert (summary.name, entry.quotation and entry.quotation.text) == ("Mein Dossier", quote)
    assert entry.question == QUESTION
    page.reload()
    page.locator("[data-fs-save][aria-pressed=true]").first.wait_for()
    page.locator("[data-fs-choose-dossier]").first.click()
    page.locator("#fs-new-dossier").fill("Ahrtal")
    page.keyboard.press("Enter")
    page.locator("#fs-menu").wait_for(state="hidden")
    assert [each.name for each in Dossiers(archive).summaries()] == ["Ahrtal", "Mein Dossier"]
    assert visit.faults == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_passage_in_the_reader_is_cited_and_saved(
    address: str, open_page: Open, archive: Archive, width: int
) -> None:
    """Beside the answer as well as over it: the passage that one has stepped to, with the question of the answer."""
    visit = opened(open_page, address, f"q={QUESTION}", width)
    page = visit.page
    page.locator("a[data-fs-reader]").first.click()
    reader = page.locator(".fs-reader")
    reader.locator("[data-fs-next-mark]").click()
    current = reader.locator(".fs-current").first
    start, end = map(int, str(current.get_attribute("data-fs-span")).split("-"))
    reader.locator("[data-fs-cite]").click()
    page.locator("#fs-menu [data-fs-format=csl-json]").click()
    page.get_by_text("Kopiert: CSL-JSON").wait_for()
    assert f"Zeichen {start}–{end}" in clipboard(page)
    page.keyboard.press("Escape")
    assert reader.is_visible()
    reader.locator("[data-fs-save]").click()
    reader.locator("[data-fs-save][aria-pressed=true]").wait_for()
    (summary,) = Dossiers(archive).summaries()
    (entry,) = Dossiers(archive).dossier(summary.id).entries
    assert entry.quotation and (entry.quotation.start, entry.quotation.end) == (start, end)
    assert entry.question == QUESTION
    assert visit.faults == []


def test_menus_and_dossiers_have_no_finding(address: str, open_page: Open, archive: Archive) -> None:
    """axe-core finds nothing in the menus, the list, an empty dossier and a full one; some light and wide, the others
    dark and narrow.
    """
    dossiers = Dossiers(archive)
    empty, full = dossiers.make("Leer"), with_three_notes(archive)
    dossiers.write(full, "heading", "Überschrift")
    cited = archive.search(QUESTION).results[0].citations[0]
    dossiers.save(full, cited.article.id, (cited.start, cited.end), QUESTION)
    visit = opened(open_page, address, "tab=dossiers")
    page = visit.page
    page.locator(".fs-dossier-list").wait_for()
    assert findings(page) == []
    for dossier, look in ((empty, (1440, "light")), (full, (390, "dark"))):
        page.goto(f"{address}?lang=de&tab=dossiers&dossier={dossier}")
        page.locator("[data-fs-open-dossier]").wait_for()
        for width, _ in looks(page, look):
            assert findings(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Alle prüfen").click()
    page.locator(".fs-verdict").wait_for()
    page.locator(".fs-export summary").click()
    for _ in looks(page, (1440, "light")):
        assert findings(page) == []
    page.goto(f"{address}?lang=de&q={QUESTION}")
    for opener, look in (("[data-fs-cite]", (1440, "light")), ("[data-fs-choose-dossier]", (390, "dark"))):
        for _ in looks(page, look):
            page.locator(opener).first.click()
            page.locator("#fs-menu button").first.wait_for()
            assert findings(page) == []
            page.keyboard.press("Escape")
    assert visit.faults == []


def test_the_sentence_is_saved_alone_and_the_reader_knows(address: str, open_page: Open, archive: Archive) -> None:
    """The menu offers the marked sentence; card and reader then say of this passage, and no other, that it is saved."""
    page = opened(open_page, address, f"q={QUESTION}").page
    card = page.locator(".fs-card").first
    card.locator("[data-fs-choose-dossier]").first.click()
    menu = page.locator("#fs-menu")
    menu.get_by_label("Satz", exact=True).check()
    menu.get_by_role("textbox").fill("Flut")
    page.keyboard.press("Enter")
    card.locator("[data-fs-save][aria-pressed=true]").first.wait_for()
    ((_, quotation),) = Dossiers(archive).dossier("Flut").quotes
    assert quotation.text == card.locator("mark").first.inner_text()

    page.reload()
    card.locator("[data-fs-save][aria-pressed=true]").first.wait_for()
    card.locator("a[data-fs-reader]").first.click()
    saved = page.locator(".fs-evidence [data-fs-save]")
    saved.wait_for()
    assert saved.get_attribute("aria-pressed") == "true"
    page.locator("[data-fs-next-mark]").click()
    assert (saved.get_attribute("aria-pressed"), saved.inner_text()) == ("false", "Ins Dossier")
    page.locator("[data-fs-previous-mark]").click()
    assert saved.get_attribute("aria-pressed") == "true"


def test_entries_are_ordered_by_keys_and_by_dragging(address: str, open_page: Open, archive: Archive) -> None:
    """The button moves an entry, keeps the focus and says where it is; a dragged entry stays where it was dropped."""
    dossier = with_three_notes(archive)
    visit = opened(open_page, address, f"tab=dossiers&dossier={dossier}")
    page = visit.page
    page.get_by_role("button", name="Nach oben: drei").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Jetzt an Stelle 2 von 3").wait_for(state="attached")
    assert page.evaluate("document.activeElement.ariaLabel") == "Nach oben: drei"
    assert notes(archive, dossier) == ["eins", "drei", "zwei"]
    source, target = page.locator(".fs-drag").nth(2), page.locator(".fs-entry").nth(0)
    source.drag_to(target, target_position={"x": 20, "y": 4})
    page.get_by_text("Jetzt an Stelle 1 von 3").wait_for(state="attached")
    assert notes(archive, dossier) == ["zwei", "eins", "drei"]
    page.reload()
    page.locator(".fs-entry").first.wait_for()
    assert [field.input_value() for field in page.locator("textarea[data-fs-text]").all()] == notes(archive, dossier)
    assert visit.faults == []


def test_what_is_typed_is_never_lost(address: str, open_page: Open, archive: Archive) -> None:
    """A note is stored while it is typed. Where the server does not answer, a sentence says so, the text stays, also
    in a browser that was closed, and is stored when the server is back.
    """
    dossier = with_three_notes(archive)
    visit = opened(open_page, address, f"tab=dossiers&dossier={dossier}")
    page = visit.page
    field = page.locator("textarea[data-fs-text]").first
    field.fill("Erster Stand")
    page.get_by_text("Gespeichert", exact=True).wait_for()
    assert notes(archive, dossier)[0] == "Erster Stand"
    page.route("**/dossiers/text*", lambda route: route.abort())
    field.fill("Zweiter Stand")
    page.get_by_text("Noch nicht gespeichert.").wait_for()
    assert field.input_value() == "Zweiter Stand"
    assert notes(archive, dossier)[0] == "Erster Stand"
    kept = page.evaluate("({...localStorage})")
    page.unroute("**/dossiers/text*")
    page.get_by_text("Gespeichert", exact=True).wait_for()
    assert notes(archive, dossier)[0] == "Zweiter Stand"
    # the browser was closed before the server was back
    Dossiers(archive).rewrite(Dossiers(archive).dossier(dossier).entries[0].id, "Erster Stand")
    page.evaluate("kept => Object.assign(localStorage, kept)", kept)
    page.reload()
    page.get_by_text("Gespeichert", exact=True).wait_for()
    assert field.input_value() == notes(archive, dossier)[0] == "Zweiter Stand"
    field.fill("Kurz vor dem Schließen")
    page.goto("about:blank")
    wait_until(lambda: notes(archive, dossier)[0] == "Kurz vor dem Schließen")


def test_entries_and_dossiers_come_back(address: str, open_page: Open, archive: Archive) -> None:
    """Deleting is undone by one press; the list has the dossier again."""
    dossier = with_three_notes(archive)
    visit = opened(open_page, address, f"tab=dossiers&dossier={dossier}")
    page = visit.page
    page.locator("[data-fs-delete-entry]").nth(1).click()
    page.get_by_text("Gelöscht: zwei").wait_for()
    assert notes(archive, dossier) == ["eins", "drei"]
    page.get_by_role("button", name="Rückgängig").click()
    page.locator(".fs-entry").nth(2).wait_for()
    assert notes(archive, dossier) == ["eins", "zwei", "drei"]
    page.get_by_role("button", name="Dossier löschen").click()
    page.get_by_text("Gelöscht: Drei").wait_for()
    assert Dossiers(archive).summaries() == []
    page.get_by_role("button", name="Rückgängig").click()
    page.get_by_role("link", name="Drei").click()
    page.locator(".fs-entry").nth(2).wait_for()
    page.get_by_role("button", name="Überschrift einfügen").click()
    page.wait_for_function("document.activeElement.matches('input[data-fs-text]')")
    page.keyboard.type("Kosten")
    page.get_by_text("Gespeichert", exact=True).wait_for()
    assert notes(archive, dossier)[-1] == "Kosten"
    name = page.locator("[data-fs-name]")
    name.fill("Vier")
    page.get_by_text("Gespeichert", exact=True).first.wait_for()
    wait_until(lambda: Dossiers(archive).summaries()[0].name == "Vier")
    assert visit.faults == []


def test_an_exported_dossier_is_read_back(address: str, open_page: Open, archive: Archive, tmp_path: Path) -> None:
    """The JSON that the browser downloads makes a second dossier; another file is refused by a sentence."""
    dossier = with_three_notes(archive)
    visit = opened(open_page, address, f"tab=dossiers&dossier={dossier}")
    page = visit.page
    page.locator(".fs-export summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Daten (JSON)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "Drei.json"
    page.get_by_role("link", name="← Alle Dossiers").click()
    page.locator("#fs-import").set_input_files(file)
    page.locator(".fs-entry").nth(2).wait_for()
    assert Dossiers(archive).summaries()[0].name == "Drei 2"
    other = tmp_path / "other.json"
    other.write_text("{}", "utf-8")
    page.get_by_role("link", name="← Alle Dossiers").click()
    page.locator("#fs-import").set_input_files(other)
    page.get_by_text("Diese Datei ist kein Dossier, oder").wait_for()

"""The page in a real browser, whose server stops and is started again at the same port."""

from __future__ import annotations

import pytest
from browser_parts import Open, needs_chromium
from gradio.context import Context
from server_parts import served

from rag.archive import Archive
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN

pytestmark = [needs_chromium, pytest.mark.slow]

SURPRISE = "Where does the train stop?"


def test_a_server_that_is_away_is_said_and_nothing_is_lost(
    archive: Archive, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old answer makes way for a sentence in the page's language, what was typed stays, and asking works again."""
    monkeypatch.setattr(Context, "id", 0)  # Gradio numbers its components as a program does that has just begun
    with served(archive) as server:
        english, german = (open_page(f"{server.address}/", locale=locale) for locale in ("en-GB", "de-DE"))
        box = english.page.locator("#fs-question textarea")
        english.ask("How long is the tunnel?")
        german.page.locator("#fs-question textarea").fill("Noch nicht gefragt")
    box.fill(SURPRISE)
    box.press("Enter")
    english.page.locator("#fs-results", has_text=ENGLISH.no_answer).wait_for()
    english.page.locator(".fs-card").wait_for(state="detached")
    german.page.get_by_role("tab", name="Auswerten").click()
    german.page.get_by_role("alert").get_by_text(GERMAN.reconnecting).wait_for()
    german.page.wait_for_timeout(500)
    for visit in (english, german):
        assert "Connection" not in visit.page.locator("body").inner_text()
        assert all("ERR_CONNECTION_REFUSED" in fault for fault in visit.faults)
    assert box.input_value() == SURPRISE
    monkeypatch.setattr(Context, "id", 0)
    with served(archive, port=server.port):
        box.press("Enter")
        english.page.locator(".fs-asked", has_text="article").get_by_text(SURPRISE).wait_for()
        # Gradio has given up there, and the page is loaded anew
        german.page.wait_for_url("**/?tab=evaluate")
        german.page.locator("html[data-fs-ready]").wait_for()
        german.page.get_by_role("tab", name="Fragen").click()
        typed = german.page.locator("#fs-question textarea")
        typed.wait_for()
        assert typed.input_value() == "Noch nicht gefragt"
    with served(archive, port=server.port):
        # of this server, the page does not know Gradio's functions, which a question does not need
        box.fill("How deep is it?")
        box.press("Enter")
        english.page.locator(".fs-asked", has_text="article").get_by_text("How deep is it?").wait_for()

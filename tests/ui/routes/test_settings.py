"""The view Settings: what it shows, what it stores, and what a change of model costs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_parts import Open, needs_chromium
from fastapi.testclient import TestClient
from lxml import html
from page_parts import TEXT
from paths import ARTICLES
from playwright import sync_api
from server_parts import served

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.diagnosis.diagnose import ARCHIVE_CHECKS, FOLDER_CHECKS
from rag.diagnosis.wording import CHECKS
from rag.workspace.reindexing import ReindexingCost, reindexing_cost
from rag.workspace.settings import ALLOWED, Settings, SettingsStore
from ui.app import build_app
from ui.html.settings import cost_html
from ui.wording.diagnosis_german import GERMAN_CHECKS
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.settings import SETTING_WORDS


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Archive]:
    """An archive of one article, whose settings a test may change."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive") as opened:
        opened.index([tmp_path / "in"])
        yield opened


@pytest.fixture
def page(own: Archive) -> TestClient:
    """A client of its page that speaks German."""
    return TestClient(build_app(own), base_url="http://127.0.0.1:7860", headers={"Accept-Language": "de"})


def shown(page: TestClient) -> dict[str, str | bool]:
    """What each control of the view says."""
    view = html.fromstring(page.get("/view/settings").text)
    values: dict[str, str | bool] = {
        select.get("data-fs-setting"): select.xpath("string(option[@selected]/@value)")
        for select in view.xpath("//select")
    }
    boxes = {box.get("data-fs-setting"): box.get("checked") is not None for box in view.xpath("//input")}
    return values | boxes


def test_every_setting_has_a_control(page: TestClient) -> None:
    """Each shows its default, and offers all that it can be, in both languages."""
    defaults = {name: str(value) if type(value) is int else value for name, value in vars_of(Settings()).items()}
    assert shown(page) == defaults
    for words in SETTING_WORDS.values():
        assert {name: set(choices) for name, choices in words.choices.items()} == {
            name: set(ALLOWED[name]) for name in ("language", "theme", "dates")
        }


def vars_of(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in ALLOWED}


def test_a_change_is_stored(page: TestClient, own: Archive) -> None:
    """One setting at a time; the view shows it, and the archive keeps it."""
    for values in ({"passages": 7}, {"fast": True}, {"dates": "iso"}):
        assert page.post("/settings", json=values).status_code == 200
    assert SettingsStore(own).load() == Settings(passages=7, fast=True, dates="iso")
    assert (shown(page)["passages"], shown(page)["fast"], shown(page)["dates"]) == ("7", True, "iso")


def test_nonsense_is_refused(page: TestClient, own: Archive) -> None:
    """A setting that does not exist, or a value that it cannot have, changes nothing."""
    for values in ({"passages": 1000}, {"theme": "pink"}, {"admin": True}, {"passages": "5"}):
        assert page.post("/settings", json=values).status_code == 400
    assert page.post("/settings", json=["theme"]).status_code == 422
    assert page.post("/settings", json={"theme": {"a": 1}}).status_code == 422
    assert SettingsStore(own).load() == Settings()


def test_answers_follow_the_settings(page: TestClient) -> None:
    """Dates are written as set, at once."""
    page.post("/settings", json={"language": "en"})
    assert page.get("/view/settings").text.startswith('<section class="fs" lang="en">')


def test_the_cost_is_measured(sample: Archive, bundled_encoder: Encoder, tmp_path: Path) -> None:
    """The estimate has the magnitude of what encoding all passages takes on this computer, as busy as it is."""
    shutil.copytree(sample.folder, tmp_path / "archive")
    with Archive.open(tmp_path / "archive", encoder=bundled_encoder) as copy:
        cost = reindexing_cost(copy)
        texts = [passage.text for article in copy.articles() for passage in copy.passages(article.id)]
    started = time.perf_counter()
    bundled_encoder.token_vectors(texts[::8], "passage")
    measured = (time.perf_counter() - started) * 8
    assert cost.passages == len(texts)
    assert measured / 20 < cost.seconds < measured * 20
    assert Path(cost.folder) == ARTICLES


def test_the_cost_in_words() -> None:
    """Seconds, minutes and hours; the commands name folder and archive, quoted where needed."""
    archive = Path("/srv/my news")
    for seconds, german in ((20, "weniger als eine Minute"), (62, "etwa eine Minute"), (600, "etwa 10 Minuten")):
        assert german in cost_html(ReindexingCost(9, seconds, "/a"), archive, GERMAN)
    text = cost_html(ReindexingCost(9, 40_000, "/srv/a b"), archive, ENGLISH)
    assert "about 11 hours" in text
    assert "fundstelle index &#x27;/srv/a b&#x27; --archive &#x27;/srv/my news&#x27; --encoder MODEL" in text
    assert "ORDNER" in cost_html(ReindexingCost(9, 1, ""), archive, GERMAN)


def test_the_archive_is_checked(page: TestClient, own: Archive, tmp_path: Path) -> None:
    """The quick checks in the reader's language: what is well folded, and what is not with what to do."""
    (tmp_path / "in" / "one.txt").unlink()
    view = html.fromstring(page.get("/view/settings/diagnosis").text)
    assert view.xpath("string(.//strong)") == "Ein Befund"
    (item,) = view.xpath("./ul/li")
    assert item.text_content().startswith("Hinweis Dateien der Artikel: Von 1 Dateien fehlen 1, und 0 haben sich")
    assert item.xpath("string(.//code)") == "fundstelle forget"
    quick = own.doctor(quick=True)
    assert len(view.xpath("./details//li")) == len(quick.findings) - 1
    assert "One finding" in page.get("/view/settings/diagnosis?lang=en").text


def test_findings_are_german() -> None:
    """Each that the page shows, with no other values than the English sentence, and advice where that has some."""
    for check in (*FOLDER_CHECKS, *ARCHIVE_CHECKS):
        if check.quick:
            english, (_, german) = CHECKS[check.name].symptoms, GERMAN_CHECKS[check.name]
            assert german.keys() == english.keys()
            for symptom, (_, *sentences) in english.items():
                values = {name for sentence in sentences for name in names(sentence)} | {"folder"}
                assert {name for sentence in german[symptom] for name in names(sentence)} <= values
                assert [bool(sentence) for sentence in german[symptom]] == [bool(sentence) for sentence in sentences]


def names(sentence: str) -> list[str]:
    """Return the names of the values in a sentence."""
    return [name for _, name, *_ in Formatter().parse(sentence) if name]


@pytest.mark.slow
@needs_chromium
def test_in_a_browser(own: Archive, open_page: Open) -> None:
    """Theme and language change at once and stay; the estimate comes by a button."""
    with served(own) as server:
        visit = open_page(server.address)
        page = visit.page
        page.goto(f"{server.address}/?tab=settings")
        page.get_by_role("combobox", name="Darstellung").select_option("dark")
        sync_api.expect(page.locator("html")).to_have_class("dark")
        sync_api.expect(page.locator("[data-fs-stored]")).to_have_text("Gespeichert")
        page.get_by_role("button", name="Dauer schätzen").click()
        sync_api.expect(page.locator("#fs-cost")).to_contain_text("weniger als eine Minute")
        page.get_by_role("button", name="Archiv prüfen").click()
        sync_api.expect(page.locator("#fs-diagnosis")).to_contain_text("ohne Befund")
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("combobox", name="Sprache").select_option("en")
        page.locator("#fs-view-settings .fs[lang=en]").wait_for()
        sync_api.expect(page.locator("html")).to_have_class("dark")
        assert SettingsStore(own).load() == Settings(theme="dark", language="en")
        assert visit.faults == []

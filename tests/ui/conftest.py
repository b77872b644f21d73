"""An archive of one article and a client of its page; and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from browser_parts import CHROMIUM, Open, Visit
from fastapi.testclient import TestClient
from page_parts import TEXT
from server_parts import served
from waiting import PATIENCE

from rag.archive import Archive
from ui.app import build_app

if TYPE_CHECKING:
    from playwright import sync_api


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of one article."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(folder / "archive") as example:
        example.index([folder / "one.txt"])
        yield example


@pytest.fixture(scope="module")
def browser(archive: Archive) -> TestClient:
    """A client that asks as a browser on this machine does."""
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860")


@pytest.fixture(scope="module")
def address(sample: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a copy of the sample archive is served, by a thread of this process."""
    copied = tmp_path_factory.mktemp("served") / "archive"
    shutil.copytree(sample.folder, copied)
    with Archive.open(copied) as archive, served(archive) as page:
        yield f"{page.address}/"
        assert page.left == []


@pytest.fixture(scope="module")
def chromium() -> Iterator[sync_api.Browser]:
    """The browser."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install fundstelle[test]"
    )
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    sync_api.expect.set_options(timeout=PATIENCE * 1000)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: sync_api.Browser) -> Iterator[Open]:
    """Open addresses in fresh windows and note every request, error and dialog."""
    contexts: list[sync_api.BrowserContext] = []

    def open_one(
        address: str, width: int = 1280, height: int = 900, zoom: int = 1, scheme: str = "light", locale: str = "de-DE"
    ) -> Visit:
        # a zoomed window has fewer pixels of CSS, each of several of the screen
        size: sync_api.ViewportSize = {"width": width // zoom, "height": height // zoom}
        context = chromium.new_context(viewport=size, device_scale_factor=zoom, color_scheme=scheme, locale=locale)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        visit = Visit(context.new_page())
        context.on("request", lambda request: visit.addresses.append(request.url))
        context.on("requestfailed", lambda request: visit.addresses.append(request.url))
        visit.page.on("websocket", lambda websocket: visit.addresses.append(websocket.url))
        visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
        visit.page.on("console", lambda message: visit.faults.append(message.text) if message.type == "error" else None)

        def refuse(dialog: sync_api.Dialog) -> None:
            visit.faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        visit.page.on("dialog", refuse)
        visit.page.goto(address)
        visit.page.locator("html[data-fs-ready]").wait_for()
        return visit

    yield open_one
    for context in contexts:
        context.close()

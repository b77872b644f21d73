"""An archive of one article and a client of its page; and a real browser."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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


@pytest.fixture(scope="module")
def idle_contexts() -> defaultdict[tuple[int, str, str], list[sync_api.BrowserContext]]:
    """Profiles of the browser that tests have left: with our scripts cached, a page takes half of the computing."""
    return defaultdict(list)


@pytest.fixture
def open_page(
    chromium: sync_api.Browser, idle_contexts: defaultdict[tuple[int, str, str], list[sync_api.BrowserContext]]
) -> Iterator[Open]:
    """Open addresses in windows of profiles of their own, and note every request, error and dialog."""
    with ExitStack() as stack:

        def open_one(
            address: str,
            width: int = 1280,
            height: int = 900,
            zoom: int = 1,
            scheme: str = "light",
            locale: str = "de-DE",
        ) -> Visit:
            idle = idle_contexts[zoom, scheme, locale]
            context = (
                idle.pop()
                if idle
                else chromium.new_context(device_scale_factor=zoom, color_scheme=scheme, locale=locale)
            )
            context.set_default_timeout(PATIENCE * 1000)
            stack.callback(idle.append, context)
            visit = Visit(context.new_page())
            stack.callback(leave, context, visit.note_request)
            for event in ("request", "requestfailed"):
                context.on(event, visit.note_request)
            visit.page.on("websocket", lambda websocket: visit.addresses.append(websocket.url))
            visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
            visit.page.on(
                "console", lambda message: visit.faults.append(message.text) if message.type == "error" else None
            )

            def refuse(dialog: sync_api.Dialog) -> None:
                visit.faults.append(f"dialog: {dialog.message}")
                dialog.dismiss()

            visit.page.on("dialog", refuse)
            # a zoomed window has fewer pixels of CSS, each of several of the screen
            visit.page.set_viewport_size({"width": width // zoom, "height": height // zoom})
            forget(visit.page, address)
            visit.page.goto(address)
            visit.page.locator("html[data-fs-ready]").wait_for()
            return visit

        yield open_one


def leave(context: sync_api.BrowserContext, listener: Callable[[sync_api.Request], None]) -> None:
    """Close the windows of a profile, which keeps nothing but its cache."""
    for event in ("request", "requestfailed"):
        context.remove_listener(event, listener)
    for page in context.pages:
        page.close()
    context.clear_cookies()
    context.clear_permissions()


def forget(page: sync_api.Page, address: str) -> None:
    """Let the browser forget what a site stored in a profile."""
    parts = urlsplit(address)
    origin = {"origin": f"{parts.scheme}://{parts.netloc}", "storageTypes": "local_storage,indexeddb,service_workers"}
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", origin)
    session.detach()

"""Signing in and out in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from access_parts import PASSWORD, make_accounts
from browser_parts import findings, needs_chromium
from server_parts import served

from rag.archive import Archive
from rag.server.hosts import Serving

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture(scope="module")
def guarded(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is that wants a password."""
    accounts = make_accounts(tmp_path_factory.mktemp("accounts") / "accounts.json").path
    with served(archive, Serving(accounts=accounts)) as page:
        yield page.address


def fill(page: sync_api.Page, name: str, password: str) -> None:
    page.locator("#fs-name").fill(name)
    page.locator("#fs-password").fill(password)
    page.locator("button").click()


@pytest.mark.parametrize(
    ("width", "scheme", "locale", "heading"),
    [(390, "dark", "de-DE", "Anmelden"), (1280, "light", "en-GB", "Sign in")],
)
def test_the_page_to_sign_in_is_for_everybody(
    chromium: sync_api.Browser, guarded: str, width: int, scheme: str, locale: str, heading: str
) -> None:
    """On phones, in the dark, in both languages: axe finds nothing, and nothing scrolls sideways."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale)
    page = context.new_page()
    page.goto(f"{guarded}/article/x?q=a%20b")
    assert page.locator("h1").inner_text() == heading
    assert findings(page) == []
    fill(page, "reader", "wrong")
    page.locator("#fs-fault").wait_for()
    assert page.locator("#fs-name").input_value() == "reader"
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_signing_in_needs_no_scripts(chromium: sync_api.Browser, guarded: str, archive: Archive) -> None:
    """It leads to what was opened at first; the cookie is hidden from scripts, and leaving takes it away."""
    article = next(archive.articles()).id
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{guarded}/article/{article}?q=Wie%20lang")
    fill(page, "reader", PASSWORD)
    page.locator("h2, h1").first.wait_for()
    assert page.url == f"{guarded}/article/{article}?q=Wie%20lang"
    assert "57 Kilometern" in page.content()
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], len(cookie["value"])) == (True, "Lax", 43)
    context.close()


def test_a_reader_is_offered_what_a_reader_may(chromium: sync_api.Browser, guarded: str) -> None:
    """The page says who reads it, hides what this role cannot do, answers, and lets go."""
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{guarded}/?tab=library")
    fill(page, "reader", PASSWORD)
    page.locator("html[data-fs-ready]").wait_for()
    page.locator("#fs-library-form").wait_for()
    assert page.locator("#fs-add").is_hidden()
    assert page.locator("[data-fs-tab]").all_inner_texts() == ["Ask", "Library", "Dossiers", "Check", "Evaluate"]
    assert findings(page) == []
    page.locator(".fs-account summary").click()
    page.get_by_text("Sign out", exact=True).click()
    page.locator(".fs-sign-in").wait_for()
    assert re.fullmatch(rf"{guarded}/sign-in(\?.*)?", page.url)
    assert context.cookies() == []
    page.goto(f"{guarded}/")
    assert page.locator(".fs-sign-in").count() == 1
    context.close()

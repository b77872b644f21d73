"""Links with text directives in a real browser: it goes to the words that were cited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from browser_parts import CHROMIUM, needs_chromium

from rag.citing.text_fragment import link
from rag.types import Article
from rag.types.quotation import quotation_of

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = [needs_chromium, pytest.mark.slow]

ADDRESS = "https://bote.example/artikel"
PARAGRAPHS = (
    "Der Anfang: Hin-und-her, sagte R&B-Fan Ümit – „so, so“, 100 %.",
    "Die Kosten stiegen, wie es heißt, von zunächst 61 auf 84 Millionen Euro; das räumte die Behörde am Montag ein.",
    "Sie meint: Das ist gut.",
    "ستكلف الجسور الجديدة أربعة وثمانين مليون يورو بحسب السلطات.",
    "新しい橋の費用は八千四百万ユーロに達すると当局は述べた。住民は驚いている。",
    "Er sagt: Das ist gut.",
)
TEXT = "\n\n".join(PARAGRAPHS)
ARTICLE = Article(id="a", path="a", text=TEXT, url=ADDRESS)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def paragraph_in_view(browser: sync_api.Browser, address: str) -> str:
    """Open an address of a page on which each paragraph fills a window, and return the one that is in view."""
    body = "".join(f'<p style="margin: 0 0 3000px">{text.replace("&", "&amp;")}</p>' for text in PARAGRAPHS)
    page = browser.new_page()
    page.route(
        f"{ADDRESS}*", lambda route: route.fulfill(body=f"<meta charset=utf-8><p>x</p>{body}", content_type="text/html")
    )
    page.goto(address)
    page.wait_for_timeout(300)
    visible = page.evaluate(
        "[...document.querySelectorAll('p')].filter(p => Math.abs(p.getBoundingClientRect().top) < innerHeight)"
        ".map(p => p.textContent)"
    )
    assert "text=" not in page.evaluate("location.href")  # the browser takes what it knows out of the address
    page.close()
    return str(visible[-1])


@pytest.mark.parametrize(
    "words",
    [
        *PARAGRAPHS[:5],
        "Hin-und-her, sagte R&B-Fan Ümit",
        "100 %.",
        "wie es heißt, von zunächst 61 auf 84 Millionen Euro; das räumte die Behörde am Montag",
        "Das ist gut.",
        "当局は述べた",
    ],
)
def test_the_browser_goes_to_the_words(browser: sync_api.Browser, words: str) -> None:
    """Whatever they contain: dashes, commas, ampersands, quotation marks, other scripts, and words that recur."""
    start = TEXT.rindex(words)
    address = link(quotation_of(ARTICLE, start, start + len(words)))
    assert address
    expected = next(text for text in reversed(PARAGRAPHS) if words in text)
    assert paragraph_in_view(browser, address) == expected


def test_the_browser_goes_to_the_beginning_of_several_paragraphs(browser: sync_api.Browser) -> None:
    """A quotation across paragraphs is named by its first and last words."""
    start, end = TEXT.index("Die Kosten"), TEXT.index("السلطات") + 7
    address = link(quotation_of(ARTICLE, start, end))
    assert address
    assert paragraph_in_view(browser, address) == PARAGRAPHS[1]

"""The faces: which characters they have, how they are served, and what a browser makes of them."""

from __future__ import annotations

import re

import pytest
from browser_parts import Open, needs_chromium
from fastapi.testclient import TestClient
from fontTools.ttLib import TTFont
from page_parts import TEXT
from server_parts import served

from rag.archive import Archive
from ui.html.fonts import FONTS, font_faces, font_links

ALPHABETS = {
    "German": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich – „so“, ›so‹ und ẞ §",
    "Polish": "Zażółć gęślą jaźń",
    "Turkish": "Pijamalı hasta yağız şoföre çabucak güvendi",
    "Russian": "Съешь ещё этих мягких французских булок, да выпей чаю",
    "Ukrainian": "Чуєш їх, доцю, га? Кумедна ж ти, прощайся без ґольфів!",
    "Greek": "Ταχίστη αλώπηξ βαφής ψημένη γη, δρασκελίζει υπέρ νωθρού κυνός",
    "Vietnamese": "Trời đổ mưa, tớ bỏ về quê với lũ bạn",
}


def declared() -> dict[str, tuple[str, str, set[int]]]:
    """What the styles say of each file: its family, its style and its characters."""
    found = {}
    for rule in re.findall(r"@font-face \{(.*?)\}", font_faces(), re.DOTALL):
        family, style, name, ranges = re.search(
            r'font-family: "(.+?)"; font-style: (\w+).*url\("fonts/(.+?)"\).*unicode-range: (.+?);', rule, re.DOTALL
        ).groups()  # type: ignore[union-attr]
        characters: set[int] = set()
        for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges):
            characters.update(range(int(first, 16), int(last or first, 16) + 1))
        assert name not in found
        found[name] = family, style, characters
    return found


def test_every_file_is_declared_and_small() -> None:
    """The styles name the files of the folder and no others; together they are less than 900 kB."""
    files = {path.name: path.stat().st_size for path in FONTS.glob("*.woff2")}
    assert files.keys() == declared().keys()
    assert sum(files.values()) < 900_000
    assert set(re.findall(r'href="fonts/(.+?)"', font_links())) < files.keys()


@pytest.mark.parametrize("language", ALPHABETS)
def test_alphabets(language: str) -> None:
    """Both upright faces draw every letter of a sentence, by the file that the browser would load for it."""
    letters = set(ALPHABETS[language]) - {" "}
    for family in ("Source Serif 4", "Source Sans 3"):
        drawn: set[str] = set()
        for name, (its_family, style, characters) in declared().items():
            if (its_family, style) == (family, "normal"):
                drawn.update(map(chr, TTFont(FONTS / name).getBestCmap().keys() & characters))
        assert letters <= drawn


def test_a_font_is_served_for_good(browser: TestClient) -> None:
    """A file comes as it is, to be kept for a year; whatever else is named is not there."""
    name = next(iter(declared()))
    reply = browser.get(f"/fonts/{name}")
    assert reply.content == (FONTS / name).read_bytes()
    assert reply.headers["content-type"] == "font/woff2"
    assert "immutable" in reply.headers["cache-control"]
    for other in ("OFL.txt", "faces.css", "none.woff2", "../page.css", "..%2fpage.css"):
        assert browser.get(f"/fonts/{other}").status_code == 404


@pytest.mark.slow
@needs_chromium
def test_a_browser_uses_the_faces(archive: Archive, open_page: Open) -> None:
    """The page and an article are drawn in our faces, without a fault of the console."""
    with served(archive) as page:
        visit = open_page(page.address)
        fonts = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
        assert {"Source Serif 4", "Source Sans 3"} <= set(visit.page.evaluate(fonts))
        article = next(archive.articles())
        visit.page.goto(f"{page.address}/article/{article.id}")
        visit.page.wait_for_function("document.fonts.status === 'loaded'")
        assert {"Source Serif 4", "Source Sans 3"} <= set(visit.page.evaluate(fonts))
        assert visit.faults == []
        assert TEXT[:10] in visit.page.inner_text("article")

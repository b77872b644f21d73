"""What must hold in every view of the page that shows hostile articles, and a way through all of these views."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from browser_parts import Visit, settled
from hostile_articles import QUESTION
from lxml import etree

from rag.archive import Archive
from rag.types import Article
from rag.types.library import LibraryQuery
from rag.workspace.dossiers import Dossiers
from rag.workspace.saved_questions import SavedQuestions

if TYPE_CHECKING:
    from playwright import sync_api

# a draft with more takes minutes beside an article of ten megabytes
_CHECKED = 8
# What was executed, what is wider than the window or out of reach in it, and text that is written from right to left,
# or changes the direction, in an element in which other words stand beside it.
_FAULTS = r"""
() => {
  const faults = window.executed ? ["executed"] : [];
  const isShown = (element) => element.checkVisibility();
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
  const start = (element) => element.outerHTML.slice(0, 300);

  for (const element of [document.documentElement, ...all(".fs-article-body, #fs-menu")]) {
    if (element.scrollWidth > element.clientWidth + 1) faults.push(`sideways: ${start(element)}`);
  }
  for (const element of all("main :is(a, button, input, select, textarea, summary)")) {
    const box = element.getBoundingClientRect();
    const isOutside = box.left < -1 || Math.min(box.right, box.left + 24) > innerWidth + 1;
    const mayBe = element.closest("[role=tablist], .fs-hidden, .fs-skip");
    if (box.width && isOutside && !mayBe) faults.push(`out of reach: ${start(element)}`);
  }

  const bidi = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069]/;
  // texts of one article alone
  const own = ".fs-text, .fs-headline, blockquote, textarea, title, script, style, option, .fs-draft";
  // facts of several parts, such as a path or a citation with isolates of its own
  const facts = "bdi, dd[dir], .fs-entry .fs-source, p.source";
  const isolates = (element) => {
    const { unicodeBidi, display } = getComputedStyle(element);
    return /isolate|plaintext/.test(unicodeBidi) || !/^inline( |$)/.test(display);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    let element = walker.currentNode.parentElement;
    if (!bidi.test(text) || !isShown(element) || element.closest(own)) continue;
    while (!isolates(element)) element = element.parentElement;
    const hasOthers = element.innerText.trim().length > text.length + 2;
    if (hasOthers && !element.closest(facts)) faults.push(`beside other words: ${start(element)}`);
  }
  return faults;
}
"""


def articles_of(archive: Archive, files: Sequence[Path]) -> list[Article]:
    """Return the article of each file."""
    ids = {row.file: row.id for row in archive.library(LibraryQuery(size=len(files))).rows}
    return [archive.article(ids[file.as_posix()]) for file in files]


def assert_harmless(visit: Visit, where: str) -> None:
    """Nothing was executed or loaded from elsewhere, nothing is wider than the window, nothing turns its neighbours."""
    assert (where, visit.page.evaluate(_FAULTS)) == (where, [])
    assert (where, visit.faults) == (where, [])
    elsewhere = {url for url in visit.addresses if urlsplit(url).hostname not in {"127.0.0.1", None}}
    assert (where, elsewhere) == (where, set())


def walk(visit: Visit, address: str, archive: Archive, articles: Sequence[Article], target: Path) -> None:
    """Go through all views that show articles.

    Args:
        articles: those that are opened.
        target: an empty folder for files.
    """
    page = visit.page
    for name in (_answer, _library, _dossier, _questions, _check, _settings):
        name(visit, address, archive, articles)
        assert_harmless(visit, name.__name__)
    for article in articles:
        read(visit, address, article)
    _export(visit, address, archive, target)
    assert page.context.pages == [page]


def read(visit: Visit, address: str, article: Article) -> None:
    """Open an article as a page of its own: its text and its headline are there, character by character."""
    page = visit.page
    page.goto(f"{address}article/{quote(article.id)}?lang=de&start=0&end=20#passage")
    page.locator(".fs-text").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
    page.evaluate("document.querySelectorAll('.fs-aside > summary').forEach(each => each.remove())")
    assert page.locator(".fs-text").text_content() == article.text
    headline = article.label if len(article.label) <= 5_000 else f"{article.label[:5_000]}…"
    assert page.locator(".fs-headline").text_content() == headline
    assert_harmless(visit, f"reader of {article.path!r}")


def _open(visit: Visit, address: str, **query: str | int) -> sync_api.Page:
    visit.page.goto(f"{address}?{urlencode({'lang': 'de', **query})}")
    visit.page.locator("html[data-fs-ready]").wait_for()
    settled(visit.page)
    return visit.page


def _unfold(page: sync_api.Page, selector: str) -> None:
    page.evaluate(f"document.querySelectorAll('{selector}').forEach(each => {{ each.open = true; }})")
    settled(page)


def _answer(visit: Visit, address: str, archive: Archive, articles: Sequence[Article]) -> None:
    """The cards with all that unfolds, each menu of facets, the menu of citations in each format, and the reader."""
    page = _open(visit, address, q=QUESTION, limit=200)
    page.locator(".fs-card").first.wait_for()
    _unfold(page, "#fs-results details:not(.fs-menu)")
    expected = {cited.quote for cited in archive.search(QUESTION, limit=200).answer}
    assert set(page.locator(".fs-card blockquote").all_text_contents()) == expected
    assert_harmless(visit, "cards")
    for menu in page.locator("#fs-results .fs-menu").all()[: 6 + len(articles)]:
        menu.evaluate("menu => { menu.open = true; }")
        assert_harmless(visit, "facets")
        menu.evaluate("menu => { menu.open = false; }")
    for number in range(min(len(articles), page.locator(".fs-card").count())):
        page.locator(".fs-card [data-fs-cite]").nth(number).click()
        page.locator("#fs-menu [data-fs-format]").first.wait_for()
        if not number:
            for format in page.locator("#fs-menu [data-fs-format]").all():
                format.click()
        assert_harmless(visit, "citing")
        page.keyboard.press("Escape")
    page.locator("a[data-fs-reader]").first.click()
    page.locator(".fs-reader").wait_for()
    settled(page)


def _library(visit: Visit, address: str, archive: Archive, articles: Sequence[Article]) -> None:
    """The table on all its pages with rows unfolded, the fields of the filters, the pictures and the map."""
    sources = [article.source or "" for article in articles if article.source and len(article.source) < 200]
    page = _open(visit, address, tab="library", source=sources[0], find=sources[0][:20])
    assert_harmless(visit, "chips")
    _open(visit, address, tab="library")
    _unfold(page, "#fs-library-filters")
    for number in range(1, 10):
        if number > 1:
            if not page.locator("#fs-page-next").count():
                break
            page.locator("#fs-page-next").click()
            page.locator("#fs-page-next, #fs-page-previous").first.wait_for()
            settled(page)
        for button in page.locator("[data-fs-more]").all()[: len(articles)]:
            button.click()
        settled(page)
        _unfold(page, ".fs-correct, .fs-forget, .fs-facts")
        assert_harmless(visit, f"page {number}")
    page.locator("#fs-overview > summary").click()
    page.locator("#fs-map-legend button").first.wait_for()
    page.locator("#fs-map-colour").select_option("source")
    page.locator("#fs-map canvas[role]").focus()
    for _ in articles:
        page.keyboard.press("ArrowRight")
        assert_harmless(visit, "map")


def _dossier(visit: Visit, address: str, archive: Archive, articles: Sequence[Article]) -> None:
    """A dossier that quotes each article, with hostile headings and notes, and its verdicts."""
    dossiers = Dossiers(archive)
    names = [summary.name for summary in dossiers.summaries()]
    hostile = articles[0].label[:200]
    if hostile not in names:
        dossier = dossiers.make(hostile)
        for article in articles:
            at = article.text.find("\n\n") + 2
            dossiers.save(dossier, article.id, (at, min(at + 2_000, len(article.text))), article.label[:500])
            dossiers.write(dossier, "heading", article.label[:500])
            dossiers.write(dossier, "note", article.text[:2_000])
    page = _open(visit, address, tab="dossiers")
    assert_harmless(visit, "dossiers")
    page.locator("a[data-fs-dossier]").first.click()
    page.locator(".fs-entries > li").first.wait_for()
    page.locator("[data-fs-verify-all]").click()
    page.locator("[data-fs-state]").nth(len(articles) - 1).wait_for(state="attached")


def _questions(visit: Visit, address: str, archive: Archive, articles: Sequence[Article]) -> None:
    """Hostile questions, asked and saved, and what is new in them."""
    saved = SavedQuestions(archive)
    for article in articles:
        if not saved.is_saved(question := article.label[:200]):
            saved.add(question)
    page = _open(visit, address, q=articles[0].label[:200])
    _open(visit, address, tab="questions")
    _unfold(page, "details")


def _check(visit: Visit, address: str, archive: Archive, articles: Sequence[Article]) -> None:
    """A draft that quotes each article."""
    page = _open(visit, address, tab="check")
    quotes = [article.text[article.text.find("\n\n") + 2 :][:300] for article in articles[:_CHECKED]]
    page.locator("#fs-draft").fill("\n\n".join(f"Im Jahr 1912: „{text}“" for text in quotes))
    page.locator("#fs-draft").press("Control+Enter")
    page.locator(".fs-verdicts > li").first.wait_for()
    settled(page)


def _settings(visit: Visit, address: str, archive: Archive, articles: Sequence[Article]) -> None:
    page = _open(visit, address, tab="settings")
    page.locator("[data-fs-estimate]").click()
    page.locator("#fs-cost pre").first.wait_for()


def _export(visit: Visit, address: str, archive: Archive, target: Path) -> None:
    """The files of a dossier: harmless in a browser, in a word processor and in a spreadsheet."""
    page = visit.page
    dossier = Dossiers(archive).dossier(Dossiers(archive).summaries()[0].id)
    quotes = {entry.quotation.text for entry in dossier.entries if entry.quotation}
    raw = {
        name: page.request.get(f"{address}dossier/{dossier.id}.{name}?lang=de").body()
        for name in ("html", "docx", "csv", "md", "json", "ris", "csl.json")
    }
    (target / "dossier.html").write_bytes(raw["html"])
    page.goto((target / "dossier.html").as_uri())
    # lines and paragraphs are elements there
    shown = {"".join(text.split()) for text in page.locator("blockquote").all_text_contents()}
    assert {"".join(quote.split()) for quote in quotes} <= shown
    assert_harmless(visit, "dossier as HTML")
    with zipfile.ZipFile(io.BytesIO(raw["docx"])) as file:
        for name in file.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(file.read(name), etree.XMLParser(resolve_entities=False))
        assert b"evil.example/a" not in file.read("word/_rels/document.xml.rels")
    csv.field_size_limit(10_000_000)
    rows = list(csv.reader(io.StringIO(raw["csv"].decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) > len(quotes)
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "@", "+", "-"))]

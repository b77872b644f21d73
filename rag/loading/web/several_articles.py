"""Pages that hold several articles: exports of press databases, and pages with several articles in full."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.exports.signs import READ_MORE
from rag.loading.exports.split import export_articles, mark_as_several
from rag.loading.web.html import load_html, parsed
from rag.loading.web.prose_html import paragraphs_of_markup

_SPACE = r"(?:\s|&nbsp;|&#160;|\xa0|\xc2\xa0|<[^<>]{1,200}>)+"
# what an export of a press database has in its file, told without reading the page
_EXPORT = re.compile(
    rf"\d{_SPACE}(?:of|von|de){_SPACE}\d+{_SPACE}DOCUMENTS?\b|"
    rf"\bDo[ck]umento?{_SPACE}\d+{_SPACE}(?:of|von|de){_SPACE}\d+\b|"
    r"\b(?:End of Document|Ende des Dokuments|Fin du document|Dokumentnummer|ProQuest document ID)\b|"
    r"class=[\"']?(?:article )?(?:en|de|fr|es|it|pt|ru|ja|zh\w*)Article\b|"
    rf"\bDo[ck]umento?{_SPACE}[A-Z0-9]{{6,}}\d{{8}}".encode("latin-1"),
    re.IGNORECASE,
)
_MARK = re.compile(rb"<article[\s>]|\bhentry\b", re.IGNORECASE)
_AROUND = ("article", "aside", "nav", "footer", "form")
_HEADINGS = ("h1", "h2", "h3", "h4")
_HEADING, _LEAST, _NEAR = re.compile(rb"<h[1-4][\s>]", re.IGNORECASE), 3, 3
# where a page shows a day, and does not state it
_SHOWN = ("page, by htmldate", "beside the headline", "line of the page")
_ENDS = re.compile(r"[.!?…][\"'“”»«’)\]]*$")
_FULL_LINE, _FULL_LINES, _FULL = 60, 2, 200
_LINKED, _LEFT = 0.4, 0.25
_KEPT = 0.7


def load_pages(raw: bytes) -> list[Draft]:
    """Read a saved page that may be an export, or hold several articles in full.

    Raises:
        LoadError: the page holds no article, or is no text in any known encoding.
    """
    if _EXPORT.search(raw):
        text = "\n\n".join(words for words, _ in paragraphs_of_markup(parsed(raw)))
        if articles := export_articles(text):
            return [*articles]
    if not _MARK.findall(raw)[1:]:
        page = load_html(raw)
        return [_with_headings(page, parsed(raw)) if _HEADING.findall(raw)[_LEAST - 1 :] else page]
    return _by_elements(raw)


def _with_headings(page: Draft, tree: Any) -> Draft:
    """Return a page that looks like several articles with all their headings and a line that says so, or as it is.

    Each of them has a heading that is a link or stands beside a day, and text of the page below it. Where their days
    differ, the page has none, and no author.
    """
    if _says_one(tree):
        return page
    known = {_key(line): number for number, line in enumerate(_lines(page))}
    items = _items(tree, known)
    if len(items) < _LEAST:
        return page
    above = {known[_key(item.first)]: item.heading for item in items if _key(item.heading) not in known}
    blocks = tuple(
        block
        for number, line in enumerate(_lines(page))
        for block in paragraph_blocks([*([above[number]] if number in above else []), line])
    )
    others = tuple(block for block in page.blocks if block.kind != "article")
    days = {item.day for item in items} - {None}
    if page.origins.get("published") in _SHOWN and len(days) > 1:
        origins = {name: origin for name, origin in page.origins.items() if name not in ("published", "author")}
        page = replace(page, published=None, author=None, origins=origins)
    return mark_as_several(replace(page, blocks=blocks + others))


@dataclass
class _Item:
    """A heading of a page with what stands below it: the first line of the page's text, and how long all of it is."""

    heading: str
    is_link: bool
    first: str = ""
    letters: int = 0
    lines: int = 0
    day: date | None = None


def _items(tree: Any, known: Container[str]) -> list[_Item]:
    """The items of the rank that has most of them."""
    from rag.loading.web.date_phrases import day_in
    from rag.loading.web.visible_lines import lines

    ranked: dict[str, list[_Item]] = {}
    item: _Item | None = None
    for line in lines(tree):
        around_it = [line.element, *line.element.iterancestors()]
        heading = next((one for one in around_it if one.tag in _HEADINGS), None)
        if heading is not None:
            is_link = any(one.tag == "a" for one in around_it) or heading.find(".//a") is not None
            item = _Item(line.text, is_link)
            ranked.setdefault(heading.tag, []).append(item)
        elif item:
            item.lines += 1
            if item.lines <= _NEAR and len(line.text) < _FULL_LINE:
                item.day = item.day or day_in(line.text)
            if _key(line.text) in known and _is_full_line(line.text):
                item.first = item.first or line.text
                item.letters += len(line.text)
    full = [
        [one for one in items if one.letters >= _FULL / 2 and (one.is_link or one.day)] for items in ranked.values()
    ]
    return max(full, key=len, default=[])


def _by_elements(raw: bytes) -> list[Draft]:
    """The articles of a page with several elements that are articles, or the page as one if that is not certain."""
    from rag.loading.web.visible_lines import lines

    page = load_html(raw)
    found = full_articles(parsed(raw))
    if not found:
        return [page]
    drafts = [_draft(one, page, number) for number, one in enumerate(found, 1)]
    known = {_key(line.text) for one in found for line in lines(one)}
    rest = [line for line in _lines(page) if _key(line) not in known and _key(line) != _key(page.title or "")]
    if sum(map(len, rest)) > _LEFT * sum(len(draft.text) for draft in drafts):
        return [mark_as_several(page)]
    comments = tuple(block for block in page.blocks if block.kind == "comment")
    around = replace(page, blocks=(*paragraph_blocks(rest), *comments), author=None, published=None)
    # what stands between the articles is the page's own
    return [*drafts, *([around] if any(map(_is_full_line, rest)) else [])]


def full_articles(tree: Any) -> Sequence[Any]:
    """Return the elements of a page that hold an article in full, if there are at least two of the same rank.

    Teasers have a line or two, or a link to the rest; an article with teasers below it has a heading of a higher rank
    than these; and a page that says that it is one article is one.
    """
    from rag.loading.web.comments import set_aside_comments

    set_aside_comments(tree)
    if _says_one(tree):
        return ()
    ranked: dict[str, list[Any]] = {}
    for element in tree.iter("article", "div", "section"):
        if _is_article(element) and next(element.iterancestors(*_AROUND), None) is None and (rank := _rank(element)):
            ranked.setdefault(rank, []).append(element)
    best = ranked[min(ranked)] if ranked else []
    outer = {id(one) for one in best}
    alone = [one for one in best if not any(id(above) in outer for above in one.iterancestors())]
    return alone if len({_key(_heading(one).text_content()) for one in alone}) > 1 else ()


def _says_one(tree: Any) -> bool:
    from rag.loading.web.page import read

    page = read(tree)
    stated = any(found.value.lower() == "article" for found in page.meta("og:type"))
    return stated or bool(page.graph.article.get("headline"))


def _is_article(element: Any) -> bool:
    return element.tag == "article" or "hentry" in (element.get("class") or "").split()


def _heading(element: Any) -> Any:
    return next((one for one in element.iter(*_HEADINGS) if one.text_content().strip()), None)


def _rank(element: Any) -> str:
    """The tag of the heading of an element that holds an article in full; nothing of another one."""
    from rag.loading.web.visible_lines import lines

    heading = _heading(element)
    if heading is None:
        return ""
    texts = [line.text for line in lines(element)]
    letters = sum(map(len, texts))
    linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
    full = [text for text in texts if _is_full_line(text)]
    is_full = len(full) >= _FULL_LINES and sum(map(len, full)) >= _FULL and linked < _LINKED * letters
    return str(heading.tag) if is_full and not any(map(READ_MORE.match, texts)) else ""


def _is_full_line(text: str) -> bool:
    return len(text) >= _FULL_LINE and _ENDS.search(text) is not None


def _draft(element: Any, page: Draft, number: int) -> Draft:
    """The article in an element, of the outlet of its page."""
    from trafilatura import bare_extraction

    from rag.loading.web.metadata import metadata
    from rag.loading.web.page import read
    from rag.loading.web.visible_lines import lines

    alone = _page_of(element, page)
    heading = " ".join(_heading(element).text_content().split())
    found = bare_extraction(alone, include_comments=False, include_tables=True)
    body = [line.strip() for line in (found.text or "").split("\n") if line.strip()] if found else []
    seen = [line.text for line in lines(element)]
    shown = {_key(text) for text in seen}
    # of a short text it may take little, or make one line of all
    if sum(map(len, body)) < _KEPT * sum(map(len, seen)) or not all(_key(line) in shown for line in body):
        body = seen
    if _key(heading) not in map(_key, body):
        body = [heading, *body]
    stated = metadata(read(alone), "")
    link = next((one.get("href") for one in _heading(element).iter("a")), None) or ""
    url = link if re.match(r"https?://", link) else page.url
    facts: dict[str, Any] = {
        "title": heading,
        "source": page.source,
        "author": stated.author,
        "published": stated.published,
        "url": url,
    }
    known = {name: value for name, value in facts.items() if value}
    origins = {**page.origins, **stated.origins, "title": "heading"}
    return Draft(
        paragraph_blocks(body),
        **known,
        language=page.language,
        origins={name: origin for name, origin in origins.items() if name in known or name == "language"},
        name=f"article {number}",
    )


def _page_of(element: Any, page: Draft) -> Any:
    """A page that holds nothing but an element."""
    from lxml import html

    alone = html.document_fromstring("<html><body></body></html>")
    if page.language:
        alone.set("lang", page.language)
    alone.body.append(deepcopy(element))
    return alone


def _lines(draft: Draft) -> list[str]:
    return [
        line for block in draft.blocks if block.kind == "article" for line in block.text.split("\n") if line.strip()
    ]


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())

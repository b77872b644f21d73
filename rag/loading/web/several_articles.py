"""Pages that contain several articles: exports of press databases, and pages with several articles in full."""

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
from rag.loading.web.html import load_html, parse_html
from rag.loading.web.prose_html import prose_paragraphs

_SPACE = r"(?:\s|&nbsp;|&#160;|\xa0|\xc2\xa0|<[^<>]{1,200}>)+"
# marks of exports of press databases, found without parsing the page
_EXPORT = re.compile(
    rf"\d{_SPACE}(?:of|von|de){_SPACE}\d+{_SPACE}DOCUMENTS?\b|"
    rf"\bDo[ck]umento?{_SPACE}\d+{_SPACE}(?:of|von|de){_SPACE}\d+\b|"
    r"\b(?:End of Document|Ende des Dokuments|Fin du document|Dokumentnummer|ProQuest document ID)\b|"
    r"class=[\"']?(?:article )?(?:en|de|fr|es|it|pt|ru|ja|zh\w*)Article\b|"
    rf"\bDo[ck]umento?{_SPACE}[A-Z0-9]{{6,}}\d{{8}}".encode("latin-1"),
    re.IGNORECASE,
)
_ARTICLE_MARK = re.compile(rb"<article[\s>]|\bhentry\b", re.IGNORECASE)
_HEADING_MARK = re.compile(rb"<h[1-4][\s>]", re.IGNORECASE)
_CONTAINER_TAGS = ("article", "aside", "nav", "footer", "form")
_HEADINGS = ("h1", "h2", "h3", "h4")
_MIN_ITEMS = 3
_MAX_LINES_TO_DATE = 3  # below a heading
# origins of dates that a page shows, but does not state in its metadata
_SHOWN_DATE_ORIGINS = ("page, by htmldate", "beside the headline", "line of the page")
_SENTENCE_END = re.compile(r"[.!?…][\"'“”»«’)\]]*$")
_MIN_FULL_LINE, _MIN_FULL_LINES, _MIN_FULL_TEXT = 60, 2, 200  # characters, lines, characters
_MAX_LINKED_SHARE = 0.4  # of an article's characters
_MAX_REST_SHARE = 0.25  # of the characters of all articles: text of the page outside of them
_MIN_EXTRACTED_SHARE = 0.7  # of an article's characters


def load_html_articles(raw: bytes) -> list[Draft]:
    """Read a saved page that may be an export, or contain several articles in full.

    Raises:
        LoadError: the page contains no article, or is not text in any known encoding.
    """
    if _EXPORT.search(raw):
        text = "\n\n".join(paragraph.text for paragraph in prose_paragraphs(parse_html(raw)))
        if articles := export_articles(text):
            return [*articles]
    if len(_ARTICLE_MARK.findall(raw)) < 2:
        page = load_html(raw)
        has_headings = len(_HEADING_MARK.findall(raw)) >= _MIN_ITEMS
        return [_with_headings(page, parse_html(raw)) if has_headings else page]
    return _by_elements(raw)


def _with_headings(page: Draft, tree: Any) -> Draft:
    """Return a page that looks like several articles with all their headings and a line that says so, or as it is.

    Each article has a heading that is a link or next to a date, and text of the page below it. Where their dates
    differ, the page has no date and no author.
    """
    if _states_one_article(tree):
        return page
    line_numbers = {_key(line): number for number, line in enumerate(_lines(page))}
    items = _items(tree, line_numbers)
    if len(items) < _MIN_ITEMS:
        return page
    headings = {
        line_numbers[_key(item.first_line)]: item.heading for item in items if _key(item.heading) not in line_numbers
    }
    blocks = tuple(
        block
        for number, line in enumerate(_lines(page))
        for block in paragraph_blocks([*([headings[number]] if number in headings else []), line])
    )
    excluded = tuple(block for block in page.blocks if block.kind != "article")
    days = {item.day for item in items} - {None}
    if page.origins.get("published") in _SHOWN_DATE_ORIGINS and len(days) > 1:
        origins = {field: origin for field, origin in page.origins.items() if field not in ("published", "author")}
        page = replace(page, published=None, author=None, origins=origins)
    return mark_as_several(replace(page, blocks=blocks + excluded))


@dataclass
class _Item:
    """A heading of a page with the text below it.

    `first_line` is the first full line of the extracted text, and `characters` the length of all such lines.
    """

    heading: str
    is_link: bool
    first_line: str = ""
    characters: int = 0
    lines: int = 0
    day: date | None = None


def _items(tree: Any, line_keys: Container[str]) -> list[_Item]:
    """The items of the heading level that has most of them; `line_keys` are those of the extracted lines."""
    from rag.loading.web.date_phrases import day_in
    from rag.loading.web.visible_lines import visible_lines

    by_level: dict[str, list[_Item]] = {}
    item: _Item | None = None
    for line in visible_lines(tree):
        path = [line.element, *line.element.iterancestors()]
        heading = next((element for element in path if element.tag in _HEADINGS), None)
        if heading is not None:
            is_link = any(element.tag == "a" for element in path) or heading.find(".//a") is not None
            item = _Item(line.text, is_link)
            by_level.setdefault(heading.tag, []).append(item)
        elif item:
            item.lines += 1
            if item.lines <= _MAX_LINES_TO_DATE and len(line.text) < _MIN_FULL_LINE:
                item.day = item.day or day_in(line.text)
            if _key(line.text) in line_keys and _is_full_line(line.text):
                item.first_line = item.first_line or line.text
                item.characters += len(line.text)
    articles = [
        [item for item in items if item.characters >= _MIN_FULL_TEXT / 2 and (item.is_link or item.day)]
        for items in by_level.values()
    ]
    return max(articles, key=len, default=[])


def _by_elements(raw: bytes) -> list[Draft]:
    """The articles of a page with several article elements, or the page as one article if that is not certain."""
    from rag.loading.web.visible_lines import visible_lines

    page = load_html(raw)
    elements = _full_articles(parse_html(raw))
    if not elements:
        return [page]
    drafts = [_draft(element, page, number) for number, element in enumerate(elements, 1)]
    article_lines = {_key(line.text) for element in elements for line in visible_lines(element)}
    title_key = _key(page.title or "")
    page_lines = [line for line in _lines(page) if _key(line) not in article_lines and _key(line) != title_key]
    if sum(map(len, page_lines)) > _MAX_REST_SHARE * sum(len(draft.text) for draft in drafts):
        return [mark_as_several(page)]
    if not any(map(_is_full_line, page_lines)):
        return drafts
    # the text between the articles is an article of the page itself
    comments = tuple(block for block in page.blocks if block.kind == "comment")
    blocks = (*paragraph_blocks(page_lines), *comments)
    return [*drafts, replace(page, blocks=blocks, author=None, published=None)]


def _full_articles(tree: Any) -> Sequence[Any]:
    """Return the elements that contain an article in full, if at least two of them have headings of the same level.

    Teasers have a line or two, or a link to the rest; an article with teasers below it has a heading of a higher level
    than they have; and a page that states that it is one article is one.
    """
    from rag.loading.web.comments import extract_comments

    extract_comments(tree)
    if _states_one_article(tree):
        return ()
    by_level: dict[str, list[Any]] = {}
    for element in tree.iter("article", "div", "section"):
        is_outermost = next(element.iterancestors(*_CONTAINER_TAGS), None) is None
        if _is_article(element) and is_outermost and (level := _heading_level(element)):
            by_level.setdefault(level, []).append(element)
    articles = by_level[min(by_level)] if by_level else []
    article_ids = {id(article) for article in articles}
    outermost = [
        article for article in articles if not any(id(ancestor) in article_ids for ancestor in article.iterancestors())
    ]
    return outermost if len({_key(_heading(article).text_content()) for article in outermost}) > 1 else ()


def _states_one_article(tree: Any) -> bool:
    from rag.loading.web.page import parse_page

    page = parse_page(tree)
    is_article = any(statement.value.lower() == "article" for statement in page.meta("og:type"))
    return is_article or bool(page.graph.article.get("headline"))


def _is_article(element: Any) -> bool:
    return element.tag == "article" or "hentry" in (element.get("class") or "").split()


def _heading(element: Any) -> Any:
    return next((heading for heading in element.iter(*_HEADINGS) if heading.text_content().strip()), None)


def _heading_level(element: Any) -> str:
    """The tag of the heading of an element that contains an article in full; empty for other elements."""
    from rag.loading.web.visible_lines import visible_lines

    heading = _heading(element)
    if heading is None:
        return ""
    texts = [line.text for line in visible_lines(element)]
    characters = sum(map(len, texts))
    linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
    full_lines = [text for text in texts if _is_full_line(text)]
    is_full = (
        len(full_lines) >= _MIN_FULL_LINES
        and sum(map(len, full_lines)) >= _MIN_FULL_TEXT
        and linked < _MAX_LINKED_SHARE * characters
    )
    return str(heading.tag) if is_full and not any(map(READ_MORE.match, texts)) else ""


def _is_full_line(text: str) -> bool:
    return len(text) >= _MIN_FULL_LINE and _SENTENCE_END.search(text) is not None


def _draft(element: Any, page: Draft, number: int) -> Draft:
    """The article in an element, with the outlet and the language of its page."""
    from rag.loading.web.metadata import page_metadata
    from rag.loading.web.page import parse_page

    article_page = _page_of(element, page)
    heading = " ".join(_heading(element).text_content().split())
    body = _body(element, article_page)
    if _key(heading) not in map(_key, body):
        body = [heading, *body]
    metadata = page_metadata(parse_page(article_page), "")
    link = next((link.get("href") for link in _heading(element).iter("a")), None) or ""
    fields: dict[str, Any] = {
        "title": heading,
        "source": page.source,
        "author": metadata.author,
        "published": metadata.published,
        "url": link if re.match(r"https?://", link) else page.url,
    }
    fields = {field: value for field, value in fields.items() if value}
    origins = {**page.origins, **metadata.origins, "title": "heading"}
    return Draft(
        paragraph_blocks(body),
        **fields,
        language=page.language,
        origins={field: origin for field, origin in origins.items() if field in fields or field == "language"},
        name=f"article {number}",
    )


def _body(element: Any, article_page: Any) -> list[str]:
    """The lines of an article as trafilatura extracts them, or all visible lines of its element."""
    from trafilatura import bare_extraction

    from rag.loading.web.visible_lines import visible_lines

    extraction = bare_extraction(article_page, include_comments=False, include_tables=True)
    body = [line.strip() for line in (extraction.text or "").split("\n") if line.strip()] if extraction else []
    texts = [line.text for line in visible_lines(element)]
    visible_keys = set(map(_key, texts))
    # of a short text it may extract little, or join all of its lines
    is_incomplete = sum(map(len, body)) < _MIN_EXTRACTED_SHARE * sum(map(len, texts))
    return texts if is_incomplete or not all(_key(line) in visible_keys for line in body) else body


def _page_of(element: Any, page: Draft) -> Any:
    """A page that contains only this element."""
    from lxml import html

    article_page = html.document_fromstring("<html><body></body></html>")
    if page.language:
        article_page.set("lang", page.language)
    article_page.body.append(deepcopy(element))
    return article_page


def _lines(draft: Draft) -> list[str]:
    return [
        line for block in draft.blocks if block.kind == "article" for line in block.text.split("\n") if line.strip()
    ]


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())

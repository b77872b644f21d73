"""Pages that hold several articles: exports of press databases, and pages with several articles in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from rag.loading.draft import Draft, paragraphs
from rag.loading.exports.split import articles_in, marked_as_several
from rag.loading.web.html import load_html, parsed
from rag.loading.web.markup import paragraphs_of_markup

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
_MORE = re.compile(
    r"^\W*(?:weiterlesen|mehr lesen|(?:hier |jetzt )?weiter lesen|zum artikel|mehr dazu|ganzen artikel lesen|"
    r"read (?:more|on)|continue reading|more|full story|mehr|lire (?:la suite|plus)|leer más|"
    r"seguir leyendo|continua a leggere|"
    r"leggi tutto|lees (?:meer|verder)|czytaj (?:więcej|dalej)|devamını oku|читать далее|weiter)\b.{0,80}$",
    re.IGNORECASE,
)
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
        if articles := articles_in(text):
            return [*articles]
    if not _MARK.findall(raw)[1:]:
        return [load_html(raw)]
    return _by_elements(raw)


def _by_elements(raw: bytes) -> list[Draft]:
    """The articles of a page with several elements that are articles, or the page as one if that is not certain."""
    from rag.loading.web.lines import lines

    page = load_html(raw)
    found = full_articles(parsed(raw))
    if not found:
        return [page]
    drafts = [_draft(one, page, number) for number, one in enumerate(found, 1)]
    known = {_key(line.text) for one in found for line in lines(one)}
    rest = [line for line in _lines(page) if _key(line) not in known and _key(line) != _key(page.title or "")]
    if sum(map(len, rest)) > _LEFT * sum(len(draft.text) for draft in drafts):
        return [marked_as_several(page)]
    comments = tuple(block for block in page.blocks if block.kind == "comment")
    around = replace(page, blocks=(*paragraphs(rest), *comments), author=None, published=None)
    # what stands between the articles is the page's own
    return [*drafts, *([around] if any(map(_is_full_line, rest)) else [])]


def full_articles(tree: Any) -> Sequence[Any]:
    """Return the elements of a page that hold an article in full, if there are at least two of the same rank.

    Teasers have a line or two, or a link to the rest; an article with teasers below it has a heading of a higher rank
    than these; and a page that says that it is one article is one.
    """
    from rag.loading.web.comments import set_aside_comments
    from rag.loading.web.page import read

    set_aside_comments(tree)
    page = read(tree)
    if any(found.value.lower() == "article" for found in page.meta("og:type")) or page.graph.article.get("headline"):
        return ()
    ranked: dict[str, list[Any]] = {}
    for element in tree.iter("article", "div", "section"):
        if _is_article(element) and next(element.iterancestors(*_AROUND), None) is None and (rank := _rank(element)):
            ranked.setdefault(rank, []).append(element)
    best = ranked[min(ranked)] if ranked else []
    outer = {id(one) for one in best}
    alone = [one for one in best if not any(id(above) in outer for above in one.iterancestors())]
    return alone if len({_key(_heading(one).text_content()) for one in alone}) > 1 else ()


def _is_article(element: Any) -> bool:
    return element.tag == "article" or "hentry" in (element.get("class") or "").split()


def _heading(element: Any) -> Any:
    return next((one for one in element.iter(*_HEADINGS) if one.text_content().strip()), None)


def _rank(element: Any) -> str:
    """The tag of the heading of an element that holds an article in full; nothing of another one."""
    from rag.loading.web.lines import lines

    heading = _heading(element)
    if heading is None:
        return ""
    texts = [line.text for line in lines(element)]
    letters = sum(map(len, texts))
    linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
    full = [text for text in texts if _is_full_line(text)]
    is_full = len(full) >= _FULL_LINES and sum(map(len, full)) >= _FULL and linked < _LINKED * letters
    return str(heading.tag) if is_full and not any(map(_MORE.match, texts)) else ""


def _is_full_line(text: str) -> bool:
    return len(text) >= _FULL_LINE and _ENDS.search(text) is not None


def _draft(element: Any, page: Draft, number: int) -> Draft:
    """The article in an element, of the outlet of its page."""
    from trafilatura import bare_extraction

    from rag.loading.web.lines import lines
    from rag.loading.web.metadata import metadata
    from rag.loading.web.page import read

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
        paragraphs(body),
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

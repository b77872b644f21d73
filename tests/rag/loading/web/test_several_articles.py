"""Files of many articles that are no exports: pages, issues in EPUB, mailboxes."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from rag.loading.common.draft import Draft, Flaw
from rag.loading.common.file_types import kind_of
from rag.loading.containers import mbox
from rag.loading.containers.mbox import mails_in_mbox
from rag.loading.documents.epub import load_issue
from rag.loading.reader import articles_in, pieces
from rag.loading.web.several_articles import load_html_articles
from rag.types import Article

POOL = "Der Rat von Moorende hat am Dienstag beschlossen, das alte Freibad an der Mühle zu schließen. Neun waren dafür."
POOL_2 = "Bürgermeisterin Femke Aden sagte, eine Sanierung hätte drei Millionen Euro gekostet, die es nicht gibt."
ROAD = (
    "Ein Biber hat unter der Landstraße bei Altfleth einen Bau gegraben, sodass die Fahrbahn auf vier Metern einbrach."
)
ROAD_2 = (
    "Die Meisterei rechnet mit zwei Wochen Sperrung; der Förster will das Tier mit einer Falle in den Wald umsiedeln."
)


def article(title: str, day: str, author: str, *paragraphs: str, tag: str = "article", level: str = "h2") -> str:
    """Return an article of a page."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<{tag}><{level}>{title}</{level}><p class='byline'>{day} · Von {author}</p>{body}</{tag.partition(' ')[0]}>"
    )


def page(*articles: str, head: str = "", top: str = "<h1>Archiv März 2003</h1>") -> bytes:
    """Return a page with articles below a heading."""
    return (
        f"<!DOCTYPE html><html lang='de'><head><meta charset='utf-8'><title>Archiv</title>{head}</head><body>{top}"
        f"{''.join(articles)}</body></html>"
    ).encode()


FIRST = article("Moorende schließt sein Freibad", "12.03.2003", "Tomma Harms", POOL, POOL_2)
SECOND = article("Biber legt Landstraße lahm", "14.03.2003", "Uwe Sand", ROAD, ROAD_2)
TEASER = article(
    "Chor singt in Gent", "15.03.2003", "Eva Lund", "Der Chor ist nach Gent gereist und hat dort gesungen."
)
LINKED = article("Chor", "15.03.2003", "Eva Lund", ROAD, ROAD_2, "<a href='/chor'>Weiterlesen</a>")


@pytest.mark.parametrize("mark", ["article", "div class='post hentry'"])
def test_page_with_several_articles(mark: str) -> None:
    """Full articles on one page become articles, each with its own headline, author, date and text."""
    first = article("Moorende schließt sein Freibad", "12.03.2003", "Tomma Harms", POOL, POOL_2, tag=mark)
    second = article("Biber legt Landstraße lahm", "14.03.2003", "Uwe Sand", ROAD, ROAD_2, tag=mark)
    drafts = [draft for draft in load_html_articles(page(first, second)) if isinstance(draft, Draft)]
    assert [(draft.title, draft.author, draft.published, draft.name) for draft in drafts] == [
        ("Moorende schließt sein Freibad", "Tomma Harms", date(2003, 3, 12), "article 1"),
        ("Biber legt Landstraße lahm", "Uwe Sand", date(2003, 3, 14), "article 2"),
    ]
    assert POOL in drafts[0].text and POOL_2 in drafts[0].text and ROAD not in drafts[0].text
    assert ROAD in drafts[1].text and ROAD_2 in drafts[1].text and POOL not in drafts[1].text


@pytest.mark.parametrize("linked", [False, True])
def test_page_that_only_looks_like_several_articles(linked: bool) -> None:
    """Headings with dates or links, and texts below, are reported as several articles, whose dates the page lacks."""
    third = article("Chor singt in Gent", "15.03.2003", "Eva Lund", POOL_2, ROAD_2, tag="section")
    parts = [element.replace("article>", "section>") for element in (FIRST, SECOND, third)]
    if linked:
        parts = [element.replace("<h2>", "<h2><a href='/x'>").replace("</h2>", "</a></h2>") for element in parts]
    (draft,) = load_html_articles(page(*parts))
    assert isinstance(draft, Draft) and "several articles" in draft.unread[0]
    assert (draft.published, draft.author) == (None, None)
    assert all(title in draft.text for title in ("schließt sein Freibad", "Biber legt", "Chor singt in Gent"))


def test_headings_within_one_article() -> None:
    """An article with headings between its paragraphs is one article."""
    parts = "".join(f"<h2>{text[:20]}</h2><p>{text}</p>" for text in (POOL, POOL_2, ROAD, ROAD_2))
    (draft,) = load_html_articles(page(f"<p>12.03.2003</p>{parts}"))
    assert isinstance(draft, Draft) and (draft.unread, draft.published) == ((), date(2003, 3, 12))


def test_headline_of_the_one_article_among_teasers() -> None:
    """If the page's title names a section, the heading of the full article is the headline."""
    (draft,) = load_html_articles(page(FIRST, TEASER, TEASER.replace("Chor", "Verein"), top=""))
    assert isinstance(draft, Draft) and draft.title == "Moorende schließt sein Freibad"


def test_text_between_articles_is_kept() -> None:
    """A full paragraph outside the articles becomes an article of the page itself."""
    introduction = (
        "Diese Seite sammelt, was im März 2003 in Moorende geschah, und wird von der Bücherei gepflegt und ergänzt."
    )
    drafts = load_html_articles(page(FIRST, SECOND, top=f"<h1>Archiv März 2003</h1><p>{introduction}</p>"))
    assert [draft.name for draft in drafts] == ["article 1", "article 2", ""]
    assert isinstance(drafts[2], Draft) and introduction in drafts[2].text and POOL not in drafts[2].text


@pytest.mark.parametrize(
    "raw",
    [
        page(FIRST, TEASER, TEASER.replace("Chor", "Verein")),
        page(FIRST, LINKED),
        page(article("Freibad", "12.03.2003", "Tomma Harms", POOL, POOL_2, level="h1"), SECOND, top=""),
        page(FIRST, SECOND, head="<meta property='og:type' content='article'>"),
        page(FIRST, f"<aside>{SECOND}</aside>"),
        page(FIRST),
    ],
    ids=["teasers", "link to the rest", "lower heading", "says it is one", "aside", "one"],
)
def test_page_with_one_article(raw: bytes) -> None:
    """Teasers, related articles below a higher heading, and sidebars do not split a page."""
    drafts = [draft for draft in load_html_articles(raw) if isinstance(draft, Draft)]
    assert [draft.name for draft in drafts] == [""]


def epub(title: str, creator: str, *chapters: str) -> bytes:
    """Return an EPUB of these chapters."""
    names = [f"c{number}.xhtml" for number in range(len(chapters))]
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="b.opf"/></rootfiles></container>',
        "b.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title>{creator}<dc:date>2003-03-14</dc:date></metadata><manifest>"
        + "".join(f'<item id="{name}" href="{name}"/>' for name in names)
        + "</manifest><spine>"
        + "".join(f'<itemref idref="{name}"/>' for name in names)
        + "</spine></package>",
        **{name: f"<html><body>{chapter}</body></html>" for name, chapter in zip(names, chapters, strict=True)},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


CHAPTERS = (
    "<p>Moorender Bote</p>",
    f"<h1>Freibad schließt</h1><p>Von Tomma Harms</p><p>{POOL}</p>",
    f"<p>{POOL_2}</p>",
    f"<h1>Biber gräbt</h1><p>Von Uwe Sand</p><p>{ROAD}</p>",
)


@pytest.mark.parametrize("creator", ["", "<dc:creator>calibre</dc:creator>"])
def test_issue_in_epub(creator: str) -> None:
    """Each chapter of an issue is an article of that day; a chapter without a heading continues the one before."""
    first, second = load_issue(epub("Moorender Bote 11/2003", creator, *CHAPTERS))
    assert (first.title, first.source, first.author, first.published) == (
        "Freibad schließt",
        "Moorender Bote 11/2003",
        "Tomma Harms",
        date(2003, 3, 14),
    )
    assert (second.title, second.author, second.name) == ("Biber gräbt", "Uwe Sand", "article 2")
    assert POOL in first.text and POOL_2 in first.text and "Moorender Bote" in first.text
    assert ROAD in second.text and POOL not in second.text


def test_book_in_epub() -> None:
    """A book is one article, with the author that the package states."""
    (book,) = load_issue(
        epub(
            "Die Flut",
            "<dc:creator>Anna Beck</dc:creator>",
            f"<h1>Eins</h1><p>{POOL}</p>",
            f"<h1>Zwei</h1><p>{ROAD}</p>",
        )
    )
    assert (book.title, book.author, book.name) == ("Die Flut", "Anna Beck", "")
    assert POOL in book.text and ROAD in book.text


MAILBOX = """\
From g@example.org Tue Oct  6 10:00:00 1998
From: Gesche Onken <g@example.org>
Subject: Protokoll
Date: Tue, 06 Oct 1998 10:00:00 +0200
Content-Type: text/plain; charset=utf-8

Die Schleuse ist gesperrt.
>From the start it leaked.

From here on it is dry.

From - Fri Oct  9 18:30:00 1998
From: Habbo Reents <h@example.org>
Subject: Kosten
Date: Fri, 09 Oct 1998 18:30:00 +0200

Die Reparatur kostet 640000 Mark.
"""


@pytest.mark.parametrize("name", ["Inbox", "Sent", "post.mbox", "mails.txt", "in.eml"])
def test_mailbox(name: str, tmp_path: Path) -> None:
    """A mailbox is detected by its content; each mail is an article, and its lines that begin with From are kept."""
    file = tmp_path / name
    file.write_text(MAILBOX, encoding="utf-8")
    assert kind_of(name, MAILBOX.encode()) == "mbox"
    articles = [
        article for piece in pieces(file, "0") for article in articles_in(piece) if isinstance(article, Article)
    ]
    assert [(article.path, article.title, article.author, article.published) for article in articles] == [
        (f"{file}/mail 1", "Protokoll", "Gesche Onken", date(1998, 10, 6)),
        (f"{file}/mail 2", "Kosten", "Habbo Reents", date(1998, 10, 9)),
    ]
    assert articles[0].text == "Die Schleuse ist gesperrt.\nFrom the start it leaked.\n\nFrom here on it is dry."


def test_mailbox_in_an_archive(tmp_path: Path) -> None:
    """The articles of a compressed mailbox are named by its path in the archive."""
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mails/Inbox", MAILBOX)
    articles = [
        article for piece in pieces(file, "0") for article in articles_in(piece) if isinstance(article, Article)
    ]
    assert [article.path for article in articles] == [f"{file}/mails/Inbox/mail 1", f"{file}/mails/Inbox/mail 2"]


def test_text_that_begins_like_a_mailbox() -> None:
    """A letter that begins with From is not a mailbox."""
    assert kind_of("a.txt", b"From Berlin with love at 10:30\n\nDear all, it is late.\n") == "text"


def test_mail_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a flaw, and the mails before and after it are read."""
    monkeypatch.setattr(mbox, "MAX_MAIL", 150)
    large = MAILBOX.replace("Die Schleuse ist gesperrt.", "Die Schleuse ist gesperrt. " * 20)
    flaw, mail = mails_in_mbox(io.BytesIO(large.encode()))
    assert isinstance(flaw, Flaw) and flaw.name == "mail 1"
    assert not isinstance(mail, Flaw) and mail[0] == "mail 2"

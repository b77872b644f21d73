"""Pages laid out in tables, as most were before 2008, are read as other pages are."""

from __future__ import annotations

from datetime import date

import pytest

from rag.loading.web.html import load_html

SAID = [
    "Der Stadtrat von Mooshausen hat am Mittwoch entschieden, die Brücke über die Wille zu sperren.",
    "Baurat Henk Tjaden sagte, die Pfeiler seien morsch. Die Reparatur kostet 2,3 Millionen Euro.",
    "Die Bürgerinitiative will klagen. Sprecherin Almut Frerichs hat dafür 900 Unterschriften gesammelt.",
]
HEADLINE, DAY = "Mooshausen sperrt die Brücke", "3. März 2001"
LINKS = '<a href="1">Titelseite</a> | <a href="2">Politik</a> | <a href="3">Sport</a>'
TEASERS = '<a href="a">Bäcker backt Brot für alle</a><br><a href="b">Zirkus kommt in die Stadt</a>'
ROW = "".join(f'<td><a href="{name}">{name}</a></td>' for name in ("Titelseite", "Politik", "Sport", "Kultur"))
FIGURES = "<table border=1><tr><td>Jahr</td><td>Kosten</td></tr><tr><td>1999</td><td>1,1</td></tr></table>"

PAGES = {
    "breaks in a font": (
        f"<table><tr><td>{LINKS}</td><td><font size=4><b>{HEADLINE}</b></font><br><font size=2>Ort, {DAY}<br><br>"
        f"{'<br><br>'.join(SAID)}</font></td></tr></table>"
    ),
    "open paragraphs": f"<table><tr><td>{LINKS}</td><td><b>{HEADLINE}</b><p>{DAY}<p>{'<p>'.join(SAID)}</table>",
    "tables in tables": (
        f"<table><tr><td colspan=2>{LINKS}</td></tr><tr><td>{TEASERS}</td><td><table><tr><td><font size='+2'>{HEADLINE}"
        f"</font></td></tr><tr><td><i>{DAY}</i></td></tr><tr><td>{'<br>&nbsp;<br>'.join(SAID)}</td></tr></table></td></tr>"
        "</table>"
    ),
    "a row of links": (
        f"<table><tr>{ROW}</tr></table><table><tr><td><big>{HEADLINE}</big><br>{DAY}<p>{'<p>'.join(SAID)}</td>"
        f"<td>{TEASERS}</td></tr></table>"
    ),
    "a smaller heading": (
        f"<center><table><tbody><tr valign=top><td>{LINKS}</td><td><img src=x.gif><h2>{HEADLINE}</h2>{DAY}<br><br>"
        f"<img src=y.gif>{'<br><br>'.join(SAID)}</td></tr></tbody></table></center>"
    ),
    "rows of one cell": (
        f"<center><table><tr><td><font size=5>{HEADLINE}</font></td></tr><tr><td>{DAY}</td></tr>"
        f"{''.join(f'<tr><td>{text}</td></tr>' for text in SAID)}<tr><td>{LINKS}</td></tr></table></center>"
    ),
    "a headline by its class": (
        f"<table><tr><td>{LINKS}</td><td><span class=artikelHeadline>{HEADLINE}</span><br>{DAY}<br><br>"
        f"<p><font>{SAID[0]}<br><br>{SAID[1]}</font><font color=red>{SAID[2]}</font></p></td></tr></table>"
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_pages_laid_out_in_tables(page: str) -> None:
    """The text is paragraphs without pipes or links, with its headline and date."""
    draft = load_html(f"<html><head><title>Moosbote - Lokales</title></head><body>{PAGES[page]}</body></html>".encode())
    assert (draft.title, draft.published) == (HEADLINE, date(2001, 3, 3))
    texts = [block.text.strip() for block in draft.blocks]
    assert [text for text in texts if DAY not in text] == SAID
    assert draft.origins["published"] == "beside the headline"


def test_figures_stay_a_table() -> None:
    """A table of figures in an article keeps its rows and cells, even if the page is laid out with a table."""
    text = f"<b>{HEADLINE}</b><p>{SAID[0]}<p>{FIGURES}<p>{SAID[1]}<p>{SAID[2]}"
    draft = load_html(f"<html><body><table><tr><td>{LINKS}</td><td>{text}</td></tr></table></body></html>".encode())
    assert [block.text.strip() for block in draft.blocks] == [
        SAID[0],
        "| Jahr | Kosten |",
        "| 1999 | 1,1 |",
        SAID[1],
        SAID[2],
    ]


def test_a_page_without_layout_tables() -> None:
    """A long cell of a table with headings, or in the smaller part of a page, stays a cell."""
    paragraphs = "".join(f"<p>{text}</p>" for text in SAID * 3)
    for cells in (
        f"<tr><th>Ort</th><td>{SAID[0]}<br>{SAID[1]} {SAID[2]}</td></tr>",
        f"<tr><td>{SAID[0]}<br>{SAID[1]}</td></tr>",
    ):
        draft = load_html(
            f"<html><body><h1>{HEADLINE}</h1><article>{paragraphs}<table>{cells}</table></article></body></html>".encode()
        )
        assert any(block.text.startswith("|") and SAID[0] in block.text for block in draft.blocks)


def test_a_page_of_links_keeps_its_text() -> None:
    """Where all blocks are links, none is removed."""
    link = "<a href=x>Meldung aus dem ganzen Land, die hier nur angekündigt wird</a>"
    text = f"<table><tr><td>{'<br>'.join([link] * 9)}</td></tr></table><p>{' '.join(SAID)}</p>"
    draft = load_html(f"<html><body>{text}</body></html>".encode())
    assert SAID[0] in draft.text

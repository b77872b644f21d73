"""Exports of press databases: each article by itself, with its own headline, outlet, day and author."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from rag.loading.common.draft import Draft, Flaw
from rag.loading.exports.split import export_articles, looks_like_several
from rag.loading.plain_text.line_numbers import source_lines
from rag.loading.reader import articles_in as articles_of_piece
from rag.loading.reader import pieces
from rag.loading.registry import drafts_of
from rag.types import Article

HARBOUR = "Der Hafen von Grotehude wird für elf Millionen Euro ausgebaggert."
HARBOUR_2 = "Die Fischer klagen dagegen, sagte ihr Sprecher Enno Rolfs."
LIBRARY = "Die Bücherei von Moorende schließt im Herbst nach siebzig Jahren."

Facts = tuple[str | None, str | None, str | None, date | None]
GERMAN: list[Facts] = [
    ("Hafen wird ausgebaggert", "Grotehuder Bote", "Tomma Harms", date(2006, 9, 12)),
    ("Bücherei schließt", "Moorender Tageblatt", "Uwe Sand", date(2003, 3, 3)),
]

CLASSIC = f"""\
Download Request: Selected Items: 1-2
Time Of Request: Friday, March 20, 2018  16:51:31

                                Dokument 1 von 2


                                Grotehuder Bote

                          12. September 2006 Dienstag
                                 Ausgabe Nord

Hafen wird ausgebaggert

AUTOR: Von Tomma Harms

RUBRIK: LOKALES; S. 3

LÄNGE: 120 Wörter

{HARBOUR}

BOTE: {HARBOUR_2}

UPDATE: 13. September 2006

SPRACHE: GERMAN; Deutsch

PUBLICATION-TYPE: Zeitung


                         Copyright 2006 Bote Verlag
                           Alle Rechte vorbehalten

                                Dokument 2 von 2

                         Copyright 2003 Moorender Tageblatt
                              Alle Rechte vorbehalten
                              Moorender Tageblatt

                              3. März 2003 Montag

LÄNGE: 42 Wörter

HEADLINE: Bücherei schließt

BYLINE: Uwe Sand

BODY:
   {LIBRARY}

LOAD-DATE: 4. März 2003
"""

MODERN = f"""\
Seite 1 von 2

Benutzername: = XY
Datum und Uhrzeit: = Freitag, 20. März 2020 10:11 Uhr MEZ
Jobnummer: = 1234567
Dokumente (2)
1. Hafen wird ausgebaggert
Client/Matter: -None-
2. Bücherei schließt
Client/Matter: -None-

Hafen wird ausgebaggert
Grotehuder Bote
12. September 2006 Dienstag

Copyright 2006 Bote Verlag Alle Rechte vorbehalten

Rubrik: LOKALES; S. 3
Länge: 120 Wörter
Autor: Tomma Harms
Rumpf


{HARBOUR}

Seite 2 von 2

{HARBOUR_2}

Classification

Language: GERMAN; DEUTSCH
Ladedatum: 13. September 2006


Ende des Dokuments

Bücherei schließt
Moorender Tageblatt
3. März 2003 Montag

Copyright 2003 Moorender Tageblatt Alle Rechte vorbehalten

Länge: 42 Wörter
Autor: Von Uwe Sand
Textkörper

{LIBRARY}

Load-Date: March 4, 2003

Ende des Dokuments
"""

CODED = f"""\
SE  Lokales
HD  Hafen wird ausgebaggert
BY  Von Tomma Harms
WC  120 Wörter
PD  12. September 2006
ET  08:15
SN  Grotehuder Bote
SC  GROBOT
PG  3
LA  Deutsch
CY  (c) 2006 Bote Verlag
LP
{HARBOUR}

TD
{HARBOUR_2}

IN der Nacht blieb es ruhig.

NS  gcat : Politik
PUB Bote Verlag
AN  Document GROBOT0020060912e29c00003

HD  Bücherei schließt
BY  Uwe Sand
WC  42 Wörter
PD  3. März 2003
SN  Moorender Tageblatt
SC  MOOTAG
LA  Deutsch
LP  {LIBRARY}
AN  Document MOOTAG0020030303dz3300007

Search Summary
Text  Hafen
© 2020 Factiva, Inc. All rights reserved.
"""

UNCODED = f"""\
Lokales
Hafen wird ausgebaggert
Von Tomma Harms
1.120 Wörter
12. September 2006
08:15
Grotehuder Bote
GROBOT
3
Deutsch
(c) 2006 Bote Verlag

{HARBOUR}

{HARBOUR_2}

Dokument GROBOT0020060912e29c00003

Bücherei schließt
Uwe Sand
42 Wörter
3. März 2003
Moorender Tageblatt
MOOTAG
Deutsch
Copyright 2003 Moorender Tageblatt

{LIBRARY}

Dokument MOOTAG0020030303dz3300007

Suchergebnisse
"""

GENIOS = f"""\
Hafen wird ausgebaggert

{HARBOUR}

{HARBOUR_2}

Quelle: Grotehuder Bote vom 12.09.2006, Nr. 210, S. 5
Autor: Tomma Harms
Ressort: Lokales
Dokumentnummer: A1234567
Dauerhafte Adresse des Dokuments:
https://www.genios.example/document/GB__A1234567
Alle Rechte vorbehalten: (c) Bote Verlag
© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH

Bücherei schließt

Autor: Uwe Sand

{LIBRARY}

Quelle: "Moorender Tageblatt" vom 3. März 2003 Seite: 3
Dokumentnummer: B1234567
© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH
"""

GENIOS_ABOVE = f"""\
Quelle: Grotehuder Bote vom 12.09.2006, Nr. 210, S. 5
Autor: Tomma Harms
Rubrik: Lokales
Dokumentnummer: A1234567

Hafen wird ausgebaggert

{HARBOUR}

{HARBOUR_2}

Quelle: Moorender Tageblatt vom 03.03.2003, S. 3
Autor: Uwe Sand
Rubrik: Kultur
Dokumentnummer: B1234567

Bücherei schließt

{LIBRARY}
"""

PROQUEST = f"""\
____________________________________________________________

Hafen wird ausgebaggert

Author: Tomma Harms

Links: http://example.org

Full text: {HARBOUR}

{HARBOUR_2}

Subject: Harbors

Title: Hafen wird ausgebaggert

Publication title: Grotehuder Bote; Grotehude

Publication date: Sep 12, 2006

ProQuest document ID: 12345

Last updated: 2010-01-02

____________________________________________________________

Bücherei schließt

Author: Uwe Sand

Full text: {LIBRARY}

Title: Bücherei schließt

Publication title: Moorender Tageblatt

Publication date: Mar 3, 2003

ProQuest document ID: 12346

____________________________________________________________

Database copyright © 2020 ProQuest LLC. All rights reserved.
"""

EXPORTS = {
    "classic": CLASSIC,
    "modern": MODERN,
    "coded": CODED,
    "uncoded": UNCODED,
    "genios": GENIOS,
    "genios, fields above": GENIOS_ABOVE,
    "proquest": PROQUEST,
}


def facts_of(drafts: Sequence[Draft | Flaw]) -> list[Facts]:
    """Return headline, outlet, author and day of each article."""
    return [(draft.title, draft.source, draft.author, draft.published) for draft in drafts if isinstance(draft, Draft)]


def as_docx(text: str) -> bytes:
    """Return a Word document that has a paragraph for each line."""
    document, file = Document(), io.BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line.strip())
    document.save(file)
    return file.getvalue()


def as_rtf(text: str) -> bytes:
    """Return Rich Text that has a paragraph for each line."""
    letters = "".join(letter if ord(letter) < 128 else f"\\u{ord(letter)}?" for letter in text)
    return ("{\\rtf1\\ansi\\ansicpg1252 " + letters.replace("\n", "\\par\n") + "}").encode("ascii")


def as_html(text: str) -> bytes:
    """Return a page that has a paragraph for each line, and a row of a table for a field in letters."""
    rows = re.sub(r"^([A-Z]{2,3})  (.*)$", r"<table><tr><td>\1</td><td>\2</td></tr></table>", text, flags=re.MULTILINE)
    lines = "".join(f"<p>{line.strip()}</p>" if line[0] != "<" else line for line in rows.splitlines() if line.strip())
    return f"<html><head><meta charset='utf-8'><title>x</title></head><body>{lines}</body></html>".encode()


def as_pdf(text: str) -> bytes:
    """Return a print-out with the lines and the empty lines of a text, and when it was printed on each page."""
    file = io.BytesIO()
    style = ParagraphStyle("line", fontName="Helvetica", fontSize=10)

    def foot(canvas: Canvas, _: object) -> None:
        canvas.drawString(60, 30, f"Gedruckt am 3. Mai 2020, Blatt {canvas.getPageNumber()}")

    flowables = [Paragraph(line.strip(), style) if line.strip() else Spacer(1, 12) for line in text.splitlines()]
    SimpleDocTemplate(file).build(flowables, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("kind", ["text", "docx", "rtf", "html"])
def test_articles_of_exports(name: str, kind: str) -> None:
    """Whatever the format and the kind of file, two articles come out with what their headers say of them."""
    text = EXPORTS[name]
    raw = {"text": str.encode, "docx": as_docx, "rtf": as_rtf, "html": as_html}[kind](text)
    drafts = [draft for draft in drafts_of(kind, raw) if isinstance(draft, Draft)]
    assert facts_of(drafts) == GERMAN
    assert [draft.name for draft in drafts] == ["article 1", "article 2"]
    assert [HARBOUR in drafts[0].text, HARBOUR_2 in drafts[0].text, LIBRARY in drafts[0].text] == [True, True, False]
    assert [HARBOUR in drafts[1].text, HARBOUR_2 in drafts[1].text, LIBRARY in drafts[1].text] == [False, False, True]
    article_text = "".join(draft.text for draft in drafts)
    for field in (
        "Dokumentnummer",
        "LOAD-DATE",
        "Load-Date",
        "Copyright",
        "ProQuest",
        "1 von 2",
        "2 von 2",
        "Jobnummer",
        "Suchergebnisse",
    ):
        assert field not in article_text


def test_english_exports() -> None:
    """The day of the load is not the day of publication; a wrapped headline and several authors are whole."""
    text = """\
                               1 of 2 DOCUMENTS

                             The Wexley Mercury

                             June 9, 1998 Tuesday
                              Late Edition - Final

Otters return to the mill pond after
forty years

BYLINE: By DORA QUILL and SAM PERRY

SECTION: Section B; Pg. 1

LENGTH: 88 words

DATELINE: WEXLEY, June 8

Two otters were seen at the mill pond on Sunday.

LOAD-DATE: July 1, 2004

                               2 of 2 DOCUMENTS

                             Stoke Weekly

                                  May 1999

Choir sings in Ghent

LENGTH: 20 words

The choir sang in Ghent.

LOAD-DATE: July 1, 2004
"""
    drafts = export_articles(text)
    assert facts_of(drafts) == [
        (
            "Otters return to the mill pond after forty years",
            "The Wexley Mercury",
            "DORA QUILL and SAM PERRY",
            date(1998, 6, 9),
        ),
        ("Choir sings in Ghent", "Stoke Weekly", None, None),
    ]
    assert drafts[0].place == "WEXLEY"


def test_a_single_article_of_an_export() -> None:
    """An export of one article has the name of its file, and what its header says."""
    text = CODED[: CODED.index("HD  Bücherei")]
    drafts = export_articles(text)
    assert [(draft.name, draft.title) for draft in drafts] == [("", "Hafen wird ausgebaggert")]


@pytest.mark.parametrize("name", ["classic", "modern", "uncoded", "genios", "genios, fields above"])
def test_articles_of_printed_exports(name: str) -> None:
    """A print-out of an export is recognised by the same fields, though its lines were joined into paragraphs."""
    drafts = [draft for draft in drafts_of("pdf", as_pdf(EXPORTS[name])) if isinstance(draft, Draft)]
    assert facts_of(drafts) == GERMAN
    assert [LIBRARY in draft.text for draft in drafts] == [False, True]


def test_a_lost_rule_between_articles() -> None:
    """If two articles share a part, neither gets the metadata of the other: the file is read as one text."""
    lost = EXPORTS["proquest"].replace("_" * 60, "")
    assert export_articles(lost) == []


def test_articles_of_a_printed_export_keep_their_pages(tmp_path: Path) -> None:
    """The page of a passage is that of the file, and no article contains another one's footer or page number."""
    file = tmp_path / "nexis.pdf"
    many = "\n\n".join(f"{HARBOUR_2[:-1]} im Fall {number}." for number in range(80))
    file.write_bytes(as_pdf(CLASSIC.replace(HARBOUR, f"{HARBOUR}\n\n{many}")))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    contents = [content for piece in pieces(file, digest) for content in articles_of_piece(piece)]
    first, second = (content for content in contents if isinstance(content, Article))
    assert first.page_at(first.text.index(HARBOUR)) == 1
    assert second.page_at(second.text.index(LIBRARY)) == 4
    assert second.kind_at(second.text.index("Gedruckt")) == "boilerplate"


def test_articles_of_an_export_are_cited_by_file_and_number(tmp_path: Path) -> None:
    """The path has the number behind it, offsets point to the words, and their lines in the file are known."""
    file = tmp_path / "nexis.txt"
    file.write_text(CLASSIC, encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    contents = [content for piece in pieces(file, digest) for content in articles_of_piece(piece)]
    articles = [content for content in contents if isinstance(content, Article)]
    assert [article.path for article in articles] == [f"{file}#article 1", f"{file}#article 2"]
    at = articles[1].text.index(LIBRARY)
    assert articles[1].kind_at(at) == "article"
    line = CLASSIC.splitlines().index(f"   {LIBRARY}") + 1
    assert source_lines(articles[1], [(at, at + len(LIBRARY))]) == [(line, line)]


@pytest.mark.parametrize(
    "text",
    [
        "Am Ende\n\nDas Protokoll nennt 1 von 3 Dokumenten.\n\nEin Dokument 1 von 3 fehlt, sagte er.\n",
        "Ein Wort\n\n512 Wörter\n\nhat der Aufsatz.\n",
        "Das Bad\n\nQuelle: dpa\n\nDer Rat hat getagt.\n",
        "Body\n\nThe end of the document is near.\n",
        "PD and HD are channels.\n\nHD  is better than SD, they said.\n",
        "_" * 60 + "\n\nUnterschrift\n",
    ],
)
def test_other_texts_are_no_exports(text: str) -> None:
    """Words of an export format in another text do not split it."""
    assert export_articles(text) == []
    assert not looks_like_several(text)


def test_what_only_looks_like_several_articles_is_said() -> None:
    """A press review of no known form stays one article, and one line of the report says what it seems to be."""
    paragraph = (
        "Der Rat hat lange beraten und am Ende beschlossen, was alle schon vorher gewusst hatten, nämlich nichts. " * 2
    )
    text = "\n\n".join(f"Überschrift Nummer {n}\n\nVon Anna Beck\n\n{n}. März 2003\n\n{paragraph}" for n in (3, 4, 5))
    (draft,) = drafts_of("text", text.encode())
    assert isinstance(draft, Draft)
    (remark,) = draft.unread
    assert remark.startswith("It seems to hold several articles")


words = st.text("abcdefghijklmnopqrstuvwxyzäöüß", min_size=2, max_size=9)
sentences = st.lists(words, min_size=3, max_size=12).map(lambda sentence: f"{' '.join(sentence).capitalize()}.")
bodies = st.lists(st.lists(sentences, min_size=1, max_size=4), min_size=1, max_size=5)
FORMS = {
    "classic": "                    {n} of {all} DOCUMENTS\n\n          Outlet\n\n     March 3, 2003 Monday\n\n"
    "Headline here\n\nLENGTH: 42 words\n\n{body}\n\nLOAD-DATE: March 4, 2003\n\n",
    "modern": "Headline here\nOutlet\nMarch 3, 2003 Monday\n\nCopyright 2003 X\n\nLength: 42 words\nBody\n\n{body}\n\n"
    "Load-Date: March 4, 2003\n\nEnd of Document\n\n",
    "coded": "HD  Headline here\nWC  42 words\nPD  3 March 2003\nSN  Outlet\nLP\n{body}\n\n"
    "AN  Document ABCDEF0020030303dz330000{n}\n\n",
    "uncoded": "Headline here\n42 words\n3 March 2003\nOutlet\nABCDEF\nEnglish\n(c) 2003 X\n\n{body}\n\n"
    "Document ABCDEF0020030303dz330000{n}\n\n",
    "genios": "Headline here\n\n{body}\n\nQuelle: Outlet vom 03.03.2003, S. 1\nDokumentnummer: {n}\n\n",
    "proquest": "____________________________________________________________\n\nHeadline here\n\n"
    "Full text: {body}\n\nTitle: Headline here\n\nPublication title: Outlet\n\n"
    "Publication date: Mar 3, 2003\n\nProQuest document ID: {n}\n\n",
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None)
@given(bodies=bodies)
def test_no_line_of_an_article_is_lost(form: str, bodies: list[list[str]]) -> None:
    """Every article has all lines of its own body as its words, and all texts together are the file's text."""
    text = "".join(
        FORMS[form].format(n=number, all=len(bodies), body="\n\n".join(body)) for number, body in enumerate(bodies, 1)
    )
    drafts = export_articles(text)
    assert len(drafts) == len(bodies)
    for draft, body in zip(drafts, bodies, strict=True):
        assert draft.title == "Headline here"
        assert draft.published == date(2003, 3, 3)
        assert "\n\n".join(body) in draft.text
    full_text = "".join(block.text for draft in drafts for block in draft.blocks)
    assert full_text.split() == text.split()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([line for text in EXPORTS.values() for line in text.splitlines()]), max_size=60))
def test_lines_of_exports_in_any_order(lines: list[str]) -> None:
    """However damaged an export is, nothing of its text is lost or doubled."""
    text = "\n".join(lines)
    if drafts := export_articles(text):
        assert "".join(block.text for draft in drafts for block in draft.blocks).split() == text.split()

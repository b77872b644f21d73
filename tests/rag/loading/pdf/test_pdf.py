"""PDFs become paragraphs: in reading order, with whole words, and without what stands on every page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import HEIGHT, STORY, both, drawn, lines, pictures, set_in_columns, with_font
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.documents.properties import stated_author, stated_title
from rag.loading.pdf.pdf import load_pdf

HEADLINE = "Der Haushalt bleibt ohne Mehrheit im Rat"


def texts(draft: Draft) -> list[str]:
    return draft.text.removesuffix("\n\n").split("\n\n")


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("style", [{"spaceAfter": 6}, {"firstLineIndent": 12}])
def test_paragraphs_of_set_pages(columns: int, style: dict[str, object]) -> None:
    """Text that ReportLab broke into lines, columns and pages becomes the same paragraphs, and nothing else."""
    draft = load_pdf(set_in_columns([HEADLINE, *STORY], columns, **style))
    assert texts(draft) == [HEADLINE, *STORY]
    assert (draft.title, draft.origins["title"]) == (HEADLINE, "largest letters of the first page")
    assert (draft.author, draft.published, draft.source, draft.language) == (None,) * 4


def test_headers_and_footers_are_boilerplate() -> None:
    """Headers and footers are boilerplate blocks before and after the text of their page."""
    draft = load_pdf(set_in_columns([HEADLINE, *STORY], 1, spaceAfter=6))
    pages = max(block.page or 0 for block in draft.blocks)
    assert pages >= 3
    for page in range(1, pages + 1):
        page_blocks = [block for block in draft.blocks if block.page == page]
        assert (page_blocks[0].text, page_blocks[0].kind) == ("Der Flussbote, 3. März\n\n", "boilerplate")
        assert (page_blocks[-1].text, page_blocks[-1].kind) == (f"– {page} –\n\n", "boilerplate")
        assert {block.kind for block in page_blocks[1:-1]} == {"article"}


def test_pages_are_counted_from_one() -> None:
    """A paragraph over two pages is a block on each and one in the text; a hyphenated word is on the first."""
    first = ["Ein Absatz, der auf dieser Seite beginnt und", "der noch nicht zu Ende ist, weil der Bundes-"]
    second = ["kanzler erst danach spricht.", "Dann folgt ein zweiter Absatz mit eigenen Worten."]
    draft = load_pdf(drawn(lines(*first), lines(*second)))
    assert [(block.text, block.page) for block in draft.blocks] == [
        ("Ein Absatz, der auf dieser Seite beginnt und der noch nicht zu Ende ist, weil der Bundeskanzler ", 1),
        ("erst danach spricht.\n\n", 2),
        ("Dann folgt ein zweiter Absatz mit eigenen Worten.\n\n", 2),
    ]


def test_a_page_number_beside_a_changing_header() -> None:
    """A row at the edge with a number that grows with the pages is boilerplate, whatever else it contains."""
    topics = ("Politik", "Kultur", "Sport", "Wetter")
    draft = load_pdf(
        drawn(
            *(
                both(lines(f"{topic} {number}", y=HEIGHT - 30), lines(f"Ein Satz über {topic} steht hier allein."))
                for number, topic in enumerate(topics, 17)
            )
        )
    )
    assert texts(draft) == [f"Ein Satz über {topic} steht hier allein." for topic in topics]


def test_hyphenated_words() -> None:
    """Hyphens at line ends are removed or kept as German spelling requires."""
    draft = load_pdf(
        drawn(
            lines(
                "Am Montag sprach der Bundes-",
                "kanzler zwischen Nord- und",
                "Südbahnhof mit einem CDU-",
                "Politiker über die E-",
                "Mail, die der Bundeskanzler",
                "aus Ver-",
                "sehen erhielt.",
            )
        )
    )
    assert draft.text == (
        "Am Montag sprach der Bundeskanzler zwischen Nord- und Südbahnhof mit einem CDU-Politiker über die E-Mail, "
        "die der Bundeskanzler aus Versehen erhielt.\n\n"
    )


def test_ligatures_and_soft_hyphens() -> None:
    """Ligatures become letters; soft hyphens inside words are removed."""
    draft = load_pdf(
        drawn(lines("Die Au\ufb02age der \ufb01nanziellen Schi\ufb00e ö\u00adffent\u00adlich.", font=with_font()))
    )
    assert draft.text == "Die Auflage der finanziellen Schiffe öffentlich.\n\n"


def test_a_large_first_letter() -> None:
    """An initial over three lines begins the word next to its top, wherever in the file it is drawn."""
    capital = lines("D", x=40, y=478, size=40)
    beside = lines(
        "ie Regierung hat am Montag über alles", "beraten. Danach war Schluss und alle", "gingen.", x=72, y=502
    )
    following = lines("Am Dienstag ging es mit neuen Leuten weiter.", x=40, y=455)
    for parts in ((capital, beside, following), (beside, following, capital)):
        assert texts(load_pdf(drawn(both(*parts)))) == [
            "Die Regierung hat am Montag über alles beraten. Danach war Schluss und alle gingen.",
            "Am Dienstag ging es mit neuen Leuten weiter.",
        ]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages(turn: int) -> None:
    """A rotated page is read as it is shown."""

    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        canvas.translate(*{0: (0, 0), 90: (600, 0), 180: (600, 600), 270: (0, 600)}[turn])
        canvas.rotate(turn)
        lines("Die erste Zeile ist hier", "zu Ende, und dieser Satz endet früh.")(canvas)
        lines("Ein zweiter Absatz folgt mit Abstand.", y=460)(canvas)

    assert texts(load_pdf(drawn(page, size=(600, 600)))) == [
        "Die erste Zeile ist hier zu Ende, und dieser Satz endet früh.",
        "Ein zweiter Absatz folgt mit Abstand.",
    ]


def test_what_the_document_states() -> None:
    """Title and author come from the document information; the creation date is not the day of publication."""

    def page(canvas: Canvas) -> None:
        canvas.setTitle("Streit um das Schwimmbad")
        canvas.setAuthor("Anna Beck")
        lines("Ein Satz.")(canvas)

    draft = load_pdf(drawn(page))
    assert (draft.title, draft.author, draft.published) == ("Streit um das Schwimmbad", "Anna Beck", None)
    assert draft.origins == {"title": "document information", "author": "document information"}


def test_the_day_of_publication_in_the_xmp() -> None:
    """PRISM's publication date is the day of publication."""
    packet = b"<x:xmpmeta><prism:publicationDate>2019-05-04T10:00:00Z</prism:publicationDate></x:xmpmeta>"
    draft = load_pdf(drawn(lines("Ein Satz.")) + b"\n%" + packet)
    assert (draft.published, draft.origins["published"]) == (date(2019, 5, 4), "XMP")


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ("Streit um das Schwimmbad", "Streit um das Schwimmbad"),
        ("Microsoft verklagt Google", "Microsoft verklagt Google"),
        ("Microsoft Word - artikel_neu.doc", None),
        ("untitled", None),
        ("Dokument1", None),
        ("seite_3.indd", None),
        ("A1_POLITIK_17", None),
        ("", None),
        (None, None),
    ],
)
def test_placeholder_titles(statement: str | None, title: str | None) -> None:
    """Names of files and of programs are not titles."""
    assert stated_title(statement) == title


@pytest.mark.parametrize(
    ("statement", "author"),
    [
        ("Anna Beck", "Anna Beck"),
        ("Loriot", "Loriot"),
        ("abeck", None),
        ("Administrator", None),
        ("Windows User", None),
    ],
)
def test_placeholder_authors(statement: str, author: str | None) -> None:
    """Names of accounts are not authors."""
    assert stated_author(statement) == author


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (pictures(), "pictures of pages and no text: run a text recognition"),
        (
            drawn(lines("Geheim."), encrypt=StandardEncryption("wort", "anderes", strength=128)),
            "encrypted: save a copy",
        ),
        (drawn(lines("Ein Satz."))[:500], "Not a PDF, or damaged"),
        (b"%PDF-1.7\n", "Not a PDF, or damaged"),
        (b"", "Not a PDF, or damaged"),
        (b"Ein Text und kein PDF.", "Not a PDF, or damaged"),
    ],
)
def test_unreadable_files(raw: bytes, message: str) -> None:
    """Pictures, encrypted and broken files give one sentence each."""
    with pytest.raises(LoadError, match=message):
        load_pdf(raw)


def test_protected_against_change_only() -> None:
    """A file that is protected only against changes is read."""
    raw = drawn(lines("Offen für alle."), encrypt=StandardEncryption("", "anderes", canModify=0, strength=128))
    assert texts(load_pdf(raw)) == ["Offen für alle."]


def test_fonts_without_unicode_maps() -> None:
    """Text with unknown letters is refused with advice, and not read as gibberish."""
    raw = drawn(lines("Die Zeitung von gestern ist die Quelle.", font=with_font()), pageCompression=0)
    assert texts(load_pdf(raw)) == ["Die Zeitung von gestern ist die Quelle."]
    with pytest.raises(LoadError, match="fonts do not say which letters they show"):
        load_pdf(raw.replace(b"/ToUnicode", b"/ToNothing"))


def test_many_pages() -> None:
    """Each of fifty pages has its number."""
    page = lines(*(f"Zeile {number} hat etwa vierzig Buchstaben im Satz." for number in range(40)))
    assert {block.page for block in load_pdf(drawn(*[page] * 50)).blocks} == set(range(1, 51))


WHOLE = set_in_columns([HEADLINE, *STORY[:3]], 2)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    """A PDF that is truncated or changed anywhere gives a text or an error of one sentence."""
    raw = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))] if data.draw(st.booleans()) else WHOLE)
    for _ in range(data.draw(st.integers(0, 30)) if raw else 0):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for damaged in (bytes(raw), b"%PDF-1.4\n" + bytes(raw[100:])):
        try:
            assert load_pdf(damaged).text
        except LoadError as error:
            assert re.search(r": .*\.$", str(error))

"""Exported dossiers: other programs read what was saved, and our own reads it back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import rispy
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import html
from markdown_it import MarkdownIt
from paths import ROOT

from rag.errors import FundstelleError
from rag.types.dossier import Dossier, DossierEntry
from rag.types.quotation import Quotation
from rag.workspace.dossier_files import EXPORTS, ExportOptions, export, file_name
from rag.workspace.dossier_json import dossier_json, read_dossier

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> </script> \u202eback, {a} $b$ _c_ & d'
QUOTE = Quotation(
    text=f"Erster Absatz: {HOSTILE}\n\n- Zweiter Absatz",
    start=10,
    end=10 + len(f"Erster Absatz: {HOSTILE}\n\n- Zweiter Absatz"),
    article_id="0" * 12,
    path="/news/=bote.pdf",
    sha256="ab" * 32,
    language="de",
    page=3,
    title=f"Titel {HOSTILE}",
    source="Altmoorer Bote",
    author="Hanne Lüders",
    published=date(2021, 3, 12),
    url="https://bote.example/a?b=1&c=2",
    title_language="de",
)
ARABIC = replace(QUOTE, text="أعلن الوزير", end=21, language="ar", title=None, url="javascript:alert(1)", page=None)
DOSSIER = Dossier(
    id="d",
    name="Brücke: 61 → 84 Mio. <b>",
    made="2026-11-30T08:00:00.000+00:00",
    entries=(
        DossierEntry(id="1", kind="heading", text="+Kosten #1"),
        DossierEntry(
            id="2",
            kind="quote",
            text="Nachfragen!\n@home",
            quotation=QUOTE,
            article_id="0" * 12,
            question="Was kostete sie?",
            added="2026-11-30T08:01:00.000+00:00",
        ),
        DossierEntry(id="3", kind="note", text="-1+1\n\n* kein Punkt"),
        DossierEntry(id="4", kind="quote", quotation=ARABIC, article_id="0" * 12),
    ),
)
OPTIONS = ExportOptions("de", date(2026, 11, 30))


def without_ids(dossier: Dossier) -> Dossier:
    return replace(dossier, id="", entries=tuple(replace(entry, id="") for entry in dossier.entries))


def test_json_comes_back() -> None:
    """What is exported as JSON, or as HTML, is read back equal: words, offsets, hashes, facts, notes, order."""
    assert read_dossier(export(DOSSIER, "json", OPTIONS)) == without_ids(DOSSIER)
    assert read_dossier(export(DOSSIER, "html", OPTIONS)) == without_ids(DOSSIER)
    assert read_dossier(export(DOSSIER, "md", OPTIONS)) == without_ids(DOSSIER)


def test_json_has_a_schema() -> None:
    """docs/dossier.schema.json describes it."""
    schema = json.loads((ROOT / "docs" / "dossier.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(dossier_json(DOSSIER))


def test_docx_opens() -> None:
    """python-docx reads headings, paragraphs of the quotation, its source and its hash; addresses are links."""
    document = Document(io.BytesIO(export(DOSSIER, "docx", OPTIONS)))
    texts = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert texts[0] == ("Title", DOSSIER.name)
    assert ("Heading 1", "+Kosten #1") in texts
    assert [text for style, text in texts if style == "Intense Quote"] == [*QUOTE.text.split("\n\n"), ARABIC.text]
    assert ("Caption", "Aufgenommen am 30. November 2026") in texts
    assert any(text.startswith("LÜDERS, Hanne, 2021.") and HOSTILE in text for _, text in texts)
    assert ("Caption", f"SHA-256 {'ab' * 32}") in texts
    links = [relation.target_ref for relation in document.part.rels.values() if relation.is_external]
    assert links == ["https://bote.example/a?b=1&c=2"]
    right_to_left = [paragraph.text for paragraph in document.paragraphs if paragraph._p.xpath("./w:pPr/w:bidi")]
    assert right_to_left == [ARABIC.text]


@given(st.text(max_size=30))
def test_any_text_makes_a_document(text: str) -> None:
    """Control characters and halves of pairs, which XML cannot contain, are replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    entry = DossierEntry(id="1", kind="note", text=f"a{text}b")
    document = Document(io.BytesIO(export(Dossier(id="", name=f"n{text}", made="", entries=(entry,)), "docx", OPTIONS)))
    assert document.paragraphs[1].text.startswith("a")


def test_csv_has_no_formulas() -> None:
    """Python's csv reads one row for each quotation and note; no cell begins as a formula does."""
    rows = list(csv.DictReader(io.StringIO(export(DOSSIER, "csv", OPTIONS).decode("utf-8-sig")), delimiter=";"))
    assert [row["Nr."] for row in rows] == ["1", "", "2"]
    assert rows[0]["Zitat"] == QUOTE.text
    assert rows[0]["SHA-256"] == "ab" * 32
    assert (rows[0]["Von Zeichen"], rows[0]["Bis Zeichen"]) == (str(QUOTE.start), str(QUOTE.end))
    assert rows[0]["Kapitel"] == "'+Kosten #1"
    assert rows[1]["Notiz"].startswith("'-1+1")
    cells = [cell for row in rows for cell in row.values() if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r＝＋－＠"]


def test_html_is_self_contained() -> None:
    """A parser sees texts as texts, no script runs, nothing is loaded, and the browser is told so."""
    raw = export(DOSSIER, "html", OPTIONS).decode()
    page = html.document_fromstring(raw)
    assert page.findtext(".//h1") == DOSSIER.name
    quotes = [[p.text_content() for p in quote.findall("p")] for quote in page.iter("blockquote")]
    assert quotes == [QUOTE.text.split("\n\n"), [ARABIC.text]]
    assert [script.get("type") for script in page.iter("script")] == ["application/json"]
    assert not page.xpath("//*[@src] | //link | //img | //@onclick | //a[not(starts-with(@href, 'https://'))]")
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]")[0].get("content")
    assert "@media print" in raw


def test_markdown_shows_what_was_saved() -> None:
    """markdown-it sees the same headings, quotations and notes, and no markup of theirs."""
    shown = html.fragment_fromstring(MarkdownIt().render(export(DOSSIER, "md", OPTIONS).decode()), "div")
    assert [heading.text_content() for heading in shown.iter("h1", "h2")] == [DOSSIER.name, "+Kosten #1"]
    quotes = [[p.text_content() for p in quote.findall("p")][:-1] for quote in shown.iter("blockquote")]
    assert quotes == [QUOTE.text.split("\n\n"), [ARABIC.text]]
    paragraphs = [p.text_content() for p in shown.findall("p")]
    assert paragraphs == ["Nachfragen!", "@home", "-1+1", "* kein Punkt"]
    assert not list(shown.iter("script"))


@pytest.mark.parametrize("format", EXPORTS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_empty_dossier_is_exported(format: str, language: Any) -> None:
    """Also one without entries, in both languages; a file of RIS without records is empty."""
    raw = export(Dossier(id="", name="A", made=""), format, ExportOptions(language, date(2026, 11, 30)))
    assert bool(raw) == (format != "ris")


def damaged(**changes: Any) -> bytes:
    """Return the JSON of a dossier with changes in its second entry's quotation."""
    values = dossier_json(DOSSIER)
    values["entries"][1]["quotation"] |= changes
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": "fundstelle-dossier", "version": 2, "name": "A", "entries": []}',
        b'{"format": "fundstelle-dossier", "version": 1, "name": " ", "entries": []}',
        b"<html></html>",
        damaged(start=-1),
        damaged(start="10"),
        damaged(end=9),
        damaged(text=""),
        damaged(text="\ud800" * len(QUOTE.text)),
        damaged(sha256="x"),
        damaged(path=7),
        damaged(page=0),
        damaged(kind="essay"),
        damaged(published="gestern"),
        damaged(title="x" * 10_001),
        damaged(title="\ud800"),
    ],
)
def test_other_files_are_refused(raw: bytes) -> None:
    """A file that is no dossier, or a damaged one, is refused by a sentence that says where."""
    with pytest.raises(FundstelleError, match="no dossier"):
        read_dossier(raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 300)
    | st.just(2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.just("quote"),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=5,
)
FACTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def changed_dossiers(draw: st.DrawFn) -> Any:
    """Return the JSON values of a dossier of which one is another or gone, or any other values."""
    values = dossier_json(DOSSIER)
    place: Any = values
    while place:
        key = draw(st.sampled_from(range(len(place)) if isinstance(place, list) else sorted(place)))
        if isinstance(place[key], list | dict) and draw(st.integers(0, 4)):
            place = place[key]
            continue
        if draw(st.integers(0, 4)):
            place[key] = draw(FACTS if isinstance(place[key], str) and draw(st.booleans()) else JSON)
        else:
            del place[key]
        break
    return values


@given(changed_dossiers() | JSON)
def test_any_json_is_refused_in_a_sentence_or_imported(values: Any) -> None:
    """What is imported can be exported in every format, and read back."""
    try:
        dossier = read_dossier(json.dumps(values).encode())
    except FundstelleError as refusal:
        assert len(str(refusal).splitlines()) == 1
        assert "no dossier" in str(refusal)
        return
    for format in EXPORTS:
        raw = export(dossier, format, OPTIONS)
        if format in ("json", "html", "md"):
            assert read_dossier(raw) == without_ids(dossier)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_refused(raw: bytes) -> None:
    """In a sentence, also behind the signs of an HTML or Markdown file."""
    script = b'<script type="application/json" id="fundstelle-dossier">%s</script>' % raw
    for file in (raw, script, b"<!-- fundstelle-dossier %s\n%s\n-->" % (hashlib.sha256(b"").hexdigest().encode(), raw)):
        with pytest.raises(FundstelleError) as refusal:
            read_dossier(file)
        assert len(str(refusal.value).splitlines()) == 1


def test_names_of_files_are_safe() -> None:
    """No slash, no dot at the beginning, not endless."""
    for name in ("../../etc/passwd", "a/b\\c:d", ".hidden", "x" * 300, "<>", ""):
        safe = file_name(replace(DOSSIER, name=name), "md")
        assert "/" not in safe and "\\" not in safe and not safe.startswith(".") and len(safe) < 100
        assert safe.endswith(".md")


def test_markdown_that_was_edited_is_not_read_back() -> None:
    """What was written into it would be lost; other line ends are no edit, nor is a comment that a note contains."""
    tricky = replace(DOSSIER, name="Drei --- Striche --> <!-- fundstelle-dossier")
    raw = export(tricky, "md", OPTIONS)
    assert read_dossier(raw.replace(b"\n", b"\r\n")) == without_ids(tricky)
    assert MarkdownIt().render(raw.decode()).count("<!-- fundstelle-dossier") == 1
    with pytest.raises(FundstelleError, match="was edited"):
        read_dossier(raw.replace(b"Striche", b"Zeilen", 1))


def test_reference_managers_read_the_quotations() -> None:
    """Each quotation is a record of RIS, and an item of CSL-JSON with an id of its own."""
    records = rispy.loads(export(DOSSIER, "ris", OPTIONS).decode())
    items = json.loads(export(DOSSIER, "csl.json", OPTIONS))
    quotes = [quotation for _, quotation in DOSSIER.quotes]
    assert len({item["id"] for item in items}) == len(items) == len(records) == len(quotes)
    for record, item, quotation in zip(records, items, quotes, strict=True):
        assert item["note"].startswith(quotation.text)
        assert record["notes"][0].startswith(" ".join(quotation.text.split()))

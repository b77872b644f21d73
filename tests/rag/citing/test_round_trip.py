"""Whatever an article says of itself, other programs read the same facts from its citation."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import unquote

import bibtexparser
import rispy
from hypothesis import assume, given
from hypothesis import strategies as st
from latex import decoded
from lxml import html
from markdown_it import MarkdownIt

from rag.citing.formats import cite
from rag.citing.names import author_names
from rag.types.quotation import Quotation

TODAY = date(2026, 11, 30)
SIGNS = "{}%&\\$#_^~<>[]()*+=|`'\"-.,;:!?/@ \nab1Üß„“、\u202e\u2068東🙂\u0301م"
texts = st.text(st.sampled_from(SIGNS), max_size=25) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=15
)
spoken = texts.filter(lambda text: bool(text.strip()))
NAMES = "Hanne Lüders Jost von der Leyen van dpa AFP and AND und Jr. Dr. Redaktion -Maß {x} [ , ; / &"
author_lines = st.lists(st.sampled_from(NAMES.split()), max_size=9).map(" ".join)


@st.composite
def quotations(draw: st.DrawFn) -> Quotation:
    """Return a quotation of an article with any facts."""
    text = draw(spoken)
    start = draw(st.integers(0, 10**7))
    return Quotation(
        text=text,
        start=start,
        end=start + len(text),
        article_id="a",
        path=f"/news/{draw(st.text('ab_ü 1', min_size=1, max_size=5))}.html",
        sha256=draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        title=draw(spoken),
        source=draw(st.none() | spoken),
        author=draw(st.none() | texts | author_lines),
        published=draw(st.none() | st.dates()),
        url=draw(st.none() | texts.map("https://bote.example/{}".format)),
        page=draw(st.none() | st.integers(1, 10**6)),
        title_language=draw(st.sampled_from(["de", "en", "zh-Hant"])),
    )


def line(text: str) -> str:
    return " ".join(text.split())


@given(quotations())
def test_bibtex(quotation: Quotation) -> None:
    """One entry: headline, outlet, day, page and words, and as many authors as there are."""
    text = cite(quotation, "bibtex", "de", TODAY)
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == [] and len(library.entries) == 1
    fields = {field.key: field.value for field in library.entries[0].fields}
    assert line(decoded(fields["title"])) == line(quotation.title or "")
    assert line(decoded(fields.get("journal", ""))) == line(quotation.source or "")
    assert fields.get("date") == (quotation.published.isoformat() if quotation.published else None)
    assert fields.get("pages") == (str(quotation.page) if quotation.page else None)
    assert line(decoded(fields["annote"])).startswith(line(quotation.text))
    assert f"Zeichen {quotation.start}–{quotation.end}, SHA-256 {quotation.sha256}" in line(decoded(fields["annote"]))
    people = bibtexparser.parse_string(
        text,
        append_middleware=[bibtexparser.middlewares.SeparateCoAuthors(), bibtexparser.middlewares.SplitNameParts()],
    ).entries[0]
    expected = author_names(line(quotation.author or ""))
    parts = people.fields_dict["author"].value if expected else []
    assert [line(decoded(" ".join([*name.von, *name.last]))) for name in parts] == [
        line(f"{name.particle} {name.family}") for name in expected
    ]
    assert [line(decoded(" ".join(name.first))) for name in parts] == [name.given for name in expected]


@given(quotations())
def test_ris(quotation: Quotation) -> None:
    """Rispy reads one record of the same facts, each on one line."""
    text = cite(quotation, "ris", "en", TODAY)
    (record,) = rispy.loads(text)
    assert record["title"] == line(quotation.title or "")
    assert record.get("secondary_title", "") == line(quotation.source or "")
    assert record.get("year") == (str(quotation.published.year) if quotation.published else None)
    assert record.get("date") == (f"{quotation.published:%Y/%m/%d}/" if quotation.published else None)
    assert record.get("start_page") == (str(quotation.page) if quotation.page else None)
    assert record["language"] == quotation.title_language
    assert bool(record.get("urls")) == bool(quotation.url) == ("access_date" in record)
    assert len(record.get("authors", [])) == len(author_names(line(quotation.author or "")))
    (note,) = record["notes"]
    assert note.startswith(line(quotation.text)) and quotation.sha256 in note
    assert text.count("\r\n") == len(text.splitlines()) == text.count("\n")


@given(quotations())
def test_csl_json(quotation: Quotation) -> None:
    """Python's JSON reads one item: nothing that is unknown has a field."""
    (item,) = json.loads(cite(quotation, "csl-json", "en", TODAY))
    day = quotation.published
    expected: dict[str, Any] = {
        "title": line(quotation.title or ""),
        "container-title": line(quotation.source or ""),
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "page": str(quotation.page) if quotation.page else None,
        "accessed": {"date-parts": [[2026, 11, 30]]} if quotation.url else None,
        "language": quotation.title_language,
        "type": "article-newspaper" if quotation.source else "webpage" if quotation.url else "document",
    }
    assert {name: item.get(name) or None for name in expected} == {
        name: value or None for name, value in expected.items()
    }
    assert item["note"].startswith(quotation.text) and quotation.sha256 in item["note"]
    assert all(item.values())


@given(quotations())
def test_html(quotation: Quotation) -> None:
    """Lxml sees the words, a paragraph for each line, and nothing of them is a tag."""
    shown = html.fragment_fromstring(cite(quotation, "html", "de", TODAY), "div")
    words = [paragraph.text_content() for paragraph in shown.find("blockquote").findall("p")]
    assert words == [text for text in quotation.text.splitlines() if text.strip()]
    assert {tag.tag for tag in shown.iter()} <= {"div", "blockquote", "p", "i", "a"}


@given(quotations())
def test_markdown(quotation: Quotation) -> None:
    """markdown-it shows one quotation: its lines as paragraphs, and after them the source."""
    shown = html.fragment_fromstring(MarkdownIt().render(cite(quotation, "markdown", "de", TODAY)), "div")
    (quote,) = shown.findall("blockquote")
    *words, source = [line(paragraph.text_content()) for paragraph in quote.findall("p")]
    assert words == [line(text) for text in quotation.text.splitlines() if text.strip()]
    assert source.startswith("— ")
    assert {tag.tag for tag in shown.iter()} <= {"div", "blockquote", "p", "em", "a"}


@given(quotations())
def test_links(quotation: Quotation) -> None:
    """What a browser decodes from a link is the line that is quoted, or its ends."""
    assume(quotation.url)
    address, _, directive = cite(quotation, "link", "de", TODAY).partition(":~:text=")
    assert not set(address) & set(' "<>{}|\\^`')
    first, _, last = (unquote(part) for part in directive.partition(","))
    lines = [line(text) for text in quotation.text.splitlines() if text.strip()]
    assert lines[0].startswith(first) and lines[-1].endswith(last)
    assert (first == lines[0]) == (not last) or len(lines) > 1

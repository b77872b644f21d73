"""Formats to paste: other programs read back the same facts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import unquote

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from latex import decoded
from lxml import html
from markdown_it import MarkdownIt

from rag.citing.formats import FORMATS, cite, markdown_escaped
from rag.citing.names import AuthorName, author_names
from rag.citing.text_fragment import link
from rag.types import Article
from rag.types.quotation import Quotation, quotation_of

TODAY = date(2026, 11, 30)
HOSTILE = 'A {brace} & 100% $x_1$ #1 ~tilde^ back\\slash <b>"quoted"</b> \u202eturned\u202c, and, more'
QUOTE = "Die Kosten stiegen auf 84 Millionen, *mindestens*.\n\n# 2. Absatz & <script>"


def quotation(**facts: Any) -> Quotation:
    """Return a quotation of an article with these facts, or with hostile ones."""
    fields: dict[str, Any] = {
        "text": QUOTE,
        "start": 5,
        "end": 5 + len(QUOTE),
        "article_id": "a",
        "path": "/news/bote_1.html",
        "sha256": "ab" * 32,
        "title": HOSTILE,
        "author": "Hanne Lüders und Ursula von der Leyen, dpa",
        "source": "Bote & Söhne {1}",
        "published": date(2021, 3, 12),
        "url": "https://bote.example/a_b?c=1&d=%7E",
        "page": 3,
        "language": "de",
        "title_language": "de",
    }
    return Quotation(**(fields | facts))


def decoded_bibtex(text: str) -> dict[str, str]:
    """Return the fields that bibtexparser reads, LaTeX decoded by pylatexenc."""
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    return {field.key: decoded(field.value) for field in library.entries[0].fields}


def test_bibtexparser_reads_the_same_facts() -> None:
    """Braces, percent signs, ampersands and signs of direction survive LaTeX."""
    fields = decoded_bibtex(cite(quotation(), "bibtex", "de", TODAY))
    assert fields["title"] == HOSTILE
    assert fields["journal"] == "Bote & Söhne {1}"
    assert (fields["year"], fields["month"], fields["day"]) == ("2021", "3", "12")
    assert "url = {https://bote.example/a_b?c=1&d=%7E}" in cite(quotation(), "bibtex", "de", TODAY)
    assert "ab" * 32 in fields["annote"] and "84 Millionen" in fields["annote"]
    names = bibtexparser.parse_string(
        cite(quotation(), "bibtex", "de", TODAY),
        append_middleware=[
            bibtexparser.middlewares.SeparateCoAuthors(),
            bibtexparser.middlewares.SplitNameParts(),
        ],
    ).entries[0]["author"]
    assert [(name.first, name.von, name.last) for name in names] == [
        (["Hanne"], [], ["Lüders"]),
        (["Ursula"], ["von", "der"], ["Leyen"]),
        ([], [], ["{dpa}"]),
    ]


def test_rispy_reads_the_same_facts() -> None:
    """One record, each fact on one line, whatever is in it."""
    (record,) = rispy.loads(cite(quotation(title="Zwei\nZeilen\r\nTY  - BOOK"), "ris", "de", TODAY))
    assert record["type_of_reference"] == "NEWS"
    assert record["title"] == "Zwei Zeilen TY - BOOK"
    assert record["authors"] == ["Lüders, Hanne", "von der Leyen, Ursula", "dpa"]
    assert record["secondary_title"] == "Bote & Söhne {1}"
    assert (record["year"], record["date"], record["access_date"]) == ("2021", "2021/03/12/", "2026/11/30/")
    assert record["urls"] == ["https://bote.example/a_b?c=1&d=%7E"]
    (hostile,) = rispy.loads(cite(quotation(), "ris", "de", TODAY))
    assert hostile["title"] == HOSTILE


def test_csl_json_has_the_same_facts() -> None:
    """One item, with the names of CSL."""
    (item,) = json.loads(cite(quotation(), "csl-json", "de", TODAY))
    assert (item["type"], item["title"], item["container-title"]) == ("article-newspaper", HOSTILE, "Bote & Söhne {1}")
    assert item["author"][1] == {"family": "Leyen", "given": "Ursula", "dropping-particle": "von der"}
    assert item["issued"] == {"date-parts": [[2021, 3, 12]]}


def test_markdown_shows_what_was_written() -> None:
    """markdown-it makes a block quote of the words, without emphasis, headings or tags of their own."""
    shown = html.fragment_fromstring(MarkdownIt().render(cite(quotation(), "markdown", "de", TODAY)), "div")
    (quote,) = shown.findall("blockquote")
    first, second, source = [paragraph.text_content() for paragraph in quote.findall("p")]
    assert [first, second] == QUOTE.split("\n\n")
    assert HOSTILE in source and quote.find(".//a").get("href") == "https://bote.example/a_b?c=1&d=%7E"
    assert [tag.text_content() for tag in quote.iter("em")] == ["Bote & Söhne {1}"]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_markdown_is_escaped(text: str) -> None:
    """What markdown-it shows of an escaped line is that line."""
    shown = MarkdownIt().render(f"x {markdown_escaped(text)} x").strip()
    assert html.fragment_fromstring(shown, "div").text_content().split() == f"x {text} x".split()


def test_html_shows_what_was_written() -> None:
    """A browser's parser sees the words as text, and one link."""
    shown = html.fragment_fromstring(cite(quotation(), "html", "en", TODAY, with_hash=True), "div")
    quote = shown.find("blockquote")
    assert [paragraph.text for paragraph in quote.findall("p")] == QUOTE.split("\n\n")
    assert quote.get("cite") == "https://bote.example/a_b?c=1&d=%7E"
    assert HOSTILE in shown.text_content() and "ab" * 32 in shown.text_content()
    assert {tag.tag for tag in shown.iter()} == {"div", "blockquote", "p", "i", "a"}


@pytest.mark.parametrize(("language", "marks"), [("de", "„“"), ("en", "“”")])
def test_text_has_the_readers_quotation_marks(language: Any, marks: str) -> None:
    """The words are verbatim between them; the hash comes on request."""
    text = cite(quotation(), "iso690", language, TODAY)
    assert text.startswith(f"{marks[0]}{QUOTE}{marks[1]} — LÜDERS, Hanne")
    assert "SHA-256" not in text
    assert cite(quotation(), "iso690", language, TODAY, with_hash=True).endswith(f"\nSHA-256: {'ab' * 32}")


def test_a_link_needs_an_address() -> None:
    """Without one, or with a script in its place, there is no link; all other formats do without."""
    for url in (None, "javascript:alert(1)", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="address"):
            cite(quotation(url=url), "link", "de", TODAY)
        for format in set(FORMATS) - {"link"}:
            assert "alert" not in cite(quotation(url=url), format, "de", TODAY)


def test_a_short_quote_is_named_whole() -> None:
    """Dashes, commas and ampersands are encoded, since they are the syntax of text directives."""
    text = "Hin-und-her, sagte R&B-Fan Ümit."
    address = link(quotation(text=text))
    assert address == (
        "https://bote.example/a_b?c=1&d=%7E#:~:text=Hin%2Dund%2Dher%2C%20sagte%20R%26B%2DFan%20%C3%9Cmit."
    )
    assert unquote(address.partition("text=")[2]) == text


def test_a_long_quote_is_named_by_its_ends() -> None:
    """First and last words; the page's own fragment stays, an older directive does not."""
    address = link(
        quotation(
            text="Eins zwei drei vier fünf sechs sieben.\n\nAcht neun zehn.", url="https://a.example/#top:~:text=x"
        )
    )
    assert address == (
        "https://a.example/#top:~:text=Eins%20zwei%20drei%20vier%20f%C3%BCnf%20sechs,Acht%20neun%20zehn."
    )


def test_a_quote_that_begins_as_another_is_told_by_the_words_before() -> None:
    """The second “Das ist gut.” has a prefix, in its paragraph."""
    article = Article(id="a", path="a", text="Das ist gut.\n\nSie meint: Das ist gut.", url="https://a.example/")
    start = article.text.rindex("Das")
    assert link(quotation_of(article, start, start + 12)) == (
        "https://a.example/#:~:text=Sie%20meint%3A-,Das%20ist%20gut."
    )
    unique = article.text.index("Sie")
    assert link(quotation_of(article, unique, unique + 10)) == "https://a.example/#:~:text=Sie%20meint%3A"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Hanne Lüders", [("Lüders", "Hanne", "")]),
        ("Lüders, Hanne", [("Lüders", "Hanne", "")]),
        ("Hanne Lüders, Jost Behrens", [("Lüders", "Hanne", ""), ("Behrens", "Jost", "")]),
        ("dpa, AFP", [("dpa", "", ""), ("AFP", "", "")]),
        ("Ursula von der Leyen", [("Leyen", "Ursula", "von der")]),
        ("Prof. Dr. Ute Krüger-Maß", [("Krüger-Maß", "Ute", "")]),
        ("Redaktion Politik", [("Redaktion Politik", "", "")]),
        ("HANNE LÜDERS UND JOST BEHRENS", [("HANNE LÜDERS", "", ""), ("JOST BEHRENS", "", "")]),
        ("Hanne [red]", [("Hanne [red]", "", "")]),
        ("محمد علي", [("محمد علي", "", "")]),
        ("", []),
    ],
)
def test_author_lines(line: str, names: list[tuple[str, str, str]]) -> None:
    """People have a family name and a given one; what is no person's name stays whole."""
    assert [(name.family, name.given, name.particle) for name in author_names(line)] == names


DROPPING = "von, vom, zu, zum, zur, von der, von dem, auf den, von und zu"
NON_DROPPING = (
    "van, van den, van der, de, del, della, di, da, dos, das, du, des, de la, le, el, al, bin, ibn, ter, ten, af, av"
)


@pytest.mark.parametrize("particle", [*DROPPING.split(", "), *NON_DROPPING.split(", ")])
def test_particles(particle: str) -> None:
    """They stand between the names; German ones do not count where names are listed."""
    (name,) = author_names(f"Anna Maria {particle} Berg")
    assert (name.given, name.particle, name.family) == ("Anna Maria", particle, "Berg")
    assert name.is_dropping == (particle in DROPPING.split(", "))
    assert author_names(f"{particle.split(maxsplit=1)[0]} Berg")[0].particle == ""


@pytest.mark.parametrize(
    "title", ["Dr.", "Dr", "DR.", "Prof.", "Prof", "Prof. Dr.", "Dipl.-Ing.", "Mag.", "Dr. med.", "Dr. h.c.", "PD Dr."]
)
def test_titles_are_no_names(title: str) -> None:
    """They are left out, unless a single word would stay."""
    assert author_names(f"{title} Ute Krüger") == author_names("Ute Krüger")
    assert author_names("Dr. Krüger")[0] == AuthorName("Krüger", "Dr.")


@pytest.mark.parametrize("suffix", ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"])
def test_suffixes(suffix: str) -> None:
    """They belong to neither name, and stand behind both."""
    assert author_names(f"Martin Luther King {suffix}") == (AuthorName("King", "Martin Luther", suffix=suffix),)
    text = cite(quotation(author=f"Martin Luther King {suffix}"), "bibtex", "en", TODAY)
    assert f"author = {{King, {suffix}, Martin Luther}}" in text
    assert f"AU  - King, Martin Luther, {suffix}\r\n" in cite(
        quotation(author=f"Martin Luther King {suffix}"), "ris", "en", TODAY
    )


SEVEN_WORDS = "Anna Berta Cora Dora Emma Frieda Groß"
ORGANISATIONS = (
    "Nord GmbH, Nord AG, Nord KG, North Ltd, North LLC, North Inc, Verlag Nord, Redaktion Nord, Stiftung Nord, "
    "Institut Nord, Agentur Nord, Verband Nord, Team Nord, North Staff, North Desk, North Agency, North News, "
    "North Press, Norder Zeitung, Ministerium Nord, Universität Nord, North University, Büro Nord"
)


@pytest.mark.parametrize("name", [*ORGANISATIONS.split(", "), "Wir vom Nord DPA", SEVEN_WORDS, "Nord 24", "dpa"])
def test_what_is_no_persons_name_stays_whole(name: str) -> None:
    """Companies and desks, capitals at the end, more than six words, digits."""
    assert author_names(name) == (AuthorName(name),)


def test_lists_of_names() -> None:
    """Each once, with any sign between them; two parts with a comma may be one name, if both are capitalised."""
    one, two = AuthorName("Lüders", "Hanne"), AuthorName("Behrens", "Jost")
    for sign in ("; ", " / ", "/", " & ", " | ", " und ", " and ", " et ", " og ", " och ", " sowie ", ", ", "  UND  "):
        assert author_names(f"Hanne Lüders{sign}Jost Behrens{sign}Hanne Lüders") == (one, two)
    assert author_names("Anna Berta Cora Dora Emma Fink") == (AuthorName("Fink", "Anna Berta Cora Dora Emma"),)
    assert author_names("Lüders, Hanne Marie") == (AuthorName("Lüders", "Hanne Marie"),)
    assert author_names("Lüders, Hanne Marie Ute") == (AuthorName("Lüders"), AuthorName("Ute", "Hanne Marie"))
    assert author_names("Lüders, dpa") == (AuthorName("Lüders"), AuthorName("dpa"))
    assert author_names("taz, Hanne") == (AuthorName("taz"), AuthorName("Hanne"))
    assert author_names("Hanne Lüders, Ute") == (one, AuthorName("Ute"))
    assert author_names(None) == author_names(" , ;") == ()


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"author": "Hanne Lüders", "title": "Die Brücke ist zu"}, "Luders-2021-Brucke"),
        ({"author": None, "source": "Der Straßenbote!", "title": "Zu"}, "DerStrassenbote-2021"),
        ({"author": "محمد علي", "title": "مدينة", "published": None}, "source"),
        ({"author": None, "source": None, "published": None, "title": "Wer zahlt?"}, "zahlt"),
    ],
)
def test_keys_of_citations(facts: dict[str, Any], key: str) -> None:
    """The name, the year, the first word of more than three letters, all in ASCII; if nothing is left, `source`."""
    (item,) = json.loads(cite(quotation(**facts), "csl-json", "de", TODAY))
    assert item["id"] == key
    assert f"{{{key},\n" in cite(quotation(**facts), "bibtex", "de", TODAY)


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({}, ("article", "NEWS", "article-newspaper")),
        ({"source": None}, ("online", "ELEC", "webpage")),
        ({"source": " ", "url": "file:///x"}, ("misc", "GEN", "document")),
    ],
)
def test_kinds_of_sources(facts: dict[str, Any], kinds: tuple[str, str, str]) -> None:
    """An article of an outlet, a page of the web, a document, as each format names them."""
    source = quotation(**facts)
    assert cite(source, "bibtex", "de", TODAY).startswith(f"@{kinds[0]}{{")
    assert cite(source, "ris", "de", TODAY).startswith(f"TY  - {kinds[1]}\r\n")
    assert json.loads(cite(source, "csl-json", "de", TODAY))[0]["type"] == kinds[2]


def test_what_is_cited_without_a_headline() -> None:
    """The name of its file; of a comment, what it is, in the language of the person who cites."""
    facts = {"title": None, "author": None, "path": "/news/2021/bote 1.pdf"}
    assert json.loads(cite(quotation(**facts), "csl-json", "de", TODAY))[0]["title"] == "bote 1.pdf"
    for language, title in (("de", "Leserkommentar"), ("en", "Reader comment")):
        (item,) = json.loads(cite(quotation(**facts, kind="comment"), "csl-json", language, TODAY))  # type: ignore[arg-type]
        assert item["title"] == title
    titled = {"title": "Zu", "author": "Hanne Lüders", "kind": "comment"}
    for language, title in (("de", "Leserkommentar zu „Zu“"), ("en", "Reader comment on “Zu”")):
        (item,) = json.loads(cite(quotation(**titled), "csl-json", language, TODAY))  # type: ignore[arg-type]
        assert (item["title"], item.get("author"), item.get("issued")) == (title, None, None)


@pytest.mark.parametrize(("length", "is_whole"), [(120, True), (121, False)])
def test_how_long_a_quote_is_named_whole(length: int, is_whole: bool) -> None:
    """One of up to 120 characters; without spaces, of a longer one the first and the last 24."""
    text = ("eins zwei " * 20)[: length - 1] + "x"
    directive = unquote((link(quotation(text=text)) or "").partition("text=")[2])
    assert directive == (text if is_whole else f"{' '.join(text.split()[:6])},{' '.join(text.split()[-6:])}")
    spaceless = "漢" * (length - 24) + "字" * 24
    directive = unquote((link(quotation(text=spaceless)) or "").partition("text=")[2])
    assert directive == (spaceless if is_whole else f"{'漢' * 24},{'字' * 24}")

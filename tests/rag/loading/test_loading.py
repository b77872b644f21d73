"""Files become articles: the right text, the metadata that the file states, and nothing guessed."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LoadError
from rag.loading.common.encodings import decode
from rag.loading.common.files import MAX_BYTES, read_file
from rag.loading.common.normalization import normalise
from rag.loading.reader import load
from rag.types import Article

GERMAN = (
    "Die Bürgermeisterin überreichte die Schlüssel größeren Gästen aus Österreich. "
    "Die Straße wird gesperrt, weil Brückenträger morsch sind. Fußgänger müssen über die Höhe gehen. "
)


def load_bytes(tmp_path: Path, raw: bytes, name: str = "a.txt") -> Article:
    path = tmp_path / name
    path.write_bytes(raw)
    return load(path, read_file(path))


def test_front_matter(tmp_path: Path) -> None:
    """All fields of the block are taken, and the body is the text."""
    raw = (
        '---\ntitle: "Hochwasser: Der Pegel fällt"\nsource: Flussbote\nauthor: [A. Beck, C. Dorn]\ndate: 2021-07-18\n'
        "url: https://flussbote.example/x\nlanguage: de-AT\n---\n\nDer Pegel fällt.\n"
    ).encode()
    article = load_bytes(tmp_path, raw)
    assert (article.title, article.source, article.author) == (
        "Hochwasser: Der Pegel fällt",
        "Flussbote",
        "A. Beck, C. Dorn",
    )
    assert (article.published, article.url, article.language) == (
        date(2021, 7, 18),
        "https://flussbote.example/x",
        "de-AT",
    )
    assert article.text == "Der Pegel fällt."
    assert article.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_rule_of_dashes_is_no_front_matter(tmp_path: Path) -> None:
    """A text between dashes without known fields is text."""
    article = load_bytes(tmp_path, b"---\nEin Satz zwischen Strichen.\n---\nUnd weiter im Text.\n")
    assert article.text.startswith("---\nEin Satz")


def test_broken_front_matter_names_the_line(tmp_path: Path) -> None:
    """A value with a colon and no quotes is an error that says where."""
    with pytest.raises(LoadError, match="not valid YAML in line 2: put quotes"):
        load_bytes(tmp_path, b"---\ntitle: Flut: der Pegel: faellt\n---\nText.\n")


def test_unknown_stays_unknown(tmp_path: Path) -> None:
    """A text alone has no title, source, author, date or address; its language is found."""
    article = load_bytes(tmp_path, (GERMAN * 4).encode())
    assert (article.title, article.source, article.author, article.published, article.url) == (None,) * 5
    assert article.language == "de"
    assert article.label == "a.txt"


def test_a_first_line_that_is_a_headline_is_the_title(tmp_path: Path) -> None:
    """A short first line above longer text is the title, and stays in the text unchanged."""
    raw = f"Brücke bleibt gesperrt\n{GERMAN * 2}\n".encode()
    article = load_bytes(tmp_path, raw)
    assert article.title == "Brücke bleibt gesperrt"
    assert article.text == raw.decode().strip()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252", "latin-1", "iso8859_15"]
)
def test_german_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    """Umlauts come out right from every encoding that German text was saved in."""
    raw = b"\xff\xfe" + GERMAN.encode("utf-16-le") if encoding == "utf-16-le-bom" else GERMAN.encode(encoding)
    assert load_bytes(tmp_path, raw).text == GERMAN.strip()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1250",
            "Prezydent ogłosił, że wybory odbędą się w październiku. Głosowało więcej osób niż kiedykolwiek wcześniej. "
            * 3,
        ),
        (
            "cp1251",
            "Президент оголосив, що вибори відбудуться у жовтні. Проголосувало більше людей, ніж будь-коли. " * 3,
        ),
    ],
)
def test_other_languages_in_old_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    """Polish and Ukrainian text in their old encodings comes out right."""
    assert load_bytes(tmp_path, text.encode(encoding)).text == text.strip()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary file"),
        (b"\xff\xfe\x00\xd8x", "damaged"),
        (b"--- * --- \n ...\n", "no text"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(tmp_path: Path, raw: bytes, message: str) -> None:
    """Empty, binary, damaged and wordless files give one sentence each."""
    with pytest.raises(LoadError, match=message):
        load_bytes(tmp_path, raw)


def test_too_large(tmp_path: Path) -> None:
    """A text of 50 MB is refused without being read, with the limit and what to do."""
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(LoadError, match="It has 50 MB, but an article may have at most 20 MB: split it"):
        read_file(path)
    assert MAX_BYTES == 20_000_000


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_one_sentence(raw: bytes) -> None:
    """No bytes make the decoder fail in any other way than by its own error."""
    try:
        assert isinstance(decode(raw), str)
    except LoadError as error:
        assert str(error).endswith(".")


@given(st.text(max_size=200))
def test_normal_form(text: str) -> None:
    """Texts are in NFC, with line feeds alone and no control characters; normalising twice changes nothing."""
    once = normalise(text)
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in once)
    assert normalise(once) == once


def test_combining_marks_are_composed(tmp_path: Path) -> None:
    """A decomposed ü is one character in the text, so that it is found and counted as one."""
    article = load_bytes(tmp_path, unicodedata.normalize("NFD", GERMAN).encode())
    assert article.text == GERMAN.strip()


def test_markdown_is_what_the_reader_sees(tmp_path: Path) -> None:
    """Markup, link targets and the heading that is the title are left out; words stay in order."""
    raw = (
        b"# Der Titel\n\nEin **fetter** und _kursiver_ Satz mit [Verweis](https://x.example/y).\n\n"
        b"## Zwischentitel\n\n- eins\n- zwei\n\n> Zitat\n\n![Bild vom Fluss](bild.png)\n\n`code` &amp; mehr\\*\n"
    )
    article = load_bytes(tmp_path, raw, "a.md")
    assert article.title == "Der Titel"
    assert article.text.split("\n\n") == [
        "Ein fetter und kursiver Satz mit Verweis.",
        "Zwischentitel",
        "eins",
        "zwei",
        "Zitat",
        "Bild vom Fluss",
        "code & mehr*",
    ]


HTML = """<!doctype html><html lang="de"><head><meta charset="{charset}"><title>Brücke gesperrt – Flussbote</title>
<meta property="og:title" content="Brücke gesperrt"><meta property="og:site_name" content="Flussbote">
<meta name="author" content="Anna Beck"><meta property="article:published_time" content="2023-04-05T18:00:00+02:00">
<link rel="canonical" href="https://flussbote.example/bruecke"></head>
<body><nav><a href="/">Start</a> <a href="/abo">Abo</a></nav>
<main><article><h1>Brücke gesperrt</h1><p>{one}</p><h2>Die Folgen</h2><p>{two}</p>
<script>alert("x")</script></article></main>
<aside><a href="/z">Mehr zum Thema: Fähre fällt aus</a></aside><footer>Impressum Datenschutz</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_a_saved_page(tmp_path: Path, charset: str) -> None:
    """The article without navigation, teaser, footer and script, and all that the page says of itself."""
    raw = HTML.format(charset=charset, one=GERMAN * 2, two=GERMAN).replace("–", "-").encode(charset)
    article = load_bytes(tmp_path, raw, "a.html")
    assert (article.title, article.source, article.author) == ("Brücke gesperrt", "Flussbote", "Anna Beck")
    assert (article.published, article.url) == (date(2023, 4, 5), "https://flussbote.example/bruecke")
    assert article.text.split("\n\n") == [(GERMAN * 2).strip(), "Die Folgen", GERMAN.strip()]


def test_a_page_without_an_article(tmp_path: Path) -> None:
    """A page of nothing is refused with what to do."""
    with pytest.raises(LoadError, match="The page contains no article"):
        load_bytes(tmp_path, b"<html><head><title>x</title></head><body></body></html>", "a.html")


def test_the_id_follows_from_the_path(tmp_path: Path) -> None:
    """The same path keeps its id whatever the content; another path has another."""
    article, edited = load_bytes(tmp_path, b"Eins zwei drei."), load_bytes(tmp_path, b"Vier.")
    elsewhere = load_bytes(tmp_path, b"Vier.", "b.txt")
    assert article.id == edited.id != elsewhere.id
    assert len(article.id) == 12


@pytest.mark.parametrize(
    ("date_text", "day"),
    [("2022-01-14", date(2022, 1, 14)), ("14.01.2022", date(2022, 1, 14)), ("2024-02-30", None), ("gestern", None)],
)
def test_dates(tmp_path: Path, date_text: str, day: date | None) -> None:
    """ISO and German dates are read; a day that there is not stays unknown and spoils nothing."""
    article = load_bytes(tmp_path, f"---\ntitle: T\ndate: {date_text}\n---\nDer Rat tagte.\n".encode())
    assert (article.title, article.published, article.text) == ("T", day, "Der Rat tagte.")


@pytest.mark.parametrize(
    "block",
    [
        "a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\ntitle: *c",
        "title: " + "[" * 3000,
    ],
)
def test_front_matter_that_would_grow_without_end(tmp_path: Path, block: str) -> None:
    """Aliases of aliases and endless nesting are refused at once, in a sentence."""
    with pytest.raises(LoadError, match="not valid YAML"):
        load_bytes(tmp_path, f"---\n{block}\n---\nText.\n".encode())


def test_the_block_ends_at_a_line_of_its_own(tmp_path: Path) -> None:
    """Dashes at the end of a value end no front matter."""
    article = load_bytes(tmp_path, b"---\ntitle: Interview ---\ndate: 2020-01-02\n---\nText hier.\n")
    assert (article.title, article.published, article.text) == ("Interview ---", date(2020, 1, 2), "Text hier.")


def test_a_stated_language_is_a_tag(tmp_path: Path) -> None:
    """de_AT is read as de-AT; if the value is not a tag, the language is detected instead."""
    for tag, expected in (("de_AT", "de-AT"), ('"\\e[31mGerman\\nx"', "de"), ("Deutsch bitte", "de")):
        raw = f"---\nlanguage: {tag}\n---\n{GERMAN * 2}".encode()
        assert load_bytes(tmp_path, raw).language == expected


def test_html_inside_markdown(tmp_path: Path) -> None:
    """Words inside HTML are words of the article; tags, comments and scripts are not."""
    raw = b"<p align=center>Wichtige Worte &amp; mehr.</p>\n\nZeile<br>weiter\n\n<!-- x -->\n\n<script>y</script>\n"
    assert load_bytes(tmp_path, raw, "a.md").text.split("\n\n") == ["Wichtige Worte & mehr.", "Zeile\nweiter"]


def test_a_year_in_the_footer_is_no_date(tmp_path: Path) -> None:
    """A page that does not state when it was published has no date, whatever years it mentions."""
    page = f"<html><body><article><p>{GERMAN * 4}</p></article><footer>Copyright 2019 Foo GmbH</footer></body></html>"
    assert load_bytes(tmp_path, page.encode(), "a.html").published is None


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("gb18030", "国家统计局周一公布的数据显示，今年第三季度国内生产总值同比增长百分之四点九。\n"),
        ("shift-jis", "政府は月曜日に新しい予算案を発表した。野党は強く反対している。\n"),
    ],
)
def test_large_files_in_old_encodings(tmp_path: Path, encoding: str, sentence: str) -> None:
    """The sample from which the encoding is detected ends between characters, so large files are decoded correctly."""
    text = "a" + sentence * (400_000 // len(sentence.encode(encoding)))
    assert load_bytes(tmp_path, text.encode(encoding)).text == text.strip()


def test_utf_16_without_its_mark(tmp_path: Path) -> None:
    """Text in UTF-16 that lost its byte order mark is text and not a binary file."""
    for encoding in ("utf-16-le", "utf-16-be"):
        assert load_bytes(tmp_path, (GERMAN * 3).encode(encoding)).text == (GERMAN * 3).strip()

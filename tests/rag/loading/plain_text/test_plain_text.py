"""Pages that were saved as plain text: what is the article in them, and what their lines say of it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from babel.dates import format_date
from factories import PAGE_AS_TEXT
from hypothesis import given
from hypothesis import strategies as st
from paths import ARTICLES

from rag.loading.common.date_lines import date_stamp, dates_in
from rag.loading.plain_text.block_classifier import classify_blocks
from rag.loading.plain_text.bylines import Byline, find_byline, find_dateline
from rag.loading.plain_text.headlines import find_headline
from rag.loading.plain_text.text import load_text
from rag.types import TextKind

SAMPLES = ARTICLES


def kind_at(text: str, words: str) -> TextKind:
    """The kind of the block that contains these words."""
    (kind,) = (block.kind for block in classify_blocks(text) if words in block.text)
    return kind


@pytest.mark.parametrize("indented", [True, False])
def test_a_saved_page_comes_apart(indented: bool) -> None:
    """Navigation, appeal, teasers and comments are no words of the article; indentation helps but is not needed."""
    text = PAGE_AS_TEXT if indented else "".join(f"{line.strip()}\n" for line in PAGE_AS_TEXT.splitlines())
    for words in ("Nach elf Jahren Pause", "Drei Jahre Streit", "vierzig Jahre Lebensdauer", "fünfzig Cent"):
        assert kind_at(text, words) == "article"
    for words in ("Startseite", "Ausland", "Unterstützen Sie", "Impressum", "© 2021"):
        assert kind_at(text, words) == "boilerplate"
    assert kind_at(text, "Was aus dem alten Bahnhof") == "teaser"
    for words in ("Endlich! Ich bin", "Zwei Euro fünfzig"):
        assert kind_at(text, words) == "comment"


def test_what_the_page_says_of_itself() -> None:
    """Headline, author and date are read from above the article, and each field has its origin."""
    draft = load_text(PAGE_AS_TEXT.encode())
    assert draft.title == "Kleinbahn nach Moorwerder fährt wieder"
    assert (draft.author, draft.published) == ("Hanne Lüders", date(2021, 3, 12))
    assert draft.origins == {"title": "headline", "author": "byline", "published": "date line"}
    # the layout of the page is no part of its words
    assert not any(line.startswith(" ") for block in draft.blocks for line in block.text.splitlines())


def test_front_matter_is_believed() -> None:
    """What the person wrote there is not looked for in the lines, and says that it comes from there."""
    draft = load_text(b"---\nauthor: Redaktion\ndate: 2020-01-01\n---\n" + PAGE_AS_TEXT.encode())
    assert (draft.author, draft.published) == ("Redaktion", date(2020, 1, 1))
    assert draft.origins == {"author": "front matter", "published": "front matter", "title": "headline"}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_clean_article_is_one_block(path: Path) -> None:
    """In articles of ten languages without navigation nothing is classified as boilerplate."""
    assert {block.kind for block in load_text(path.read_bytes()).blocks} == {"article"}


@given(st.lists(st.text(st.sampled_from("aB1.,:|*•\n \t\u00a0ßé漢2020©@")), max_size=30).map("\n".join))
def test_blocks_add_up(text: str) -> None:
    """Whatever the text, nothing is lost or moved, and some of it is the article."""
    blocks = classify_blocks(text)
    assert "".join(block.text for block in blocks) == text
    assert any(block.kind == "article" for block in blocks)
    assert all(block.kind != following.kind for block, following in pairwise(blocks))


# -- days -------------------------------------------------------------------------------------------


LANGUAGES = (
    "de", "en", "fr", "es", "it", "pt", "nl", "pl", "tr", "uk", "ru", "cs", "sk", "sv", "da", "nb", "fi", "ro", "hr",
    "sl", "el", "bg",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", [date(2022, 1, 3), date(1998, 5, 14), date(2019, 12, 31)], ids=str)
def test_days_in_words(language: str, day: date) -> None:
    """As the Unicode consortium says that they are written in a language."""
    assert [stated for stated, _ in dates_in(f"x {format_date(day, 'long', language)} x")] == [day]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Stand: 12.01.2022 03:55 Uhr", [date(2022, 1, 12)]),
        ("am 3. 4. 2021 und am 2021-04-05", [date(2021, 4, 3), date(2021, 4, 5)]),
        ("2023年9月5日", [date(2023, 9, 5)]),
        # the second number can be no month
        ("4/25/2020, 25/4/2020", [date(2020, 4, 25), date(2020, 4, 25)]),
        ("5/5/2020", [date(2020, 5, 5)]),
        # the third of April here, the fourth of March there
        ("3/4/2021", []),
        ("31.02.2021 und 99.99.2021", []),
        ("Version 1.2.2021.5, Tel. 040/12/2021", []),
        ("12 Teile 2020, Seite 3 2019, 7 Mai 2018", [date(2018, 5, 7)]),
    ],
)
def test_days_in_numbers(text: str, days: list[date]) -> None:
    """The expected days were read by hand; ambiguous and invalid dates yield none."""
    assert [day for day, _ in dates_in(text)] == days


def test_the_stamp_is_the_day_of_the_article() -> None:
    """Not that of a list above it, of a comment, of a copyright, or of a day to come."""
    article = "Ein langer Absatz, der den Artikel beginnt und nicht aufhört. " * 5
    assert date_stamp(["* 01.02.2020 Anderes", "Stand: 03.04.2021", article]) == (date(2021, 4, 3), 1)
    assert date_stamp([article, article, "gast sagt: 05.06.2022"]) is None
    assert date_stamp(["© 01.01.2020", article]) is None
    assert date_stamp(["Veranstaltung am 03.04.2999", article]) is None
    assert date_stamp(["", article]) is None


# -- authors, places, headlines ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Von Hanne Lüders", Byline("Hanne Lüders")),
        ("Von Hanne Lüders und Jost van der Meer | 3 Min. Lesezeit", Byline("Hanne Lüders und Jost van der Meer")),
        ("Von Hanne Lüders, RBB-Studio Warschau", Byline("Hanne Lüders", "RBB", "Warschau")),
        ("By Mary O’Hara, Foreign Desk", Byline("Mary O’Hara")),
        ("12. März 2021 · Von Hanne Lüders", Byline("Hanne Lüders")),
        ("Par Élodie Kœnig", Byline("Élodie Kœnig")),
        ("Von der Elbe bis zum Rhein", Byline()),
        ("Von Montag an", Byline()),
        ("Ein Brief von Hanne Lüders an alle", Byline()),
    ],
)
def test_bylines(line: str, expected: Byline) -> None:
    """A name after "by" at the beginning of a line is the author; nothing else is."""
    assert find_byline([line, "x" * 200], None) == expected


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Brüssel taz | In der Stadt", Byline(None, "taz", "Brüssel")),
        ("Berlin (dpa) - Die Regierung", Byline(None, "dpa", "Berlin")),
        ("NEW YORK, Jan 5 (Reuters) - Stocks", Byline(None, "Reuters", "NEW YORK")),
        ("París (EFE).- El presidente", Byline(None, "EFE", "París")),
        ("Die Bank (gegründet 1870) ist alt.", Byline()),
        ("Ein Satz ohne alles.", Byline()),
    ],
)
def test_datelines(paragraph: str, expected: Byline) -> None:
    """The place and the agency or outlet before the first sentence."""
    assert find_dateline([paragraph]) == expected


def test_the_headline_of_a_page_with_navigation() -> None:
    """The headline is the first full line above the article that is not a label, date or author."""
    assert find_headline(classify_blocks(PAGE_AS_TEXT)) == "Kleinbahn nach Moorwerder fährt wieder"


@pytest.mark.parametrize(
    ("headline", "language"),
    [("EISVOGEL VERLIERT SEIN NEST", "de"), ("Bad zu", "de"), ("STURM", "de"), ("БОБРЫ ЗАТОПИЛИ ЛУГ", "ru"),
     ("Пожар", "ru"), ("WER ZAHLT DAS BAD?", "de")],
)  # fmt: skip
def test_a_headline_above_a_plain_text_is_its_own(headline: str, language: str) -> None:
    """In capitals, short, in any script: it is the title, and its words are the article's."""
    bodies = {
        "de": "Der Rat von Wiesenau hat am Dienstag beschlossen, das Bad zu schließen. Elf waren dafür, 7 dagegen.",
        "ru": "Совет Лугового решил во вторник закрыть старую баню. Одиннадцать депутатов были за, семеро против.",
    }
    draft = load_text(f"{headline}\n\n{bodies[language]}\n".encode())
    assert draft.title == headline
    assert draft.text.startswith(f"{headline}\n\n")
    dated = load_text(f"{headline}\n12.03.1998\n\n{bodies[language]}\n".encode())
    assert dated.text.startswith(f"{headline}\n")


@pytest.mark.parametrize("label", ["Kommentare", "Drucken", "Mehr zum Thema: Bad", "12.03.1998"])
def test_a_label_above_a_plain_text_is_no_headline(label: str) -> None:
    """Text of the navigation stays boilerplate."""
    body = (
        "Der Gemeinderat von Wiesenau hat am Dienstag beschlossen, das alte Freibad zu schließen. Elf Mitglieder waren "
        "dafür, sieben dagegen.\n\nDie Sanierung hätte vier Millionen gekostet."
    )
    draft = load_text(f"{label}\n\n{body}\n".encode())
    assert draft.title is None
    assert label not in draft.text

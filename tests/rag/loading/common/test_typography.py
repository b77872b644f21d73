"""Lines become text: words that were cut are whole again, and no other letter changes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.loading.common.typography import Usage, is_cut, join_lines, plain_letters, usage_of, with_initial

WORDS = st.lists(st.text("abcdefgäöüßABCÄÖ", min_size=1, max_size=12), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["der Bundes-", "kanzler sprach"], "der Bundeskanzler sprach"),
        (["zwischen Nord-", "Süd und Ost"], "zwischen Nord-Süd und Ost"),
        (["ein CDU-", "Politiker"], "ein CDU-Politiker"),
        (["eine E-", "Mail"], "eine E-Mail"),
        (["ein CDU-", "naher Verein"], "ein CDU-naher Verein"),
        (["der 10-", "jährige Sohn"], "der 10-jährige Sohn"),
        (["Covid-", "19 und mehr"], "Covid-19 und mehr"),
        (["alle Vor-", "und Nachteile"], "alle Vor- und Nachteile"),
        (["mit drei-", "bis vierjährigen Kindern"], "mit drei- bis vierjährigen Kindern"),
        (["der Handel mit Canna-", "bis blüht"], "der Handel mit Cannabis blüht"),
        (["deutsch-französisch-", "britisches Treffen"], "deutsch-französisch-britisches Treffen"),
        (["ein Ge\u00ad", "wehr"], "ein Gewehr"),
        (["ein Ge\u00ac", "wehr"], "ein Gewehr"),
        (["ein Ge\u2010", "wehr"], "ein Gewehr"),
        (["ein Gedanke –", "und noch einer"], "ein Gedanke – und noch einer"),
        (["Donau-", "dampf-", "schiff"], "Donaudampfschiff"),
        (
            ["die Au\ufb02age der \ufb01nanziellen Ver\u00adö\ufb00entlichung"],
            "die Auflage der finanziellen Veröffentlichung",
        ),
        (["ein Satz  mit ", "", " Lücken"], "ein Satz mit Lücken"),
        (["政府は新しい予算", "案を発表した。"], "政府は新しい予算案を発表した。"),
    ],
)
def test_lines_of_a_paragraph(lines: list[str], text: str) -> None:
    """Each line end becomes a space, nothing, or a hyphen, as in running text."""
    assert join_lines(lines) == text


def test_the_text_itself_decides() -> None:
    """If the word occurs unbroken elsewhere in the text, with or without hyphen, that spelling is used."""
    cut = ["Das ist Baden-", "württembergisch und ein rot-", "grünes Bündnis."]
    elsewhere = ["In Baden-Württemberg regierte ein rot-grüner Rat,", "der viele Wörter ab-", "teilt und abteilt."]
    assert join_lines(cut) == "Das ist Badenwürttembergisch und ein rotgrünes Bündnis."
    assert join_lines(cut, usage_of(elsewhere)) == "Das ist Baden-württembergisch und ein rot-grünes Bündnis."
    assert join_lines(["DIE BUNDES-", "REGIERUNG"]) == "DIE BUNDES-REGIERUNG"
    assert join_lines(["DIE BUNDES-", "REGIERUNG"], usage_of(["Die Bundesregierung tagt."])) == "DIE BUNDESREGIERUNG"


def test_a_text_that_never_cuts_words_keeps_its_hyphens() -> None:
    """In a hundred lines with one hyphen at a line end, the hyphen is the word's own."""
    lines = ["This line ends with a word"] * 100 + ["it is a well-", "known story"]
    assert join_lines(lines[-2:], usage_of(lines)) == "it is a well-known story"
    assert join_lines(lines[-2:]) == "it is a wellknown story"


def test_usage() -> None:
    """Only unbroken words count; the parts of a broken word do not."""
    usage = usage_of(["Der Nord-Süd-Weg ist ge-", "sperrt und die", "Straße auch ge-", "öffnet, gesperrt heißt zu"])
    assert {"der", "nord-süd-weg", "gesperrt", "heißt"} <= usage.words
    assert not {"ge", "sperrt", "öffnet"} & usage.words
    assert usage.compounds == {("nord", "süd"), ("süd", "weg")}
    assert usage.breaks_words


@pytest.mark.parametrize(
    ("letter", "line", "words", "text"),
    [
        ("D", "ie Regierung tagt", "", "Die Regierung tagt"),
        ("D", "IE REGIERUNG tagt", "", "DIE REGIERUNG tagt"),
        ("„W", "ie geht es?“", "", "„Wie geht es?“"),
        ("A", "man walks", "a man is here", "A man walks"),
        ("A", "fter the storm", "a man came after", "After the storm"),
        ("7", "Fragen an den Rat", "", "7 Fragen an den Rat"),
        ("4", "2 Menschen kamen", "", "42 Menschen kamen"),
    ],
)
def test_large_first_letters(letter: str, line: str, words: str, text: str) -> None:
    """A large letter begins the word after it, unless the text shows that it is a word of its own."""
    assert with_initial(letter, line, set(words.split())) == text


@given(WORDS, st.integers(5, 40))
def test_text_broken_at_spaces_comes_back(words: list[str], width: int) -> None:
    """Lines that end between words join to what they were made from."""
    lines, text = [""], " ".join(words)
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    assert join_lines(lines, usage_of(lines)) == text


@given(WORDS, st.data())
def test_text_broken_inside_words_comes_back(words: list[str], data: st.DataObject) -> None:
    """Words of small letters that are cut anywhere join to what they were made from, if the text cuts words at all."""
    words = [f"der{word.lower()}" for word in words]
    lines = [""]
    for word in words:
        at = data.draw(st.integers(2, len(word) - 1))
        if data.draw(st.booleans()):
            lines[-1] += f" {word[:at]}-"
            lines.append(word[at:])
        else:
            lines[-1] += f" {word}"
    assert join_lines(lines) == " ".join(words)


@given(st.lists(st.text(max_size=30), max_size=8))
def test_nothing_is_lost(lines: list[str]) -> None:
    """Whatever the lines are, all letters and digits come out in order, and no space is doubled."""

    def letters(text: str) -> str:
        return "".join(letter for letter in plain_letters(text) if letter.isalnum())

    text = join_lines(lines, usage_of(lines))
    assert letters(text) == letters("".join(lines))
    assert text == " ".join(text.split())


def test_long_paragraphs_take_no_longer_by_the_line() -> None:
    """A paragraph of 20,000 lines, half of them cut, and a line of a million letters are joined within seconds."""
    start = time.process_time()
    join_lines(["ein Wort und ein ge-", "teiltes"] * 10_000)
    join_lines(["a" * 1_000_000 + "1-", "b"], Usage())
    assert time.process_time() - start < 10


def test_cut() -> None:
    """A hyphen right after a letter or digit cuts a word; a dash after a space does not."""
    assert [is_cut(line) for line in ("ge-", "10-", "oder -", "-", "", "nein –")] == [True, True, *[False] * 4]

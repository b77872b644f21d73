"""Letters that were read in a wrong encoding are put right where that is certain, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from rag.loading.common.mojibake import REPAIRED_ORIGIN, repair_mojibake
from rag.loading.reader import load

PLACE = Path("/articles/a.txt")
LANGUAGES = (
    "ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "he", "hi", "hr", "hu", "is", "it", "ja",
    "ko", "lt", "lv", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "smn", "sq", "sr", "sv", "th", "tr", "uk",
    "vi", "zh",
)  # fmt: skip
QUOTED = ("{}", "„{}“", "“{}”", "»{}«", "« {} »", "«{}»", '"{}"', "({})", "{}–{}", "{}…", "{}®", "25 {}°")


def names(language: str) -> Iterator[str]:
    """The names of countries, languages and months in a language, from Unicode's data."""
    locale = Locale.parse(language)
    months: Mapping[str, Mapping[str, Mapping[int, str]]] = locale.months
    yield from locale.territories.values()
    yield from locale.languages.values()
    yield from (name for widths in months.values() for words in widths.values() for name in words.values())


@pytest.mark.parametrize(
    ("misread", "meant"),
    [
        ("FÃ¼r die SchÃ¼ler", "Für die Schüler"),
        ("Ã–sterreich, Ãœber, GroÃŸe, Ã„rzte", "Österreich, Über, Große, Ärzte"),
        ("GroÃ\x9fe \x84Worte\x93 \x96 6000,-\x80", "Große „Worte“ – 6000,-€"),
        ("â€žHalloâ€œ â€“ 25Â°C, 5â‚¬", "„Hallo“ – 25°C, 5€"),
        ("FÃƒÂ¼r", "Für"),
        ("RaÄ\x8dak und MiloÅ¡eviÄ‡", "Račak und Milošević"),
        ("voilÃ\xa0 la vÃ©ritÃ© dÃ©jÃ\xa0 dite", "voilà la vérité déjà dite"),
        ("РџСЂРёРІРµС‚, РјРёСЂ", "Привет, мир"),
        ("×©×œ×•×\x9d ×¢×•×œ×\x9d", "שלום עולם"),
        ("Die SchÃ¼ler in München", "Die Schüler in München"),
    ],
)
def test_misread_letters(misread: str, meant: str) -> None:
    """Mojibake made by Python's own codecs is undone in a word, in a line, and next to correct letters."""
    assert repair_mojibake(misread) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Das Massaker von Raˆak", "Sch?ler und Sch\ufffdler", "Die Buchstaben „Ä“, „Ö“ und „Ü“", "“O AMANHÔ",
        "« Â » est une lettre", "NÃO, MANHÃ DE SOL", "(„+“ und „×“)", "weiteren Maß¬", "ÎLE D’ÂGE", "CHÂTEAU", "«Â»",
        "\x83 Rezept", "IJ KIELÂLÂŠ", "voilÃ le travail",
    ],
)  # fmt: skip
def test_what_may_be_meant_stays(text: str) -> None:
    """Letters in quotes, capitals before signs, and what is lost beyond doubt are left as they are."""
    assert repair_mojibake(text) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_correct_words_of_many_languages_stay(language: str) -> None:
    """Names in their own spelling, in capitals, and their first letters, between all kinds of quotes, stay."""
    words = {word for name in names(language) for word in (name, name.upper(), name[:1].upper()) if not word.isascii()}
    misread = [text for word in words for form in QUOTED if repair_mojibake(text := form.format(word, word)) != text]
    assert misread == []


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pl", "cs", "hr", "tr", "sv"])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_a_misread_text_comes_back(language: str, encoding: str) -> None:
    """All names of a European language, misread together, are what they were."""
    text = ", ".join(name for name in names(language) if all(letter <= "ſ" for letter in name))
    # Python knows no sign for five codes, of which nothing is left then
    decodable = "".join(letter for letter in text if not set(letter.encode()) & {0x81, 0x8D, 0x8F, 0x90, 0x9D})
    assert repair_mojibake(decodable.encode().decode(encoding)) == decodable


@given(st.text() | st.text(st.sampled_from("ÃÂÄâ¼¶€œ„“\x9f\xa0 aA\nŸ")))
def test_any_text(text: str) -> None:
    """No text is an error, it has as many lines as before, and plain letters are never touched."""
    repaired = repair_mojibake(text)
    assert repaired.count("\n") == text.count("\n")
    assert [letter for letter in repaired if letter.isascii()] == [letter for letter in text if letter.isascii()]
    assert len(repaired) <= len(text)


def test_an_article_says_that_letters_were_put_right() -> None:
    """Its text and title are repaired, its hash is that of the bytes, and one that was right says nothing."""
    raw = "---\ntitle: SchÃ¼ler\n---\nDie Stra\u00c3\u009fe fÃ¼hrt nach SÃ¼den, sagt der Rat.".encode()
    repaired = load(PLACE, raw)
    assert (repaired.title, repaired.text) == ("Schüler", "Die Straße führt nach Süden, sagt der Rat.")
    assert repaired.origins["text"] == REPAIRED_ORIGIN
    assert "text" not in load(PLACE, repaired.text.encode()).origins
    page = "<html><body><article><p>Die StraÃŸe fÃ¼hrt nach SÃ¼den, sagt der Rat.</p></article></body></html>"
    assert load(Path("/articles/a.html"), page.encode()).origins["text"] == REPAIRED_ORIGIN

"""Where an article says a quotation."""

from __future__ import annotations

import pytest
from factories import BRIDGE, article

from rag.checking.matching import SearchedText, match_quote
from rag.checking.pieces import pieces_of
from rag.types import QuoteVerdict

TEXT = SearchedText(article(text=BRIDGE))


def verdict(words: str, text: SearchedText = TEXT) -> tuple[str, list[str]]:
    places = match_quote(pieces_of(words), text)
    return (places[0].verdict if places else "missing"), [text.article.text[slice(*place.span)] for place in places]


@pytest.mark.parametrize(
    ("words", "expected", "there"),
    [
        ("für den Verkehr freigegeben.", "exact", "für den Verkehr freigegeben."),
        ("für den Verkehr frei­gegeben", "normalised", "für den Verkehr freigegeben"),
        ("für  den\nVerkehr freige-\ngeben.", "normalised", "für den Verkehr freigegeben."),
        ("Für den Verkehr freigegeben,", "normalised", "für den Verkehr freigegeben"),
        ("[F]ür den Verkehr freigegeben", "normalised", "für den Verkehr freigegeben"),
        ("für den verkehr freigegeben", "near", "für den Verkehr freigegeben"),
        ("ist am Dienstag nach vier Jahren Bauzeit für den Verkehr freigegeben", "near", None),
        ("Die Kosten […] stiegen […] auf 84 Millionen Euro", "exact", None),
        ("Fußgänger und Radfahrer [...] müssen sich noch gedulden", "exact", None),
        ("zunächst 61 [sic] auf 84 Millionen Euro", "exact", "zunächst 61 auf 84 Millionen Euro"),
        ("[Ihr] Steg wird erst im kommenden Frühjahr montiert", "exact", None),
        ("84 Millionen Euro […] die Kosten stiegen", "missing", None),
        ("Der Mond ist aufgegangen, die goldnen Sternlein prangen", "missing", None),
        ("ubbrücke über den Kattrup", "near", None),
    ],
)
def test_verdicts(words: str, expected: QuoteVerdict, there: str | None) -> None:
    """Typography, white space, hyphenation and the first letter may differ; words in brackets are the editor's."""
    actual, places = verdict(words)
    assert actual == expected
    if there:
        assert places == [there]


def test_each_place_in_an_article() -> None:
    """Words that an article says twice have two places."""
    text = SearchedText(article(text="Wir haben nie aufgegeben. Nein: Wir haben nie aufgegeben!"))
    assert [place.span for place in match_quote(pieces_of("Wir haben nie aufgegeben"), text)] == [(0, 24), (32, 56)]


def test_an_omission_is_limited() -> None:
    """Words that stand ten thousand characters apart are not one statement."""
    text = SearchedText(article(text="Die Brücke hält heute. " + "Anderes. " * 2000 + "Sie kostet viel Geld."))
    assert verdict("Die Brücke hält heute. […] Sie kostet viel Geld.", text)[0] == "missing"


def test_typography_of_the_article() -> None:
    """French spaces, dashes and nested marks of the article are those of the draft in another typography."""
    text = SearchedText(article(text="Il dit\u202f: «\u202fLe pont — neuf — tient\u202f! » et “so ‘it’ is”."))
    assert verdict("dit: «Le pont – neuf – tient!»", text)[0] == "normalised"
    assert verdict("so „it“ is", text) == ("normalised", ["so ‘it’ is"])

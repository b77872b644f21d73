"""Numbers, sums and dates with their units."""

from __future__ import annotations

import pytest

from rag.checking.figures import figures_in


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("auf 84 Millionen Euro, um 37,7 Prozent", "de", [("84000000", "€"), ("37.7", "%")]),
        ("It cost $1.2 million.", "en", [("1200000", "$")]),
        ("1,2 Mio. Menschen", "de", [("1200000", "mensch")]),
        ("1.200.000 Menschen", "de", [("1200000", "mensch")]),
        ("1,200,000 people", "en", [("1200000", "peopl")]),
        ("zwölf Tonnen", "de", [("12", "t")]),
        ("am 12. März 2021", "de", [("2021-03-12/2021-03-12", "date")]),
        ("In March 2021,", "en", [("2021-03-01/2021-03-31", "date")]),
        ("1. Punkt\n2) Zwei\nA380 [3] http://a.example/5", "de", [("2", "")]),
    ],
)
def test_figures(text: str, language: str, expected: list[tuple[str, str]]) -> None:
    """However a number is written, its value is the same; a list, a note or an address counts nothing."""
    assert [(figure.value, figure.unit) for figure in figures_in(text, language)] == expected


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        ("1,2 Millionen Euro", "1.200.000 €", True),
        ("12 Prozent", "12 Euro", False),
        ("12 Brücken", "12 bridges", True),
        ("12 Brücken", "13 Brücken", False),
        ("seit 1998", "1998", True),
        ("seit 1998", "seit 2001", False),
        ("am 12.3.2021", "12 March 2021", True),
    ],
)
def test_equality(first: str, second: str, equal: bool) -> None:
    """Values are equal across notations and languages, unless their units are known to differ."""
    (figure,), (other_figure,) = figures_in(first, "de"), figures_in(second, "de")
    assert figure.equals(other_figure) == equal

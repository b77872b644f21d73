"""Times that a question or a text states, in the languages whose months are known."""

from __future__ import annotations

from datetime import date

import pytest
from factories import article
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.times import Period, nearness, periods_in


def days(text: str) -> list[tuple[str, str]]:
    return [(period.first.isoformat(), period.last.isoformat()) for period in periods_in(text)]


OCTOBER = ("1998-10-01", "1998-10-31")
THIRTEENTH = ("1998-10-13", "1998-10-13")
YEARS = ("1998-01-01", "2001-12-31")
NINETIES = ("1990-01-01", "1999-12-31")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, OCTOBER) for text in (
            "Was geschah im Oktober 1998?", "in October 1998", "en octobre 1998", "en octubre de 1998", "Okt. 1998",
            "w październiku 1998 roku", "в октябре 1998 года", "у жовтні 1998", "v říjnu 1998", "Ekim 1998'de",
            "lokakuussa 1998", "τον Οκτώβριο του 1998", "1998年10月", "1998년 10월", "tháng 10 năm 1998", "10/1998",
            "1998-10", "in Oktober ١٩٩٨",
        )],
        *[(text, THIRTEENTH) for text in (
            "am 13. Oktober 1998", "on October 13th, 1998", "13 October 1998", "le 13 octobre 1998",
            "el 13 de octubre de 1998", "13.10.1998", "13. 10. 1998", "1998-10-13", "1998. október 13",
            "1998年10月13日", "ngay 13 thang 10 nam 1998",
        )],
        *[(text, YEARS) for text in (
            "zwischen 1998 und 2001", "between 1998 and 2001", "entre 1998 et 2001", "von 1998 bis 2001", "1998-2001",
            "1998–2001", "from 1998 to 2001", "de 1998 à 2001", "между 1998 и 2001",
        )],
        *[(text, NINETIES) for text in (
            "in the 1990s", "in den 1990er Jahren", "in den 90er Jahren", "les années 90", "в 1990-х", "the 90s",
        )],
        ("Altmoor 2002?", ("2002-01-01", "2002-12-31")),
        ("Mai bis Juli 1998", ("1998-05-01", "1998-07-31")),
        ("Saison 1998/99", ("1998-01-01", "1999-12-31")),
        ("seit 2010", ("2010-01-01", "9999-12-31")),
        ("since October 1998", ("1998-10-01", "9999-12-31")),
        ("nach 2010", ("2011-01-01", "9999-12-31")),
        ("vor 2010", ("0001-01-01", "2009-12-31")),
        ("until 2001-03-05", ("0001-01-01", "2001-03-05")),
    ],
)  # fmt: skip
def test_a_time_is_read(text: str, expected: tuple[str, str]) -> None:
    """One time, from its first to its last day, read by hand."""
    assert days(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Le marché 1998",
        "le marche 1998",
        "martyr 1998",
        "junior 1998",
        "la marcha 1998",
        "majorité 1998",
        "мартышка 1998",
    ],
)
def test_words_that_begin_like_a_month_are_none(text: str) -> None:
    """Beside them stands a year and nothing else: none is the name of a month with its accents or one of its cases."""
    assert days(text) == [("1998-01-01", "1998-12-31")]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("im Maerz 1998", 3), ("im Marz 1998", 3), ("en fevrier 1998", 2), ("w marcu 1998", 3), ("в марте 1998", 3),
        ("в мае 1998", 5), ("v brezna 1998", 3), ("szeptemberben 1998", 9), ("ağustosta 1998", 8), ("şubatta 1998", 2),
        ("toukokuussa 1998", 5), ("septembrī 1998", 9), ("Μάιο του 1998", 5),
    ],
)  # fmt: skip
def test_months_without_accents_and_in_any_case(text: str, month: int) -> None:
    """Accents may be left out, and names take the endings of their languages."""
    assert [first[:7] for first, _ in days(text)] == [f"1998-{month:02}"]


@pytest.mark.parametrize(
    "text",
    [
        "2002 Euro", "1998 Menschen", "vor 2000 Jahren", "300.000", "1.998", "€1998", "letzten Winter", "im Oktober",
        "31.02.1998 Uhr"[:3], "Apollo 13", "Zimmer 101", "", "der 99. Oktober", "12345", "A1998",
    ],
)  # fmt: skip
def test_other_numbers_are_no_times(text: str) -> None:
    """Amounts, durations and names are none, nor is what follows from today."""
    assert days(text) == []


def test_words_that_only_look_like_months() -> None:
    """Short names of months in one language are words of another: just the year is meant."""
    year = ("1998-01-01", "1998-12-31")
    for text in ("als sie 1998 ging", "la paz de 1998", "years ago 1998", "points out 1998", "Marcel 1998"):
        assert days(text) == [year], text


@pytest.mark.parametrize(
    "stated", ["am 13. Oktober 1998", "seit 1998", "zwischen 1998 und 2001", "1998年10月13日", "90er Jahre"]
)
@pytest.mark.parametrize("filler", ["Der Rat tagte oft. ", "あ", "1997 ging er. "])
def test_a_time_is_read_in_a_long_text(stated: str, filler: str) -> None:
    """A long text states the times that its parts state, wherever they stand in it."""
    before, after = f"{filler * 40} ", f" {filler * 40}"
    assert days(before + stated + after) == days(before) + days(stated) + days(after)


@settings(deadline=None)  # the first one loads the names of months
@given(st.text() | st.text(st.sampled_from("0123456789.-/ abMai年月日'’–")))
def test_any_text_can_be_read(text: str) -> None:
    """Times lie in the text, in its order, and begin before they end."""
    last = 0
    for period in periods_in(text):
        assert last <= period.span[0] < period.span[1] <= len(text)
        assert period.first <= period.last
        last = period.span[1]


def test_nearness() -> None:
    """Published then counts 1, as does a day then in the text; a year that holds the month, the root of its share."""
    october = periods_in("Oktober 1998")
    assert nearness(october, article(published=date(1998, 10, 31)), "") == 1
    assert nearness(october, article(published=date(1998, 11, 1)), "") == 0
    assert nearness(october, article(published=None), "Am 13. Oktober 1998 tagte der Rat.") == 1
    assert nearness(october, article(published=None), "Der Rat tagte 1998 oft.") == pytest.approx((31 / 365) ** 0.5)
    assert nearness(october, article(published=None), "Der Rat tagte 1997 oft.") == 0
    # what happened on a day stands in the papers of the next
    assert nearness(periods_in("13.10.1998"), article(published=date(1998, 10, 14)), "") == 1
    assert nearness([Period(date(2010, 1, 1), date.max, (0, 1))], article(published=date(2020, 1, 1)), "") == 1

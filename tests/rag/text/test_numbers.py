"""Numbers in texts and questions: however one is written, its value counts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers import alternative_readings, scaled_value, value_of
from rag.text.words import fold, readings, term, word_spans, words

SCRIPTS = ["0", "٠", "۰", "०", "๐", "０"]


def in_script(written: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(sign)) if sign in "0123456789" else sign for sign in written)


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


@given(
    st.integers(1000, 10**15),
    st.sampled_from([".", ",", "'", "’", " ", "\u00a0", "\u2009", "\u202f", "٬"]),
    st.sampled_from(SCRIPTS),
    st.sampled_from(["de", "en", "ar", "ja"]),
)
def test_every_way_of_writing_a_number_is_one_word(number: int, mark: str, zero: str, language: str) -> None:
    """Grouped by any mark, in any digits, it is the word that the bare digits are, and its place is all of it."""
    as_written = in_script(grouped(number, mark), zero)
    text = f"Es waren {as_written} Euro."
    assert words(text) == ["es", "waren", str(number), "euro"]
    assert [text[start:end] for start, end, word in word_spans(text) if word == str(number)] == [as_written]
    assert term(as_written, language) == term(str(number), language) == str(number)
    assert fold(in_script(str(number), zero)) == str(number)


@given(st.integers(0, 10**9), st.integers(1, 9), st.sampled_from([".", ",", "٫"]), st.sampled_from(SCRIPTS))
def test_decimals_have_a_value(whole: int, tenths: int, mark: str, zero: str) -> None:
    """Point or comma, with zeros at the end or without, it is the same number."""
    for decimals in (f"{tenths}", f"{tenths}0", f"{tenths}00000"):
        assert value_of(in_script(f"{whole}{mark}{decimals}", zero)) == f"{whole}.{tenths}"
    assert value_of(in_script(f"{whole}{mark}00", zero)) == str(whole)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234,56 und 1,234.56", ["1234.56", "und", "1234.56"]),
        ("0,500 l", ["0.5", "l"]),
        ("12,34,567 रुपये", ["1234567", "रुपये"]),
        ("300.000-Euro-Frage", ["300000", "euro", "frage"]),
        ("(€300,000)", ["300000"]),
        ("300,000円と2020年", ["300000", "円と", "2020", "年"]),
        ("½ Liter, 2½ Stunden, ٣¾", ["0.5", "liter", "2.5", "stunden", "3.75"]),
        ("$1.5m or £ 3bn, US$12k and €2,5m", ["1500000", "or", "3000000000", "us", "12000", "and", "2500000"]),
        ("3m hoch", ["3m", "hoch"]),
        ("30만원", ["300000", "원"]),
        ("3억 5000만 원", ["350000000", "원"]),
        ("제2조", ["제2조"]),
        # these are several numbers, or none
        ("13.10.1998", ["13", "10", "1998"]),
        ("am 13.10. um 20.15 Uhr", ["am", "13", "10", "um", "20", "15", "uhr"]),
        ("10.1998", ["10", "1998"]),
        ("192.168.0.1", ["192", "168", "0", "1"]),
        ("1,2,3", ["1", "2", "3"]),
        ("1998,1999", ["1998", "1999"]),
        ("Tel. 030 123 456 78", ["tel", "030", "123", "456", "78"]),
        ("+49 171 234 567", ["49", "171", "234", "567"]),
        ("007", ["007"]),
        ("v1.2.3", ["v1", "2", "3"]),
    ],
)
def test_what_is_one_number(text: str, expected: list[str]) -> None:
    """Read by hand: marks between digits belong to the number unless it is a date, a time, an address or a list."""
    assert words(text) == expected


def test_numbers_that_may_be_meant_otherwise() -> None:
    """A comma begins decimals in German and a point in English; a space may part two numbers; thousands come first."""
    assert readings("3,500 Tonnen", "de") == [["3500", "tonnen"], ["3.5", "tonnen"]]
    assert readings("3,500 tons", "en") == [["3500", "tons"]]
    assert readings("3.500 tons", "en") == [["3500", "tons"], ["3.5", "tons"]]
    assert readings("300.000 tons", "en") == [["300000", "tons"]]
    assert readings("3.500 Tonnen", None) == [["3500", "tonnen"]]
    assert readings("Apollo 13 100 Menschen", "de") == [
        ["apollo", "13100", "menschen"],
        ["apollo", "13", "100", "menschen"],
    ]
    assert alternative_readings("20.15", None) == ("20", "15")


@pytest.mark.parametrize(
    "text",
    ["1.500.000 Euro", "1,5 Millionen Euro", "1.5 Million Euro", "1,5 Mio. Euro", "1500 Tausend Euro", "1,500,000 Euro",
     "0,0015 Milliarden Euro"],
)  # fmt: skip
def test_millions_are_numbers(text: str) -> None:
    """With the word behind it, a number has the value of its digits."""
    assert ["1500000", "euro"] in readings(text, "de")


def test_myriads_in_han() -> None:
    """30万円 is 300000円, whatever follows; the pairs of characters stay, by which it is found as it is written."""
    as_written, by_value = readings("30万円を払った", "ja")
    assert as_written[:3] == ["30", "万円", "円を"]
    assert by_value[:2] == ["300000", "円を"]
    assert readings("30万円", "ja")[1] == readings("300000円", "ja")[0]
    assert readings("1.5亿元", "zh")[1] == ["150000000", "元"]


def test_a_sum_is_found_without_its_sign_too() -> None:
    """A quote may begin behind the sign of the currency."""
    assert readings("1.5m", None)[0] in readings("$1.5m", None)
    assert readings("3bn", None)[0] in readings("£3bn", None)


def test_billions() -> None:
    """A German billion is a million millions, an English one a thousand."""
    assert scaled_value("2", "billion", "de") == scaled_value("2", "billionen", "de") == "2000000000000"
    assert scaled_value("2", "billion", "en") == scaled_value("2", "milliarden", "de") == "2000000000"
    assert scaled_value("zwei", "millionen", "de") is scaled_value("2", "euro", "de") is None


@given(st.text(st.sampled_from("0123456789.,'’ \u202f٠٣٫٬+-/:%")) | st.text())
def test_any_text_has_a_reading(text: str) -> None:
    """Nothing is an error, no word holds a space, and letters and digits outside of marks are in some word."""
    for reading in readings(text, "de") + readings(text, None):
        assert all(word.split() == [word] for word in reading)
    digits = [sign for sign in text if unicodedata.category(sign) == "Nd"]
    assert bool(digits) <= bool(words(text))

"""Dates in tables: every usual form is read; ambiguous ones are decided by the column or stay unknown."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from rag.loading.common.draft import Draft
from rag.loading.reader import TableColumns, articles_in, pieces
from rag.loading.tables.month_names import month_of
from rag.loading.tables.table import load_table
from rag.loading.tables.table_dates import DayReading, infer_day_reading, is_ambiguous, order_in_locale

DAY = date(1998, 10, 6)
TEXT = "Der Rat hat am Montag in {} lange über die neue Satzung beraten und sie dann doch beschlossen."
CERTAIN = """
1998-10-06 | 1998/10/06 | 1998.10.06 | 1998-10-6 | 19981006 | 1998-10-06T23:00:00-05:00 | 1998-10-06 10:00:00 UTC
Oct 6, 1998 | Oct. 6, 1998 | October 6, 1998 | October 6th, 1998 | October 6 1998 10:00AM | 6 October 1998
6th of October 1998 | 6. Oktober 1998 | 06.10.98 | 6.10.1998 um 14:30 Uhr | 06.10.1998, 20.15 Uhr | 6 octobre 1998
Dienstag, 6. Oktober 1998 | Tuesday, October 6, 1998 | mardi 6 octobre 1998 | le 6 octobre 1998 | Di, 06.10.1998
Tue Oct 06 10:00:00 +0000 1998 | Tue Oct  6 23:00:00 1998 | Tue Oct 06 1998 23:22:11 GMT-0500 (EST) | Tue Oct 6 1998
Tue, 06 Oct 1998 10:00:00 GMT | 6-Oct-98 | 06-Oct-1998 | 1998-Oct-06 | 98-10-06 | 907632000 | 907632000000
1998年10月6日 | 1998年10月6日 14:30 | 1998년 10월 6일 | 1998. 10. 6. | 1998. október 6. | 6 de octubre de 1998
6 października 1998 r. | 6 октября 1998 г. | 6 жовтня 1998 | 6. října 1998 | 6. lokakuuta 1998 | 6 Ekim 1998
٦ أكتوبر ١٩٩٨ | 6 Οκτωβρίου 1998 | Den 6 oktober 1998 | Oct. 6, 1998 at 2:30 p.m. EDT | 6 OCT 1998
"""
UNCERTAIN = """
06/10/1998 | 06-10-1998 | 6/10/98 | 04-10-06 | 1998 | 1998-10 | Oktober 1998 | 31/31/1998 | 30 February 1998 | gestern
36074 | 6 listopad 1998 | Nr. 6 1998 | 6/10 | 1/2/3/1998 | Mai 98 | 2022011412 | nan | 6 Xyz 1998 | 0000-00-00
"""


def forms(table: str) -> list[str]:
    return [form.strip() for line in table.strip().splitlines() for form in line.split("|")]


@pytest.mark.parametrize("form", forms(CERTAIN))
def test_forms_that_are_certain(form: str) -> None:
    """Each is the day that it names, in its own time zone, whatever the others in the column are."""
    assert {DayReading(order).day(form) for order in (None, "day first", "month first")} == {DAY}


@pytest.mark.parametrize("form", forms(UNCERTAIN))
def test_forms_that_are_not(form: str) -> None:
    """Ambiguous and incomplete dates yield no day."""
    assert DayReading().day(form) is None


LOCALES = forms(
    "de de_AT en en_GB fr es it nl pl pt ru cs hu tr fi sv da nb ro bg uk el hr ca et lv lt id".replace(" ", "|")
)


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from(LOCALES))
def test_dates_as_languages_write_them(day: date, locale: str) -> None:
    """A long date of the Common Locale Data Repository, with the weekday or without, is the day that it was made of."""
    reading = DayReading(None, locale.replace("_", "-"))
    spellings = [format_date(day, form, locale=locale) for form in ("full", "long")]
    assert {reading.day(words) for words in spellings} <= {day, None}
    assert reading.day(spellings[1]) == day


@given(st.dates(date(1971, 1, 1), date(2031, 12, 31)), st.sampled_from(["/", "-"]), st.booleans())
def test_numbers_by_their_order(day: date, mark: str, us: bool) -> None:
    """Once the column shows the order, a date in numbers is its day; without it, it is that day or unknown."""
    form = f"%m{mark}%d{mark}%Y" if us else f"%d{mark}%m{mark}%Y"
    words = day.strftime(form)
    proof = date(1999, 12, 31).strftime(form)
    assert infer_day_reading([proof, words], "").day(words) == day
    assert infer_day_reading([words], "").day(words) in (day, None)
    assert infer_day_reading([proof, words, "31/12/1999" if us else "12/31/1999"], "de").day(words) in (day, None)


def test_the_order_of_a_language() -> None:
    """By CLDR, the day comes first in French and British English, the month in American English; English has both."""
    orders = {"fr": "day first", "de-AT": "day first", "en-GB": "day first", "en-US": "month first", "ar": "day first"}
    assert {language: order_in_locale(language) for language in orders} == orders
    assert [order_in_locale(language) for language in ("en", "", "sv", "ja", "xx")] == [None] * 5
    assert order_in_locale("de-IO") == "day first"


def test_a_month_that_is_two() -> None:
    """Listopad is November in Polish and Czech, October in Croatian: only the language tells."""
    assert [month_of("listopad", language) for language in ("pl", "cs", "hr", "", "de")] == [11, 11, 10, None, None]


def table(dates: list[str], **extra_columns: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["title", "date", "text", *extra_columns])
    writer.writerows(
        [f"Titel {number}", day, TEXT.format(number), *extra_columns.values()] for number, day in enumerate(dates)
    )
    return out.getvalue().encode()


def days(raw: bytes) -> list[date | None]:
    return [draft.published for draft in load_table(io.BytesIO(raw), "csv") if isinstance(draft, Draft)]


def test_one_value_tells_the_column() -> None:
    """10/19/1998 in the last of 3,000 rows makes 10/06/1998 in the first one a day of October."""
    assert days(table(["10/06/1998"] * 3000 + ["10/19/1998"]))[0] == DAY
    assert days(table(["06/10/1998"] * 3000 + ["19/10/1998"]))[0] == DAY


def test_language_and_country_tell_what_the_column_does_not() -> None:
    """German texts have the day first; English ones do by a British address, the month by a stated en-US."""
    assert days(table(["06/10/1998"])) == [DAY]
    assert days(table(["06/10/1998"], language="en")) == [None]
    assert days(table(["06/10/1998"], language="en", url="https://www.bote.co.uk/a")) == [DAY]
    assert days(table(["10/06/1998"], language="en_US")) == [DAY]
    assert days(table(["10/06/1998", "10/19/1998"], language="de")) == [DAY, date(1998, 10, 19)]


def test_dates_that_are_not_read_are_counted(tmp_path: Path) -> None:
    """They are reported with the columns, and their rows are articles without a day."""
    path = tmp_path / "a.csv"
    path.write_bytes(table(["1998-10", "1998-10-06", "", "nan", "10/06/1998", "19/10/1998", "10/19/1998"]))
    contents = [content for piece in pieces(path, "0") for content in articles_in(piece)]
    unread = [day for content in contents if isinstance(content, TableColumns) for day in content.unread_days]
    assert unread == ["1998-10", "10/06/1998"]
    assert sum(not isinstance(content, TableColumns) for content in contents) == 7


@given(st.lists(st.text(max_size=40) | st.from_regex(r"\d{1,4}[-/. ]\d{1,4}[-/. ]\d{1,4}", fullmatch=True), max_size=5))
def test_any_words(values: list[str]) -> None:
    """Any value of a column is a day or none."""
    is_ambiguous(values)
    for value in values:
        day = infer_day_reading(values, "de").day(value)
        assert day is None or isinstance(day, date)

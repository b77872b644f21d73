"""Tables become articles: columns are detected by name or length, and a bad row affects no other."""

from __future__ import annotations

import csv
import io
import json
from calendar import timegm
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from rag.errors import ConfigError, LoadError
from rag.loading.common.dates import certain_day
from rag.loading.common.draft import Draft, Flaw
from rag.loading.tables.columns import guess_columns, parse_columns
from rag.loading.tables.csv_reader import csv_rows
from rag.loading.tables.line_reader import MAX_LINE
from rag.loading.tables.table import load_table, open_table

LONG = "Die Brücke bleibt gesperrt, sagte sie; niemand weiß, wie lange. " * 5
# the writer of the standard library puts no quotation marks around a lonely carriage return
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=40)
LETTERS = st.text(st.characters(categories=["L"]), min_size=1)


def read_rows(raw: str | bytes, kind: str, columns: Mapping[str, str] | None = None) -> list[Draft | Flaw]:
    return list(load_table(io.BytesIO(raw.encode() if isinstance(raw, str) else raw), kind, columns))


def drafts(raw: str | bytes, kind: str, columns: Mapping[str, str] | None = None) -> list[Draft]:
    contents = read_rows(raw, kind, columns)
    assert not [flaw for flaw in contents if isinstance(flaw, Flaw)]
    return [draft for draft in contents if isinstance(draft, Draft)]


def as_csv(rows: Sequence[Sequence[str]], **dialect: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def test_all_columns_of_a_table() -> None:
    """Every field is taken from the column that is named like it, and its origin says from which."""
    row = {
        "ID": 17,
        "Schlag-Zeile": "A &amp; B",
        "Volltext": "Eins.\n\nZwei.",
        "Zeitung": "Flussbote",
        "Autor": ["Anna Beck", "Carl Dorn"],
        "Erscheinungs_Datum": "14.01.2022",
        "Link": "https://x.example/?a=1&amp=2",
        "Sprache": "de-AT",
    }
    (draft,) = drafts(json.dumps([row]), "json")
    assert (draft.name, draft.title, draft.text.strip()) == ("17", "A & B", "Eins.\n\nZwei.")
    assert (draft.source, draft.author) == ("Flussbote", "Anna Beck, Carl Dorn")
    assert (draft.published, draft.url) == (date(2022, 1, 14), "https://x.example/?a=1&amp=2")
    assert draft.language == "de-AT"
    assert draft.origins == {
        "title": "column Schlag-Zeile",
        "source": "column Zeitung",
        "author": "column Autor",
        "published": "column Erscheinungs_Datum",
        "url": "column Link",
        "language": "column Sprache",
    }


def test_columns_in_objects_in_objects() -> None:
    """Objects in a row are columns with dotted names; those nested next to the text belong to it, others do not."""
    hit = {
        "_id": "a7",
        "_source": {
            "headline": {"rendered": "Titel"},
            "body": LONG,
            "author": {"name": "Anna", "url": "https://x.example/anna"},
            "authors": [{"name": "Bea"}],
        },
        "image": {"url": "https://x.example/bild.png"},
    }
    document = {"took": 3, "hits": {"total": 1, "hits": [hit]}}
    (draft,) = drafts(json.dumps(document), "json")
    assert (draft.name, draft.title, draft.author, draft.url) == ("a7", "Titel", "Anna", None)
    assert draft.text.strip() == LONG.strip()


def test_the_text_is_told_by_its_length_where_no_name_tells_it() -> None:
    """A column with by far the longest texts is the text column; of two that are equally long, neither is."""
    rows = [{"a": "kurz", "b": LONG, "c": "auch kurz"}] * 3
    assert guess_columns(["a", "b", "c"], rows) == {"text": "b"}
    assert guess_columns(["a", "b", "c"], [{**rows[0], "c": LONG}]) == {}
    assert guess_columns(["a", "b"], [{"a": "kurz", "b": "auch kurz"}]) == {}


def test_a_teaser_is_no_text() -> None:
    """Of two columns named like a text the one with the full text is taken, in any order."""
    rows = [{"text": "Kurz und gut.", "volltext": LONG}]
    assert guess_columns(["text", "volltext"], rows)["text"] == "volltext"
    assert guess_columns(["volltext", "text"], rows)["text"] == "volltext"


def test_an_empty_column_gives_way() -> None:
    """Of two columns for one field the one that is filled is taken."""
    rows = [{"date": "", "published": "2022-01-14", "text": LONG}]
    assert guess_columns(["date", "published", "text"], rows)["published"] == "published"


@given(
    st.permutations(["text", "title", "source", "author", "published", "url", "language", "id"]),
    st.sampled_from([str.upper, str.title, lambda name: f" {name}_", "-".join, "̈".join]),
)
def test_names_are_compared_by_their_letters(names: list[str], respell: object) -> None:
    """Case, spaces, dashes, accents and the order of the columns make no difference."""
    spelled = {name: respell(name) for name in names}  # type: ignore[operator]
    assert guess_columns([*spelled.values(), "image.url", "note"], [{}]) == spelled


def test_given_columns_beat_the_guess() -> None:
    """What a person names is taken, in any spelling; the rest is guessed."""
    raw = as_csv([["text", "Lead", "title"], ["lang", "Vorspann", "T"]])
    (draft,) = drafts(raw, "csv", {"text": "lead", "title": "text"})
    assert (draft.text.strip(), draft.title) == ("Vorspann", "lang")
    with pytest.raises(LoadError, match="It has no column leed; its columns are text, Lead, title: correct --columns"):
        read_rows(raw, "csv", {"text": "leed"})


def test_a_table_without_a_text() -> None:
    """The error names the columns that there are."""
    with pytest.raises(LoadError, match="No column contains the article's text; the columns are a, b, c: name it with"):
        read_rows("a,b,c\n1,2,3\n", "csv")


def test_columns_as_a_person_writes_them() -> None:
    """text=body,title=headline are two columns; what is not written so is refused with how to write it."""
    assert parse_columns("text=body, Title = headline") == {"text": "body", "title": "headline"}
    for wrong in ("body", "text=", "texts=body", ""):
        with pytest.raises(ConfigError, match="write them as text=body,title=headline"):
            parse_columns(wrong)


@given(
    st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_as_csv_is_read(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, end: str
) -> None:
    """Any table that the standard library writes is read back unchanged."""
    raw = as_csv([("id", "title", "text"), *rows], delimiter=delimiter, quoting=quoting, lineterminator=end)
    # rows of white space hold nothing
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    raw_rows = list(csv_rows(io.BytesIO(raw.encode())))
    assert [tuple(row[1].values()) for row in raw_rows if not isinstance(row, Flaw)] == expected
    assert len(raw_rows) == len(expected)


@st.composite
def _objects(draw: DrawFn) -> list[dict[str, object]]:
    value = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
    extra = st.dictionaries(st.text().map(lambda name: f"x{name}"), value, max_size=3)
    return [{**draw(extra), "text": text} for text in draw(st.lists(LETTERS, min_size=1, max_size=5))]


@given(_objects())
def test_what_was_written_as_json_is_read(objects: list[dict[str, object]]) -> None:
    """The text of each object is read back unchanged from lines and from a list, whatever its other members."""
    nothing = ("nan", "none", "null", "nat", "undefined")
    texts = [str(row["text"]).strip() for row in objects if str(row["text"]).strip().lower() not in nothing]
    lines = read_rows("\n".join(map(json.dumps, objects)), "jsonl", {"text": "text"})
    entries = read_rows(json.dumps(objects), "json", {"text": "text"})
    for contents in (lines, entries):
        assert [draft.text.strip() for draft in contents if isinstance(draft, Draft)] == texts


def test_one_bad_line() -> None:
    """A line that is not JSON is a flaw with its line number; the others are articles."""
    good = json.dumps({"text": "Ein Satz."})
    first, flaw, last = read_rows(f"{good}\n\n{{'text': 1}}\n{good}\n", "jsonl")
    assert isinstance(first, Draft) and isinstance(last, Draft)
    assert flaw == Flaw(
        "line 3",
        "Line 3 is not valid JSON (Expecting property name enclosed in double quotes at character 2): "
        "fix or delete it.",
    )
    assert (first.name, last.name) == ("line 1", "line 4")


@pytest.mark.parametrize(
    ("value", "text"),
    [("NaN", None), ("1e999", "1e999"), ("9" * 5000, "9" * 5000), ('"\\ud800a"', "\ud800a"), ('["a","b"]', "a\n\nb")],
)
def test_values_that_are_odd(value: str, text: str | None) -> None:
    """Numbers of any size keep their digits; values that mean nothing are no text."""
    first, second = read_rows(f'{{"text": "x"}}\n{{"text": {value}}}\n', "jsonl")
    assert isinstance(first, Draft)
    assert second.text.strip() == text if isinstance(second, Draft) else text is None


def test_nesting_without_end() -> None:
    """A hundred thousand brackets are one flaw in a line, and one error in a list."""
    deep = '{"text": ' + "[" * 100_000
    assert [type(content) for content in read_rows(f'{{"text": "x"}}\n{deep}\n', "jsonl")] == [Draft, Flaw]
    with pytest.raises(LoadError, match="not valid JSON"):
        read_rows(deep, "json")


@pytest.mark.parametrize(
    "row",
    ['3,"He said "so", she said', '3,"never closed', "3,too,many,cells", "3", '3,"closed",by', '"3'],
)
def test_one_bad_row(row: str) -> None:
    """A row with a stray quotation mark or with other cells is a flaw that names its line; none below it is lost."""
    good = [["id", "text"], *([str(number), f"Satz {number}, und mehr."] for number in range(20))]
    lines = as_csv(good, lineterminator="\n").splitlines(keepends=True)
    contents = read_rows("".join([*lines[:9], f"{row}\n", *lines[9:]]), "csv")
    flaws = [flaw for flaw in contents if isinstance(flaw, Flaw)]
    assert [flaw.name for flaw in flaws] == ["line 10"]
    assert flaws[0].reason.endswith(("fix or delete it.", "fix or delete them."))
    names = [draft.name for draft in contents if isinstance(draft, Draft)]
    assert names == [str(number) for number in range(20)]


def test_quotation_marks_that_belong_to_the_text() -> None:
    """In a table parted by tabs and without quoting, a quotation mark at the beginning of a text stays in it."""
    first, second = drafts('id\ttext\n1\t"So", sagte sie.\n2\t"Nie!\n', "tsv")
    assert (first.text.strip(), second.text.strip()) == ('"So", sagte sie.', '"Nie!')


def test_escaped_by_a_stroke() -> None:
    """Tables in which a quotation mark is escaped by a backslash, as databases write them, are read."""
    raw = as_csv([["id", "text"], ["1", 'Er sagte "so", und ging.'], ["2", "x"]], escapechar="\\", doublequote=False)
    assert [draft.text.strip() for draft in drafts(raw, "csv")] == ['Er sagte "so", und ging.', "x"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    """Rows and lines come out right from every encoding that German tables were saved in."""
    table = as_csv([["id", "text"], ["1", LONG], ["2", LONG]])
    lines = f"{json.dumps({'text': LONG}, ensure_ascii=False)}\n" * 2
    for kind, raw in (("csv", table), ("jsonl", lines)):
        assert [draft.text.strip() for draft in drafts(raw.encode(encoding), kind)] == [LONG.strip()] * 2


def test_a_table_without_names() -> None:
    """If the first row contains a text, it is an article too, and the columns are numbered."""
    table = open_table(io.BytesIO(as_csv([["Web", LONG], ["Sport", f"{LONG}2"]]).encode()), "csv")
    assert (table.names, table.columns) == (("column 1", "column 2"), {"text": "column 2"})
    assert len(list(table.rows)) == 2


def test_ids_that_are_not_unique() -> None:
    """A row is named by its id; one whose id a row above has, or that could be taken for a place, by its place."""
    rows = [{"id": row_id, "text": "Satz."} for row_id in ("a", "a", "", "line 1", "b", "\x1b[31m\ud800", "x" * 300)]
    names = [draft.name for draft in drafts("\n".join(map(json.dumps, rows)), "jsonl")]
    assert names == ["a", "line 2", "line 3", "line 4", "b", "\ufffd[31m\ufffd", "line 7"]


def test_a_text_that_is_html() -> None:
    """Tags separate paragraphs and are not text; a lonely < is text, a script is not."""
    html = "<p>Eins <b>zw</b>ei &amp; drei.</p><script>x</script><ul><li>vier<li>fünf<br>sechs</ul>"
    rows = [{"text": html}, {"text": "3 < 4 & <b> ist ein Zeichen"}, {"text": "<div>" * 100_000 + "tief</div> oben"}]
    texts = [draft.text.strip() for draft in drafts(json.dumps(rows), "json")]
    assert texts == ["Eins zwei & drei.\n\nvier\n\nfünf\nsechs", "3 < 4 & <b> ist ein Zeichen", "tief\n\noben"]


def test_a_text_that_is_a_page() -> None:
    """A whole page is read as one that was saved, and the row knows better what it says of itself."""
    page = f"<!doctype html><html><head><title>Der Titel</title></head><body><article><p>{LONG}</p></article>"
    rows = [{"html": page, "url": "https://x.example/1"}, {"html": page, "title": "Ein anderer"}]
    first, second = drafts(json.dumps(rows), "json")
    assert (first.title, first.url, first.text.strip()) == ("Der Titel", "https://x.example/1", LONG.strip())
    assert (second.title, second.origins["title"]) == ("Ein anderer", "column title")


def test_a_table_larger_than_memory_may_be() -> None:
    """Rows are read one at a time: the first comes before the second is asked for."""
    row = json.dumps({"text": LONG}).encode() + b"\n"

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            buffer[: len(row)] = row
            return len(row)

    rows = load_table(io.BufferedReader(Endless(), len(row)), "jsonl")
    assert all(isinstance(next(rows), Draft) for _ in range(5000))


def test_a_line_that_is_too_long() -> None:
    """A line of more than 20 MB is a flaw, and the next one an article."""
    raw = b'{"text": "a"}\n' + b"x" * (MAX_LINE + 1) + b'\n{"text": "b"}\n'
    first, flaw, last = read_rows(raw, "jsonl")
    assert isinstance(first, Draft) and isinstance(last, Draft)
    assert flaw == Flaw("line 2", "Line 2 cannot be read (it has more than 20 MB): fix or delete it.")


@given(st.datetimes(datetime(1980, 1, 1), datetime(2033, 1, 1), timezones=st.just(UTC)))
def test_days_as_programs_write_them(moment: datetime) -> None:
    """ISO 8601, German, mail and numbers since 1970 are read as the day that the standard library wrote."""
    written_so = (
        moment.isoformat(),
        moment.strftime("%Y%m%d%H%M%S"),
        moment.strftime("%Y%m%d"),
        f"{moment.day}. {moment.month}. {moment.year}, 12:00 Uhr",
        format_datetime(moment),
    )
    assert {certain_day(words) for words in written_so} == {moment.date()}
    seconds = timegm(moment.timetuple())
    for number in (f"{seconds}", f"{seconds}.5", f"{seconds}000"):
        assert certain_day(number) in (moment.date(), None)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("1642118400", date(2022, 1, 14)),
        ("1642118400000", date(2022, 1, 14)),
        ("2022-01-14T23:30:00-05:00", date(2022, 1, 14)),
        ("Fri, 14 Jan 2022 00:30:00 +0100", date(2022, 1, 14)),
        *(
            (words, None)
            for words in ("03/04/2022", "2022", "2022-01", "2022-02-30", "2022011412", "14 Jan", "0", "17")
        ),
        *((words, None) for words in ("99999999999", "gestern", "", "Fri, 99 Foo 2022 00:00:00 +0100", "2022-01-145")),
    ],
)
def test_only_certain_days(words: str, day: date | None) -> None:
    """A day keeps its own time zone; what may be two days, or none, stays unknown."""
    assert certain_day(words) == day

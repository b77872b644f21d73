"""The rows of spreadsheets are read as those of other tables."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import odfdo
import pytest
from openpyxl import Workbook

from rag.errors import LoadError
from rag.loading.common.draft import Remark
from rag.loading.reader import TableColumns, articles_in, pieces
from rag.types import Article

SENTENCES = (
    "Der Rat von Altmoor hat am Montag den Bau der neuen Schleuse beschlossen.",
    "Das Bad bleibt bis zum Herbst zu, weil die Heizung nicht mehr zu retten ist.",
)
Rows = list[list[object]]


def book(**sheets: Rows) -> bytes:
    """A workbook with these sheets, written by openpyxl."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                sheet.cell(at, column, cell)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def read_articles(path: Path) -> list[Article | TableColumns | Remark]:
    return [article for piece in pieces(path, "") for article in articles_in(piece)]  # type: ignore[misc]


def test_rows(tmp_path: Path) -> None:
    """Each row below the header is an article, with the day of a date cell; titles above the header are not rows."""
    path = tmp_path / "export.xlsx"
    rows: Rows = [
        ["Export vom Archiv"],
        [],
        ["id", "title", "text", "date", "pages"],
        [7, "Die Schleuse", SENTENCES[0], date(1998, 10, 6), 3.0],
        [],
        ["b", "Das Bad", SENTENCES[1], datetime(2001, 5, 4, 13, 30), None],
    ]
    path.write_bytes(book(Artikel=rows))
    columns, *articles = read_articles(path)
    assert isinstance(columns, TableColumns)
    assert columns.columns["text"] == "text"
    contents = [(a.path, a.title, a.text, a.published) for a in articles if isinstance(a, Article)]
    assert contents == [
        (f"{path}#7", "Die Schleuse", SENTENCES[0], date(1998, 10, 6)),
        (f"{path}#b", "Das Bad", SENTENCES[1], date(2001, 5, 4)),
    ]


def test_rows_without_ids_are_called_by_their_line(tmp_path: Path) -> None:
    """The number in the name is that of the row in the sheet."""
    path = tmp_path / "export.xlsx"
    path.write_bytes(book(a=[["headline", "body"], ["eins", SENTENCES[0]], [], ["zwei", SENTENCES[1]]]))
    contents = [article.path for article in read_articles(path) if isinstance(article, Article)]
    assert contents == [f"{path}#line 2", f"{path}#line 4"]


def test_several_sheets(tmp_path: Path) -> None:
    """Each sheet is a table of its own; one without texts is named, and one that is empty is nothing."""
    path = tmp_path / "export.xlsx"
    texts = {name: [["id", "text"], [name, sentence]] for name, sentence in zip("ab", SENTENCES, strict=True)}
    path.write_bytes(book(**texts, zahlen=[["jahr", "summe"], [1998, 12], [1999, 13]], leer=[]))
    contents = read_articles(path)
    assert [article.path for article in contents if isinstance(article, Article)] == [f"{path}/a#a", f"{path}/b#b"]
    (remark,) = [article for article in contents if isinstance(article, Remark)]
    assert remark.text.startswith("The sheet zahlen was not read. ")


def test_ods(tmp_path: Path) -> None:
    """OpenDocument's sheets are read, too."""
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    table = odfdo.Table("t")
    for cells in (("id", "text"), ("x", SENTENCES[0])):
        row = odfdo.Row()
        row.set_values(list(cells))
        table.append(row)
    document.body.append(table)
    path = tmp_path / "t.ods"
    document.save(path)
    assert [article.path for article in read_articles(path) if isinstance(article, Article)] == [f"{path}#x"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"PK\x03\x04 no zip at all", "not a spreadsheet, or damaged"),
        (b"\xd0\xcf\x11\xe0 no sheet", "not a spreadsheet, or damaged"),
        (book(a=[["jahr"], [1998]]), "column"),
        (book(a=[]), "spreadsheet without rows"),
    ],
)
def test_what_is_none(tmp_path: Path, raw: bytes, reason: str) -> None:
    """A file that is not a spreadsheet, or has no texts, is refused in one sentence."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(raw)
    with pytest.raises(LoadError, match=reason):
        read_articles(path)

"""Spreadsheets (.xlsx, .xls, .ods): each sheet is a table."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from rag.errors import LoadError
from rag.loading.common.safe_names import UniqueNames
from rag.loading.tables.columns import MIN_TEXT_LENGTH

_LOOKED_AT = 20


def sheets(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each sheet with rows, and its rows as lines of JSON; line 5 is the fifth row.

    The names of the columns stand in the first row that has at least half as many cells as the widest near it; what
    stands above it is no row. Where that row holds a text, the columns are called column 1, column 2 …

    Raises:
        LoadError: it is no spreadsheet, damaged or encrypted.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(_written(cell) for row in rows for cell in row):
                yield name, _as_lines(rows)
    except PasswordError as error:
        raise LoadError("It is encrypted: save a copy without password.") from error
    except CalamineError as error:
        raise LoadError("It is no spreadsheet, or damaged: open it and save it again as .xlsx or CSV.") from error


def _as_lines(rows: Sequence[Sequence[Any]]) -> bytes:
    written = [[_written(cell) for cell in row] for row in rows]
    counts = [sum(map(bool, row)) for row in written]
    first = next(at for at, count in enumerate(counts) if count)
    widest = max(counts[first : first + _LOOKED_AT])
    head = next(at for at, count in enumerate(counts) if count and count * 2 >= widest)
    given = UniqueNames()
    if any(len(cell) >= MIN_TEXT_LENGTH for cell in written[head]):
        names, head = [f"column {number}" for number in range(1, len(written[head]) + 1)], head - 1
    else:
        names = [given.unique(cell or f"column {number}") for number, cell in enumerate(written[head], 1)]
    lines = [
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) if at > head and any(row) else ""
        for at, row in enumerate(written)
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _written(cell: Any) -> str:
    """A cell as a person would write it; a date in ISO 8601."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

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

_MAX_HEADER_ROWS = 20
"""The header is compared with the widest of at most this many rows."""


def sheets(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each sheet with rows, and its rows as JSON Lines; line 5 is the fifth row.

    The header is the first row with at least half as many cells as the widest row near it; rows above it are skipped.
    If that row contains a text, there is no header, and the columns are named column 1, column 2 …

    Raises:
        LoadError: it is not a spreadsheet, is damaged or encrypted.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(_cell_text(cell) for row in rows for cell in row):
                yield name, _as_lines(rows)
    except PasswordError as error:
        raise LoadError("It is encrypted: save a copy without password.") from error
    except CalamineError as error:
        raise LoadError("It is not a spreadsheet, or damaged: open it and save it again as .xlsx or CSV.") from error


def _as_lines(rows: Sequence[Sequence[Any]]) -> bytes:
    texts = [[_cell_text(cell) for cell in row] for row in rows]
    counts = [sum(map(bool, row)) for row in texts]
    first_row = next(at for at, count in enumerate(counts) if count)
    widest = max(counts[first_row : first_row + _MAX_HEADER_ROWS])
    header_row = next(at for at, count in enumerate(counts) if count and count * 2 >= widest)
    unique_names = UniqueNames()
    if any(len(cell) >= MIN_TEXT_LENGTH for cell in texts[header_row]):
        names, header_row = [f"column {number}" for number in range(1, len(texts[header_row]) + 1)], header_row - 1
    else:
        names = [unique_names.unique(cell or f"column {number}") for number, cell in enumerate(texts[header_row], 1)]
    lines = [
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) if at > header_row and any(row) else ""
        for at, row in enumerate(texts)
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _cell_text(cell: Any) -> str:
    """A cell as text; a date in ISO 8601."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

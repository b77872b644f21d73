"""Rows → JSON lines, CSV, Parquet, in constant memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from rag.errors import FundstelleError
from rag.exporting.tables import Kind, Row
from rag.text.spreadsheet import cell

if TYPE_CHECKING:
    import pyarrow as pa

# an article may have a megabyte of text
_BATCH_ROWS = 256


def write_jsonl(file: IO[bytes], rows: Iterable[Row]) -> None:
    """Write each row as a line of JSON; days and times are in ISO form, a vector is a list of numbers."""
    for row in rows:
        file.write((json.dumps(row, ensure_ascii=False, default=_plain) + "\n").encode())


def write_csv(file: IO[bytes], columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Write rows for spreadsheet programs: UTF-8 with a byte order mark, lists as JSON, nothing that is a formula.

    A text that begins like a formula gets an apostrophe in front: the other formats are verbatim.
    """
    writer = csv.writer(_Encoded(file))
    file.write(b"\xef\xbb\xbf")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row[name]) for name in columns])


def write_parquet(
    file: IO[bytes], columns: Mapping[str, Kind], rows: Iterable[Row], metadata: Mapping[str, str]
) -> None:
    """Write rows as Parquet; vectors are lists of float32.

    Args:
        metadata: stored with the columns, each name after `fundstelle.`.

    Raises:
        FundstelleError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise FundstelleError("Parquet needs pyarrow: pip install 'fundstelle[export]'.") from error
    schema = pa.schema(
        [(name, _arrow_type(kind)) for name, kind in columns.items()],
        metadata={f"fundstelle.{name}": value for name, value in metadata.items()},
    )
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist([_with_float32(row) for row in batch], schema=schema))


def _arrow_type(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    types: Mapping[Kind, pa.DataType] = {
        "text": pa.string(),
        "number": pa.int32(),
        "day": pa.date32(),
        "time": pa.timestamp("s", tz="UTC"),
        "numbers": pa.list_(pa.int32()),
        "asides": pa.list_(pa.struct({"start": pa.int32(), "end": pa.int32(), "kind": pa.string()})),
        "vector": pa.list_(pa.float32()),
    }
    return types[kind]


def _with_float32(row: Row) -> dict[str, Any]:
    return {name: value.astype(np.float32) if isinstance(value, np.ndarray) else value for name, value in row.items()}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH_ROWS)):
        yield batch


class _Encoded:
    """A file of bytes, to which text is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _csv_cell(value: Any) -> object:
    if isinstance(value, list | np.ndarray):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return cell(value.isoformat() if isinstance(value, date) else value)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    # the shortest number that is the same float16
    return [float(str(number)) for number in value] if isinstance(value, np.ndarray) else value.isoformat()

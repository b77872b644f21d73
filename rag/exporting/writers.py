"""Rows → JSON lines, CSV, Parquet, in constant memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import FundstelleError
from rag.exporting.tables import Kind, Row
from rag.text.spreadsheet import cell

if TYPE_CHECKING:
    import pyarrow as pa

# an article may have a megabyte of text
_BATCH_ROWS = 256


def jsonl_parts(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield each row as a line of JSON; days and times are in ISO form, a vector is a list of numbers."""
    for row in rows:
        yield (json.dumps(row, ensure_ascii=False, default=_plain) + "\n").encode()


def csv_parts(columns: Iterable[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield lines for spreadsheet programs: UTF-8 with a byte order mark, lists as JSON, nothing that is a formula.

    A text that begins like a formula gets an apostrophe in front: the other formats are verbatim.
    """
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    names = tuple(columns)
    for cells in chain([names], ([_csv_cell(row[name]) for name in names] for row in rows)):
        writer.writerow(cells)
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def parquet_parts(columns: Mapping[str, Kind], rows: Iterable[Row], metadata: Mapping[str, str]) -> Iterator[bytes]:
    """Yield the parts of a Parquet file; vectors are lists of float32.

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
    parts = _Parts()
    with pq.ParquetWriter(parts, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist([_with_float32(row) for row in batch], schema=schema))
            yield parts.take()
    yield parts.take()


class _Parts(io.RawIOBase):
    """A file that gives away what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._written += content
        self._position += len(content)
        return len(content)

    def tell(self) -> int:
        return self._position

    def take(self) -> bytes:
        """Return what was written since the last time."""
        content = bytes(self._written)
        self._written.clear()
        return content


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


def _csv_cell(value: Any) -> object:
    if isinstance(value, list | np.ndarray):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return cell(value.isoformat() if isinstance(value, date) else value)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    # the shortest number that is the same float16
    return [float(str(number)) for number in value] if isinstance(value, np.ndarray) else value.isoformat()

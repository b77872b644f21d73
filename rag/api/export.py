"""The route that exports articles, passages or vectors."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from rag.access.audit import note
from rag.api.articles import query_of
from rag.archive import Archive
from rag.errors import FundstelleError
from rag.exporting.export import TableFormat, table_parts
from rag.schemas.requests import ExportRequest

_log = logging.getLogger(__name__)

_TYPES: dict[TableFormat, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
_REPLIES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The export. It is whole if the connection ends as HTTP says; else the server's log says why.",
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for media in _TYPES.values()
        },
    }
}
_CHUNK_BYTES = 64_000


def add_export_route(router: APIRouter, archive: Archive) -> None:
    """Add the route /export."""

    @router.get("/export", tags=["articles"], response_class=StreamingResponse, responses=_REPLIES)
    def export(request: Request, parameters: Annotated[ExportRequest, Query()]) -> Response:
        """Return articles, passages or vectors as JSON lines, CSV or Parquet; the reply is made while it is sent."""
        note(request, what=f"{parameters.what} as {parameters.format}")
        chunks = _chunks(table_parts(archive, parameters.format, parameters.what, query_of(parameters)))
        # what fails at the beginning has a status of its own
        first = next(chunks, b"")
        return StreamingResponse(chain([first], chunks), media_type=_TYPES[parameters.format])


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Join small parts, since each of what is sent takes a turn of a thread.

    An error breaks off what was begun, so the log says why.
    """
    chunk = bytearray()
    try:
        for part in parts:
            chunk += part
            if len(chunk) >= _CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
    except FundstelleError as error:
        _log.warning("An export was not completed: %s", error)
        raise
    if chunk:
        yield bytes(chunk)

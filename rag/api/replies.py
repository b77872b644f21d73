"""Replies of JSON; a client that has one already gets 304 in its place."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import Request
from starlette.responses import Response

from rag import __version__
from rag.archive import Archive
from rag.schemas.base import Schema

JSON = "application/json"
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing changed since the reply with this ETag."}}
"""What the description says of routes that answer 304."""


def json_reply(model: Schema, *, exclude: set[str] | None = None, status: int = 200) -> Response:
    """Return a model as a reply."""
    return Response(_body(model, exclude), status, media_type=JSON)


def cacheable_reply(model: Schema, request: Request) -> Response:
    """Return a model as a reply with an ETag of what it says, or 304 if the client has that."""
    body = _body(model)
    tag = etag(hashlib.sha256(body.encode()).hexdigest()[:24])
    return not_modified(request, tag) or Response(body, media_type=JSON, headers=_headers(tag))


def revision_tag(archive: Archive) -> str:
    """Return the ETag of all that follows from the contents of an archive alone, and from this version."""
    return etag(f"{archive.id[:12]}-{archive._store.changes.state}")


def etag(text: str) -> str:
    """Return an ETag: a weak one, since a reply may be compressed on its way."""
    return f'W/"{__version__}-{text}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """Return the reply to a client that has what an ETag names; None if it has not."""
    held_tags = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=_headers(tag)) if held_tags & {tag, "*"} else None


def tagged_reply(model: Schema, tag: str) -> Response:
    """Return a model as a reply with an ETag."""
    return Response(_body(model), media_type=JSON, headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    # who keeps the reply, and asks with its tag, does so on purpose: no browser and no proxy stores it
    return {"ETag": tag, "Cache-Control": "private, no-store"}


def _body(model: Schema, exclude: set[str] | None = None) -> str:
    return model.model_dump_json(by_alias=True, exclude_unset=True, exclude=exclude)

"""Cursors: where a list goes on, for the same query and the same contents of the archive alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from starlette.exceptions import HTTPException


@dataclass(frozen=True, slots=True)
class CursorScope:
    """What a cursor is good for: a query, and the contents that an archive has.

    Attributes:
        query: all parameters but the cursor, as text.
        state: names the contents.
    """

    query: str
    state: str

    def cursor(self, page: int) -> str:
        """Return the cursor of a page."""
        text = json.dumps([page, self._query_digest, self.state])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def page(self, cursor: str | None) -> int:
        """Return the page that a cursor leads to, from 1; the first one without a cursor.

        Raises:
            HTTPException: it is not a cursor (422), belongs to another query (422), or the archive has changed (410).
        """
        if cursor is None:
            return 1
        try:
            page, digest, state = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (ValueError, TypeError, binascii.Error, RecursionError):
            page, digest, state = None, "", ""
        if not isinstance(page, int) or not 1 <= page < 2**31:
            raise HTTPException(422, "This is no cursor: take it from `next` of the page before.")
        if digest != self._query_digest:
            raise HTTPException(422, "This cursor belongs to another query: repeat its parameters, or begin anew.")
        if state != self.state:
            raise HTTPException(410, "The archive has changed since the page before: begin anew without a cursor.")
        return page

    @property
    def _query_digest(self) -> str:
        return hashlib.sha256(self.query.encode()).hexdigest()[:16]

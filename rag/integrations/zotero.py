"""Quotations → items in Zotero, through the server by which it takes in what a browser saves.

The request is that of the Zotero Connector, version 3: `POST /connector/saveItems` with `sessionID`, `uri` and `items`,
which Zotero answers with 201.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import httpx

from rag.citing.formats import evidence
from rag.citing.names import AuthorName
from rag.citing.reference import Language, Reference, reference_of
from rag.errors import FundstelleError
from rag.types.quotation import Quotation

PORT = 23119
"""Where Zotero listens, unless its hidden setting `httpServer.port` says otherwise."""
_VERSION = {"X-Zotero-Connector-API-Version": "3"}
_CREATED = 201
_TIMEOUT = 30.0
_ITEM_TYPES = {"article-newspaper": "newspaperArticle", "webpage": "webpage", "document": "document"}


def zotero_items(quotations: Iterable[Quotation], language: Language, accessed: date) -> list[dict[str, Any]]:
    """Return an item for each source, with its quotations as notes, in the order of the first ones.

    Args:
        language: that of words that are added, such as “characters”.
        accessed: the day of access to pages.
    """
    notes: dict[Reference, list[dict[str, str]]] = {}
    for quotation in quotations:
        source = replace(reference_of(quotation, language, accessed), page=None)
        notes.setdefault(source, []).append({"note": _note(quotation, language)})
    return [{**_item(source), "notes": quotes} for source, quotes in notes.items()]


def push(items: list[dict[str, Any]], port: int = PORT) -> None:
    """Save items in the collection that is chosen in Zotero, which runs on this computer.

    Raises:
        FundstelleError: Zotero does not run, or does not take the items.
    """
    uri = next((item["url"] for item in items if "url" in item), "http://localhost/")
    body = {"sessionID": secrets.token_hex(8), "uri": uri, "items": items}
    try:
        # never through a proxy: Zotero listens on this computer alone
        with httpx.Client(trust_env=False, timeout=_TIMEOUT) as client:
            response = client.post(f"http://127.0.0.1:{port}/connector/saveItems", json=body, headers=_VERSION)
    except httpx.HTTPError as error:
        raise FundstelleError(
            f"Zotero does not answer on port {port}: start it, or export the dossier as .ris and import that file."
        ) from error
    if response.status_code != _CREATED:
        read_only = "libraryEditable" in response.text
        reason = "the chosen library is read-only: choose another in Zotero" if read_only else "update Zotero"
        raise FundstelleError(f"Zotero did not take the quotations ({response.status_code}); {reason}.")


def _item(source: Reference) -> dict[str, Any]:
    outlet = "websiteTitle" if source.kind == "webpage" else "publicationTitle"
    fields = {
        "itemType": _ITEM_TYPES[source.kind],
        "title": source.title,
        "creators": [_creator(name) for name in source.authors],
        outlet: source.outlet,
        "date": source.issued.isoformat() if source.issued else None,
        "url": source.url,
        "accessDate": source.accessed.isoformat() if source.accessed else None,
        "language": source.language,
    }
    return {name: value for name, value in fields.items() if value}


def _creator(name: AuthorName) -> dict[str, Any]:
    if not name.given:
        # an institution, or a name that is not taken apart
        return {"creatorType": "author", "lastName": name.family, "fieldMode": 1}
    family = " ".join(filter(None, (name.particle, name.family, name.suffix)))
    return {"creatorType": "author", "firstName": name.given, "lastName": family}


def _note(quotation: Quotation, language: Language) -> str:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in quotation.text.splitlines() if line.strip())
    return f"<blockquote>{paragraphs}</blockquote><p>{html.escape(evidence(quotation, language))}</p>"

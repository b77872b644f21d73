"""Dossiers ↔ JSON, with all that is needed to verify each quotation elsewhere; see docs/dossier.schema.json."""

from __future__ import annotations

import json
import re
from typing import Any

from rag.errors import FundstelleError
from rag.storage.dossier_records import quotation_to_json
from rag.types.dossier import Dossier, DossierEntry
from rag.types.quotation import Quotation

FORMAT, VERSION = "fundstelle-dossier", 1
MAX_IMPORT_BYTES = 20_000_000
"""The largest file that is imported, in bytes."""
_EMBEDDED = re.compile(rb'<script type="application/json" id="fundstelle-dossier">(.*?)</script>', re.DOTALL)
_NO_DOSSIER = (
    "This file is no dossier ({problem}): export one as JSON or HTML with `fundstelle dossier export NAME FILE`."
)


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """Return a dossier as JSON values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": dossier.name,
        "made": dossier.made,
        "entries": [_entry_json(entry) for entry in dossier.entries],
    }


def _entry_json(entry: DossierEntry) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": entry.kind, "text": entry.text, "added": entry.added}
    if entry.quotation:
        values |= {"question": entry.question, "quotation": quotation_to_json(entry.quotation)}
    return values


def read_dossier(raw: bytes) -> Dossier:
    """Return the dossier in a JSON file, or in an exported HTML file; its ids are empty.

    Raises:
        FundstelleError: it is too large, or contains no dossier.
    """
    # imported here, since it makes validators
    from rag.workspace.dossier_schema import StoredDossier

    if len(raw) > MAX_IMPORT_BYTES:
        raise FundstelleError(f"A dossier may have {MAX_IMPORT_BYTES // 10**6} MB: divide it into several.")
    embedded = _EMBEDDED.search(raw)
    try:
        stored = StoredDossier.model_validate(json.loads(embedded[1] if embedded else raw))
    except RecursionError as error:
        raise FundstelleError(_NO_DOSSIER.format(problem="it is nested too deeply")) from error
    except ValueError as error:
        raise FundstelleError(_NO_DOSSIER.format(problem=_problem(error))) from error
    values = stored.model_dump()
    return Dossier(id="", name=values["name"], made=values["made"], entries=tuple(map(_entry, values["entries"])))


def _entry(values: dict[str, Any]) -> DossierEntry:
    quotation = Quotation(**values["quotation"]) if values["kind"] == "quote" else None
    return DossierEntry(
        id="",
        kind=values["kind"],
        text=values["text"],
        quotation=quotation,
        article_id=quotation.article_id if quotation else "",
        question=values["question"],
        added=values["added"],
    )


def _problem(error: ValueError) -> str:
    """Return the first thing that is wrong, and where."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return "it is not JSON"
    first = errors(include_url=False, include_context=False, include_input=False)[0]
    place_in_file = ".".join(map(str, first["loc"])) or "the whole"
    return f"{place_in_file}: {first['msg']}"

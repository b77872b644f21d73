"""Dossiers ↔ JSON, with all that is needed to verify each quotation elsewhere; see docs/dossier.schema.json."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from rag.errors import FundstelleError
from rag.storage.dossier_records import quotation_to_json
from rag.types.dossier import Dossier, DossierEntry, DossierSummary
from rag.types.quotation import Quotation

if TYPE_CHECKING:
    from rag.workspace.dossier_schema import StoredDossier

FORMAT, VERSION = "fundstelle-dossier", 1
MAX_IMPORT_BYTES = 20_000_000
"""The largest file that is imported, in bytes."""
_IN_MARKDOWN = re.compile(rb"<!-- fundstelle-dossier ([0-9a-f]{64})\n(.*?)\n-->\s*\Z", re.DOTALL)
_EMBEDDED = re.compile(rb'<script type="application/json" id="fundstelle-dossier">(.*?)</script>', re.DOTALL)
_NO_DOSSIER = (
    "This file is no dossier ({problem}): export one as JSON, HTML or Markdown with `fundstelle dossier export NAME "
    "FILE`."
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


def markdown_comment(dossier: Dossier, text: str) -> str:
    """Return the end of a Markdown text, from which its dossier is read as long as nobody edits the text."""
    # a comment ends at its first two hyphens
    data = json.dumps(dossier_json(dossier)).replace("--", "-\\u002d")
    return f"<!-- fundstelle-dossier {hashlib.sha256(text.encode()).hexdigest()}\n{data}\n-->\n"


def read_dossier(raw: bytes) -> Dossier:
    """Return the dossier in a JSON file, or in an exported HTML or Markdown file; its ids are empty.

    Raises:
        FundstelleError: it is too large, contains no dossier, or is Markdown whose text was edited.
    """
    # imported here, since it makes validators
    from rag.workspace.dossier_schema import StoredDossier

    if len(raw) > MAX_IMPORT_BYTES:
        raise FundstelleError(f"A dossier may have {MAX_IMPORT_BYTES // 10**6} MB: divide it into several.")
    try:
        stored = StoredDossier.model_validate(json.loads(_embedded(raw)))
    except RecursionError as error:
        raise FundstelleError(_NO_DOSSIER.format(problem="it is nested too deeply")) from error
    except ValueError as error:
        raise FundstelleError(_NO_DOSSIER.format(problem=_problem(error))) from error
    return dossier_of(stored)


def dossier_of(stored: StoredDossier) -> Dossier:
    """Return the dossier in JSON that came from outside; its ids are empty."""
    values = stored.model_dump()
    return Dossier(id="", name=values["name"], made=values["made"], entries=tuple(map(_entry, values["entries"])))


def dossier_row(summary: DossierSummary) -> dict[str, Any]:
    """Return the values of a `DossierSummaryModel`."""
    return {"id": summary.id, "name": summary.name, "quotes": summary.quote_count, "changed": summary.changed}


def _embedded(raw: bytes) -> bytes:
    """Return the JSON in a file."""
    if embedded := _EMBEDDED.search(raw):
        return embedded[1]
    raw = raw.replace(b"\r\n", b"\n")
    if comment := _IN_MARKDOWN.search(raw):
        if hashlib.sha256(raw[: comment.start()]).hexdigest().encode() != comment[1]:
            raise FundstelleError(
                "The text of this Markdown was edited after its export, and cannot be read back: import the dossier "
                "as JSON or HTML."
            )
        return comment[2]
    return raw


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

"""Methods of both clients: dossiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.client.calls import ApiCall, Stream, new_key
from rag.client.question_calls import decode_verdicts
from rag.errors import FundstelleError
from rag.types.decoding import decode_dossier, decode_dossier_summary
from rag.types.dossier import Dossier, DossierEntry, DossierSummary

if TYPE_CHECKING:
    from rag.verification import Verification


def summaries_call() -> ApiCall[list[DossierSummary]]:
    """Return all dossiers, the one changed last first."""
    from rag.schemas.dossiers import DossierListModel

    def decode(body: bytes) -> list[DossierSummary]:
        return list(map(decode_dossier_summary, DossierListModel.model_validate_json(body).dossiers))

    return ApiCall("GET", "/dossiers", decode)


def dossier_call(reference: str) -> ApiCall[Dossier]:
    """Return the dossier with an id or a name."""
    from rag.schemas.dossiers import DossierModel

    return ApiCall(
        "GET",
        "/dossiers/lookup",
        lambda body: decode_dossier(DossierModel.model_validate_json(body)),
        [("reference", reference)],
    )


def store_call(dossier: Dossier) -> ApiCall[str]:
    """Store a dossier with new ids, under its name or the first free one with a number; return its id."""
    from rag.schemas.dossiers import DossierSummaryModel
    from rag.workspace.dossier_json import dossier_json

    return ApiCall(
        "POST",
        "/dossiers",
        lambda body: DossierSummaryModel.model_validate_json(body).id,
        body=dossier_json(dossier),
        key=new_key(),
    )


def verify_all_call(
    dossier: Dossier, on_progress: Callable[[int, int], None] | None = None
) -> Stream[tuple[DossierEntry, Verification]]:
    """Yield each quotation of a dossier with its verdict.

    Args:
        on_progress: called with how many were verified, and how many there are: at the end.

    Raises:
        FundstelleError: the dossier was changed since it was read.
    """
    from rag.workspace.dossier_json import dossier_json

    # one that came from a file has no id
    reference = dossier.id or dossier_json(dossier)
    verdicts = yield ApiCall("POST", "/verify", decode_verdicts, body={"dossier": reference}, is_read=True)
    if [verdict.quote for verdict in verdicts] != [quote.text for _, quote in dossier.quotes]:
        raise FundstelleError("The dossier was changed while it was verified: verify it again.")
    if on_progress:
        on_progress(len(verdicts), len(verdicts))
    yield tuple(zip((entry for entry, _ in dossier.quotes), verdicts, strict=True))

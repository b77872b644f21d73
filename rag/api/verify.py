"""The route that verifies quotations."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fastapi import APIRouter
from starlette.responses import Response

from rag.api.replies import json_reply
from rag.archive import Archive
from rag.errors import NotFound
from rag.schemas.requests import QuotationRequest, VerifyRequest
from rag.schemas.verification import VerdictListModel
from rag.types.dossier import Dossier
from rag.verification import FileReader, Verification, verify_quote
from rag.workspace.dossier_json import read_dossier
from rag.workspace.dossiers import Dossiers


def add_verify_route(router: APIRouter, archive: Archive, *, trusts_paths: bool) -> None:
    """Add the route /verify.

    Args:
        trusts_paths: whether files are looked for at paths that a program sends; otherwise only where the archive knows
            them, so that nobody elsewhere can ask which files this computer has.
    """

    @router.post("/verify", tags=["verify"], response_model=VerdictListModel)
    def verify(body: VerifyRequest) -> Response:
        """Say for each quotation whether its file still says so.

        A file whose bytes hash as they did is not read again.
        """
        quotations = body.citations if body.citations is not None else list(_quotations(_dossier(archive, body)))
        with FileReader() as reader:
            verdicts = [_verdict(archive, quotation, reader, trusts_paths) for quotation in quotations]
        holds = all(verdict.holds for verdict in verdicts)
        return json_reply(VerdictListModel.of({"verdicts": verdicts, "holds": holds}))


def _dossier(archive: Archive, body: VerifyRequest) -> Dossier:
    if isinstance(body.dossier, str):
        return Dossiers(archive).dossier(body.dossier)
    return read_dossier(json.dumps(body.dossier).encode())


def _quotations(dossier: Dossier) -> Iterator[QuotationRequest]:
    """Yield the quotations of a dossier, each of its article as that is known today."""
    for entry, quote in dossier.quotes:
        yield QuotationRequest.model_construct(
            article_id=entry.article_id or quote.article_id,
            start=quote.start,
            end=quote.end,
            quote=quote.text,
            sha256=quote.sha256,
            path=quote.path,
        )


def _verdict(archive: Archive, quotation: QuotationRequest, reader: FileReader, trusts_paths: bool) -> Verification:
    try:
        return verify_quote(
            archive,
            quotation.article_id,
            quotation.start,
            quotation.end,
            quotation.quote,
            sha256=quotation.sha256,
            path=quotation.path if trusts_paths else None,
            reader=reader,
        )
    except NotFound:
        # neither the archive nor the quotation says where it came from
        path, article_id = quotation.path or "", quotation.article_id
        return Verification(state="missing", quote=quotation.quote, path=path, article_id=article_id)

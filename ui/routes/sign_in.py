"""The routes by which people sign in and out, without scripts."""

from __future__ import annotations

import logging
import math
import re
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from rag.access.access import Access, SignInRefused
from rag.access.accounts import normal_name
from rag.access.audit import note
from rag.access.door import set_cookie, visitor_of
from rag.errors import FundstelleError
from ui.html.sign_in import sign_in_page
from ui.html.theme_switch import theme_script_hash
from ui.routes.fragments import texts_for
from ui.routes.standalone import standalone_response
from ui.wording.page import count_of
from ui.wording.sign_in import SIGN_IN_WORDS

_log = logging.getLogger(__name__)

_POLICY = (
    f"default-src 'none'; script-src {theme_script_hash()}; font-src 'self'; img-src 'self'; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_MAX_FIELDS = 10
# a path on this server: `//host` and `/\host` lead to another one
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")
_HEADERS = {"Cache-Control": "no-store"}


def add_sign_in_routes(app: FastAPI, access: Access) -> None:
    """Add the routes /sign-in and /sign-out."""

    @app.get("/sign-in", include_in_schema=False)
    def show(request: Request) -> Response:
        return _page(request, 200, local_address(request.query_params.get("next", "")))

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        fields = await _fields(request)
        name, next_address = fields.get("name", ""), local_address(fields.get("next", ""))
        words = SIGN_IN_WORDS[texts_for(request).code]
        try:
            password, address = fields.get("password", ""), request.state.address
            session_id = await run_in_threadpool(access.sign_in, name, password, address)
        except SignInRefused as refusal:
            if not refusal.wait:
                return _page(request, 401, next_address, words.wrong, name)
            seconds = math.ceil(refusal.wait)
            page = _page(request, 429, next_address, count_of(words.wait, seconds, texts_for(request)), name)
            page.headers["Retry-After"] = str(seconds)
            return page
        except FundstelleError as error:
            _log.error("Nobody can sign in: %s", error)
            return _page(request, 503, next_address, words.failed, name)
        await run_in_threadpool(access.sign_out, request.state.session)
        note(request, who=normal_name(name))
        reply = RedirectResponse(request.scope.get("root_path", "") + next_address, 303, _HEADERS)
        set_cookie(reply, session_id, request.url.scheme)
        return reply

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        fields = await _fields(request)
        await run_in_threadpool(access.sign_out, request.state.session)
        if "everywhere" in fields:
            await run_in_threadpool(access.sign_out_everywhere, visitor_of(request).name)
        # what the browser stored of the archive goes, too
        headers = {**_HEADERS, "Clear-Site-Data": '"cache"'}
        reply = RedirectResponse(f"{request.scope.get('root_path', '')}/sign-in", 303, headers)
        set_cookie(reply, "", request.url.scheme)
        return reply


def local_address(address: str) -> str:
    """Return a path on this server as it is, and that of the page in place of everything else."""
    return address if _LOCAL.fullmatch(address) else "/"


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form; none if it is not valid."""
    try:
        return dict(parse_qsl((await request.body()).decode("ascii"), max_num_fields=_MAX_FIELDS))
    except ValueError:
        return {}


def _page(request: Request, status: int, next_address: str, fault: str = "", name: str = "") -> Response:
    page = sign_in_page(texts_for(request), next_address, fault, name[:64])
    reply = standalone_response(page, status, request, _POLICY)
    reply.headers.update(_HEADERS)
    return reply

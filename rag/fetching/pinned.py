"""Connections that lead to the public web and nowhere else, whatever a name resolves to the next time."""

from __future__ import annotations

import httpx

from rag.errors import LoadError
from rag.fetching.networks import addresses_of, is_public

PUBLIC_ONLY = "public_only"
"""The extension of a request that may lead to the public web alone."""


class NotPublic(LoadError):
    """A name or an address leads to this computer or its network."""


class PinnedTransport(httpx.HTTPTransport):
    """Connects to the very addresses that it has checked, so that no second answer of a name server counts."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            NotPublic: it has the extension PUBLIC_ONLY and leads elsewhere.
        """
        if not request.extensions.get(PUBLIC_ONLY):
            return super().handle_request(request)
        host = request.url.host
        addresses = addresses_of(host)
        if not all(map(is_public, addresses)):
            raise NotPublic(f"It leads into your own network ({host}): save the page, and index the file.")
        if not addresses:
            raise httpx.ConnectError("its name is not known", request=request)
        for last, address in enumerate(addresses, start=1):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,  # with the name of the host
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return super().handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if last == len(addresses):
                    raise
        raise AssertionError

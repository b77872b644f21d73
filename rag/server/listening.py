"""Listening on an address, and the server behind it."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from rag.errors import FundstelleError
from rag.server.connections import Connection, connection_limits
from rag.server.hosts import THIS_COMPUTER, Serving

_SHUTDOWN_SECONDS = 5  # for questions that are being answered at Ctrl-C


class Server(uvicorn.Server):
    """A server of an application. Proxy headers are left to its gate.

    Args:
        on_shutdown: ends what would delay the shutdown, such as event streams.
        serving: where it is served, which has the certificate if there is one.
    """

    def __init__(self, app: ASGIApp, on_shutdown: Callable[[], None], serving: Serving = THIS_COMPUTER) -> None:
        self._on_shutdown = on_shutdown
        super().__init__(
            uvicorn.Config(
                app,
                log_level="error",  # requests that are not HTTP are not worth reporting
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
                proxy_headers=False,
                server_header=False,
                ws="none",
                http=Connection,
                backlog=connection_limits()[1],
                ssl_certfile=serving.certificate,
                ssl_keyfile=serving.key,
                log_config=None,  # messages go through our own logging, which escapes control characters
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and wait a moment for the requests that are being answered."""
        self._on_shutdown()
        await super().shutdown(sockets)

    def run_until_interrupted(self, listener: socket.socket) -> None:
        """Serve until Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            self.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, taken before the server starts so that no other program gets the port first.

    Raises:
        FundstelleError: the address cannot be listened on.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise FundstelleError(
                f"Port {port} is in use: stop the other program or choose another with --port."
            ) from error
        raise FundstelleError(
            f"Cannot listen on {host}, port {port} ({error.strerror or error}): choose others with --host and --port."
        ) from error
    except OverflowError as error:
        raise FundstelleError(f"Port {port} does not exist: choose one from 1024 to 65535 with --port.") from error


def address(serving: Serving) -> str:
    """Return the address of a server for a browser, with an IPv6 host in brackets."""
    scheme, host = "https" if serving.certificate else "http", serving.host
    return f"{scheme}://[{host}]:{serving.port}" if ":" in host else f"{scheme}://{host}:{serving.port}"


def check_certificate(serving: Serving) -> None:
    """Check the certificate and its key, if there are any, before anything is opened.

    Raises:
        FundstelleError: they cannot be read, do not fit, or only one of them is named.
    """
    if serving.certificate is None and serving.key is None:
        return
    if serving.certificate is None or serving.key is None:
        raise FundstelleError("Name both --tls-cert and --tls-key: the certificate, and the key that belongs to it.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # nobody is asked for the password of a key
        context.load_cert_chain(serving.certificate, serving.key, password=lambda: "")
    except OSError as error:
        reason, files = error.strerror or type(error).__name__, f"{serving.certificate} and {serving.key}"
        raise FundstelleError(
            f"{files} cannot be used for TLS ({reason}): give a certificate and its key, as PEM files, the key "
            "without a password."
        ) from error

"""Listening on an address, and the server behind it."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import ssl
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from rag.errors import FundstelleError
from rag.server.connections import Connection, connection_limits
from rag.server.hosts import THIS_COMPUTER, Serving
from rag.server.load import Load

NOTICE_SECONDS = 10.0
"""How long a server goes on after SIGTERM, while it says that it is not ready, so that a balancer sends it no more."""
_SHUTDOWN_SECONDS = 5  # for questions that are being answered at Ctrl-C
_LAST_SECONDS = 30  # the same after SIGTERM, when nobody sits and waits
_CLOSE = (b"connection", b"close")


class Server(uvicorn.Server):
    """A server of an application. Proxy headers are left to its gate.

    Args:
        on_shutdown: ends what would delay the shutdown, such as event streams.
        serving: where it is served, which has the certificate if there is one.
        load: is told when the server is about to end.
    """

    def __init__(
        self,
        app: ASGIApp,
        on_shutdown: Callable[[], None],
        serving: Serving = THIS_COMPUTER,
        load: Load | None = None,
    ) -> None:
        self._on_shutdown, self._load = on_shutdown, load or Load()
        # nothing stands before a server for this computer alone that would have to notice
        self._notice_seconds = 0.0 if serving.is_private else NOTICE_SECONDS
        self._end: float | None = None
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

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end: at Ctrl-C at once, at SIGTERM when a balancer had time to notice, or with a second one."""
        if sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
        elif self._end is None:
            self._end = time.monotonic() + self._notice_seconds
            self._load.is_ending = True
            self.config.timeout_graceful_shutdown = _LAST_SECONDS
            # who has a connection opens the next one elsewhere
            self.config.encoded_headers.append(_CLOSE)
            self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        else:
            self._end = time.monotonic()

    async def on_tick(self, counter: int) -> bool:
        """Return whether it is time to stop listening."""
        if self._end is not None and time.monotonic() >= self._end:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and wait a moment for the requests that are being answered."""
        self._on_shutdown()
        await super().shutdown(sockets)

    def run_until_interrupted(self, listener: socket.socket) -> None:
        """Serve until Ctrl-C or SIGTERM."""
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

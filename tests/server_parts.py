"""The page served by a thread of this process, and what its threads do with the network meanwhile."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from waiting import PATIENCE

from rag.archive import Archive
from rag.server.hosts import THIS_COMPUTER, Serving
from ui.app import build_app, server_of

_ASKING = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"}
_left: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    # what the tests themselves ask comes from the main thread
    if event in _ASKING and threading.current_thread() is not threading.main_thread():
        _left.append(f"{event} {arguments[1:] if event == 'socket.connect' else arguments}")


sys.addaudithook(_note)


@dataclass(frozen=True)
class Served:
    """A page that is served."""

    host: str
    port: int
    begun: int

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def left(self) -> list[str]:
        """Every connection and every name that its process asked for since it began."""
        return _left[self.begun :]

    def send(self, raw: bytes) -> bytes:
        """Send bytes as they are, and return what comes back until the connection is closed."""
        with socket.create_connection((self.host, self.port), timeout=PATIENCE) as connection:
            connection.sendall(raw)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
                if b"text/event-stream" in parts[0]:
                    break  # it does not end by itself
            return b"".join(parts)


@contextmanager
def served(archive: Archive, serving: Serving = THIS_COMPUTER, port: int = 0) -> Iterator[Served]:
    """Serve an archive as `ui.app.serve` does, made and run in another thread; at any port that is free, or at that."""
    begun = len(_left)
    with socket.create_server((serving.host, port)) as listener:
        ready, servers = threading.Event(), []

        def work() -> None:
            servers.append(server_of(build_app(archive, serving), serving))
            ready.set()
            servers[0].run(sockets=[listener])

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        assert ready.wait(PATIENCE)
        yield Served(*listener.getsockname()[:2], begun)
        servers[0].should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()

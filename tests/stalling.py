"""A network between a program and a server that can stall: what is sent meanwhile arrives later."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Network:
    """Passes bytes on, both ways, unless it is `stalled`."""

    def __init__(self, port: int) -> None:
        self._moving = threading.Event()
        self._moving.set()
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Pass nothing on in the block."""
        self._moving.clear()
        try:
            yield
        finally:
            self._moving.set()

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._upstream))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def close(self) -> None:
        """Accept nobody any more."""
        self._moving.set()
        self._listener.close()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while part := source.recv(1 << 16):
                self._moving.wait()
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            # one side has gone
            target.close()


@contextmanager
def network_to(port: int) -> Iterator[Network]:
    """Yield a network to a port of this machine."""
    network = Network(port)
    threading.Thread(target=network.serve, daemon=True).start()
    try:
        yield network
    finally:
        network.close()

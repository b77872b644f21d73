"""A site on this computer, for tests that fetch: a real server in a thread."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Place:
    """What stands at a path: the first answer is given first, the last one for ever."""

    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0


@dataclass
class Site:
    """A site: what stands where, and what was asked for, when, with which headers."""

    address: str
    places: dict[str, list[Place]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str], float]] = field(default_factory=list)

    def put(self, path: str, *places: Place) -> str:
        """Put something at a path, and return its address."""
        self.places[path] = list(places)
        return self.address + path

    def page(self, path: str, words: str, **headers: str) -> str:
        """Put an article at a path, and return its address."""
        return self.put(path, Place(article(words), headers=headers))

    def paths(self) -> list[str]:
        """Return the paths that were asked for, but for robots.txt."""
        return [path for path, *_ in self.asked if path != "/robots.txt"]


def article(words: str) -> bytes:
    """Return a page with an article of a headline and a few sentences."""
    text = f"{words} steht im Mittelpunkt. Der Rat der Stadt hat am Montag lange darüber beraten und dann abgestimmt."
    return (
        f"<!DOCTYPE html><html lang='de'><head><title>{words}</title><meta charset='utf-8'></head><body><article>"
        f"<h1>{words}</h1><p>{text}</p><p>{text.replace('Montag', 'Dienstag')}</p></article></body></html>"
    ).encode()


class _Server(ThreadingHTTPServer):
    """A server that prints nothing when a client hangs up; every other error is printed as usual."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site on a free port of this computer."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers), time.monotonic()))
            places = site.places.get(self.path, [Place(b"no", status=404)])
            place = places.pop(0) if len(places) > 1 else places[0]
            time.sleep(place.delay)
            unchanged = "ETag" in place.headers and place.headers["ETag"] == self.headers["If-None-Match"]
            body = b"" if unchanged else place.body
            # the reader may have gone away
            with suppress(ConnectionError):
                self.send_response(304 if unchanged else place.status)
                for name, value in {"Content-Type": place.type, **place.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for start in range(0, len(body), 10) if place.drip else ():
                    self.wfile.write(body[start : start + 10])
                    time.sleep(place.drip)
                if not place.drip:
                    self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield site
        finally:
            server.shutdown()

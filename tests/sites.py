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
class Response:
    """A response of the site; the last response of a path is repeated for ever."""

    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0


@dataclass
class Site:
    """A site: the responses of each path, and the requests so far, with their headers and times."""

    address: str
    responses: dict[str, list[Response]] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, str], float]] = field(default_factory=list)

    def put(self, path: str, *responses: Response) -> str:
        """Set the responses of a path, in order, and return its URL."""
        self.responses[path] = list(responses)
        return self.address + path

    def page(self, path: str, words: str, **headers: str) -> str:
        """Serve an article at a path, and return its URL."""
        return self.put(path, Response(article(words), headers=headers))

    def paths(self) -> list[str]:
        """Return the requested paths, without robots.txt."""
        return [path for path, *_ in self.requests if path != "/robots.txt"]


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
            site.requests.append((self.path, dict(self.headers), time.monotonic()))
            responses = site.responses.get(self.path, [Response(b"no", status=404)])
            response = responses.pop(0) if len(responses) > 1 else responses[0]
            time.sleep(response.delay)
            unchanged = "ETag" in response.headers and response.headers["ETag"] == self.headers["If-None-Match"]
            body = b"" if unchanged else response.body
            # the client may have closed the connection
            with suppress(ConnectionError):
                self.send_response(304 if unchanged else response.status)
                for name, value in {"Content-Type": response.type, **response.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for start in range(0, len(body), 10) if response.drip else ():
                    self.wfile.write(body[start : start + 10])
                    time.sleep(response.drip)
                if not response.drip:
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

"""A reverse proxy, as simple as they come: it passes requests on, below a path, with the host or without it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_HOP = {"connection", "host", "keep-alive", "transfer-encoding"}


@contextmanager
def proxied(upstream: int, prefix: str = "", strip: bool = True, host: bool = True, told: bool = True) -> Iterator[str]:
    """Pass requests on to a port of this machine; yield the address under which a browser asks, with its slash.

    Args:
        prefix: the path below which the page is shown.
        strip: whether that path is cut off.
        host: whether the Host that the browser sent is passed on.
        told: whether X-Forwarded headers tell what the browser sent.
    """

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            if not self.path.startswith(prefix):
                self.send_error(404)
                return
            path = self.path.removeprefix(prefix) if strip else self.path
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            headers["Host"] = self.headers["Host"] if host else f"127.0.0.1:{upstream}"
            if told:
                headers |= {"X-Forwarded-Host": self.headers["Host"], "X-Forwarded-Proto": "http"}
                headers |= {"X-Forwarded-Prefix": prefix} if prefix else {}
            asked = http.client.HTTPConnection("127.0.0.1", upstream)
            asked.request(self.command, path or "/", body, headers)
            reply = asked.getresponse()
            self.send_response_only(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.end_headers()
            while part := reply.read1(4096):
                self.wfile.write(part)

        do_HEAD = do_POST = do_GET  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    # another name than that under which the proxy asks
    yield f"http://localhost:{server.server_port}{prefix}/"
    server.shutdown()
    server.server_close()

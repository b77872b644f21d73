"""A server of embeddings, as small as they come: it answers over real HTTP what a function of the request says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from embeddings.encoder import Encoder

Answer = Callable[[str, dict[str, Any]], tuple[int, Any]]


@contextmanager
def serving(answer: Answer, headers: dict[str, str] | None = None) -> Iterator[tuple[str, list[Any]]]:
    """Answer requests by a function of path and body; yield the address, and the headers and bodies that came."""
    requests: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "{}")
            requests.append((self.path, dict(self.headers), body))
            status, content = answer(self.path, body)
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(raw)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()


def answering(encoder: Encoder, model: str = "intfloat/multilingual-e5-small") -> Answer:
    """Return what a server of the bundled model answers: to OpenAI's requests, and those of text-embeddings-inference.

    The prompts are in the texts, as clients of such servers write them.
    """

    def vector(text: str) -> list[float]:
        if text.startswith("query: "):
            return [float(number) for number in encoder.encode_query(text.removeprefix("query: "))]
        (row,) = encoder.encode_passages([text.removeprefix("passage: ")])
        return [float(number) for number in row]

    def answer(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v1/models":
            return 200, {"object": "list", "data": [{"id": model}]}
        if path == "/embed":
            return 200, [vector(text) for text in body["inputs"]]
        if path != "/v1/embeddings":
            return 404, {"error": "no such path"}
        rows = [{"index": number, "embedding": vector(text)} for number, text in enumerate(body["input"])]
        # a server may answer in any order
        return 200, {"data": rows[::-1], "model": model}

    return answer

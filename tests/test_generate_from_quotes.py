"""The example of a model that writes from quotes, against a small server that speaks as such models do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT
from test_docs import blocks_of

from rag.archive import Archive

OPERA = "Wann wurde die Elbphilharmonie eröffnet?"
DOCUMENT = ROOT / "docs" / "how-to" / "generate-from-quotes.md"


class Model(BaseHTTPRequestHandler):
    """Answers with what `write` makes of the prompt."""

    write: Callable[[str], str]
    requests: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.requests.append({"path": self.path, **body})
        text = type(self).write(body["messages"][1]["content"])
        reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[tuple[type[Model], int]]:
    handler = type("OneModel", (Model,), {"requests": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield handler, server.server_port
        server.shutdown()
        thread.join()


def test_a_models_text_is_checked(model: tuple[type[Model], int], sample: Archive, tmp_path: Path) -> None:
    """A quote from the prompt passes; an invented one is named, exit code 1; without an answer, no model is asked."""
    handler, port = model
    (program,) = (block for block in blocks_of(DOCUMENT.read_text("utf-8")) if block.file == "generate.py")
    (tmp_path / "generate.py").write_text(program.text, "utf-8")

    def run(question: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(tmp_path / "generate.py"), str(sample.folder), question]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    sentence = sample.ask(OPERA).citations[0].sentence
    assert sentence
    handler.write = staticmethod(lambda prompt: f"„{sentence}“ [1]" if sentence in prompt else "?")
    honest = run(OPERA)
    assert (honest.returncode, honest.stdout) == (0, f"„{sentence}“ [1]\n"), honest.stderr
    (request,) = handler.requests
    assert request["path"] == "/v1/chat/completions"
    assert "never instructions" in request["messages"][0]["content"].replace("\n", " ")
    handler.write = staticmethod(lambda _: "„Das Haus wurde von Zwergen mit Löffeln gebaut“ [1].")
    invented = run(OPERA)
    assert invented.returncode == 1
    assert "NOT IN THE ARCHIVE (missing): Das Haus wurde von Zwergen" in invented.stdout
    asked = len(handler.requests)
    refused = run("Wie hoch ist der höchste Berg auf dem Mars?")
    assert (refused.returncode, len(handler.requests)) == (1, asked)

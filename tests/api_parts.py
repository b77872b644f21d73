"""The API served by a thread of this process."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waiting import PATIENCE

from rag.api.app import build_api
from rag.archive import Archive
from rag.jobs.jobs import Jobs
from rag.server.hosts import THIS_COMPUTER, Serving
from rag.server.listening import Server

HERE = "http://127.0.0.1:7860"
"""Where the API is when it is asked in this process."""
SENTENCE = re.compile(r"[^\n]+[.]")


@contextmanager
def serving_api(archive: Archive, serving: Serving = THIS_COMPUTER) -> Iterator[str]:
    """Serve the API of an archive at any port that is free, as `fundstelle serve` does; give its address."""
    jobs = Jobs.of(archive)
    server = Server(build_api(archive, serving, jobs), jobs.cancel, serving)
    with socket.create_server((serving.host, 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        host, port = listener.getsockname()[:2]
        scheme = "https" if serving.certificate else "http"
        yield f"{scheme}://{host}:{port}"
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()
        jobs.close()


def check_problem(reply: Any, status: int, slug: str) -> dict[str, Any]:
    """Check that a reply is a problem of a kind, in a sentence; return it."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = reply.json()
    assert (problem["status"], problem["type"]) == (status, f"urn:fundstelle:problem:{slug}")
    assert SENTENCE.fullmatch(problem["detail"]), problem["detail"]
    assert problem["request_id"] == reply.headers["x-request-id"]
    return problem

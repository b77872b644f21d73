"""Connections of the server."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
from api_parts import serving_api

from rag.archive import Archive


def test_a_short_reply_is_sent_at_once(tmp_path: Path) -> None:
    """Its second packet does not wait for the client to acknowledge the first one, which takes Linux 40 ms."""
    with (
        Archive.open(tmp_path / "archive") as archive,
        serving_api(archive) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        seconds = []
        for _ in range(30):
            begin = time.perf_counter()
            assert client.get("/api/v1/health").status_code == 200
            seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.03

"""What the server has of an open page: its file of questions, until the page is closed or another file is chosen."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from server_parts import served

from rag.archive import Archive
from rag.evaluation.questions.files import TestQuestion
from ui.tabs import question_sources
from ui.tabs.question_sources import Source

_QUESTION = '{"question": "Wie lang ist der Tunnel?", "answerable": false}\n'
_SECONDS = 20
_TAKE_FILE = 3  # its number among the functions of the page


class _Watched(Source):
    """Questions of which can be seen whether they are still there."""

    __slots__ = ("__weakref__",)


@pytest.mark.slow
def test_a_file_of_questions_goes_with_its_page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three pages choose two files each: of each, the last is there while the page is open, and none afterwards."""
    references: list[weakref.ref[Source]] = []

    def made(key: str, name: str, questions: Sequence[TestQuestion]) -> Source:
        source = _Watched(key, name, questions)
        references.append(weakref.ref(source))
        return source

    def names() -> list[str]:
        gc.collect()
        sources = [source for reference in references if (source := reference())]
        return sorted(source.name.removeprefix("uploaded: ") for source in sources)

    monkeypatch.setattr(question_sources, "Source", made)
    with served(archive) as server, httpx.Client(base_url=server.address, trust_env=False, timeout=60) as client:
        open_pages = [client.stream("GET", f"/gradio_api/heartbeat/page{number}") for number in range(3)]
        for number, page in enumerate(open_pages):
            page.__enter__()
            for name in ("first", "second"):
                call = {
                    "fn_index": _TAKE_FILE,
                    "data": ["de"],
                    "event_data": {"name": f"{name}-{number}.jsonl", "text": _QUESTION},
                    "session_hash": f"page{number}",
                }
                assert client.post("/gradio_api/run/predict", json=call).status_code == 200
        assert names() == ["second-0.jsonl", "second-1.jsonl", "second-2.jsonl"]
        open_pages[1].__exit__(None, None, None)
        assert _until(lambda: names() == ["second-0.jsonl", "second-2.jsonl"]), names()
        for number in (0, 2):
            open_pages[number].__exit__(None, None, None)
        assert _until(lambda: names() == []), names()


def _until(is_so: Callable[[], Any]) -> bool:
    """Wait until something is so, and return whether it became so."""
    until = time.monotonic() + _SECONDS
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.3)
    return True

"""The audit log: who asked, opened, exported and changed what and when, as lines of JSON in the archive's folder."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from starlette.requests import HTTPConnection

from rag.server.hosts import Serving

_log = logging.getLogger(__name__)

Questions = Literal["off", "hashed", "full"]
"""What the log says of a question: nothing, a keyed hash by which equal ones are seen, or its words."""

LOG, KEY = "audit.jsonl", "audit.key"
MAX_LOG_BYTES = 10_000_000
"""A log of this size is put away under a name with its time, and a new one begun; none is ever removed."""
_MAX_CHARACTERS = 1000
_lock = threading.Lock()


class AuditLog:
    """The log in a folder, for its owner alone. Several may write the same one.

    Args:
        questions: what is said of questions.
        name: that of the file.
    """

    def __init__(self, folder: Path, questions: Questions = "off", name: str = LOG) -> None:
        self._folder, self._questions, self._path = folder, questions, folder / name

    @classmethod
    def of(cls, serving: Serving, folder: Path, *, is_shared: bool = False) -> AuditLog | None:
        """Return the log of what is served; None if none is kept.

        Args:
            is_shared: whether other computers write there, too: on a network disk, lines of two would mix in one file.
        """
        if not (serving.audit or serving.accounts):
            return None
        computer = re.sub(r"[^\w.-]", "_", socket.gethostname())
        return cls(folder, serving.audit or "off", f"audit-{computer}.jsonl" if is_shared else LOG)

    def write(self, facts: Mapping[str, Any]) -> None:
        """Add a line with the time; what cannot be written is reported as an error of the server."""
        moment = datetime.now(UTC)
        line = {"time": moment.isoformat(timespec="milliseconds")}
        try:
            with _lock:
                line |= {name: value for name, value in self._stated(facts).items() if value not in ("", None)}
                if self._path.exists() and self._path.stat().st_size >= MAX_LOG_BYTES:
                    # another program may be first
                    with suppress(FileNotFoundError):
                        self._path.rename(self._folder / f"{self._path.stem}-{moment:%Y%m%dT%H%M%S%f}.jsonl")
                _append(self._path, json.dumps(line).encode("ascii") + b"\n")
        except OSError as error:
            _log.error(
                "The audit log %s cannot be written (%s): make room, or check the permissions; what was done is "
                "missing in it.",
                self._path,
                error.strerror,
            )

    def _stated(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        stated = {name: value[:_MAX_CHARACTERS] if isinstance(value, str) else value for name, value in facts.items()}
        question = str(facts.get("question") or "")
        stated.pop("question", None)
        if question and self._questions == "full":
            stated["question"] = question
        elif question and self._questions == "hashed":
            digest = hmac.new(_key(self._folder / KEY), question.encode(errors="replace"), hashlib.sha256)
            stated["question_hash"] = digest.hexdigest()
        return stated


def note(request: HTTPConnection, **facts: object) -> None:
    """Note what a request is about, for the line that the audit log gets of it."""
    getattr(request.state, "noted", {}).update(facts)


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # in one piece, or the lines of two programs would mix
        if os.write(handle, line) < len(line):
            raise OSError(None, "the disk is full")
    finally:
        os.close(handle)


def _key(path: Path) -> bytes:
    """Return the key of the hashes, which is made with the first one: without it, nobody can try out questions."""
    if not path.exists():
        _append(path, secrets.token_hex(32).encode())
    return path.read_bytes()

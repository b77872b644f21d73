"""Questions as they are stored: two spellings of the same characters are the same question."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from rag.search.query import checked_question


def normal_question(question: str) -> str:
    """Return a question as it is stored and compared: composed, with single spaces.

    Raises:
        QuestionError: it cannot be asked.
    """
    return checked_question(unicodedata.normalize("NFC", question))


def now() -> str:
    """Return the time as an ISO time in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")

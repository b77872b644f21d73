"""Saved questions → JSON values, as the commands and the API say them."""

from __future__ import annotations

from typing import Any

from rag.storage.filter_json import filter_values
from rag.types.saved import Look, SavedQuestion


def saved_json(question: SavedQuestion) -> dict[str, Any]:
    """Return the values of a `SavedQuestionModel`."""
    return {
        "name": question.name,
        "question": question.question,
        "filter": filter_values(question.filter),
        "saved": question.save_time,
        "looked": question.look_time,
    }


def look_json(look: Look, *, only_new: bool = False) -> dict[str, Any]:
    """Return the values of a `LookModel`; of all that answers, only what is new if that is wanted."""
    values = {**saved_json(look.question), "new": look.new, "state": str(look.state), "damaged": look.damaged}
    return values if only_new else {**values, "answering": look.answering}

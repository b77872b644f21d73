"""Methods of both clients: saved questions."""

from __future__ import annotations

from rag.client.calls import ApiCall, new_key, no_value
from rag.storage.filter_json import filter_values
from rag.types import NO_FILTER, Filter
from rag.types.archive_state import State
from rag.types.decoding import decode_look, decode_saved_question
from rag.types.saved import Look, SavedQuestion


def all_call() -> ApiCall[tuple[SavedQuestion, ...]]:
    """Return them in the order in which they were saved."""
    from rag.schemas.saved import SavedListModel

    def decode(body: bytes) -> tuple[SavedQuestion, ...]:
        return tuple(map(decode_saved_question, SavedListModel.model_validate_json(body).questions))

    return ApiCall("GET", "/saved", decode)


def add_call(question: str, name: str = "", filter: Filter = NO_FILTER) -> ApiCall[SavedQuestion]:
    """Save a question; see `SavedQuestions.add`."""
    from rag.schemas.saved import SavedQuestionModel

    return ApiCall(
        "POST",
        "/saved",
        lambda body: decode_saved_question(SavedQuestionModel.model_validate_json(body)),
        body={"question": question, "name": name, "filters": filter_values(filter)},
        key=new_key(),
    )


def remove_call(*names: str) -> ApiCall[None]:
    """Remove saved questions, all of them or none."""
    return ApiCall("DELETE", "/saved", no_value, [("name", name) for name in names])


def look_call(name: str) -> ApiCall[Look]:
    """Return what answers a saved question now. It stays new until `mark_seen`."""
    from rag.schemas.saved import LookWithTextsModel

    return ApiCall(
        "POST",
        "/saved/look",
        lambda body: decode_look(LookWithTextsModel.model_validate_json(body)),
        body={"name": name, "texts": True},
        is_read=True,
    )


def mark_seen_call(name: str, state: State) -> ApiCall[None]:
    """Note that somebody looked at what the archive contained in a state: what came later stays new."""
    return ApiCall("POST", "/saved/seen", no_value, body={"name": name, "state": str(state)})

"""Methods of both clients: the stored runs of evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from rag.client.calls import ApiCall, no_value

if TYPE_CHECKING:
    from rag.evaluation.runs.run_store import RunFacts
    from rag.evaluation.types import Run


def listing_call() -> ApiCall[list[RunFacts]]:
    """Return the entries of all runs, the oldest first."""
    from rag.evaluation.runs.run_store import RunFacts
    from rag.schemas.evaluation import RunListModel

    def decode(body: bytes) -> list[RunFacts]:
        return [RunFacts(**dict(model)) for model in RunListModel.model_validate_json(body).runs]

    return ApiCall("GET", "/runs", decode)


def load_call(name: str) -> ApiCall[Run]:
    """Return a run.

    Raises:
        NoRun: there is none of that name.
    """
    from rag.evaluation.runs.run_store import parse_run

    return ApiCall("GET", f"/runs/{quote(name, safe='')}/export", parse_run)


def delete_call(name: str) -> ApiCall[None]:
    """Delete a run.

    Raises:
        NoRun: there is none of that name.
    """
    return ApiCall("DELETE", f"/runs/{quote(name, safe='')}", no_value)

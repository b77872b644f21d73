"""Questions that are asked again and again, and what answers them now."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types.answer import Citation, Filter
from rag.types.archive_state import State


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question that was saved.

    Attributes:
        name: distinguishes it from all others.
        save_time: when it was saved, as an ISO time in UTC.
        look_time: when somebody last looked at what is new, likewise.
    """

    name: str
    question: str
    filter: Filter
    save_time: str
    look_time: str


@dataclass(frozen=True, slots=True)
class Look:
    """The answer to a saved question now.

    Attributes:
        new: the citations with a passage that is new, best first.
        answering: all citations that answer, best first.
        state: what the archive contained.
        damaged: the paths of articles that were damaged on the disk and are left out.
    """

    question: SavedQuestion
    new: tuple[Citation, ...]
    answering: tuple[Citation, ...]
    state: State
    damaged: tuple[str, ...] = ()

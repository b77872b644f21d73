"""What retrievers ask."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from rag.types import Answer, Filter


@runtime_checkable
class Asks(Protocol):
    """What answers questions: an archive, or whatever has its method `ask`."""

    def ask(self, question: str, k: int = 5, *, fast: bool = False, filter: Filter | None = None) -> Answer:
        """Return the k passages that answer a question best."""
        ...

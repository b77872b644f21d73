"""What an archive contained at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class State:
    """What an archive contained at a moment: its revision, and a random mark that no other archive or copy has there.

    Archives written by an earlier version have no mark.
    """

    revision: int
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.revision}:{self.mark}" if self.mark else str(self.revision)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the state that `str` wrote.

        Raises:
            ValueError: the text is not a state.
        """
        revision, _, mark = text.partition(":")
        return cls(int(revision), mark)


NOTHING_YET = State(0)

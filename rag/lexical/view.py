"""The words of an archive as they follow it, wherever they are: in its folder or on a server."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from rag.lexical.snapshot import LexicalSnapshot
from rag.lexical.words import WordSearch
from rag.types.archive_state import State

IN_FOLDER = "tantivy"
"""Where the words are that Tantivy has, in the archive's folder."""


class WrittenWords(NamedTuple):
    """Words as they were written: of which state of the archive, None if by other rules or of another archive."""

    words: WordSearch
    state: State | None


class LexicalView(Protocol):
    """The words of all passages, which follow the store. Safe to use from several threads.

    On a server, methods raise VectorsUnavailable where it does not answer, and ArchiveIndexDamaged where the words are
    made again meanwhile.
    """

    @property
    def address(self) -> str:
        """Where the words are: `IN_FOLDER`, or the address of a server."""

    def catch_up(self) -> LexicalSnapshot:
        """Update the words to the store, and return them as they are then."""

    def drop(self) -> None:
        """Open the words again before the next question, as they are then."""

    def rebuild(self) -> None:
        """Replace the words by ones that are made from the store alone; the caller must hold the lock of indexing."""

    def as_written(self) -> WrittenWords | None:
        """Open the words without making good what they lack; None if there are none.

        Raises:
            IndexDamaged: they cannot be read.
        """

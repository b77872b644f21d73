"""What a check is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from filelock import BaseFileLock

from rag.dense.index import DenseIndex
from rag.dense.lazy_encoder import LazyEncoder
from rag.dense.token_vectors import TokenStores
from rag.lexical.view import LexicalView
from rag.storage.soundness import Soundness
from rag.storage.store import Store

Patient = TypeVar("Patient")


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a check sees: its name in `rag.diagnosis.wording`, and the values of its sentence."""

    name: str
    values: Mapping[str, str | int | float] = field(default_factory=dict, hash=False)


WELL = Symptom("well")
"""Nothing is wrong, and there is no number to tell."""


@dataclass(frozen=True, slots=True)
class Check(Generic[Patient]):
    """A check, of a folder or of an opened archive.

    Attributes:
        name: its key in `rag.diagnosis.wording`.
        examine: returns what it sees, and changes nothing.
        repair: puts right what `examine` sees, and can lose nothing.
        quick: whether it takes milliseconds, whatever the size of the archive.
    """

    name: str
    examine: Callable[[Patient], Symptom]
    repair: Callable[[Patient], None] | None = None
    quick: bool = True


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """The parts of an opened archive that are examined.

    Attributes:
        files: the folder of its uploads.
        lock: that of the one program that writes, taken without waiting.
        read_again: reads changed files again.
    """

    folder: Path
    files: Path
    store: Store
    lock: BaseFileLock
    encoder: LazyEncoder
    dense: DenseIndex
    lexical: LexicalView
    token_stores: TokenStores
    read_again: Callable[[Sequence[Path]], object]

    @property
    def soundness(self) -> Soundness:
        """What the tables themselves can tell."""
        return Soundness(self.store.database)


def megabytes(size: int) -> int:
    """Return a number of bytes in megabytes, rounded up."""
    return -(-size // 1_000_000)

"""What another model or another length of passages would cost: everything is encoded again."""

from __future__ import annotations

import os.path
import time
from dataclasses import dataclass
from pathlib import Path

from rag.archive import Archive
from rag.dense.token_vectors import encode_words
from rag.storage.file_records import FileRecords
from rag.storage.passages import Passages
from rag.text.encoder_input import encoder_input

_BATCH, _MAX_SAMPLE, _MIN_SECONDS = 16, 96, 0.75


@dataclass(frozen=True, slots=True)
class ReindexingCost:
    """What it takes to encode an archive again.

    Attributes:
        passages: how many there are.
        seconds: how long that takes with the present model on this computer; the files are read besides.
        folder: the folder of all files; empty if they have none in common.
    """

    passages: int
    seconds: float
    folder: str


def reindexing_cost(archive: Archive) -> ReindexingCost:
    """Encode a sample of passages, which takes about a second, and return what all of them would take.

    Raises:
        ArchiveError: the encoder cannot be opened.
    """
    passages = Passages(archive._database)
    total = passages.count()
    sample = [encoder_input(article, passage) for article, passage in passages.sample(_MAX_SAMPLE)]
    return ReindexingCost(total, total * _seconds_a_passage(archive, sample), _folder(archive))


def _seconds_a_passage(archive: Archive, sample: list[str]) -> float:
    """Return how long a passage takes, without the time in which the encoder gets ready for the first ones."""
    encode_words(archive.encoder, sample[:_BATCH])
    encoded, started = 0, time.perf_counter()
    while encoded < len(sample) and time.perf_counter() - started < _MIN_SECONDS:
        batch = sample[encoded : encoded + _BATCH]
        encode_words(archive.encoder, batch)
        encoded += len(batch)
    return (time.perf_counter() - started) / encoded if encoded else 0.0


def _folder(archive: Archive) -> str:
    first, last = FileRecords(archive._database).first_and_last()
    # what the first and the last have in common, all between them have too
    folder = Path(os.path.commonpath([first, last])) if first else Path("/")
    is_shared = folder != folder.parent and not folder.is_relative_to(archive.files.absolute())
    return str(folder) if is_shared else ""

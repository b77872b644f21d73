"""Does a compiled graph compute correctly on this processor?

A release of OpenVINO may have kernels that are wrong for some shapes on some processors: 2026.4.1 gave token vectors
with a cosine of 0.61 to 0.75 to the correct ones, in bf16 on processors with AMX, for texts padded to exactly 32
tokens. So before a graph is used on a processor, texts of every padded length are encoded, alone or in batches, and
compared with their float32 vectors (`embeddings.encoders.reference`). A length that is wrong is not used, nor is a
precision that is wrong at many lengths; if no precision is correct, OpenVINO is not used at all. Of those that are
correct, the quickest is used.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from embeddings.encoders.padding import BATCH_TOKENS, PADDED_LENGTHS, batches
from embeddings.encoders.processor import Processor, this_processor
from embeddings.encoders.reference import ReferenceText
from embeddings.types import Vectors

log = logging.getLogger(__name__)

FILE = "self-test.json"
# Minimum cosines to float32, of any text and of its tokens in the mean. With correct kernels, 8 bits cost at most 0.004
# and 0.0065 (all lengths, f32 and bf16); the AMX fault costs 0.05 to 0.08 and 0.25 to 0.39.
MIN_TEXT_COSINE = 0.98
MIN_TOKEN_COSINE = 0.95
# a precision that is wrong at a larger share of the lengths is not used at all
_MAX_WRONG_SHARE = 0.25
# how quick a precision is shows in so many runs of a batch of texts of so many tokens
_PASSAGE_TOKENS, _RUNS = 128, 8
# a less exact precision has to be so many times as quick as the most exact one
_MIN_GAIN = 1.05


class BatchRun(Protocol):
    """Computes the vectors of a batch."""

    def __call__(self, tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        """Return pooled and token vectors, rows of length 1, for ids and mask of shape (rows, tokens)."""


class Agreement(NamedTuple):
    """The least cosines to float32: of a text, and of the tokens of a text in the mean."""

    texts: float
    tokens: float

    @property
    def is_close(self) -> bool:
        """Whether both cosines are high enough; never for a NaN."""
        return self.texts >= MIN_TEXT_COSINE and self.tokens >= MIN_TOKEN_COSINE


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of the self-test on a processor.

    `precision` is the precision in use; None if none is correct. `wrong_lengths` are the padded lengths at which it is
    wrong. `text_cosine` and `token_cosine` are the least cosines to float32 at the other lengths, of a text and of the
    tokens of a text in the mean. `wrong_precisions` are the precisions that were rejected.
    """

    processor: str
    precision: str | None
    wrong_lengths: tuple[int, ...]
    text_cosine: float
    token_cosine: float
    wrong_precisions: tuple[str, ...] = ()

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths that texts may be padded to, ascending."""
        return tuple(length for length in PADDED_LENGTHS if length not in self.wrong_lengths)

    @property
    def sentence(self) -> str:
        """The result in words."""
        on = f"on this processor ({self.processor})"
        if self.precision is None:
            return f"OpenVINO computes wrongly {on}."
        sentences = []
        if self.wrong_precisions:
            wrong = " and ".join(self.wrong_precisions)
            sentences.append(f"OpenVINO computes wrongly in {wrong} {on}: {self.precision} is used.")
        if self.wrong_lengths:
            lengths = ", ".join(map(str, self.wrong_lengths))
            sentences.append(
                f"OpenVINO computes wrongly {on} where texts are padded to {lengths} tokens: they are padded to more."
            )
        return " ".join(sentences) or f"OpenVINO computes right in {self.precision} {on}."

    @property
    def facts(self) -> dict[str, object]:
        """The result as plain values by name, for JSON output."""
        return {
            "said": self.sentence,
            "processor": self.processor,
            "precision": self.precision,
            "wrong_precisions": list(self.wrong_precisions),
            "wrong_lengths": list(self.wrong_lengths),
            "least_cosine_of_texts": self.text_cosine,
            "least_cosine_of_tokens": self.token_cosine,
        }

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return self.precision is not None and not self.wrong_lengths and not self.wrong_precisions


def choose_precision(
    precisions: Iterable[str], load: Callable[[str], BatchRun], texts: Sequence[ReferenceText], processor: Processor
) -> Verdict:
    """Return the quickest precision that computes correctly, with the lengths at which it does not.

    Args:
        precisions: the precisions to try, the most exact first; another has to be quicker by a twentieth.
        load: returns the graph in a precision.
        texts: the reference texts, two for each padded length.
        processor: the processor that the graph runs on.
    """
    correct: list[tuple[BatchRun, Verdict]] = []
    rejected: list[str] = []
    for precision in precisions:
        graph = load(precision)
        agreements = {length: _agreement(graph, length, texts) for length in PADDED_LENGTHS}
        wrong = [length for length, agreement in agreements.items() if not agreement.is_close]
        # texts of the longest length could not be padded to more
        if PADDED_LENGTHS[-1] in wrong or len(wrong) > _MAX_WRONG_SHARE * len(PADDED_LENGTHS):
            rejected.append(precision)
            continue
        right = [agreement for length, agreement in agreements.items() if length not in wrong]
        verdict = Verdict(
            processor=processor.name,
            precision=precision,
            wrong_lengths=tuple(wrong),
            text_cosine=round(min(agreement.texts for agreement in right), 5),
            token_cosine=round(min(agreement.tokens for agreement in right), 5),
        )
        correct.append((graph, verdict))
    if not correct:
        return Verdict(processor.name, None, (), 0.0, 0.0, tuple(rejected))
    return replace(_quickest(correct, texts), wrong_precisions=tuple(rejected))


def _quickest(correct: Sequence[tuple[BatchRun, Verdict]], texts: Sequence[ReferenceText]) -> Verdict:
    (_, quickest), *others = correct
    if others:
        seconds = [_seconds(graph, texts) for graph, _ in correct]
        least = seconds[0] / _MIN_GAIN
        for (_, verdict), of_verdict in zip(others, seconds[1:], strict=True):
            if of_verdict < least:
                quickest, least = verdict, of_verdict
    return quickest


def _seconds(graph: BatchRun, texts: Sequence[ReferenceText]) -> float:
    """Return the seconds that a batch of passages takes, without what other programs take from it."""
    rows = len(next(batches([_PASSAGE_TOKENS] * BATCH_TOKENS)))
    ids = [text.ids[:_PASSAGE_TOKENS] for text in texts if len(text.ids) >= _PASSAGE_TOKENS][:rows]
    tokens, mask = pad_batch(ids, _PASSAGE_TOKENS, 0)
    durations = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        graph(tokens, mask)
        durations.append(time.perf_counter() - start)
    return min(durations)


def _agreement(graph: BatchRun, length: int, texts: Sequence[ReferenceText]) -> Agreement:
    """Return the agreement with float32 in the batch that tests a length."""
    batch = _batch(length, texts)
    tokens, mask = pad_batch([text.ids for text in batch], length, 0)
    pooled_vectors, states = graph(tokens, mask)
    text_cosines, token_cosines = [], []
    for text, pooled, state in zip(batch, pooled_vectors, states, strict=True):
        text_cosines.append(float(pooled @ text.pooled))
        token_cosines.append(float(np.einsum("ij,ij->i", state[: len(text.ids)], text.tokens).mean()))
    # NumPy's minimum, since Python's may ignore a NaN
    return Agreement(float(np.min(text_cosines)), float(np.min(token_cosines)))


def _batch(length: int, texts: Sequence[ReferenceText]) -> list[ReferenceText]:
    """Return the batch that tests a length: a text with padding and, except at every fourth length, one without.

    OpenVINO prepares itself for each new shape, which takes longer than the run, so each length has a single batch: as
    large as batches get at one length in four, a text alone at the next, two texts at the others.
    """
    number = PADDED_LENGTHS.index(length)
    full, shorter = texts[2 * number : 2 * number + 2]
    match number % 4:
        case 0:
            fill = texts[: 2 * number][::-1] or [full]
            rows = len(next(batches([length] * BATCH_TOKENS)))
            return [full, shorter, *islice(cycle(fill), max(0, rows - 2))]
        case 1:
            return [shorter]
        case _:
            return [full, shorter]


def pad_batch(
    texts: Sequence[Sequence[int] | NDArray[np.int64]], length: int, pad_id: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the padded ids of texts and the mask that is 1 at their own tokens, both of shape (texts, length)."""
    tokens = np.full((len(texts), length), pad_id, np.int64)
    mask = np.zeros((len(texts), length), np.int64)
    for row, ids in enumerate(texts):
        tokens[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return tokens, mask


def read_verdict(folder: Path) -> Verdict | None:
    """Return the stored verdict on the graph in a folder for this processor, or None."""
    try:
        return _from_json(json.loads((folder / FILE).read_text(encoding="utf-8"))[_key(folder)])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def load_or_test(folder: Path, test: Callable[[], Verdict]) -> Verdict:
    """Return the verdict on the graph in a folder for this processor, running the test if there is none yet.

    Of several processes that need it at once, one runs the test and the others wait. Anything wrong is logged once, and
    the verdict is stored next to the graph; if it cannot be stored, each start runs the test again and says so.
    """
    verdict = read_verdict(folder)
    if verdict is not None:
        return verdict
    # the lock under which the folder is made
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        lock.acquire()
    except OSError as error:
        return _log(test(), _not_stored(folder, error))
    try:
        verdict = read_verdict(folder)
        if verdict is not None:
            return verdict
        verdict = test()
        try:
            _store(folder, verdict)
        except OSError as error:
            return _log(verdict, _not_stored(folder, error))
        return _log(verdict)
    finally:
        lock.release()


def _log(verdict: Verdict, *warnings: str) -> Verdict:
    # if OpenVINO is not used at all, the caller that falls back logs it
    faults = [] if verdict.is_clean or verdict.precision is None else [verdict.sentence]
    for sentence in (*faults, *warnings):
        log.warning("%s", sentence)
    return verdict


def _not_stored(folder: Path, error: OSError) -> str:
    return (
        f"The model is tested at every start, which takes seconds, since {folder} cannot be written "
        f"({error.strerror}): check its permissions."
    )


def _store(folder: Path, verdict: Verdict) -> None:
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {}
    verdicts = stored if isinstance(stored, dict) else {}
    descriptor, name = tempfile.mkstemp(prefix=FILE, dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({**verdicts, _key(folder): _to_json(verdict)}, file, indent=1)
        Path(name).replace(folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _to_json(verdict: Verdict) -> dict[str, object]:
    return {
        "processor": verdict.processor,
        "precision": verdict.precision,
        "left_out": verdict.wrong_lengths,
        "of_texts": verdict.text_cosine,
        "of_tokens": verdict.token_cosine,
        "wrong": verdict.wrong_precisions,
    }


def _from_json(facts: dict[str, Any]) -> Verdict:
    return Verdict(
        processor=facts["processor"],
        precision=facts["precision"],
        wrong_lengths=tuple(facts["left_out"]),
        text_cosine=facts["of_texts"],
        token_cosine=facts["of_tokens"],
        wrong_precisions=tuple(facts["wrong"]),
    )


def _key(folder: Path) -> str:
    """Hash all that a verdict depends on: the processor, the test, and the graph, with OpenVINO's version."""
    tested_by = (this_processor(), folder.name, PADDED_LENGTHS, BATCH_TOKENS, MIN_TEXT_COSINE, MIN_TOKEN_COSINE)
    return hashlib.sha256(repr(tested_by).encode()).hexdigest()[:16]

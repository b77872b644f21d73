"""Does a compiled graph compute right on this processor?

A release of OpenVINO may have kernels that are wrong for some shapes on some processors: 2026.4.1 gave token vectors
with a cosine of .61 to .75 to the right ones, in bf16 on processors with AMX, for texts padded to exactly 32 tokens.
So before a graph is used on a processor, texts of every padded length are encoded, alone or in batches, and compared
with what float32 makes of them (`embeddings.encoders.reference`). A length that is wrong is not used, nor is a
precision that is wrong at many lengths; where none is right, nor is OpenVINO.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Protocol

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from embeddings.encoders.padding import BATCH_TOKENS, PADDED_LENGTHS
from embeddings.encoders.processor import Processor, this_processor
from embeddings.encoders.reference import ReferenceText
from embeddings.types import Vectors

log = logging.getLogger(__name__)

FILE = "self-test.json"
# Least cosines of any text, and of its tokens in the mean, to those of float32. Where it computes right, 8 bits cost at
# most .004 and .0065 (all lengths, f32 and bf16); the fault with AMX costs .05 to .08 and .25 to .39.
LEAST_OF_TEXTS = 0.98
LEAST_OF_TOKENS = 0.95
# of a precision that is wrong at more of the lengths than this, nothing is trusted
_MOST_LEFT_OUT = 0.25


class Run(Protocol):
    """A graph: ids and mask of a batch, shape (rows, tokens), → vectors of texts and of tokens, rows of length 1."""

    def __call__(self, tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the self-test found on a processor.

    `precision` is the one that is used; None where none is right. `left_out` are the padded lengths at which it is
    wrong. `of_texts` and `of_tokens` are the least cosines to float32 at the other lengths, of a text and of the tokens
    of a text in the mean. `wrong` are the precisions that were tried before.
    """

    processor: str
    precision: str | None
    left_out: tuple[int, ...]
    of_texts: float
    of_tokens: float
    wrong: tuple[str, ...] = ()

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths that texts may be padded to, ascending."""
        return tuple(one for one in PADDED_LENGTHS if one not in self.left_out)

    @property
    def sentence(self) -> str:
        """What the self-test found, in words."""
        on = f"on this processor ({self.processor})"
        if self.precision is None:
            return f"OpenVINO computes wrongly {on}."
        said = []
        if self.wrong:
            said.append(f"OpenVINO computes wrongly in {' and '.join(self.wrong)} {on}: {self.precision} is used.")
        if self.left_out:
            lengths = ", ".join(map(str, self.left_out))
            said.append(
                f"OpenVINO computes wrongly {on} where texts are padded to {lengths} tokens: they are padded to more."
            )
        return " ".join(said) or f"OpenVINO computes right in {self.precision} {on}."

    @property
    def facts(self) -> dict[str, object]:
        """What the self-test found, as plain values by name."""
        return {
            "said": self.sentence,
            "processor": self.processor,
            "precision": self.precision,
            "wrong_precisions": list(self.wrong),
            "wrong_lengths": list(self.left_out),
            "least_cosine_of_texts": self.of_texts,
            "least_cosine_of_tokens": self.of_tokens,
        }

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found wrong."""
        return self.precision is not None and not self.left_out and not self.wrong


def judged(
    precisions: Iterable[str], load: Callable[[str], Run], texts: Sequence[ReferenceText], processor: Processor
) -> Verdict:
    """Return the first precision that computes right, with the lengths at which it does not.

    Args:
        load: returns the graph in a precision.
        texts: of all padded lengths, two for each, with what float32 makes of them.
    """
    wrong: list[str] = []
    for precision in precisions:
        run = load(precision)
        found = {length: _agreement(run, length, texts) for length in PADDED_LENGTHS}
        left_out = [
            length
            for length, (of_texts, of_tokens) in found.items()
            # this way round, since a value that is no number is wrong, too
            if not (of_texts >= LEAST_OF_TEXTS and of_tokens >= LEAST_OF_TOKENS)
        ]
        # texts of the longest could not be padded to more
        if PADDED_LENGTHS[-1] not in left_out and len(left_out) <= _MOST_LEFT_OUT * len(PADDED_LENGTHS):
            of_texts, of_tokens = (
                round(min(one), 5) for one in zip(*(found[one] for one in found if one not in left_out), strict=True)
            )
            return Verdict(processor.name, precision, tuple(left_out), of_texts, of_tokens, tuple(wrong))
        wrong.append(precision)
    return Verdict(processor.name, None, (), 0.0, 0.0, tuple(wrong))


def _agreement(run: Run, length: int, texts: Sequence[ReferenceText]) -> tuple[float, float]:
    """Return the least cosines to float32, of texts and of tokens, in the batch that tests a length."""
    of_texts, of_tokens = [], []
    batch = _batch(length, texts)
    tokens, mask = padded([text.ids for text in batch], length, 0)
    wholes, states = run(tokens, mask)
    for text, whole, of_text in zip(batch, wholes, states, strict=True):
        of_texts.append(float(whole @ text.pooled))
        of_tokens.append(float(np.einsum("ij,ij->i", of_text[: len(text.ids)], text.tokens).mean()))
    # NumPy's, since that of Python may pass over what is no number
    return float(np.min(of_texts)), float(np.min(of_tokens))


def _batch(length: int, texts: Sequence[ReferenceText]) -> list[ReferenceText]:
    """Return the batch that tests a length: one with padding, and, but for one length in four, one that fills it.

    For each new shape OpenVINO prepares itself, which takes longer than the run, so each length has one batch: as large
    as batches get at one length in four, a text alone at the next, two texts at the others.
    """
    at = PADDED_LENGTHS.index(length)
    full, shorter = texts[2 * at : 2 * at + 2]
    match at % 4:
        case 0:
            others = texts[: 2 * at][::-1] or [full]
            return [full, shorter, *islice(cycle(others), BATCH_TOKENS // length - 2)]
        case 1:
            return [shorter]
        case _:
            return [full, shorter]


def padded(
    texts: Sequence[Sequence[int] | NDArray[np.int64]], length: int, pad: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids of texts and the mask that tells them from what fills them up, both of shape (texts, length)."""
    tokens = np.full((len(texts), length), pad, np.int64)
    mask = np.zeros((len(texts), length), np.int64)
    for row, ids in enumerate(texts):
        tokens[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return tokens, mask


def kept_verdict(folder: Path) -> Verdict | None:
    """Return what was found on this processor for the graph in a folder, if that is known."""
    try:
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))[_key(folder)]
        tuples = {name: tuple(facts[name]) for name in ("left_out", "wrong")}
        return Verdict(**{**facts, **tuples})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def verdict_of(folder: Path, test: Callable[[], Verdict]) -> Verdict:
    """Return what is known of the graph in a folder on this processor, testing it first if need be.

    Of several processes that want it at once, one tests and the others wait. What was found wrong is said once, and
    kept beside the graph; where it cannot be kept, each start tests anew, and says so.
    """
    verdict = kept_verdict(folder)
    if verdict is not None:
        return verdict
    # the one under which the folder is made
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        lock.acquire()
    except OSError as error:
        return _said(test(), _unkept(folder, error))
    try:
        verdict = kept_verdict(folder)
        if verdict is not None:
            return verdict
        verdict = test()
        try:
            _keep(folder, verdict)
        except OSError as error:
            return _said(verdict, _unkept(folder, error))
        return _said(verdict)
    finally:
        lock.release()


def _said(verdict: Verdict, *more: str) -> Verdict:
    # where OpenVINO is not used at all, whoever takes over says it
    found = [] if verdict.is_clean or verdict.precision is None else [verdict.sentence]
    for sentence in (*found, *more):
        log.warning("%s", sentence)
    return verdict


def _unkept(folder: Path, error: OSError) -> str:
    return (
        f"The model is tested at every start, which takes seconds, since {folder} cannot be written "
        f"({error.strerror}): check its permissions."
    )


def _keep(folder: Path, verdict: Verdict) -> None:
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    known = kept if isinstance(kept, dict) else {}
    descriptor, name = tempfile.mkstemp(prefix=FILE, dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({**known, _key(folder): asdict(verdict)}, file, indent=1)
        Path(name).replace(folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _key(folder: Path) -> str:
    """Name all that a verdict hangs on: the processor, what is tested, and the graph, with OpenVINO's version."""
    tested_by = (this_processor(), folder.name, PADDED_LENGTHS, BATCH_TOKENS, LEAST_OF_TEXTS, LEAST_OF_TOKENS)
    return hashlib.sha256(repr(tested_by).encode()).hexdigest()[:16]

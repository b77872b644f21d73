"""Which language a text is written in."""

from __future__ import annotations

import importlib.metadata
import io
import lzma
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.cache import cache_folder, make_once
from rag.types import primary_language

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# characters of a text by which its language is detected, at most
_SAMPLE_CHARACTERS = 2000
# a part of a text is in another language than the whole if it has this many letters and that probability at least
_MIN_LETTERS = 100
_MIN_PROBABILITY = 0.95
# languages with several tags, or that differ little
_ALIKE = ({"no", "nb", "nn"}, {"hr", "bs", "sr", "sh"}, {"id", "ms"}, {"tl", "fil"})
_TABLES = ("ptc", "pc", "classes", "nextmove", "nextmove_row", "out_feat")
# raised whenever the same tables are stored in another way
_LAYOUT = 2
# bytes of the longest sequence that the model knows
_LONGEST_SEQUENCE = 6
# texts whose languages are detected at once
_BATCH = 64


def language_of(text: str) -> str:
    """Return the BCP-47 tag of the likeliest language, by the first 2,000 characters."""
    ((language, _),) = likeliest_languages([text])
    return language


def languages_of_parts(parts: Sequence[str], language: str) -> list[str]:
    """Return the language of each part of a text: that of the whole, unless it is clearly in another one."""
    long_parts = [part for part in parts if sum(map(str.isalpha, part)) >= _MIN_LETTERS]
    detected = dict(zip(long_parts, likeliest_languages(long_parts), strict=True))
    return [_language_of_part(language, *detected.get(part, (language, 0.0))) for part in parts]


def _language_of_part(whole: str, detected: str, probability: float) -> str:
    stated = primary_language(whole).lower()
    is_same = detected == stated or any({detected, stated} <= tags for tags in _ALIKE)
    return whole if is_same or probability < _MIN_PROBABILITY else detected


def likeliest_languages(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return the tag of the likeliest language of each text and its probability, by the first 2,000 characters."""
    samples = [_sample(text) for text in texts]
    return [
        likeliest
        for start in range(0, len(samples), _BATCH)
        for likeliest in _likeliest(samples[start : start + _BATCH], _tables())
    ]


def _sample(text: str) -> bytes:
    sample = text[:_SAMPLE_CHARACTERS]
    # capitals tell little
    sample = sample.lower() if sample.isupper() else sample
    return unicodedata.normalize("NFC", sample).encode("utf-8", "surrogatepass")


def _likeliest(samples: Sequence[bytes], tables: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, float]]:
    """Yield what py3langid says of each text.

    It is naive Bayes by the sequences of bytes that are typical of a language (Lui and Baldwin, 2012), with
    probabilities evened out by the length of the text.
    """
    lengths = np.array([max(1, len(sample)) for sample in samples])
    scores = _scores(samples, tables) / np.sqrt(lengths)[:, None]
    probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    names, second_columns = _names()
    for first, second in second_columns:
        probabilities[:, first] += probabilities[:, second]
    for row, best in zip(probabilities, probabilities.argmax(axis=1).tolist(), strict=True):
        yield names[best], float(row[best])


def _scores(samples: Sequence[bytes], tables: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return the logarithm of the likelihood of each language for each text; zeros where nothing is typical."""
    lengths = [len(sample) for sample in samples]
    letters = np.frombuffer(b"".join(samples), np.uint8)
    positions = np.arange(len(letters)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    # the automaton's state at a letter depends on the last letters only: all letters read them at the same time
    states = np.zeros(len(letters), np.uint32)
    for back in reversed(range(min(_LONGEST_SEQUENCE, len(letters)))):
        rows = tables["nextmove_row"][states[back:]].astype(np.uint32)
        moved = tables["nextmove"][(rows << 8) + letters[: len(letters) - back]]
        states[back:] = np.where(positions[back:] >= back, moved, 0)
    sequences = tables["out_feat"][states]
    is_typical = sequences >= 0
    used, columns = np.unique(sequences[is_typical], return_inverse=True)
    cells = np.repeat(np.arange(len(samples)), lengths)[is_typical] * len(used) + columns
    counts = np.bincount(cells, minlength=len(samples) * len(used)).reshape(len(samples), len(used))
    scores: NDArray[np.float32] = np.log1p(counts.astype(np.float32)) @ tables["ptc"][used]
    scores[counts.any(axis=1)] += tables["pc"]
    return scores


@cache
def _names() -> tuple[list[str], list[tuple[int, int]]]:
    """Return the language of each column of the scores, and both columns of each that is written in two scripts."""
    names = _tables()["classes"].tolist()
    firsts = map(names.index, names)
    return names, [(first, column) for column, first in enumerate(firsts) if column != first]


@cache
def _tables() -> Mapping[str, NDArray[Any]]:
    """Return the tables of the model of py3langid."""
    from py3langid import langid

    model = langid.MODEL_DIR / langid.MODEL_FILE
    try:
        folder = cache_folder() / f"languages-{importlib.metadata.version('py3langid')}-{_LAYOUT}"
        make_once(folder, lambda target: _unpack(model, target))
    except OSError:
        # without a cache loading takes 0.5 s longer
        return _packed_tables(model)
    # not np.memmap, which is slow to index
    return {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _TABLES}


def _unpack(model: Path, target: Path) -> dict[str, Any]:
    """Write the tables of the model into a folder; decompressing them takes most of its loading time."""
    for name, table in _packed_tables(model).items():
        np.save(target / f"{name}.npy", table)
    return {}


def _packed_tables(model: Path) -> dict[str, NDArray[Any]]:
    with lzma.open(model) as file, np.load(io.BytesIO(file.read()), allow_pickle=False) as tables:
        # NumPy takes longer to read half precision than for all the rest
        return {name: tables[name].astype(np.float32) if name == "ptc" else tables[name] for name in _TABLES}

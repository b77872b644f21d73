"""Which language a text is written in."""

from __future__ import annotations

import importlib.metadata
import io
from array import array
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.cache import cache_folder, make_once
from rag.types import primary_language

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from py3langid.langid import LanguageIdentifier

# characters of a text by which its language is detected, at most
_SAMPLE_CHARACTERS = 2000
# a part of a text is in another language than the whole if it has this many letters and that probability at least
_MIN_LETTERS = 100
_MIN_PROBABILITY = 0.95
# languages with several tags, or that differ little
_ALIKE = ({"no", "nb", "nn"}, {"hr", "bs", "sr", "sh"}, {"id", "ms"}, {"tl", "fil"})
_TABLES = ("ptc", "pc", "classes", "nextmove", "nextmove_row", "out_feat")


def language_of(text: str) -> str:
    """Return the BCP-47 tag of the likeliest language, by the first 2,000 characters."""
    language, _ = _identifier().classify(text[:_SAMPLE_CHARACTERS])
    return str(language)


def language_of_part(text: str, language: str) -> str:
    """Return the language of a part of a text: that of the whole, unless it is clearly in another one."""
    if sum(letter.isalpha() for letter in text) < _MIN_LETTERS:
        return language
    detected, probability = _identifier().classify(text[:_SAMPLE_CHARACTERS])
    stated = primary_language(language).lower()
    is_same = detected == stated or any({detected, stated} <= tags for tags in _ALIKE)
    return language if is_same or probability < _MIN_PROBABILITY else str(detected)


@cache
def _identifier() -> LanguageIdentifier:
    import numpy as np
    from py3langid import langid

    try:
        folder = cache_folder() / f"languages-{importlib.metadata.version('py3langid')}"
        make_once(folder, lambda target: _unpack(langid.MODEL_DIR / langid.MODEL_FILE, target))
    except OSError:
        # without a cache loading takes 0.5 s longer
        return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    table = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _TABLES}
    return langid.LanguageIdentifier(
        np.asarray(table["ptc"]),
        np.asarray(table["pc"]),
        table["classes"].tolist(),
        _array(table["nextmove"]),
        table["out_feat"].tolist(),
        norm_probs=True,
        tk_row=_array(table["nextmove_row"]),
    )


def _unpack(model: Path, target: Path) -> dict[str, Any]:
    """Write the tables of a model of py3langid into a folder; decompressing them takes most of its loading time."""
    import lzma

    import numpy as np

    with lzma.open(model) as file, np.load(io.BytesIO(file.read()), allow_pickle=False) as tables:
        for name in _TABLES:
            np.save(target / f"{name}.npy", tables[name])
    return {}


def _array(table: NDArray[Any]) -> array[int]:
    """Return a table as the kind of array whose numbers Python reads fastest."""
    return array(table.dtype.char, table.tobytes())

"""The tokenizer of a compiled model: in packed form for speed, in full where offsets cannot be computed otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int32]
"""The half-open range of code points of each token of a text, shape (tokens, 2)."""

FULL = "tokenizer.json"
PACKED = "tokenizer.kit"


def write_tokenizer(folder: Path, tokenizer_json: str) -> None:
    """Write both forms of a tokenizer.json into a folder."""
    from kitoken import Kitoken

    (folder / FULL).write_text(tokenizer_json, encoding="utf-8")
    Kitoken.from_tokenizers_file(str(folder / FULL)).to_file(str(folder / PACKED))


class ModelTokenizer:
    """Token ids by kitoken, which opens its packed file in 0.1 s, and their offsets letter by letter.

    The full tokenizer, which takes 0.6 s to open, is used only for texts whose normalisation is not letter by letter.
    Neither reads `<s>` and the like in a text as special tokens. Thread-safe.
    """

    def __init__(self, folder: Path) -> None:
        from kitoken import Kitoken

        self._folder = folder
        self._packed = Kitoken.from_file(str(folder / PACKED))
        self._pieces = _Pieces(self._packed.decode)

    @cached_property
    def _full(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / FULL))
        tokenizer.encode_special_tokens = True
        return tokenizer

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, without special tokens before and after it."""
        # tabs are the only character of everyday text that the two tokenizers read differently
        spaced = [text.replace("\t", " ") for text in texts]
        return [list(ids) for ids in self._packed.encode_all(spaced)] if spaced else []

    def offsets(self, texts: Sequence[str], ids: Sequence[Sequence[int]]) -> list[Offsets]:
        """Return, for each id of each text, the code points that it covers.

        Args:
            texts: the texts.
            ids: the result of `ids` for these texts.
        """
        offsets = [self._offsets_by_letter(text, text_ids) for text, text_ids in zip(texts, ids, strict=True)]
        misspelled = [number for number, text_offsets in enumerate(offsets) if text_offsets is None]
        if misspelled:
            encodings = self._full.encode_batch([texts[number] for number in misspelled], add_special_tokens=False)
            for number, encoding in zip(misspelled, encodings, strict=True):
                offsets[number] = np.array(encoding.offsets, np.int32).reshape(-1, 2)
        return [text_offsets for text_offsets in offsets if text_offsets is not None]

    def _offsets_by_letter(self, text: str, ids: Sequence[int]) -> Offsets | None:
        """Add up the lengths of the tokens; None if they do not spell the text.

        This tokenizer never cuts a token across white space, so the tokens spell the text without its spaces.
        """
        positions = np.flatnonzero(~np.fromiter(map(str.isspace, text), bool, len(text)))
        spelling = "".join(text.split())
        if not unicodedata.is_normalized("NFKC", spelling):
            letters = [unicodedata.normalize("NFKC", letter) for letter in spelling]
            # for each letter of the tokens, the position in the text of the letter that it is normalised from
            positions = np.repeat(positions, list(map(len, letters)))
            spelling = "".join(letters)
        pieces = list(map(self._pieces.__getitem__, ids))
        if "".join(pieces) != spelling:
            return None
        lengths = np.fromiter(map(len, pieces), np.intp, len(pieces))
        stops = lengths.cumsum()
        # a token without letters is only the space before a word, or white space at the end
        before = np.append(positions, len(text))[stops - lengths]
        last = positions[-1] + 1 if len(positions) else 0
        after = np.append(positions, len(text) - 1)[stops - (lengths > 0)] + 1
        no_letters, trailing = lengths == 0, stops == len(spelling)
        starts = np.where(no_letters, np.where(trailing, last, np.maximum(before - 1, 0)), before)
        ends = np.where(no_letters & ~trailing, before, after)
        return np.stack([starts, ends], axis=1).astype(np.int32)


class _Pieces(dict[int, str]):
    """The letters of each token without the space before it."""

    def __init__(self, decode: Callable[[list[int]], bytes]) -> None:
        super().__init__()
        self._decode = decode

    def __missing__(self, token: int) -> str:
        self[token] = piece = self._decode([token]).decode("utf-8", "replace")
        return piece

"""The tokenizer of a compiled model: in packed form for speed, in full where offsets cannot be computed otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

Offsets = list[tuple[int, int]]

FULL = "tokenizer.json"
PACKED = "tokenizer.kit"


def write_tokenizer(folder: Path, tokenizer_json: str) -> None:
    """Write both forms of a tokenizer.json into a folder."""
    from kitoken import Kitoken

    (folder / FULL).write_text(tokenizer_json, encoding="utf-8")
    Kitoken.from_tokenizers_file(str(folder / FULL)).to_file(str(folder / PACKED))


_WORD = re.compile(r"\S+")


class ModelTokenizer:
    """Token ids by kitoken, which opens its packed file in 0.1 s, and their offsets word by word.

    The full tokenizer, which takes 0.6 s to open, is used only for texts whose normalisation is not letter by letter.
    Neither reads `<s>` and the like in a text as special tokens. Thread-safe.
    """

    def __init__(self, folder: Path) -> None:
        from kitoken import Kitoken

        self._folder = folder
        self._packed = Kitoken.from_file(str(folder / PACKED))
        self._pieces: dict[int, str] = {}

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
        offsets = [self._offsets_by_word(text, text_ids) for text, text_ids in zip(texts, ids, strict=True)]
        misspelled = [number for number, text_offsets in enumerate(offsets) if text_offsets is None]
        if misspelled:
            encodings = self._full.encode_batch([texts[number] for number in misspelled], add_special_tokens=False)
            for number, encoding in zip(misspelled, encodings, strict=True):
                offsets[number] = encoding.offsets
        return [text_offsets for text_offsets in offsets if text_offsets is not None]

    def _offsets_by_word(self, text: str, ids: Sequence[int]) -> Offsets | None:
        """Add up the lengths of the tokens of each word; None if the tokens do not spell the words.

        This tokenizer never cuts a token across white space, so the tokens of a text are those of its words.
        """
        words = list(_WORD.finditer(text))
        offsets: Offsets = []
        consumed: list[int] = []
        ids_by_word = self._packed.encode_all([word.group() for word in words]) if words else []
        for word, word_ids in zip(words, ids_by_word, strict=True):
            consumed += word_ids
            word_offsets = self._offsets_in_word(word, word_ids)
            if word_offsets is None:
                return None
            offsets += word_offsets
        # white space at the end becomes tokens without letters
        trailing_ids = ids[len(consumed) :]
        trailing = [(words[-1].end() if words else 0, len(text)) for _ in trailing_ids]
        if list(ids[: len(consumed)]) != consumed or any(map(self._piece, trailing_ids)):
            return None
        return offsets + trailing

    def _offsets_in_word(self, word: re.Match[str], ids: Sequence[int]) -> Offsets | None:
        spelled = [unicodedata.normalize("NFKC", letter) for letter in word.group()]
        pieces = [self._piece(token) for token in ids]
        if "".join(spelled) != "".join(pieces):
            return None
        # for each letter of the pieces, the position in the text of the letter that it is normalised from
        positions = [position for position, letters in enumerate(spelled, word.start()) for _ in letters]
        offsets: Offsets = []
        start = 0
        for piece in pieces:
            end = start + len(piece)
            if piece:
                offsets.append((positions[start], positions[end - 1] + 1))
            else:
                # a token that is only the space before the word
                offsets.append((max(0, word.start() - 1), word.start()))
            start = end
        return offsets

    def _piece(self, token: int) -> str:
        """Return the letters of a token without the space before it."""
        if token not in self._pieces:
            self._pieces[token] = self._packed.decode([token]).decode("utf-8", "replace")
        return self._pieces[token]

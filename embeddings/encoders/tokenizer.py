"""The tokenizer of a compiled model: packed for speed, and in full where offsets cannot be told otherwise."""

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
    """Token ids by kitoken, which opens its packed file in .1 s, and their offsets by word.

    The full tokenizer, which takes .6 s to open, is asked only about texts whose normalisation is not letter by letter.
    Neither reads `<s>` and the like in a text as special tokens. Safe to use from several threads.
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
        # the one character of everyday text that both would read differently
        spaced = [text.replace("\t", " ") for text in texts]
        return [list(ids) for ids in self._packed.encode_all(spaced)] if spaced else []

    def offsets(self, texts: Sequence[str], ids: Sequence[Sequence[int]]) -> list[Offsets]:
        """Return, for each id of each text, the code points that it covers.

        Args:
            ids: what `ids` returns for these texts.
        """
        found = [self._by_word(text, of_text) for text, of_text in zip(texts, ids, strict=True)]
        left = [number for number, offsets in enumerate(found) if offsets is None]
        if left:
            encodings = self._full.encode_batch([texts[number] for number in left], add_special_tokens=False)
            for number, encoding in zip(left, encodings, strict=True):
                found[number] = encoding.offsets
        return [offsets for offsets in found if offsets is not None]

    def _by_word(self, text: str, ids: Sequence[int]) -> Offsets | None:
        """Add up the lengths of the tokens of each word; None where they do not spell the words.

        This tokenizer cuts no token across white space, so a text's tokens are those of its words.
        """
        words = list(_WORD.finditer(text))
        offsets: Offsets = []
        read: list[int] = []
        of_words = self._packed.encode_all([word.group() for word in words]) if words else []
        for word, of_word in zip(words, of_words, strict=True):
            read += of_word
            # code points of the word for each of its letters as the tokens spell them
            spelled = [unicodedata.normalize("NFKC", letter) for letter in word.group()]
            pieces = [self._piece(one) for one in of_word]
            if "".join(spelled) != "".join(pieces):
                return None
            places = [at for at, letters in enumerate(spelled, word.start()) for _ in letters]
            at = 0
            for piece in pieces:
                end = at + len(piece)
                # a token that is the space before the word alone
                here = (places[at], places[end - 1] + 1) if piece else (max(0, word.start() - 1), word.start())
                offsets.append(here)
                at = end
        # white space at the end is tokens without letters
        behind = [(words[-1].end() if words else 0, len(text)) for _ in ids[len(read) :]]
        if list(ids[: len(read)]) != read or any(map(self._piece, ids[len(read) :])):
            return None
        return offsets + behind

    def _piece(self, token: int) -> str:
        """Return the letters of a token without the space before it."""
        if token not in self._pieces:
            self._pieces[token] = self._packed.decode([token]).decode("utf-8", "replace")
        return self._pieces[token]

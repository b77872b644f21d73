"""Questions typed without accents → with the accents of the archive: "Nguyen Van Khai" → "Nguyễn Văn Khải".

The lexical index matches words without accents, too, but the encoder does not know a Vietnamese word without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.text.words import fold, normalize_word, word_spans
from rag.types import Span

# the share of the common words that the passages must write with accents, at least
_MIN_SHARE = 0.5


def with_accents(question: str, words: Sequence[Span], passages: Iterable[str]) -> str:
    """Return a question with the accents of those of its words that passages always write with accents.

    It is not changed if it has accents of its own, or if the passages write most of its words without: then it is in a
    language with few accents.

    Args:
        words: the spans of the content words of the question.
        passages: texts with words of the question, the best first.
    """
    if not question.isascii():
        return question
    spellings: dict[str, str] = {}
    sought = {fold(question[start:end]) for start, end in words}
    plain: set[str] = set()
    for text in passages:
        for start, end, folded in word_spans(text):
            if folded in sought:
                word = text[start:end]
                if normalize_word(word).isascii():
                    plain.add(folded)
                else:
                    spellings.setdefault(folded, word)
    common = sought & (plain | spellings.keys())
    accented = [word for word in spellings if word not in plain]
    if not accented or len(accented) < _MIN_SHARE * len(common):
        return question
    letters = list(question)
    for start, end in words:
        spelling = spellings.get(fold(question[start:end]), "").lower()
        # the offsets of words must not change
        if spelling and fold(question[start:end]) not in plain and len(spelling) == end - start:
            letters[start:end] = [
                new.upper() if old.isupper() and len(new.upper()) == 1 else new
                for old, new in zip(question[start:end], spelling, strict=True)
            ]
    return "".join(letters)

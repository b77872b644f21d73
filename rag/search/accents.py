"""Questions typed without accents, with those that the archive writes: "Nguyen Van Khai" → "Nguyễn Văn Khải".

Words are found without accents, too, but the encoder knows a Vietnamese word without its accents as little as a reader
does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.text.words import fold, normalize_word, word_spans
from rag.types import Span

# so much of what question and passages share must be written with accents there
_LEAST = 0.5


def with_accents(question: str, words: Sequence[Span], passages: Iterable[str]) -> str:
    """Return a question with the accents of words that passages write with accents alone.

    It stays as it is if it has accents of its own, or if the passages write most words of it without: then it is in a
    language with few of them.

    Args:
        words: the places of those words of the question that tell something.
        passages: texts that share words with it, the best first.
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
    shared = sought & (plain | spellings.keys())
    accented = [one for one in spellings if one not in plain]
    if not accented or len(accented) < _LEAST * len(shared):
        return question
    found = list(question)
    for start, end in words:
        spelling = spellings.get(fold(question[start:end]), "").lower()
        # the places of words must stay
        if spelling and fold(question[start:end]) not in plain and len(spelling) == end - start:
            found[start:end] = [
                new.upper() if old.isupper() and len(new.upper()) == 1 else new
                for old, new in zip(question[start:end], spelling, strict=True)
            ]
    return "".join(found)

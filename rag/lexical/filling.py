"""Passages → entries of the index of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from rag.changes import PassageChanges
from rag.encoder_input import encoder_input
from rag.lexical.analysis import fold, normal, term, words, written
from rag.lexical.compounds import compound_parts
from rag.lexical.index import Entry
from rag.types import primary

# a word as it is written, a language (BCP-47) → terms
Terms = Callable[[str, str], tuple[str, ...]]

_COMPOUNDING = "de"
_REMEMBERED = 1 << 18


def term_maker(frequency: Callable[[str], int]) -> Terms:
    """Return the function that makes terms of a word: its stem, and those of its parts if it is a German compound.

    There are none of a word without letters. `frequency` tells in how many passages a folded word stands; it is asked
    once about each word.
    """

    @lru_cache(_REMEMBERED)
    def terms(word: str, language: str) -> tuple[str, ...]:
        found = [term(word, language)]
        if primary(language).lower() == _COMPOUNDING:
            parts = compound_parts(normal(word), lambda part: frequency(fold(part)))
            found += [term(part, language) for part in parts]
        return tuple(one for one in found if one)

    return terms


def count(changes: Iterable[PassageChanges]) -> tuple[Counter[str], Counter[str]]:
    """Return in how many of the passages to add each folded word stands, and how many are in each language."""
    of_words: Counter[str] = Counter()
    of_languages: Counter[str] = Counter()
    for batch in changes:
        for _, passage in batch.added:
            of_words.update(set(words(passage.text)))
            of_languages[primary(passage.language).lower()] += 1
    return of_words, of_languages


def entries(changes: Iterable[PassageChanges], terms: Terms) -> Iterator[Entry]:
    """Yield the passages to add. Terms are made of what the encoder reads too, with the title; words of the text."""
    for batch in changes:
        for article, passage in batch.added:
            context = encoder_input(article, passage).removesuffix(passage.text)
            in_passage = written(passage.text)
            found = [one for word in written(context) for one in terms(word, article.language)]
            found += [one for word in in_passage for one in terms(word, passage.language)]
            yield Entry(passage.key, found, [folded for word in in_passage if (folded := fold(word))])

"""Passages → entries of the index of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from rag.lexical.tantivy_index import Entry
from rag.storage.change_feed import PassageChanges
from rag.text.compounds import compound_parts
from rag.text.encoder_input import context_of
from rag.text.numbers import is_value
from rag.text.words import fold, normal, readings, term, term_without_accents, written
from rag.types import Article, Passage, primary_language

# a word as it is written, a language (BCP-47) → terms
Terms = Callable[[str, str], tuple[str, ...]]

_COMPOUNDING = "de"
# stands between what a passage holds and what is said of it, so that no phrase goes over the edge; it is no word
_EDGE = "|"
_REMEMBERED = 1 << 18


def term_maker(frequency: Callable[[str], int]) -> Terms:
    """Return the function that makes terms of a word: its stem, as it is with and without accents, and the stems of its
    parts if it is a German compound.

    There are none of a word without letters. `frequency` tells in how many passages a folded word stands; it is asked
    once about each word.
    """

    @lru_cache(_REMEMBERED)
    def terms(word: str, language: str) -> tuple[str, ...]:
        found = [term(word, language), term_without_accents(word, language)]
        if primary_language(language).lower() == _COMPOUNDING:
            parts = compound_parts(normal(word), lambda part: frequency(fold(part)))
            found += [term(part, language) for part in parts]
        return tuple(dict.fromkeys(one for one in found if one))

    return terms


def count(changes: Iterable[PassageChanges]) -> tuple[Counter[str], Counter[str]]:
    """Return in how many of the passages to add each folded word stands, and how many are in each language."""
    of_words: Counter[str] = Counter()
    of_languages: Counter[str] = Counter()
    for batch in changes:
        for article, passage in batch.added:
            of_words.update(set(_words(article, passage)))
            of_languages[primary_language(passage.language).lower()] += 1
    return of_words, of_languages


def entries(changes: Iterable[PassageChanges], terms: Terms) -> Iterator[Entry]:
    """Yield the passages to add. Terms are made of what the encoder reads too, with the title, and of the author.

    Words, which phrases and exclusions look for, are those of the text, and those of what a citation says of it: its
    headline and its author.
    """
    for batch in changes:
        for article, passage in batch.added:
            context = context_of(article)
            author = article.author if article.author and article.author not in passage.text else ""
            found = [
                *_terms(f"{context}{author}", article.language, terms),
                *_terms(passage.text, passage.language, terms),
            ]
            yield Entry(passage.key, found, _words(article, passage))


def _terms(text: str, language: str, terms: Terms) -> list[str]:
    """Return the terms of a text, those of both readings where a number has two."""
    as_written = written(text)
    found = [one for word in as_written for one in terms(word, language)]
    if any(map(is_value, found)):
        certain, *others = readings(text, language)
        found += [one for other in others for one in other if is_value(one) and one not in certain]
    return found


def _words(article: Article, passage: Passage) -> list[str]:
    found: list[str] = []
    said = [(one, article.language) for one in (article.title, article.author) if one]
    for text, language in [(passage.text, passage.language), *said]:
        for reading in readings(text, language):
            found += [*reading, _EDGE] if reading else []
    return found

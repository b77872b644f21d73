"""Passages → entries of the lexical index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from rag.lexical.words import Entry
from rag.storage.change_feed import PassageChanges
from rag.text.compounds import compound_parts, possible_parts
from rag.text.encoder_input import context_of
from rag.text.numbers import has_number, is_number
from rag.text.sounds import may_be_name, sounds
from rag.text.words import fold, fold_part, normalize_word, raw_words, readings_of, stem, term, term_without_accents
from rag.types import Article, primary_language

# a word as it is written, a language (BCP-47) → terms
Terms = Callable[[str, str], tuple[str, ...]]

_COMPOUNDING = "de"
# separates a passage from its headline and author, so that no phrase spans both; it is not a word
_EDGE = "|"
_CACHED_WORDS = 1 << 18


def term_maker(frequency: Callable[[str], int]) -> Terms:
    """Return the function that makes the terms of a word.

    They are its stem with and without accents, and the stems of its parts if it is a German compound. A word without
    letters has none. `frequency` returns the number of passages with a folded word; it is called once for each word.
    """

    @lru_cache(_CACHED_WORDS)
    def terms(word: str, language: str) -> tuple[str, ...]:
        stems = stems_of(word, language)
        if _is_compounding(language):
            parts = compound_parts(normalize_word(word), lambda part: frequency(fold_part(part)))
            stems = (*stems, *(stem for part in parts if (stem := term(part, language))))
        return tuple(dict.fromkeys(stems))

    return terms


def stems_of(word: str, language: str) -> tuple[str, ...]:
    """Return the terms of a word apart from those of its parts."""
    with_accents = term(word, language)
    without = with_accents if word.isascii() else term_without_accents(word, language)
    return tuple(filter(None, dict.fromkeys([with_accents, without])))


def possible_terms(word: str, language: str) -> set[str]:
    """Return the terms of all parts into which a word may be split."""
    return {term(part, language) for part in _possible_parts(word, language)}


def deciding_words(batch: PassageChanges) -> Iterator[str]:
    """Yield the words whose frequencies decide which compounds are split among the words of passages to add."""
    for article, passage in batch.added:
        texts = ((context_of(article) + (article.author or ""), article.language), (passage.text, passage.language))
        for text, language in texts:
            for word in raw_words(text):
                if parts := _possible_parts(word, language):
                    yield from map(fold, (*parts, normalize_word(word)))


def _possible_parts(word: str, language: str) -> set[str]:
    return possible_parts(normalize_word(word)) if _is_compounding(language) else set()


def _is_compounding(language: str) -> bool:
    return primary_language(language).lower() == _COMPOUNDING


@lru_cache(_CACHED_WORDS)
def name_sounds(word: str, language: str) -> tuple[str, ...]:
    """Return how a word of a text sounds if it may be a name, without the endings of its language."""
    return tuple(sorted(sounds(stem(word, language)))) if may_be_name(word) else ()


def count_words(changes: Iterable[PassageChanges]) -> tuple[Counter[str], Counter[str]]:
    """Count the passages to add: those with each folded word, and those in each language."""
    of_words: Counter[str] = Counter()
    of_languages: Counter[str] = Counter()
    for batch in changes:
        for article, passage in batch.added:
            of_words.update(set(_words(article, readings_of(raw_words(passage.text), passage.language))))
            of_languages[primary_language(passage.language).lower()] += 1
    return of_words, of_languages


def entries(changes: Iterable[PassageChanges], terms: Terms) -> Iterator[Entry]:
    """Yield the passages to add. Terms are made of the encoder's input, which has the title, and of the author.

    Words, which phrases and exclusions search, are those of the text, and of the headline and the author that its
    citation names.
    """
    for batch in changes:
        for article, passage in batch.added:
            context = context_of(article)
            author = article.author if article.author and article.author not in passage.text else ""
            parts = ((f"{context}{author}", article.language), (passage.text, passage.language))
            texts = [(raw := raw_words(text), language, readings_of(raw, language)) for text, language in parts]
            yield Entry(
                key=passage.key,
                terms=[
                    of_text for raw, language, readings in texts for of_text in _terms(raw, language, readings, terms)
                ],
                sounds=[
                    sound
                    for raw, language, _ in texts
                    for word in raw
                    # no name, and most words are none
                    if not word[0].islower()
                    for sound in name_sounds(word, language)
                ],
                words=_words(article, texts[-1][-1]),
            )


def _terms(raw: Sequence[str], language: str, readings: Sequence[Sequence[str]], terms: Terms) -> list[str]:
    """Return the terms of words as they are written, those of all readings where a number has several."""
    of_text = [of_word for word in raw for of_word in terms(word, language)]
    if has_number(of_text):
        likely, *alternatives = readings
        of_text += [word for reading in alternatives for word in reading if is_number(word) and word not in likely]
    return of_text


def _words(article: Article, readings: Sequence[Sequence[str]]) -> list[str]:
    """Return the folded words of a passage, given its readings, and of what its citation names."""
    citation = [readings_of(raw_words(part), article.language) for part in (article.title, article.author) if part]
    words: list[str] = []
    for reading in chain(readings, *citation):
        words += [*reading, _EDGE] if reading else []
    return words

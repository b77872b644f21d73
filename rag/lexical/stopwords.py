"""Words that stand in every text of a language and tell nothing: the lists of Snowball that Tantivy carries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from rag.types import primary_language

_LISTS = {
    "de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch", "da": "danish",
    "fi": "finnish", "hu": "hungarian", "nb": "norwegian", "nn": "norwegian", "no": "norwegian", "pt": "portuguese",
    "ru": "russian", "sv": "swedish",
}  # fmt: skip


@lru_cache(1 << 16)
def is_stop_word(word: str, language: str) -> bool:
    """Tell whether a word, as it is written, is a stop word of a language (BCP-47); False where there is no list."""
    name = _LISTS.get(primary_language(language).lower())
    return name is not None and not _filter(name).analyze(word.lower())


def telling_words(words: Sequence[str], languages: Sequence[str]) -> list[bool]:
    """Tell of each word of a question whether it is no stop word; if all are, all count.

    One list decides, that with the most words of the question: `war` is a stop word in German and none in English.
    Of equal ones the first in the order of `languages`, those of the archive.
    """
    known = dict.fromkeys([*(primary_language(one).lower() for one in languages), *_LISTS])
    language = max(known, key=lambda one: sum(is_stop_word(word, one) for word in words))
    telling = [not is_stop_word(word, language) for word in words]
    return telling if any(telling) else [True] * len(words)


@lru_cache
def _filter(name: str) -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(name)).build()

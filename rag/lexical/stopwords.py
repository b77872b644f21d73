"""Stop words: the lists of Snowball that Tantivy contains."""

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
    """Whether a word, as it is written, is a stop word of a language (BCP-47); False for a language without a list."""
    name = _LISTS.get(primary_language(language).lower())
    return name is not None and not _filter(name).analyze(word.lower())


def content_word_flags(words: Sequence[str], languages: Sequence[str]) -> list[bool]:
    """Return for each word of a question whether it is a content word, not a stop word; all are if none is.

    The list with the most words of the question decides: `war` is a stop word in German and not in English. Of equal
    lists it is the first in the order of `languages`, those of the archive.
    """
    candidates = dict.fromkeys([*(primary_language(tag).lower() for tag in languages), *_LISTS])
    language = max(candidates, key=lambda tag: sum(is_stop_word(word, tag) for word in words))
    flags = [not is_stop_word(word, language) for word in words]
    return flags if any(flags) else [True] * len(words)


@lru_cache
def _filter(name: str) -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(name)).build()

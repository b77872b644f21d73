"""The words of an archive as one question sees them: analysis of the question, search, matching words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from rag.lexical.bm25 import idf
from rag.lexical.documents import Terms, name_sounds
from rag.lexical.query import LexicalQuery, Match, QueryWord
from rag.lexical.stopwords import content_word_flags, is_stop_word
from rag.lexical.words import Ids, WordSearch
from rag.text.lost_letters import damaged_forms
from rag.text.numbers import alternative_readings, scaled_value
from rag.text.sounds import is_sound, may_be_name, sought_sounds
from rag.text.words import fold, raw_words, readings, stem, term, term_without_accents, word_spans

# a term in more than this share of the passages says little, in an archive of this many passages or more
_COMMON_SHARE = 0.25
_MIN_PASSAGES_FOR_RARITY = 200
# letters of a word that says little in a smaller archive, at most
_SHORT_WORD = 3
# languages whose accents are umlauts or rare, and those of scripts without accents that can be left out
_WITHOUT_ACCENTS = frozenset(
    ("de", "en", "nl", "id", "ms", "zh", "ja", "ko", "th", "lo", "km", "my", "ru", "uk", "bg", "be", "mk", "ar", "fa",
     "he", "ur", "hi")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LexicalSnapshot:
    """The words of all passages in a state of the archive, searched by BM25.

    `languages` are those of the passages, the most frequent first. The passages with `outdated` keys are in `words`,
    but no longer in the archive, or with another text.
    """

    words: WordSearch
    terms: Terms
    languages: tuple[str, ...]
    outdated: Ids

    @property
    def has_accents(self) -> bool:
        """Whether there are passages in a language that writes accents other than umlauts."""
        return not _WITHOUT_ACCENTS.issuperset(self.languages)

    def analyse(self, question: str) -> LexicalQuery:
        """Return the words of a question with their frequencies in the archive. Any text will do."""
        spans = list(word_spans(question))
        are_content = content_word_flags([question[start:end] for start, end, _ in spans], self.languages)
        words: dict[tuple[str, ...], QueryWord] = {}
        for (start, end, folded), following, is_content in zip(spans, [*spans[1:], None], are_content, strict=False):
            variants = _variants(question[start:end], self) if is_content else ()
            if following and (value := scaled_value(folded, following[2], None)):
                variants = (*variants, value)
            if variants and variants not in words:
                frequency = max(map(self.words.passages_with_term, variants))
                sounds = _sounds(question[start:end], variants, self)
                highest = max([frequency, *map(self.words.passages_with_term, sounds)])
                weight = idf(highest, len(self.words))
                words[variants] = QueryWord((start, end), variants, weight, sounds, is_spelled=frequency > 0)
        return LexicalQuery(tuple(words.values()), len(self.words))

    def search(self, query: LexicalQuery, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return the keys and BM25 scores of the k best passages with any of the words, best first.

        Equal scores are in the order of the keys.

        Args:
            allowed: the only keys that are searched; None for all.
        """
        return self.words.best(_searched_terms(query, self.words), k, allowed, self.outdated)

    def scores(self, query: LexicalQuery, keys: Ids) -> dict[int, float]:
        """Return the BM25 scores of these passages as `search` gives them; those without a common word are omitted."""
        return dict(self.search(query, len(keys), keys))

    def containing(self, phrase: str) -> Ids:
        """Return the keys of all passages with this phrase, ascending; its words are folded and not stemmed.

        The phrase is in the passage, in the headline of its article or in its author's name.
        """
        keys = [self.words.containing(spelling) for spelling in _spellings(phrase)]
        return np.setdiff1d(np.concatenate(keys), self.outdated)

    def matches(self, query: LexicalQuery, text: str, language: str) -> tuple[Match, ...]:
        """Return the words of a text, in order, that share a stem or a part with a word of the question.

        Words that say little are omitted: stop words of the text's language, and words of many passages. In a small
        archive nearly every word is in many passages; there short words are omitted. In scripts without spaces, where
        each two characters are a word, matches overlap.
        """
        is_small = query.passages < _MIN_PASSAGES_FOR_RARITY
        min_idf = 0.0 if is_small else idf(int(_COMMON_SHARE * query.passages), query.passages)
        variants = {
            variant for word in query.words if word.idf >= min_idf for variant in (*word.variants, *word.sounds)
        }
        asks_for_name = any(map(is_sound, variants))
        matches = []
        spans = list(word_spans(text))
        for (start, end, folded), following in zip(spans, [*spans[1:], None], strict=False):
            if following and (value := scaled_value(folded, following[2], language)) in variants:
                matches.append(Match(start, following[1], str(value)))
                continue
            word = text[start:end]
            terms = chain(
                self.terms(word, language),
                alternative_readings(word, language),
                name_sounds(word, language) if asks_for_name else (),
            )
            if not (shared := next(filter(variants.__contains__, terms), None)):
                continue
            is_short = is_small and len(folded) <= _SHORT_WORD and folded.isascii() and folded.isalpha()
            if not is_short and not is_stop_word(word, language):
                matches.append(Match(start, end, shared))
        return tuple(matches)


def _variants(word: str, snapshot: LexicalSnapshot) -> tuple[str, ...]:
    """Return the terms of a word, and those of its damaged forms that occur in the archive."""
    terms = _terms(word, snapshot)
    of_damaged = [term for form in damaged_forms(word) for term in _terms(form, snapshot)]
    return tuple(dict.fromkeys([*terms, *(term for term in of_damaged if snapshot.words.passages_with_term(term))]))


def _sounds(word: str, variants: Sequence[str], snapshot: LexicalSnapshot) -> tuple[str, ...]:
    """Return the sounds of a name, and those of its variants that are no spelling of it; nothing of other words.

    It is taken for a name if texts spell what sounds alike in other ways, too.
    """
    frequency = snapshot.words.passages_with_term
    stems = {stem(word, language) for language in snapshot.languages}
    spellings = {fold(spelling) for spelling in stems}
    sounds = {sound for spelling in stems for sound in sought_sounds(spelling) if frequency(sound)}
    spelled = max((frequency(variant) for variant in variants if variant in spellings), default=0)
    if not sounds or max(map(frequency, sounds)) <= spelled or (spelled and not may_be_name(word)):
        return ()
    return (*sorted(sounds), *(variant for variant in variants if variant not in spellings))


def _terms(word: str, snapshot: LexicalSnapshot) -> list[str]:
    """Return the terms of a word as it is written, and those without its accents if they are more frequent.

    A text with the accents has both, and would count twice.
    """
    languages = snapshot.languages
    terms = list(dict.fromkeys(term for language in languages for term in snapshot.terms(word, language)))
    if word.isascii():
        return terms
    accented = {term(word, language) for language in languages}
    bare = {term_without_accents(word, language) for language in languages} - accented
    frequency = snapshot.words.passages_with_term
    highest = max((frequency(form) for form in terms if form not in bare), default=0)
    return [form for form in terms if form not in bare or frequency(form) > highest]


def _spellings(phrase: str) -> Iterator[list[str]]:
    """Yield the folded words of a phrase, with each reading of its numbers, then with each word in damaged forms."""
    yield from readings(phrase, None)
    words = raw_words(phrase)
    for position, word in enumerate(words):
        for form in damaged_forms(word):
            spelling = (*words[:position], form, *words[position + 1 :])
            yield [folded for part in spelling if (folded := fold(part))]


def _searched_terms(query: LexicalQuery, words: WordSearch) -> list[str]:
    """Return the question's terms that occur in the archive; of a large archive only rare ones, if there are any."""
    terms_of_words = [term for word in query.words for term in word.sounds or word.variants]
    frequencies = {term: words.passages_with_term(term) for term in terms_of_words}
    terms = [term for term, frequency in frequencies.items() if frequency]
    if len(words) < _MIN_PASSAGES_FOR_RARITY:
        return terms
    return [term for term in terms if frequencies[term] <= _COMMON_SHARE * len(words)] or terms

"""Words on a server as one question sees them: about terms it is asked a few times, not for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import TypeVar

from rag.lexical.documents import Terms, possible_terms, stems_of, term_maker
from rag.lexical.milvus_words import MilvusWords, Term, as_term
from rag.lexical.query import LexicalQuery, Match
from rag.lexical.snapshot import LexicalSnapshot
from rag.lexical.word_rows import WORDS
from rag.lexical.words import Ids

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Guess:
    """Words of which those that have not been asked about are in no passage, and are noted."""

    words: MilvusWords
    unasked: set[Term] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.words)

    def prepare(self, terms: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        self.words.prepare(terms, words)

    def passages_with_term(self, term: str) -> int:
        return self._frequency(as_term(term), self.words.passages_with_term)

    def passages_with_word(self, word: str) -> int:
        return self._frequency((WORDS, word), self.words.passages_with_word)

    def best(self, terms: Sequence[str], k: int, allowed: Ids | None, outdated: Ids) -> list[tuple[int, float]]:
        return self.words.best(terms, k, allowed, outdated)

    def containing(self, phrase: Sequence[str]) -> Ids:
        return self.words.containing(phrase)

    def _frequency(self, term: Term, frequency: Callable[[str], int]) -> int:
        if self.words.has_looked_up(term):
            return frequency(term[1])
        self.unasked.add(term)
        return 0


@dataclass(frozen=True, slots=True)
class SharedSnapshot(LexicalSnapshot):
    """The words of all passages in a state of the archive, on a server.

    Whether a word is a compound depends on how frequent its parts are. So a text is read with frequencies of 0 first,
    then with those that were missed, until none is: that takes two or three requests.
    """

    server: MilvusWords

    def analyse(self, question: str) -> LexicalQuery:
        """See `LexicalSnapshot.analyse`."""
        return self._result(lambda snapshot: snapshot.analyse(question))

    def matches(self, query: LexicalQuery, text: str, language: str) -> tuple[Match, ...]:
        """See `LexicalSnapshot.matches`."""
        sought = {term for word in query.words for term in (*word.variants, *word.sounds)}
        return self._result(lambda snapshot: snapshot.matches(query, text, language), sought)

    def _result(self, result_of: Callable[[LexicalSnapshot], Result], sought: Set[str] | None = None) -> Result:
        """Return a result when all has been asked that it depends on.

        Args:
            sought: the terms that matter; None for all.
        """
        while True:
            guess = _Guess(self.server)
            terms = term_maker(guess.passages_with_word)
            terms = terms if sought is None else _terms_that_matter(terms, sought)
            result = result_of(LexicalSnapshot(guess, terms, self.languages, self.outdated))
            if not guess.unasked:
                return result
            self.server.look_up(guess.unasked)


def _terms_that_matter(terms: Terms, sought: Set[str]) -> Terms:
    """Return the function that splits only those words of which a part may be sought."""

    def some_terms(word: str, language: str) -> tuple[str, ...]:
        if sought.isdisjoint(possible_terms(word, language)):
            return stems_of(word, language)
        return terms(word, language)

    return some_terms

"""The lexical index: the words of an archive, which follows the store and is rebuilt when it cannot be trusted."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import BaseFileLock, Timeout

from rag.lexical.documents import Terms, count_words, entries, term_maker
from rag.lexical.manifest import IndexDamaged, Manifest, new_folder, read_manifest, write_manifest
from rag.lexical.query import LexicalQuery, Match, QueryWord, idf
from rag.lexical.stopwords import content_word_flags, is_stop_word
from rag.lexical.tantivy_index import Ids, WordIndex
from rag.storage.change_feed import NOTHING_YET, State
from rag.storage.store import Store
from rag.text.lost_letters import damaged_forms
from rag.text.numbers import alternative_readings, scaled_value
from rag.text.words import fold, raw_words, readings, term, term_without_accents, word_spans

log = logging.getLogger(__name__)

# incremented whenever the same articles give different terms
VERSION = 4
# a term in more than this share of the passages says little, in an archive of this many passages or more
_COMMON_SHARE = 0.25
_MIN_PASSAGES_FOR_RARITY = 200
# letters of a word that says little in a smaller archive, at most
_SHORT_WORD = 3
# an archive of at most this many passages is indexed in a second or two: it is indexed from scratch at each change, so
# that it answers like one that never had other articles
_MAX_REBUILT_PASSAGES = 1000
# deleted passages count in the average length of a passage; the index is rebuilt when more than this share is deleted
_MAX_DELETED_SHARE = 0.1
_IN_MEMORY = "in memory"
# languages whose accents are umlauts or rare, and those of scripts without accents that can be left out
_WITHOUT_ACCENTS = frozenset(
    ("de", "en", "nl", "id", "ms", "zh", "ja", "ko", "th", "lo", "km", "my", "ru", "uk", "bg", "be", "mk", "ar", "fa",
     "he", "ur", "hi")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _OpenIndex:
    """An open index: what it contains at least, and the keys that are `outdated` in the state `compared_with`.

    That state is None before the index was compared with the archive.
    """

    manifest: Manifest
    words: WordIndex
    terms: Terms
    outdated: Ids
    compared_with: State | None


class LexicalIndex:
    """The words of all passages, searched by BM25.

    Its manifest names the archive, the rules of analysis and the state of the archive. An index that is damaged, of
    another archive or other rules, or of a state that the archive does not descend from, is filled again from the
    store. So is a small one when anything has changed, and a large one whose archive has doubled or halved, since the
    frequencies of words decide which compounds are split. If its folder is read-only, it is used as it is, or made in
    memory, with a warning. `writing` is the lock, taken without waiting, that lets one process at a time write the
    files: while another process has it, questions see what was written last, without the passages that have changed
    since. Safe to use from several threads.
    """

    def __init__(self, folder: Path, store: Store, writing: BaseFileLock) -> None:
        self._folder = folder
        self._store = store
        self._writing = writing
        self._lock = threading.Lock()
        self._open_index: _OpenIndex | None = None
        self._unwritable: State | None = None

    # -- searching ----------------------------------------------------------------------------------

    @property
    def has_accents(self) -> bool:
        """Whether there are passages in a language that writes accents other than umlauts."""
        index = self._current()
        return index is not None and not _WITHOUT_ACCENTS.issuperset(index.manifest.languages)

    def analyse(self, question: str) -> LexicalQuery:
        """Return the words of a question with their frequencies in the archive as it is now. Any text will do."""
        index = self._current()
        if index is None:
            return LexicalQuery((), 0)
        spans = list(word_spans(question))
        are_content = content_word_flags([question[start:end] for start, end, _ in spans], index.manifest.languages)
        words: dict[tuple[str, ...], QueryWord] = {}
        for (start, end, folded), following, is_content in zip(spans, [*spans[1:], None], are_content, strict=False):
            variants = _variants(question[start:end], index) if is_content else ()
            if following and (value := scaled_value(folded, following[2], None)):
                variants = (*variants, value)
            if variants and variants not in words:
                frequency = max(map(index.words.passages_with_term, variants))
                words[variants] = QueryWord((start, end), variants, idf(frequency, len(index.words)))
        return LexicalQuery(tuple(words.values()), len(index.words))

    def search(self, query: LexicalQuery, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return the keys and BM25 scores of the k best passages with any of the words, best first.

        Equal scores are in the order of the keys.

        Args:
            allowed: the only keys that are searched; None for all.
        """
        index = self._current()
        return index.words.best(_searched_terms(query, index.words), k, allowed, index.outdated) if index else []

    def scores(self, query: LexicalQuery, keys: Ids) -> dict[int, float]:
        """Return the BM25 scores of these passages as `search` gives them; those without a common word are omitted."""
        return dict(self.search(query, len(keys), keys))

    def containing(self, phrase: str) -> Ids:
        """Return the keys of all passages with this phrase, ascending; its words are folded and not stemmed.

        The phrase is in the passage, in the headline of its article or in its author's name.
        """
        index = self._current()
        if index is None:
            return np.empty(0, np.int64)
        keys = [index.words.containing(spelling) for spelling in _spellings(phrase)]
        return np.setdiff1d(np.concatenate(keys), index.outdated)

    def matches(self, query: LexicalQuery, text: str, language: str) -> tuple[Match, ...]:
        """Return the words of a text, in order, that share a stem or a part with a word of the question.

        Words that say little are omitted: stop words of the text's language, and words of many passages. In a small
        archive nearly every word is in many passages; there short words are omitted. In scripts without spaces, where
        each two characters are a word, matches overlap.
        """
        index = self._current()
        if index is None:
            return ()
        is_small = query.passages < _MIN_PASSAGES_FOR_RARITY
        min_idf = 0.0 if is_small else idf(int(_COMMON_SHARE * query.passages), query.passages)
        variants = {variant for word in query.words if word.idf >= min_idf for variant in word.variants}
        matches = []
        spans = list(word_spans(text))
        for (start, end, folded), following in zip(spans, [*spans[1:], None], strict=False):
            word = text[start:end]
            terms = [*index.terms(word, language), *alternative_readings(word, language)]
            shared = [term for term in terms if term in variants]
            if following and (value := scaled_value(folded, following[2], language)) in variants:
                matches.append(Match(start, following[1], str(value)))
                continue
            is_short = is_small and len(folded) <= _SHORT_WORD and folded.isascii() and folded.isalpha()
            if shared and not is_short and not is_stop_word(word, language):
                matches.append(Match(start, end, shared[0]))
        return tuple(matches)

    # -- following the store ------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Update the index to the store's revision, on disk too, unless another process holds the lock."""
        self._current()

    def _current(self) -> _OpenIndex | None:
        """Return the index, updated if possible; None while there is none."""
        with self._lock:
            index, state = self._open_index, self._store.changes.state
            if index is None or index.manifest.state != state or index.manifest.made_from != self._made_from():
                self._open_index = self._updated()
            return self._open_index

    def _updated(self) -> _OpenIndex | None:
        """Open the index, and write what has changed in the archive."""
        index, state = self._opened_from_disk(), self._store.changes.state
        if index is not None and index.compared_with != state:
            with closing(self._store.changes.passages_since(index.manifest.state.revision)) as changes:
                first = next(changes)
            state = first.state
            index = replace(index, outdated=np.sort(first.outdated), compared_with=state)
            if index.manifest.state == state and len(index.words) != first.total:
                index = None
        if (index is not None and index.manifest.state == state) or self._unwritable == state:
            return index
        try:
            # one process writes at a time; while another indexes, it will write the changes
            with self._writing:
                return self._written_to_disk()
        except Timeout:
            log.debug("Another process is indexing and will write the index of words.")
        except OSError as error:
            self._unwritable = state
            in_memory = index is None or self._store.passages.count() <= _MAX_REBUILT_PASSAGES
            log.warning(
                "The index of words cannot be written to %s (%s): until there is room and permission, %s.",
                self._folder,
                str(error).splitlines()[0],
                "it is made in memory, at every start" if in_memory else "new words are found by meaning alone",
            )
            if in_memory:
                return self._filled(WordIndex.create(None), _IN_MEMORY)
        return index

    def _written_to_disk(self) -> _OpenIndex:
        """Write what has changed, or the whole index where that is not enough; the caller holds the lock."""
        # another process may just have done it
        index, state = self._opened_from_disk(), self._store.changes.state
        count = self._store.passages.count()
        if index is None or count > 2 * index.manifest.decided or 2 * count < index.manifest.decided:
            return self._rebuilt()
        words, old = index.words, index.manifest
        if old.state != state and count <= _MAX_REBUILT_PASSAGES:
            return self._rebuilt()
        manifest, total = self._fill(words, old)
        if len(words) != total:
            log.warning("The index of words did not match the archive and was rebuilt.")
            return self._rebuilt()
        if words.deleted > _MAX_DELETED_SHARE:
            return self._rebuilt()
        if manifest != old:
            # written last: after a crash before this line the same changes are made again, which changes nothing
            write_manifest(self._folder, manifest)
        return _open_index(manifest, words)

    def _rebuilt(self) -> _OpenIndex:
        folder = new_folder(self._folder)
        try:
            index = self._filled(WordIndex.create(folder), folder.name)
            write_manifest(self._folder, index.manifest)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return index

    def _filled(self, words: WordIndex, name: str) -> _OpenIndex:
        """Fill an empty index."""
        manifest, total = self._fill(words, Manifest(name, self._made_from(), NOTHING_YET, 0, ()))
        return _open_index(replace(manifest, decided=total), words)

    def _fill(self, words: WordIndex, old: Manifest) -> tuple[Manifest, int]:
        """Write what has changed; return what the index now contains, and how many passages that should be."""
        with closing(self._store.changes.passages_since(old.state.revision)) as changes:
            frequencies, languages = count_words(changes)
        with closing(self._store.changes.passages_since(old.state.revision)) as changes:
            first = next(changes)
            if len(first.outdated):
                terms = term_maker(lambda word: words.passages_with_word(word) + frequencies[word])
                words.write(first.outdated, entries(changes, terms))
        by_frequency = sorted(languages, key=lambda language: (-languages[language], language))
        merged = dict.fromkeys([*old.languages, *by_frequency])
        return replace(old, state=first.state, languages=tuple(merged)), first.total

    def _opened_from_disk(self) -> _OpenIndex | None:
        """Return the index on disk, or None if there is none of this archive."""
        try:
            manifest = read_manifest(self._folder)
            if manifest is None or manifest.made_from != self._made_from():
                return None
            if not self._store.changes.descends_from(manifest.state):
                return None
            if self._open_index is not None and self._open_index.manifest == manifest:
                return self._open_index
            if self._open_index is not None and self._open_index.manifest.name == manifest.name:
                words = self._open_index.words
                words.reload()
            else:
                words = WordIndex.open(self._folder / manifest.name)
            return _open_index(manifest, words)
        except IndexDamaged as error:
            log.warning("%s It is rebuilt now.", error)
            return None

    def _made_from(self) -> str:
        return f"{self._store.facts.archive_id} {VERSION}"


def _open_index(manifest: Manifest, words: WordIndex) -> _OpenIndex:
    return _OpenIndex(manifest, words, term_maker(words.passages_with_word), np.empty(0, np.int64), compared_with=None)


def _variants(word: str, index: _OpenIndex) -> tuple[str, ...]:
    """Return the terms of a word, and those of its damaged forms that occur in the archive."""
    terms = _terms(word, index)
    of_damaged = [term for form in damaged_forms(word) for term in _terms(form, index)]
    return tuple(dict.fromkeys([*terms, *(term for term in of_damaged if index.words.passages_with_term(term))]))


def _terms(word: str, index: _OpenIndex) -> list[str]:
    """Return the terms of a word as it is written, and those without its accents if they are more frequent.

    A text with the accents has both, and would count twice.
    """
    languages = index.manifest.languages
    terms = list(dict.fromkeys(term for language in languages for term in index.terms(word, language)))
    if word.isascii():
        return terms
    accented = {term(word, language) for language in languages}
    bare = {term_without_accents(word, language) for language in languages} - accented
    frequency = index.words.passages_with_term
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


def _searched_terms(query: LexicalQuery, words: WordIndex) -> list[str]:
    """Return the question's terms that occur in the archive; of a large archive only rare ones, if there are any."""
    frequencies = {variant: words.passages_with_term(variant) for word in query.words for variant in word.variants}
    terms = [term for term, frequency in frequencies.items() if frequency]
    if len(words) < _MIN_PASSAGES_FOR_RARITY:
        return terms
    return [term for term in terms if frequencies[term] <= _COMMON_SHARE * len(words)] or terms

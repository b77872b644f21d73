"""The index of words as a view of the store: it catches up by itself, and is rebuilt when it cannot be trusted."""

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

from rag.lexical.documents import Terms, count, entries, term_maker
from rag.lexical.manifest import IndexDamaged, Manifest, new_folder, read_manifest, write_manifest
from rag.lexical.query import LexicalQuery, Match, QueryWord, idf
from rag.lexical.stopwords import is_stop_word, telling_words
from rag.lexical.tantivy_index import Ids, WordIndex
from rag.storage.change_feed import NOTHING_YET, State
from rag.storage.store import Store
from rag.text.lost_letters import damaged
from rag.text.numbers import other_reading, scaled
from rag.text.words import fold, readings, term, term_without_accents, word_spans, written

log = logging.getLogger(__name__)

# raised whenever the same articles give other terms than before
VERSION = 4
# a term that more than this share of an archive's passages hold says little, once there are so many passages
_COMMON = 0.25
_MANY_PASSAGES = 200
_SHORT = 3
# so many passages are put into a new index in a second or two: whatever changes, one of them is made of what is there
# now alone, and gives the answers of an archive that never held anything else
_FEW_PASSAGES = 1000
# what was deleted still counts in the average length of a passage, until it is such a share of all
_MOST_DELETED = 0.1
_NOWHERE = "in memory"
# languages whose accents are umlauts or rare, and those of scripts that have none which one can leave out
_WITHOUT_ACCENTS = frozenset(
    ("de", "en", "nl", "id", "ms", "zh", "ja", "ko", "th", "lo", "km", "my", "ru", "uk", "bg", "be", "mk", "ar", "fa",
     "he", "ur", "hi")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Held:
    """An open index: what it holds at least, and what of it is `hidden`, being out of date in the state `seen`.

    `seen` is None while nobody has looked.
    """

    manifest: Manifest
    index: WordIndex
    terms: Terms
    hidden: Ids
    seen: State | None


class LexicalIndex:
    """The words of all passages, searched by BM25.

    Its manifest names the archive, the rules of analysis and the state that it holds. One that is damaged, of another
    archive or other rules, or of a state that the archive has not come from, is filled again from the store. So is a
    small one when anything has changed, and a large one whose archive has doubled or halved: the frequencies of words
    decide which compounds are split. Where its folder may only be read, it is used as it is, or made in memory; one
    line says so. `writing` is the lock, taken without waiting,
    that lets one process at a time write the files: while another has it, questions see what was written last,
    without the passages that have changed since. Safe to use from several threads.
    """

    def __init__(self, folder: Path, store: Store, writing: BaseFileLock) -> None:
        self._folder = folder
        self._store = store
        self._writing = writing
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._unwritable: State | None = None

    # -- asking -------------------------------------------------------------------------------------

    @property
    def has_accents(self) -> bool:
        """Whether there are passages in a language that writes accents, umlauts aside."""
        held = self._current()
        return held is not None and not _WITHOUT_ACCENTS.issuperset(held.manifest.languages)

    def analyse(self, question: str) -> LexicalQuery:
        """Return the words that are looked for in the archive as it is now. Any text will do."""
        held = self._current()
        if held is None:
            return LexicalQuery((), 0)
        spans = list(word_spans(question))
        telling = telling_words([question[start:end] for start, end, _ in spans], held.manifest.languages)
        found: dict[tuple[str, ...], QueryWord] = {}
        for (start, end, folded), following, tells in zip(spans, [*spans[1:], None], telling, strict=False):
            variants = _variants(question[start:end], held) if tells else ()
            if following and (value := scaled(folded, following[2], None)):
                variants = (*variants, value)
            if variants and variants not in found:
                frequency = max(map(held.index.passages_with_term, variants))
                found[variants] = QueryWord((start, end), variants, idf(frequency, len(held.index)))
        return LexicalQuery(tuple(found.values()), len(held.index))

    def search(self, query: LexicalQuery, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return the keys and BM25 scores of the k best passages that hold any of the words, best first.

        Equal scores are in the order of the keys. `allowed`, if given, are the only keys that can be found.
        """
        held = self._current()
        return held.index.best(_sought(query, held.index), k, allowed, held.hidden) if held else []

    def scores(self, query: LexicalQuery, keys: Ids) -> dict[int, float]:
        """Return the BM25 scores of these passages as `search` gives them; those that hold no word are left out."""
        return dict(self.search(query, len(keys), keys))

    def containing(self, phrase: str) -> Ids:
        """Return the keys of all passages with these words, folded and not stemmed, one after the other; ascending.

        They stand in the passage, in the headline of its article or in its author's name.
        """
        held = self._current()
        if held is None:
            return np.empty(0, np.int64)
        found = [held.index.containing(spelling) for spelling in _spellings(phrase)]
        return np.setdiff1d(np.concatenate(found), held.hidden)

    def matched(self, query: LexicalQuery, text: str, language: str) -> tuple[Match, ...]:
        """Return the words of a text, in order, that hold a word of the question by their stem or a part.

        Words that say little are left out: stop words of the text's language, and what many passages hold. In a
        small archive nearly every word is in many passages; there short words are left out. In scripts without
        spaces, where each two characters are a word, matches overlap.
        """
        held = self._current()
        if held is None:
            return ()
        small = query.passages < _MANY_PASSAGES
        least = 0.0 if small else idf(int(_COMMON * query.passages), query.passages)
        asked = {variant for word in query.words if word.idf >= least for variant in word.variants}
        found = []
        spans = list(word_spans(text))
        for (start, end, folded), following in zip(spans, [*spans[1:], None], strict=False):
            word = text[start:end]
            terms = [one for one in (*held.terms(word, language), *other_reading(word, language)) if one in asked]
            if following and (value := scaled(folded, following[2], language)) in asked:
                found.append(Match(start, following[1], str(value)))
                continue
            short = small and len(folded) <= _SHORT and folded.isascii() and folded.isalpha()
            if terms and not short and not is_stop_word(word, language):
                found.append(Match(start, end, terms[0]))
        return tuple(found)

    # -- keeping up ---------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Bring the index to the store's revision, on disk too, if no other process is at it."""
        self._current()

    def _current(self) -> _Held | None:
        """Return the index, brought up to date where that is possible; None while there is none."""
        with self._lock:
            held, state = self._held, self._store.changes.state
            if held is None or held.manifest.state != state or held.manifest.made_from != self._made_from():
                self._held = self._brought_up()
            return self._held

    def _brought_up(self) -> _Held | None:
        held, state = self._opened(), self._store.changes.state
        if held is not None and held.seen != state:
            with closing(self._store.changes.passages_since(held.manifest.state.revision)) as changes:
                first = next(changes)
            state = first.state
            held = replace(held, hidden=np.sort(first.outdated), seen=state)
            if held.manifest.state == state and len(held.index) != first.total:
                held = None
        if (held is not None and held.manifest.state == state) or self._unwritable == state:
            return held
        try:
            # one process writes at a time; while another indexes, it will write what is new
            with self._writing:
                return self._written()
        except Timeout:
            log.debug("Another process is indexing and will write the index of words.")
        except OSError as error:
            self._unwritable = state
            in_memory = held is None or self._store.passages.count() <= _FEW_PASSAGES
            log.warning(
                "The index of words cannot be written to %s (%s): until there is room and permission, %s.",
                self._folder,
                str(error).splitlines()[0],
                "it is made in memory, at every start" if in_memory else "new words are found by meaning alone",
            )
            if in_memory:
                return self._filled(WordIndex.create(None), _NOWHERE)
        return held

    def _written(self) -> _Held:
        # another process may just have done it
        held, state = self._opened(), self._store.changes.state
        count = self._store.passages.count()
        if held is None or count > 2 * held.manifest.decided or 2 * count < held.manifest.decided:
            return self._built()
        index, before = held.index, held.manifest
        if before.state != state and count <= _FEW_PASSAGES:
            return self._built()
        manifest, total = self._fill(index, before)
        if len(index) != total:
            log.warning("The index of words did not match the archive and was built anew.")
            return self._built()
        if index.deleted > _MOST_DELETED:
            return self._built()
        if manifest != before:
            # written last: a crash before it has the same changes made once more, and that changes nothing
            write_manifest(self._folder, manifest)
        return _held(manifest, index)

    def _built(self) -> _Held:
        folder = new_folder(self._folder)
        try:
            held = self._filled(WordIndex.create(folder), folder.name)
            write_manifest(self._folder, held.manifest)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return held

    def _filled(self, index: WordIndex, name: str) -> _Held:
        """Fill an empty index."""
        manifest, total = self._fill(index, Manifest(name, self._made_from(), NOTHING_YET, 0, ()))
        return _held(replace(manifest, decided=total), index)

    def _fill(self, index: WordIndex, before: Manifest) -> tuple[Manifest, int]:
        """Write what changed; return what the index holds now, and how many passages that should be."""
        with closing(self._store.changes.passages_since(before.state.revision)) as changes:
            new, languages = count(changes)
        with closing(self._store.changes.passages_since(before.state.revision)) as changes:
            first = next(changes)
            if len(first.outdated):
                terms = term_maker(lambda word: index.passages_with_word(word) + new[word])
                index.write(first.outdated, entries(changes, terms))
        frequent = sorted(languages, key=lambda language: (-languages[language], language))
        known = dict.fromkeys([*before.languages, *frequent])
        return replace(before, state=first.state, languages=tuple(known)), first.total

    def _opened(self) -> _Held | None:
        """Return the index on disk, or None where there is none of this archive."""
        try:
            manifest = read_manifest(self._folder)
            if manifest is None or manifest.made_from != self._made_from():
                return None
            if not self._store.changes.descends_from(manifest.state):
                return None
            if self._held is not None and self._held.manifest == manifest:
                return self._held
            if self._held is not None and self._held.manifest.name == manifest.name:
                index = self._held.index
                index.reload()
            else:
                index = WordIndex.open(self._folder / manifest.name)
            return _held(manifest, index)
        except IndexDamaged as error:
            log.warning("%s It is built anew now.", error)
            return None

    def _made_from(self) -> str:
        return f"{self._store.facts.archive_id} {VERSION}"


def _held(manifest: Manifest, index: WordIndex) -> _Held:
    return _Held(manifest, index, term_maker(index.passages_with_word), np.empty(0, np.int64), seen=None)


def _variants(word: str, held: _Held) -> tuple[str, ...]:
    """Return the terms of a word, and those of its damaged forms that the archive has."""
    found = _terms(word, held)
    lost = [one for form in damaged(word) for one in _terms(form, held) if held.index.passages_with_term(one)]
    return tuple(dict.fromkeys([*found, *lost]))


def _terms(word: str, held: _Held) -> list[str]:
    """Return the terms of a word as it is written, and those without its accents if they find more.

    A text with the accents has both, and would count twice.
    """
    languages = held.manifest.languages
    found = list(dict.fromkeys(one for language in languages for one in held.terms(word, language)))
    if word.isascii():
        return found
    bare = {term_without_accents(word, one) for one in languages} - {term(word, one) for one in languages}
    seen = max((held.index.passages_with_term(one) for one in found if one not in bare), default=0)
    return [one for one in found if one not in bare or held.index.passages_with_term(one) > seen]


def _spellings(phrase: str) -> Iterator[list[str]]:
    """Yield the folded words of a phrase as they are, as other numbers may be meant, then with each one damaged."""
    yield from readings(phrase, None)
    as_written = written(phrase)
    for place, word in enumerate(as_written):
        for form in damaged(word):
            yield [one for word in (*as_written[:place], form, *as_written[place + 1 :]) if (one := fold(word))]


def _sought(query: LexicalQuery, index: WordIndex) -> list[str]:
    """Return the question's terms that the archive has; of a large archive only rare ones, if there are any."""
    frequencies = {one: index.passages_with_term(one) for word in query.words for one in word.variants}
    known = [one for one, frequency in frequencies.items() if frequency]
    if len(index) < _MANY_PASSAGES:
        return known
    return [one for one in known if frequencies[one] <= _COMMON * len(index)] or known

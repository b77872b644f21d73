"""Checks of what can be made again from the database: the indexes of vectors and of words, and the token vectors.

They are opened as they are on the disk: a question would mend them first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.index import VectorIndex
from embeddings.types import Vectors
from embeddings.vectors.language_neutral import LanguageNeutral, language_neutral
from rag.dense.index import IndexSource, IndexStamp
from rag.diagnosis.check import WELL, OpenArchive, Symptom
from rag.errors import index_failures_said
from rag.lexical.documents import entries
from rag.lexical.words import WordSearch
from rag.storage.change_feed import PassageChanges
from rag.storage.vectors import EncoderRecord
from rag.text.words import raw_words, term
from rag.types.archive_state import State

_QUESTIONS, _NEIGHBORS = 5, 10
_PASSAGES, _WORDS_EACH = 20, 3
# how far the share of the nearest that a search finds may be below the one that was measured
_TOLERANCE = 0.1


def vector_index(archive: OpenArchive) -> Symptom:
    """Is the index of vectors undamaged, of this archive, and complete?"""
    return _opened_vectors(archive)[0]


def vector_search(archive: OpenArchive) -> Symptom:
    """Has the index of vectors the passages that a comparison with all stored vectors has?"""
    symptom, index = _opened_vectors(archive)
    record = archive.store.vectors.encoder
    if symptom.name != "well" or index is None or record is None or not len(index):
        return Symptom("well", {"count": 0, "share": 100})
    neutral = language_neutral(record.fingerprint)
    questions = _sampled_vectors(archive, record, neutral)
    # in a small archive, all passages would be among the nearest
    count = max(1, min(_NEIGHBORS, len(index) // 2))
    nearest = _nearest(archive, record, neutral, questions, count)
    with index_failures_said():
        shares = [
            np.isin(expected, [neighbor.id for neighbor in index.search(question, count)]).mean()
            for question, expected in zip(questions, nearest, strict=True)
        ]
    share = float(np.mean(shares))
    values = {"count": len(questions), "share": round(100 * share)}
    return Symptom("well" if share >= (index.recall or 1.0) - _TOLERANCE else "differs", values)


def _opened_vectors(archive: OpenArchive) -> tuple[Symptom, VectorIndex | None]:
    record = archive.store.vectors.encoder
    if record is None:
        return Symptom("well", {"count": 0}), None
    try:
        index = archive.dense.open_as_it_is(record.dim)
        if not index.stamp:
            return Symptom("missing"), None
        stamp = IndexStamp.parse(index.stamp)
    except IndexDamaged as error:
        return Symptom("damaged", {"error": str(error)}), None
    except (DimensionMismatch, ValueError):
        return Symptom("stale"), None
    source = IndexSource(archive.store.facts.archive_id, record.fingerprint, language_neutral(record.fingerprint).name)
    return _completeness(archive, stamp.state if stamp.source == source else None, len(index)), index


def _completeness(archive: OpenArchive, state: State | None, length: int) -> Symptom:
    """Compare an index with the database: its state, None if it is of something else, and how many passages it has."""
    if state is None or not archive.store.changes.descends_from(state):
        return Symptom("stale")
    if state != archive.store.changes.state:
        return Symptom("behind")
    count = archive.store.passages.count()
    return Symptom("well" if length == count else "miscounted", {"indexed": length, "count": count})


def _sampled_vectors(archive: OpenArchive, record: EncoderRecord, neutral: LanguageNeutral) -> Vectors:
    """Return some of the stored vectors, in place of those of questions."""
    stored = next(archive.soundness.vectors(record.fingerprint), [])
    chosen = stored[:: max(1, len(stored) // _QUESTIONS)][:_QUESTIONS]
    rows = np.frombuffer(b"".join(chosen), np.float16).reshape(len(chosen), -1)
    return neutral.project_texts(rows.astype(np.float32), "passage")


def _nearest(
    archive: OpenArchive, record: EncoderRecord, neutral: LanguageNeutral, questions: Vectors, count: int
) -> list[NDArray[np.int64]]:
    """Return the keys of the passages nearest to each question, by comparing it with all stored vectors."""
    keys = np.empty((len(questions), 0), np.int64)
    cosines = np.empty((len(questions), 0), np.float32)
    for changes in archive.store.changes.vectors_since(0, record):
        if not len(changes.added):
            continue
        stored = neutral.project_texts(changes.vectors.astype(np.float32), "passage")
        keys = np.hstack([keys, np.tile(changes.added, (len(questions), 1))])
        cosines = np.hstack([cosines, questions @ stored.T])
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
        keys, cosines = np.take_along_axis(keys, best, 1), np.take_along_axis(cosines, best, 1)
    return list(keys)


def make_vector_index(archive: OpenArchive) -> None:
    """Make the index of vectors again."""
    archive.dense.rebuild()


def word_index(archive: OpenArchive) -> Symptom:
    """Is the index of words undamaged, of this archive, and complete?"""
    return opened_words(archive)[0]


def word_search(archive: OpenArchive) -> Symptom:
    """Are words of some passages found in these passages, by BM25 and as phrases?"""
    symptom, words = opened_words(archive)
    if symptom.name != "well" or words is None:
        return Symptom("well", {"count": 0})
    sample = archive.store.passages.sample(_PASSAGES)
    state, nothing = archive.store.changes.state, np.empty(0, np.int64)
    batch = PassageChanges(state, len(sample), nothing, tuple(sample))
    count = missed = 0
    for entry, (_, passage) in zip(entries([batch], lambda *_: ()), sample, strict=True):
        key = np.array([entry.key], np.int64)
        stems = {stem for word in raw_words(passage.text) if (stem := term(word, passage.language))}
        words.prepare(stems, entry.words)
        phrases = sorted(set(entry.words) - {"|"}, key=words.passages_with_word)[:_WORDS_EACH]
        missed += sum(entry.key not in words.containing([word]) for word in phrases)
        terms = sorted(stems, key=words.passages_with_term)[:_WORDS_EACH]
        missed += sum(not words.best([stem], 1, key, nothing) for stem in terms)
        count += len(phrases) + len(terms)
    return Symptom("differs" if missed else "well", {"count": count, "missed": missed})


def opened_words(archive: OpenArchive) -> tuple[Symptom, WordSearch | None]:
    """Return what is seen of the index of words as it was written, and the words if they can be read."""
    try:
        index = archive.lexical.as_written()
    except IndexDamaged as error:
        return Symptom("damaged", {"error": str(error)}), None
    if index is None:
        return Symptom("well", {"count": 0}) if archive.store.passages.is_empty else Symptom("missing"), None
    return _completeness(archive, index.state, len(index.words)), index.words


def make_word_index(archive: OpenArchive) -> None:
    """Make the index of words again."""
    archive.lexical.rebuild()


def tokens(archive: OpenArchive) -> Symptom:
    """Are the token vectors undamaged, and are there those of all passages?"""
    record = archive.store.vectors.encoder
    token_store = archive.token_stores.for_encoder(record.fingerprint) if record else None
    if token_store is None:
        return WELL
    if error := token_store.cache.damage():
        return Symptom("damaged", {"error": error})
    complete_at = token_store.cache.complete_at
    complete = complete_at is not None and archive.store.changes.descends_from(complete_at)
    return WELL if complete else Symptom("incomplete")


def remove_damaged_tokens(archive: OpenArchive) -> None:
    """Delete the file of token vectors if it is damaged."""
    if tokens(archive).name == "damaged":
        archive.token_stores.delete()

"""Checks of what an archive contains: its passages, their vectors, and the encoder that made them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from embeddings.encoder import BUNDLED, self_test
from embeddings.encoders.self_test import MIN_TEXT_COSINE
from rag.diagnosis.check import OpenArchive, Symptom
from rag.errors import ArchiveDamaged
from rag.storage.vectors import input_hash
from rag.text.encoder_input import encoder_input
from rag.types import passage_at

# passages that are encoded again
_SAMPLE = 16
# how far half precision lets the length of a vector be from 1
_MAX_ERROR = 0.005


def passages(archive: OpenArchive) -> Symptom:
    """Is every passage the text at its place, in order, and what the encoder read for its vector?"""
    damaged: list[str] = []
    count = 0
    for article_id in archive.store.article_ids():
        try:
            count += _check_passages(archive, article_id)
        except (ArchiveDamaged, ValueError):
            damaged.append(article_id)
    return (
        Symptom("wrong", {"count": len(damaged), "article": damaged[0]})
        if damaged
        else Symptom("well", {"count": count})
    )


def _check_passages(archive: OpenArchive, article_id: str) -> int:
    """Return the number of passages of an article.

    Raises:
        ArchiveDamaged: the article cannot be read, or one of them is not what it was.
        ValueError: one is no part of the text, or the article no article.
    """
    article = archive.store.article(article_id)
    rows = archive.soundness.passage_rows(article_id)
    spans = [(row.start, row.end) for row in rows]
    in_order = all(first[0] < second[0] and first[1] < second[1] for first, second in pairwise(spans))
    for row in rows:
        passage = passage_at(article, row.start, row.end)
        if passage.key != row.key or input_hash(encoder_input(article, passage)) != row.input_hash or not in_order:
            raise ArchiveDamaged(f"Passage {passage.id} is not the text that was encoded.")
    return len(rows)


def vectors(archive: OpenArchive) -> Symptom:
    """Has every passage a vector, and is every vector finite and of length 1?"""
    record = archive.store.vectors.encoder
    if record is None:
        return Symptom("well", {"count": 0, "dim": 0})
    if missing := archive.soundness.missing_vector_count(record.fingerprint):
        return Symptom("missing", {"count": missing})
    count = wrong = 0
    for batch in archive.soundness.vectors(record.fingerprint):
        sound = [vector for vector in batch if len(vector) == 2 * record.dim]
        rows = np.frombuffer(b"".join(sound), np.float16).reshape(-1, record.dim).astype(np.float32)
        # a NaN is not close to anything
        lengths = np.abs(np.linalg.norm(rows, axis=1) - 1) <= _MAX_ERROR
        count += len(batch)
        wrong += len(batch) - int(lengths.sum())
    return Symptom("wrong" if wrong else "well", {"count": wrong or count, "dim": record.dim})


def encoder(archive: OpenArchive) -> Symptom:
    """Is the encoder that made the vectors at hand?"""
    record, name = archive.store.vectors.encoder, archive.encoder.encoder_name
    if record is None:
        return Symptom("none")
    if record.fingerprint != archive.encoder.fingerprint:
        return Symptom("other", {"name": name})
    return Symptom("doubtful" if archive.store.vectors.are_doubtful else "well", {"name": name})


def encoding(archive: OpenArchive) -> Symptom:
    """Does the encoder give some passages the vectors that are stored?"""
    record = archive.store.vectors.encoder
    if record is None or record.fingerprint != archive.encoder.fingerprint:
        return Symptom("well", {"count": 0, "cosine": 1.0})
    texts = [encoder_input(article, passage) for article, passage in archive.store.passages.sample(_SAMPLE)]
    stored = archive.store.vectors.get(record.fingerprint, map(input_hash, texts))
    known = [text for text in texts if input_hash(text) in stored]
    if not known:
        return Symptom("well", {"count": 0, "cosine": 1.0})
    again = archive.encoder.encode_passages(known)
    before = np.stack([stored[input_hash(text)] for text in known]).astype(np.float32)
    cosines = np.einsum("ij,ij->i", again, before)
    # NumPy's minimum, since Python's may ignore a NaN
    least = round(float(np.min(cosines)), 4)
    values = {"count": len(known), "cosine": least, "least": MIN_TEXT_COSINE}
    return Symptom("well" if least >= MIN_TEXT_COSINE else "differs", values)


def processor(archive: OpenArchive) -> Symptom:
    """Does the encoder compute right on this processor?"""
    if archive.encoder.encoder_name != BUNDLED:
        return Symptom("well", {"sentence": "The model is not the bundled one, which is tested."})
    verdict = self_test(BUNDLED)
    if verdict is None:
        return Symptom("untested")
    return Symptom("well" if verdict.is_clean else "avoided", {"sentence": verdict.sentence})

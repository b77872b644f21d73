"""Contract tests for authors of an encoder or an index: subclass, implement the abstract method, run pytest.

    class TestMine(VectorIndexContract):
        def open(self, folder, dim):
            return MyIndex(folder, dim)

Numbers are compared with exact arithmetic in NumPy, to 1e-3, the precision of float16.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.errors import DimensionMismatch
from embeddings.index import VectorIndex
from embeddings.types import Vectors

DIM = 48
TOLERANCE = 1e-3


def unit_vectors(count: int, dim: int = DIM, seed: int = 0) -> Vectors:
    """Return random vectors of length 1, the same for the same seed."""
    vectors = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


class VectorIndexContract(ABC):
    """What every `VectorIndex` must do."""

    @abstractmethod
    def open(self, folder: Path, dim: int) -> VectorIndex:
        """Open the index in a folder, or a new one."""

    def test_agrees_with_exact_arithmetic(self, tmp_path: Path) -> None:
        """Ids and similarities are those of a full matrix product, best first."""
        vectors, queries = unit_vectors(500), unit_vectors(20, seed=1)
        ids = np.random.default_rng(2).permutation(10_000)[:500].astype(np.int64)
        index = self.open(tmp_path, DIM)
        index.add(ids, vectors)
        for query in queries:
            truth = vectors @ query
            neighbors = index.search(query, 10)
            by_id = dict(zip(ids.tolist(), truth.tolist(), strict=True))
            assert [neighbor.similarity for neighbor in neighbors] == sorted(
                (neighbor.similarity for neighbor in neighbors), reverse=True
            )
            for neighbor, best in zip(neighbors, np.sort(truth)[::-1], strict=False):
                assert neighbor.similarity == pytest.approx(best, abs=TOLERANCE)
                assert neighbor.similarity == pytest.approx(by_id[neighbor.id], abs=TOLERANCE)

    def test_searches_only_among_given_ids(self, tmp_path: Path) -> None:
        """Among any number of ids, in any order, the neighbours are those of a product with just their vectors."""
        vectors, queries = unit_vectors(500), unit_vectors(5, seed=1)
        ids = np.random.default_rng(2).integers(0, 2**63, 500)
        index = self.open(tmp_path, DIM)
        index.add(ids, vectors)
        for count in (1, 3, 30, 499, 500):
            rows = np.random.default_rng(count).permutation(500)[:count]
            for query in queries:
                truth = dict(zip(ids[rows].tolist(), (vectors[rows] @ query).tolist(), strict=True))
                neighbors = index.search(query, 10, ids[rows])
                similarities = [neighbor.similarity for neighbor in neighbors]
                assert len({neighbor.id for neighbor in neighbors}) == min(10, count)
                assert similarities == pytest.approx(sorted(truth.values(), reverse=True)[:10], abs=TOLERANCE)
                assert similarities == pytest.approx([truth[neighbor.id] for neighbor in neighbors], abs=TOLERANCE)

    def test_an_empty_selection_has_no_neighbors(self, tmp_path: Path) -> None:
        """No ids select nothing, None selects all; unknown and repeated ids change nothing."""
        vectors = unit_vectors(3)
        index = self.open(tmp_path, DIM)
        index.add([7, 8, 9], vectors)
        assert index.search(vectors[0], 3, np.array([], np.int64)) == []
        assert index.search(vectors[0], 3, np.array([1, 2**63 - 1])) == []
        assert index.search(vectors[0], 0, np.array([7])) == []
        assert [neighbor.id for neighbor in index.search(vectors[0], 3, np.array([9, 1, 9]))] == [9]
        assert index.search(vectors[0], 3, None) == index.search(vectors[0], 3)
        assert index.search(vectors[0], 3, np.array([9, 8, 7])) == index.search(vectors[0], 3)

    def test_ties_among_given_ids_are_broken_by_id(self, tmp_path: Path) -> None:
        """A selection does not change the order of equals, and a removed id is not returned even if it is selected."""
        index = self.open(tmp_path, DIM)
        index.add([5, 3, 9, 1, 7], np.repeat(unit_vectors(1), 5, axis=0))
        index.remove([3])
        among = np.array([9, 7, 5, 3])
        assert [neighbor.id for neighbor in index.search(unit_vectors(1)[0], 2, among)] == [5, 7]

    def test_never_pads(self, tmp_path: Path) -> None:
        """There are never more neighbours than vectors, and none in an empty index or for k = 0."""
        index = self.open(tmp_path, DIM)
        assert index.search(unit_vectors(1)[0], 5) == []
        index.add([7, 8, 9], unit_vectors(3))
        assert {neighbor.id for neighbor in index.search(unit_vectors(1)[0], 10)} == {7, 8, 9}
        assert index.search(unit_vectors(1)[0], 0) == []

    def test_equal_vectors_come_in_the_order_of_their_ids(self, tmp_path: Path) -> None:
        """Ties are broken by id regardless of insertion order, also at the end of the list."""
        index = self.open(tmp_path, DIM)
        vector = unit_vectors(1)
        for number in (5, 3, 9, 1, 7):
            index.add([number], vector)
        assert [neighbor.id for neighbor in index.search(vector[0], 5)] == [1, 3, 5, 7, 9]
        assert [neighbor.id for neighbor in index.search(vector[0], 2)] == [1, 3]

    def test_an_existing_id_is_replaced(self, tmp_path: Path) -> None:
        """Adding an id again replaces its vector; within one call the last vector counts."""
        old, new, newest = unit_vectors(3)
        index = self.open(tmp_path, DIM)
        index.add([1, 2], np.stack([old, old]))
        index.add([1, 1], np.stack([new, newest]))
        assert len(index) == 2
        best = index.search(newest, 1)[0]
        assert best.id == 1
        assert best.similarity == pytest.approx(1.0, abs=TOLERANCE)

    def test_removes(self, tmp_path: Path) -> None:
        """A removed id is no longer returned; unknown ids are ignored."""
        vectors = unit_vectors(10)
        index = self.open(tmp_path, DIM)
        index.add(range(10), vectors)
        index.remove([3, 99])
        assert len(index) == 9
        assert 3 not in {neighbor.id for neighbor in index.search(vectors[3], 10)}

    def test_a_snapshot_stays_as_it_was(self, tmp_path: Path) -> None:
        """Whatever is added, replaced, removed and written later, it has the vectors of its moment."""
        vectors = unit_vectors(60)
        index = self.open(tmp_path, DIM)
        index.add(range(30), vectors[:30])
        index.flush("a")
        index.add(range(30, 40), vectors[30:40])
        snapshot = index.snapshot()
        expected = [snapshot.search(vector, 60) for vector in vectors]
        index.remove([3, 33])
        index.add([4, 34], vectors[50:52])
        index.flush("b")
        index.add(range(40, 50), vectors[40:50])
        assert (len(snapshot), len(index)) == (40, 48)
        for vector, neighbors in zip(vectors, expected, strict=True):
            again = snapshot.search(vector, 60)
            assert [neighbor.id for neighbor in again] == [neighbor.id for neighbor in neighbors]
            similarities = [neighbor.similarity for neighbor in neighbors]
            assert [neighbor.similarity for neighbor in again] == pytest.approx(similarities, abs=TOLERANCE)
        assert {neighbor.id for neighbor in snapshot.search(vectors[0], 60)} == set(range(40))
        assert {neighbor.id for neighbor in index.search(vectors[0], 60)} == set(range(50)) - {3, 33}

    def test_large_ids(self, tmp_path: Path) -> None:
        """Ids go up to 63 bits."""
        index = self.open(tmp_path, DIM)
        index.add([2**63 - 1, 2**62 + 1], unit_vectors(2))
        assert index.search(unit_vectors(2)[0], 1)[0].id == 2**63 - 1

    def test_refuses_other_dimensions(self, tmp_path: Path) -> None:
        """Vectors of another dimension are refused when adding, searching and reopening."""
        index = self.open(tmp_path, DIM)
        with pytest.raises(DimensionMismatch):
            index.add([1], unit_vectors(1, DIM + 1))
        index.add([1], unit_vectors(1))
        with pytest.raises(DimensionMismatch):
            index.search(unit_vectors(1, DIM - 1)[0], 1)
        index.flush("x")
        with pytest.raises(DimensionMismatch):
            self.open(tmp_path, DIM + 1)

    def test_is_the_same_after_reopening(self, tmp_path: Path) -> None:
        """Flushed changes are restored, with their stamp; changes that were not flushed are lost."""
        vectors = unit_vectors(50)
        index = self.open(tmp_path, DIM)
        assert index.stamp == ""
        index.add(range(50), vectors)
        index.remove([0])
        index.flush("revision 7")
        neighbors = index.search(vectors[10], 10)
        index.add([1000], vectors[:1])
        reopened = self.open(tmp_path, DIM)
        assert reopened.stamp == "revision 7"
        assert len(reopened) == 49
        assert reopened.search(vectors[10], 10) == neighbors


class EncoderContract(ABC):
    """What every `Encoder` must do. The texts are short, so that no encoder truncates them."""

    texts = (
        "Der Fluss trat in der Nacht über die Ufer.",
        "The probe landed on the comet.",
        "Seçim sonuçları açıklandı.",
    )

    @abstractmethod
    def encoder(self) -> Encoder:
        """Return the encoder; called once per test."""

    def test_threads_may_use_it_at_once(self) -> None:
        """One thread counts the tokens of a text that is longer than what is encoded, while another encodes others."""
        encoder, long = self.encoder(), [" ".join(self.texts * 60)]
        counts, vectors = encoder.count_tokens(long), encoder.encode_passages(self.texts)
        with ThreadPoolExecutor(1) as pool:
            encoding = [pool.submit(encoder.encode_passages, self.texts) for _ in range(20)]
            while not encoding[-1].done():
                assert encoder.count_tokens(long) == counts
        for encoded in encoding:
            assert np.abs(encoded.result() - vectors).max() <= TOLERANCE

    def test_vectors_have_length_one(self) -> None:
        """Passages give shape (n, dim), a query gives (dim,), all float32 and of length 1."""
        encoder = self.encoder()
        passages, query = encoder.encode_passages(self.texts), encoder.encode_query(self.texts[0])
        assert passages.shape == (3, encoder.dim)
        assert query.shape == (encoder.dim,)
        assert passages.dtype == query.dtype == np.float32
        assert np.linalg.norm(passages, axis=1) == pytest.approx(1, abs=TOLERANCE)
        assert np.linalg.norm(query) == pytest.approx(1, abs=TOLERANCE)

    def test_no_texts_give_no_vectors(self) -> None:
        """An empty list is not an error."""
        encoder = self.encoder()
        assert encoder.encode_passages([]).shape == (0, encoder.dim)
        assert encoder.token_vectors([], "query") == []
        assert encoder.count_tokens([]) == []

    def test_vectors_come_in_the_order_of_the_texts(self) -> None:
        """A text has the same vector alone and among others of other lengths."""
        encoder = self.encoder()
        texts = [self.texts[0] * 9, self.texts[1], self.texts[2] * 4]
        vectors = encoder.encode_passages(texts)
        for text, vector in zip(texts, vectors, strict=True):
            assert float(vector @ encoder.encode_passages([text])[0]) > 0.99

    def test_finds_the_answer_in_another_language(self) -> None:
        """A German query is nearest to the English passage that answers it."""
        encoder = self.encoder()
        query = encoder.encode_query("Wo landete die Raumsonde?")
        assert int(np.argmax(encoder.encode_passages(self.texts) @ query)) == 1

    def test_token_vectors_point_into_the_text(self) -> None:
        """Each token has a vector of length 1 and the span of its characters; together they cover all words.

        The vector of the whole text comes with them, or alone.
        """
        encoder = self.encoder()
        for role in ("query", "passage"):
            for text, tokens in zip(self.texts, encoder.token_vectors(self.texts, role), strict=True):
                assert tokens.vectors.shape == (len(tokens.spans), encoder.dim)
                assert np.linalg.norm(tokens.vectors, axis=1) == pytest.approx(1, abs=TOLERANCE)
                pooled = encoder.encode_query(text) if role == "query" else encoder.encode_passages([text])[0]
                assert float(tokens.pooled @ pooled) == pytest.approx(1, abs=TOLERANCE)
                assert bool(len(tokens.spans)) == encoder.has_tokens
                if not encoder.has_tokens:
                    continue
                covered = {position for start, end in tokens.spans for position in range(start, end)}
                assert covered >= {position for position, character in enumerate(text) if not character.isspace()}
                assert max(covered) < len(text)

    def test_counts_only_tokens_of_the_text(self) -> None:
        """The count is that of the token vectors, without prompt and special tokens."""
        encoder = self.encoder()
        if not encoder.has_tokens:
            assert all(
                0 < count < len(text) for count, text in zip(encoder.count_tokens(self.texts), self.texts, strict=True)
            )
            return
        counts = [len(tokens.vectors) for tokens in encoder.token_vectors(self.texts, "passage")]
        assert encoder.count_tokens(self.texts) == counts

    def test_long_texts_are_truncated(self) -> None:
        """Of a text far longer than `max_tokens`, that many tokens are encoded (a few more after a short prompt)."""
        encoder = self.encoder()
        long = "Wasser " * 3 * encoder.max_tokens
        assert encoder.encode_passages([long]).shape == (1, encoder.dim)
        for role in ("query", "passage"):
            tokens = len(encoder.token_vectors([long], role)[0].vectors)
            assert not encoder.has_tokens or 0 <= tokens - encoder.max_tokens < 10
        assert encoder.count_tokens([long])[0] > 2 * encoder.max_tokens

"""Both indexes keep the contract, and notice damage."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import IndexDamaged
from embeddings.exact import ExactIndex
from embeddings.faiss_index import FaissIndex
from embeddings.index import VectorIndex, open_index
from embeddings.testing import DIM, VectorIndexContract, unit_vectors


class TestExact(VectorIndexContract):
    """The oracle keeps its own contract."""

    def open(self, folder: Path, dim: int) -> VectorIndex:
        return ExactIndex(folder, dim)


class TestFaiss(VectorIndexContract):
    """FAISS keeps the contract."""

    def open(self, folder: Path, dim: int) -> VectorIndex:
        return FaissIndex(folder, dim)


def test_faiss_ranks_as_the_oracle_does(tmp_path: Path) -> None:
    """For 50 questions to 2,000 vectors, FAISS's first ten are the oracle's but for ties within 1e-3."""
    vectors, queries = unit_vectors(2000), unit_vectors(50, seed=3)
    indexes = [open_index(f"{engine}:{tmp_path / engine}", DIM) for engine in ("exact", "faiss")]
    for index in indexes:
        index.add(range(2000), vectors)
    for query in queries:
        exact, approximate = (index.search(query, 10) for index in indexes)
        assert len({one.id for one in exact} & {one.id for one in approximate}) >= 9
        for one, other in zip(exact, approximate, strict=True):
            assert one.similarity == pytest.approx(other.similarity, abs=1e-3)


def test_unknown_engine() -> None:
    """An engine that there is not is refused with the names of those that there are."""
    with pytest.raises(ValueError, match="use faiss:FOLDER or exact:FOLDER"):
        open_index("redis:x", DIM)


@pytest.mark.parametrize("engine", ["exact", "faiss"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "no data", "no manifest", "manifest garbage"])
def test_damage_is_noticed(tmp_path: Path, engine: str, damage: str) -> None:
    """A file that is missing, shorter, or altered by one byte is never searched."""
    index = open_index(f"{engine}:{tmp_path}", DIM)
    index.add(range(100), unit_vectors(100))
    index.flush("x")
    manifest = tmp_path / "manifest.json"
    data = tmp_path / json.loads(manifest.read_text())["file"]
    raw = data.read_bytes()
    match damage:
        case "cut":
            data.write_bytes(raw[: len(raw) // 2])
        case "flipped":
            data.write_bytes(raw[:2000] + bytes([raw[2000] ^ 1]) + raw[2001:])
        case "no data":
            data.unlink()
        case "no manifest":
            manifest.unlink()
        case "manifest garbage":
            manifest.write_text("{")
    with pytest.raises(IndexDamaged):
        open_index(f"{engine}:{tmp_path}", DIM)


@pytest.mark.parametrize("engine", ["exact", "faiss"])
def test_a_crash_while_writing_leaves_the_old_snapshot(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the manifest cannot be replaced, the index on disk is the one before, and no stray file grows."""
    index = open_index(f"{engine}:{tmp_path}", DIM)
    index.add([1], unit_vectors(1))
    index.flush("old")
    index.add([2], unit_vectors(1, seed=5))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="No space"):
            index.flush("new")
    again = open_index(f"{engine}:{tmp_path}", DIM)
    assert (again.stamp, len(again)) == ("old", 1)
    assert len(list(tmp_path.iterdir())) == 2


def test_similarity_is_clipped(tmp_path: Path) -> None:
    """Rounding never lifts a cosine above 1."""
    index = open_index(f"faiss:{tmp_path}", DIM)
    vector = np.full((1, DIM), 1 / np.sqrt(DIM), np.float32)
    index.add([1], vector)
    assert index.search(vector[0], 1)[0].similarity <= 1.0

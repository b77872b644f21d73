"""Both indexes keep the contract, and notice damage."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.errors import IndexDamaged
from embeddings.index import VectorIndex, open_index
from embeddings.indexes.exact import ExactIndex
from embeddings.indexes.faiss_base import simulate_questions
from embeddings.indexes.faiss_index import FaissIndex
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
    with pytest.raises(ValueError, match="use faiss:FOLDER, exact:FOLDER or milvus:ADDRESS"):
        open_index("redis:x", DIM)


@pytest.mark.parametrize("engine", ["exact", "faiss"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "no data", "no manifest", "manifest garbage"])
def test_damage_is_noticed(tmp_path: Path, engine: str, damage: str) -> None:
    """A file that is missing, shorter, or altered by one byte is never searched."""
    index = open_index(f"{engine}:{tmp_path}", DIM)
    index.add(range(100), unit_vectors(100))
    index.flush("x")
    manifest = tmp_path / "manifest.json"
    (facts,) = json.loads(manifest.read_text())["files"].values()
    data = tmp_path / facts["name"]
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


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No manifest can be replaced in the block."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fail)
        yield


@pytest.mark.parametrize("engine", ["exact", "faiss"])
def test_a_crash_while_writing_leaves_the_old_snapshot(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the manifest cannot be replaced, the index on disk is the one before, and no stray file grows."""
    index = open_index(f"{engine}:{tmp_path}", DIM)
    index.add([1], unit_vectors(1))
    index.flush("old")
    index.add([2], unit_vectors(1, seed=5))

    with full_disk(monkeypatch), pytest.raises(OSError, match="No space"):
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


SMALL_STEPS = pytest.mark.usefixtures("merged_early")


@pytest.fixture
def merged_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets changes become a new base when there are more than ten of them."""
    monkeypatch.setattr("embeddings.indexes.faiss_index._MAX_CHANGES", 10)


def bases(folder: Path) -> list[Path]:
    """The files that hold a base."""
    return sorted(folder.glob("*.faiss"))


@SMALL_STEPS
def test_few_changes_leave_the_base_alone(tmp_path: Path) -> None:
    """Vectors that come, go and are replaced are written beside the base, which stays the same file."""
    index = open_index(f"faiss:{tmp_path}", DIM)
    vectors = unit_vectors(300)
    index.add(range(300), vectors)
    index.flush("a")
    before = bases(tmp_path)
    assert len(before) == 1
    size, changed = before[0].stat().st_size, before[0].stat().st_mtime_ns
    index.remove([3, 999])
    index.add([4, 300], unit_vectors(2, seed=9))
    index.flush("b")
    assert bases(tmp_path) == before
    assert (before[0].stat().st_size, before[0].stat().st_mtime_ns) == (size, changed)
    for opened in (index, open_index(f"faiss:{tmp_path}", DIM)):
        assert (len(opened), opened.stamp) == (300, "b")
        found = [one.id for one in opened.search(vectors[3], 400)]
        assert sorted(found) == [0, 1, 2, *range(4, 301)]
        assert opened.search(unit_vectors(2, seed=9)[0], 1)[0].id == 4
        assert opened.search(vectors[3], 5, np.array([3, 999])) == []


@SMALL_STEPS
def test_two_writers_take_turns(tmp_path: Path) -> None:
    """A process whose base another one has replaced meanwhile writes all that it holds, and nothing is twice."""
    first = open_index(f"faiss:{tmp_path}", DIM)
    first.add(range(100), unit_vectors(100))
    first.flush("a")
    second = open_index(f"faiss:{tmp_path}", DIM)
    first.add(range(100, 200), unit_vectors(100, seed=2))
    first.flush("b")
    second.add(range(100, 105), unit_vectors(5, seed=2))
    second.flush("c")
    again = open_index(f"faiss:{tmp_path}", DIM)
    assert (len(again), again.stamp) == (105, "c")
    assert sorted(one.id for one in again.search(unit_vectors(1)[0], 999)) == list(range(105))
    assert len(bases(tmp_path)) == 1


@SMALL_STEPS
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.lists(st.integers(0, 40), min_size=1, max_size=15), st.integers(0, 99)),
            st.tuples(st.just("remove"), st.lists(st.integers(0, 40), max_size=15), st.just(0)),
            st.tuples(st.sampled_from(["flush", "open"]), st.just([]), st.just(0)),
        ),
        max_size=12,
    )
)
def test_any_sequence_of_changes_is_that_of_the_oracle(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[int], int]]
) -> None:
    """Whatever is added, removed, flushed and opened again in whatever order, the same ids are found as in NumPy."""
    folder = tmp_path_factory.mktemp("any")
    index, oracle = open_index(f"faiss:{folder}", DIM), open_index(f"exact:{folder / 'exact'}", DIM, empty=True)
    for step, ids, seed in steps:
        if step == "add":
            vectors = unit_vectors(len(ids), seed=seed)
            index.add(ids, vectors)
            oracle.add(ids, vectors)
        elif step == "remove":
            index.remove(ids)
            oracle.remove(ids)
        else:
            index.flush("x")
            if step == "open":
                index = open_index(f"faiss:{folder}", DIM)
        assert len(index) == len(oracle)
    question = unit_vectors(1, seed=123)[0]
    found = {one.id: one.similarity for one in index.search(question, 99)}
    assert found == pytest.approx({one.id: one.similarity for one in oracle.search(question, 99)}, abs=1e-3)


@SMALL_STEPS
def test_questions_are_answered_while_the_index_changes(tmp_path: Path) -> None:
    """Eight threads find what they look for at every moment of a run that adds, removes, writes and merges."""
    index = open_index(f"faiss:{tmp_path}", DIM)
    vectors = unit_vectors(300)
    index.add(range(300), vectors)
    index.flush("a")
    done = threading.Event()

    def ask(number: int) -> int:
        asked = 0
        while not done.is_set() or not asked:
            assert [one.id for one in index.search(vectors[number], 1)] == [number]
            assert len({one.id for one in index.search(vectors[number], 50)}) == 50
            asked += 1
        return asked

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(ask, number) for number in range(8)]
        for step in range(40):
            index.add(range(1000, 1008), unit_vectors(8, seed=step))
            index.remove(range(100 + step, 104 + step))
            index.flush(str(step))
        done.set()
        assert all(one.result() for one in running)


@SMALL_STEPS
def test_a_crash_while_merging_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On disk stays what was there, in memory what came since, and the next flush writes it."""
    index = open_index(f"faiss:{tmp_path}", DIM)
    index.add(range(100), unit_vectors(100))
    index.flush("old")
    before = sorted(tmp_path.iterdir())
    index.add(range(90, 150), unit_vectors(60, seed=4))

    with full_disk(monkeypatch), pytest.raises(OSError, match="No space"):
        index.flush("new")
    assert sorted(tmp_path.iterdir()) == before
    again = open_index(f"faiss:{tmp_path}", DIM)
    assert (again.stamp, len(again), len(index)) == ("old", 100, 150)
    index.flush("new")
    again = open_index(f"faiss:{tmp_path}", DIM)
    assert (again.stamp, len(again)) == ("new", 150)
    assert again.search(unit_vectors(60, seed=4)[0], 1)[0].id == 90


GROUPED = pytest.mark.usefixtures("merged_early", "grouped_early")


@pytest.fixture
def grouped_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a base be grouped when it has a thousand vectors."""
    monkeypatch.setattr("embeddings.indexes.faiss_index._MIN_GROUPED_VECTORS", 1000)


def grouped_index(folder: Path, vectors: NDArray[np.float32]) -> VectorIndex:
    index = open_index(f"faiss:{folder}", DIM)
    index.add(range(len(vectors)), vectors)
    index.flush("a")
    index.speed_up()
    return index


def recall_of(index: VectorIndex, vectors: NDArray[np.float32], questions: NDArray[np.float32]) -> float:
    """The share of the ten nearest by plain arithmetic that the index finds."""
    wanted = np.argsort(-(questions @ vectors.T), axis=1)[:, :10]
    found = [{one.id for one in index.search(question, 10)} for question in questions]
    return float(np.mean([len(one & set(other)) / 10 for one, other in zip(found, wanted.tolist(), strict=True)]))


@GROUPED
def test_a_grouped_index_finds_nearly_all(tmp_path: Path) -> None:
    """It reports a recall of at least .98 and reaches it, too, for questions that it was not measured with."""
    vectors = unit_vectors(5_000)
    index = grouped_index(tmp_path, vectors)
    questions = simulate_questions(vectors[:400], np.random.default_rng(7))
    assert 0.98 <= index.recall <= 1
    assert recall_of(index, vectors, questions) == pytest.approx(index.recall, abs=0.015)
    again = open_index(f"faiss:{tmp_path}", DIM)
    assert (again.recall, again.stamp, len(again)) == (index.recall, "a", 5_000)
    assert [again.search(one, 10) for one in questions[:20]] == [index.search(one, 10) for one in questions[:20]]


@GROUPED
def test_a_grouped_index_looks_at_some(tmp_path: Path) -> None:
    """Where vectors lie in clusters, a search looks at less than a tenth of the groups, and at all for a filter."""
    random = np.random.default_rng(4)
    vectors = np.repeat(unit_vectors(100), 50, axis=0) + 0.05 * random.standard_normal((5_000, DIM))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    index = grouped_index(tmp_path, vectors)
    far = np.argsort(vectors @ vectors[0])[:30]
    assert len(index.search(vectors[0], 5, far)) == 5
    (path,) = bases(tmp_path)
    on_disk = faiss.read_index(str(path))
    assert on_disk.ntotal == 5_000
    assert on_disk.nprobe < on_disk.nlist / 10


@GROUPED
def test_a_grouped_index_stays_in_step(tmp_path: Path) -> None:
    """Few changes, and so many that they are merged into the groups, are found as in an index of all of them."""
    vectors = unit_vectors(3_000)
    index = grouped_index(tmp_path, vectors[:2_000])
    oracle = open_index(f"exact:{tmp_path / 'exact'}", DIM)
    oracle.add(range(2_000), vectors[:2_000])
    for stamp, added, gone in (("b", range(2_000, 2_005), [7]), ("c", range(2_005, 2_400), range(100, 300))):
        before = bases(tmp_path)
        for one in (index, oracle):
            one.remove(list(gone))
            one.add(added, vectors[added.start : added.stop])
        index.flush(stamp)
        assert (bases(tmp_path) == before) == (stamp == "b")
        again = open_index(f"faiss:{tmp_path}", DIM)
        for opened in (index, again):
            assert (len(opened), opened.stamp, opened.recall) == (len(oracle), stamp, index.recall)
            for number in (3, 500, 2_002, *added[-3:]):
                assert opened.search(vectors[number], 1)[0].id == number
            kept = np.array([number for number in range(len(vectors)) if number not in gone and number < added.stop])
            ids = [one.id for one in opened.search(vectors[gone[0]], 20)]
            assert not set(ids) & set(gone)
            few = kept[::97]
            assert [one.id for one in opened.search(vectors[1], 5, few)] == [
                one.id for one in oracle.search(vectors[1], 5, few)
            ]


@GROUPED
def test_groups_are_made_anew_when_the_base_has_doubled(tmp_path: Path) -> None:
    """A base that has grown by a tenth keeps its groups; one of twice the size has √2 times as many."""
    vectors = unit_vectors(3_000)
    index = grouped_index(tmp_path, vectors[:1_200])
    looked_at = faiss.read_index(str(bases(tmp_path)[0])).nprobe
    groups = [faiss.read_index(str(bases(tmp_path)[0])).nlist]
    for first, last in ((1_200, 1_400), (1_400, 2_600)):
        index.add(range(first, last), vectors[first:last])
        index.flush("b")
        if first == 1_200:
            assert faiss.read_index(str(bases(tmp_path)[0])).nprobe == looked_at > 1
        index.speed_up()
        groups.append(faiss.read_index(str(bases(tmp_path)[0])).nlist)
    assert groups[0] == groups[1]
    assert groups[2] > 1.4 * groups[0]


@GROUPED
def test_grouping_that_is_interrupted_changes_nothing(tmp_path: Path) -> None:
    """Stopped halfway, the index is as it was; a change that is made meanwhile is there afterwards."""
    vectors = unit_vectors(1_500)
    index = open_index(f"faiss:{tmp_path}", DIM)
    index.add(range(1_400), vectors[:1_400])
    index.flush("a")

    def stop(_: str, share: float) -> None:
        if share > 0.2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.speed_up(stop)
    assert index.recall == 1
    changed: list[int] = []

    def change(_: str, share: float) -> None:
        if not changed:
            changed.append(1_400)
            index.add([1_400], vectors[1_400:1_401])
            index.remove([5])

    index.speed_up(change)
    assert index.recall < 1 or faiss.read_index(str(bases(tmp_path)[0])).nlist > 1
    for opened in (index, open_index(f"faiss:{tmp_path}", DIM)):
        assert opened.search(vectors[1_400], 1)[0].id == 1_400
        assert opened.search(vectors[5], 1)[0].id != 5
        assert len(opened) == 1_400

"""Vectors in Milvus: the contract in a file of Milvus Lite, what other programs see, and what cannot be used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import numpy as np
import pytest
from pymilvus import MilvusClient
from stalling import network_to
from waiting import PATIENCE, wait_until

from embeddings.errors import DimensionMismatch, IndexDamaged, IndexUnavailable
from embeddings.index import VectorIndex, open_index
from embeddings.indexes import milvus_collection, milvus_connection, milvus_index
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_index import MilvusIndex
from embeddings.indexes.milvus_kinds import build_parameters, kinds_for, search_parameters
from embeddings.testing import DIM, VectorIndexContract, unit_vectors

SERVER = os.environ.get("FUNDSTELLE_TEST_MILVUS", "")
"""The address of a server, such as http://127.0.0.1:19530."""


class TestLite(VectorIndexContract):
    """A file of Milvus Lite keeps the contract."""

    def open(self, folder: Path, dim: int) -> VectorIndex:
        return open_index(f"milvus:{folder / 'vectors.db'}", dim)


@pytest.mark.heavy
@pytest.mark.milvus
class TestServer(VectorIndexContract):
    """A server keeps the contract."""

    @pytest.fixture(autouse=True)
    def collection(self) -> Iterator[None]:
        """A collection that is there for one test."""
        self.name = f"test_{uuid4().hex}"
        yield
        client = MilvusClient(SERVER, token=os.environ.get("FUNDSTELLE_MILVUS_TOKEN", ""))
        if client.has_collection(self.name):
            collection = client.describe_collection(self.name)["collection_name"]
            client.drop_alias(self.name)
            client.drop_collection(collection)

    def open(self, folder: Path, dim: int) -> VectorIndex:
        return open_index(f"milvus:{SERVER}/{self.name}", dim)

    def test_a_network_that_stalls(self) -> None:
        """A search and a flush are given up while nothing moves; afterwards all goes on, and nothing is there twice."""
        vectors = unit_vectors(40)
        with network_to(int(SERVER.rpartition(":")[2])) as network:
            index = open_index(f"milvus:http://127.0.0.1:{network.port}/{self.name}", DIM)
            index.add(range(30), vectors[:30])
            index.flush("a")
            index.add(range(30, 40), vectors[30:])
            with network.stalled():
                with pytest.raises(IndexUnavailable, match="No Milvus answers"):
                    index.search(vectors[0], 3)
                with pytest.raises(IndexUnavailable, match="No Milvus answers"):
                    index.flush("b")
            wait_until(lambda: _answers(index))
            index.flush("b")
            again = open_index(f"milvus:{SERVER}/{self.name}", DIM)
            for opened in (index, again):
                assert sorted(neighbor.id for neighbor in opened.search(vectors[0], 99)) == list(range(40))
            assert (len(index), len(again), again.stamp) == (40, 40, "b")

    @pytest.mark.parametrize("kinds", [("DISKANN",), ("NO_SUCH_KIND", "IVF_SQ8"), ("FLAT",)])
    def test_another_kind_of_index(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...]
    ) -> None:
        """Vectors that have become many are copied to the kind that the server offers, and found as before."""
        vectors = unit_vectors(5_000)
        index = self.open(tmp_path, DIM)
        index.add(range(len(vectors)), vectors)
        index.flush("a")
        other = self.open(tmp_path, DIM)
        for module in (milvus_collection, milvus_index):
            monkeypatch.setattr(module, "kinds_for", lambda *_, **__: kinds)
        shares: list[float] = []
        index.speed_up(lambda _, share: shares.append(share))
        assert shares[-1] == 1
        again = self.open(tmp_path, DIM)
        assert (len(again), again.stamp, again._collection.kind) == (5_000, "a", kinds[-1])
        index.speed_up(pytest.fail)
        for opened in (index, again):
            nearest = [opened.search(vector, 1)[0].id for vector in vectors[:100]]
            assert np.mean(np.array(nearest) == range(100)) >= 0.98
        with pytest.raises(IndexDamaged, match="made again"):
            other.search(vectors[0], 1)


def _answers(index: VectorIndex) -> bool:
    try:
        return bool(index.search(unit_vectors(1)[0], 1))
    except IndexUnavailable:
        return False


@pytest.fixture
def written_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets changes be written when they are made, and given ids be looked for among all."""
    monkeypatch.setattr("embeddings.indexes.milvus_index._MAX_PENDING", 1)
    monkeypatch.setattr("embeddings.indexes.milvus_index._MAX_COMPARED", 100)


@pytest.mark.slow
@pytest.mark.usefixtures("written_early")
class TestWrittenEarly(TestLite):
    """The contract holds for vectors that are in the file, too."""

    def test_is_the_same_after_reopening(self, tmp_path: Path) -> None:
        """Many changes are written before a flush; the stamp says that they may have to be made again."""
        index = self.open(tmp_path, DIM)
        index.add(range(50), unit_vectors(50))
        index.flush("a")
        index.add([50], unit_vectors(1))
        assert self.open(tmp_path, DIM).stamp == "a"


@pytest.mark.usefixtures("written_early")
@pytest.mark.parametrize("share", [0.5, 0.02])
def test_many_given_ids_are_looked_for_among_all(tmp_path: Path, share: float) -> None:
    """The neighbours among thousands of ids are those of a full product, also where they are all far away."""
    vectors, question = unit_vectors(6_000), unit_vectors(1, seed=1)[0]
    index = open_index(f"milvus:{tmp_path / 'vectors.db'}", DIM)
    index.add(range(len(vectors)), vectors)
    farthest = np.argsort(vectors @ question)[: int(share * len(vectors))]
    expected = farthest[np.argsort(-(vectors[farthest] @ question))][:10]
    assert {neighbor.id for neighbor in index.search(question, 10, farthest)} == set(expected.tolist())


def test_others_see_what_was_there_until_all_is_made_again(tmp_path: Path) -> None:
    """Vectors made anew take the place of the earlier ones with the flush, and whoever has those is told."""
    url = f"milvus:{tmp_path / 'vectors.db'}"
    index = open_index(url, DIM)
    index.add(range(20), unit_vectors(20))
    index.flush("a")
    fresh = open_index(url, DIM, empty=True)
    fresh.add(range(30), unit_vectors(30))
    other = open_index(url, DIM)
    assert (len(other), other.stamp) == (20, "a")
    fresh.flush("b")
    assert (len(open_index(url, DIM)), open_index(url, DIM).stamp) == (30, "b")
    with pytest.raises(IndexDamaged, match="made again"):
        other.search(unit_vectors(1)[0], 3)
    assert len(MilvusClient(str(tmp_path / "vectors.db")).list_collections()) == 1


def test_the_kind_of_index_follows_from_the_size() -> None:
    """HNSW while it fits into memory, then DiskANN, or what the server has instead; in a file a full comparison."""
    assert kinds_for(10_000, is_file=False) == ("HNSW",)
    assert kinds_for(100_000_000, is_file=False) == ("DISKANN", "IVF_SQ8", "HNSW")
    assert kinds_for(100_000_000, is_file=True) == ("FLAT",)
    assert search_parameters("IVF_SQ8", 10, 100_000_000)["nprobe"] <= build_parameters("IVF_SQ8", 100_000_000)["nlist"]
    for kind, name in (("HNSW", "ef"), ("DISKANN", "search_list")):
        assert search_parameters(kind, 16_384, 1000)[name] >= 16_384


def test_vectors_are_copied_where_another_kind_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted copy changes nothing; a complete one has all vectors and the stamp."""
    url = f"milvus:{tmp_path / 'vectors.db'}"
    vectors = unit_vectors(100)
    index = open_index(url, DIM)
    index.add(range(100), vectors)
    index.flush("a")
    index.speed_up(pytest.fail)
    for module in (milvus_collection, milvus_index):
        monkeypatch.setattr(module, "kinds_for", lambda *_, **__: ("HNSW",))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.speed_up(stop)
    assert (len(open_index(url, DIM)), open_index(url, DIM).search(vectors[3], 1)[0].id) == (100, 3)
    index.speed_up()
    for opened in (index, open_index(url, DIM)):
        assert (len(opened), opened.stamp, opened.search(vectors[3], 1)[0].id) == (100, "a", 3)
    assert len(MilvusClient(str(tmp_path / "vectors.db")).list_collections()) == 1


def test_an_interrupted_flush_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its stamp, the index has the one before, and the same changes give the same vectors."""
    url = f"milvus:{tmp_path / 'vectors.db'}"
    vectors = unit_vectors(40)
    index = open_index(url, DIM)
    index.add(range(30), vectors[:30])
    index.flush("a")

    def fail(*_: object) -> None:
        raise IndexUnavailable("no answer")

    index.remove([3])
    index.add(range(30, 40), vectors[30:])
    with monkeypatch.context() as broken, pytest.raises(IndexUnavailable):
        broken.setattr(milvus_collection.MilvusCollection, "note", fail)
        index.flush("b")
    again = open_index(url, DIM)
    assert again.stamp == "a"
    again.remove([3])
    again.add(range(30, 40), vectors[30:])
    again.flush("b")
    assert len(again) == 39
    assert sorted(neighbor.id for neighbor in again.search(vectors[0], 99)) == [n for n in range(40) if n != 3]


def test_vectors_that_are_written_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server goes in the middle, nothing is found twice, and the next flush writes the rest."""
    url = f"milvus:{tmp_path / 'vectors.db'}"
    vectors = unit_vectors(40)
    index = open_index(url, DIM)
    index.add(range(20), vectors[:20])
    index.flush("a")
    index.add(range(10, 40), vectors[10:])
    upsert = milvus_collection.MilvusCollection.upsert
    calls: list[int] = []

    def fail_in_the_middle(collection: Any, rows: Any) -> None:
        calls.append(len(rows))
        if len(calls) == 3:
            raise IndexUnavailable("no answer")
        upsert(collection, rows)

    monkeypatch.setattr(milvus_collection, "ROWS", 7)
    with monkeypatch.context() as broken, pytest.raises(IndexUnavailable):
        broken.setattr(milvus_collection.MilvusCollection, "upsert", fail_in_the_middle)
        index.flush("b")
    assert sorted(neighbor.id for neighbor in index.search(vectors[0], 99)) == list(range(40))
    index.flush("b")
    for opened in (index, open_index(url, DIM)):
        assert (len(opened), opened.stamp) == (40, "b")
        assert sorted(neighbor.id for neighbor in opened.search(vectors[0], 99)) == list(range(40))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://host:19530/news", "milvus:http://host:19530/news"),
        ("https://host/news/", "milvus:https://host:19530/news"),
        ("http://[::1]:1/n", "milvus:http://[::1]:1/n"),
        ("/data/v.db", "milvus:/data/v.db"),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    """An address names a server and a collection, or a file."""
    address = MilvusAddress.parse(text)
    assert str(address) == expected
    assert MilvusAddress.parse(str(address).removeprefix("milvus:")) == address


@pytest.mark.parametrize(
    "text", ["", "host", "http://host", "ftp://host/n", "http://host/a-b", "http://host:x/n", "http:///n"]
)
def test_what_is_no_address(text: str) -> None:
    """The sentence shows how an address is written."""
    with pytest.raises(ValueError, match=r"milvus:http://HOST:19530/NAME or milvus:\./FILE\.db"):
        MilvusAddress.parse(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """It would be seen in logs."""
    with pytest.raises(ValueError, match="FUNDSTELLE_MILVUS_TOKEN") as refusal:
        MilvusAddress.parse("http://me:geheim@host:19530/news")
    assert "geheim" not in str(refusal.value)


def test_nobody_answers() -> None:
    """A port at which nobody listens, and one at which nobody says anything, are told within ten seconds."""
    with pytest.raises(IndexUnavailable, match="No Milvus answers at http"):
        open_index("milvus:http://127.0.0.1:1/news", DIM)


@pytest.mark.slow
def test_a_server_that_hangs_is_told() -> None:
    """A port at which somebody listens and never answers is given up."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(IndexUnavailable, match="No Milvus answers at http"):
            open_index(f"milvus:http://127.0.0.1:{silent.getsockname()[1]}/news", DIM)


def test_those_who_wait_for_a_silent_server_do_not_wait_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a moment after it has not answered, nobody else asks it, and everybody gets the same sentence."""
    monkeypatch.setattr(milvus_connection, "_silent_until", {})
    monkeypatch.setattr(milvus_connection, "_SILENT_SECONDS", PATIENCE)
    sentences = []
    for _ in range(2):
        with pytest.raises(IndexUnavailable) as failure:
            open_index("milvus:http://127.0.0.1:1/news", DIM)
        sentences.append(str(failure.value))
        # from here on, nothing is sent
        monkeypatch.setattr("pymilvus.MilvusClient", None)
    assert sentences[0] == sentences[1]


def test_a_file_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of another kind is refused and stays; a certificate or password that cannot be read is named."""
    path = tmp_path / "vectors.db"
    path.write_text("not of Milvus")
    with pytest.raises(IndexUnavailable, match="cannot be opened"):
        open_index(f"milvus:{path}", DIM)
    assert path.read_text() == "not of Milvus"
    monkeypatch.setenv("FUNDSTELLE_MILVUS_CA", str(tmp_path / "ca.pem"))
    with pytest.raises(IndexUnavailable, match=r"ca\.pem, which \$FUNDSTELLE_MILVUS_CA names"):
        open_index("milvus:https://127.0.0.1:1/news", DIM)
    monkeypatch.setenv("FUNDSTELLE_MILVUS_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(IndexUnavailable, match=r"\$FUNDSTELLE_MILVUS_TOKEN_FILE names, cannot be read"):
        open_index("milvus:http://127.0.0.1:1/news", DIM)


def test_a_wrong_password_is_told_from_a_server_that_is_away() -> None:
    """Both come as a connection that failed."""

    class Refusing(grpc.GenericRpcHandler):
        def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
            def refuse(_: object, context: grpc.ServicerContext) -> None:
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check username and password")

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(ThreadPoolExecutor(2), handlers=[Refusing()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with pytest.raises(IndexUnavailable, match=r"refuses: set \$FUNDSTELLE_MILVUS_TOKEN to USER:PASSWORD"):
            open_index(f"milvus:http://127.0.0.1:{port}/news", DIM)
    finally:
        server.stop(None).wait()


def test_a_collection_of_others_is_refused(tmp_path: Path) -> None:
    """That of another program, another archive or a newer version stays as it is; another dimension is said."""
    path = tmp_path / "vectors.db"
    url = f"milvus:{path}"
    MilvusClient(str(path)).create_collection("fundstelle", dimension=DIM)
    with pytest.raises(IndexUnavailable, match="of another program"):
        open_index(url, DIM, empty=True)
    MilvusClient(str(path)).drop_collection("fundstelle")
    index = open_index(url, DIM, owner="mine")
    index.add([1], unit_vectors(1))
    index.flush("a")
    with pytest.raises(IndexUnavailable, match="of another archive"):
        open_index(url, DIM, owner="yours", empty=True)
    with pytest.raises(DimensionMismatch):
        open_index(url, DIM + 1, owner="mine")
    collection = milvus_collection.open_collection(MilvusAddress.parse(str(path)), DIM, "mine")
    assert collection is not None
    collection.note(milvus_collection.Facts("mine", "a", milvus_collection.VERSION + 1), DIM)
    with pytest.raises(IndexUnavailable, match="newer version: upgrade"):
        open_index(url, DIM, owner="mine")


def test_a_server_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its version and the oldest that will do are said."""
    monkeypatch.setattr(MilvusClient, "get_server_version", lambda *_, **__: "v2.2.16")
    with pytest.raises(IndexUnavailable, match=r"version v2\.2\.16: 2\.3 or later"):
        open_index(f"milvus:{tmp_path / 'vectors.db'}", DIM)


def test_a_file_that_another_program_has_open(tmp_path: Path) -> None:
    """It is said what to do."""
    path = tmp_path / "vectors.db"
    program = (
        "import sys; from pymilvus import MilvusClient; client = MilvusClient(sys.argv[1]); client.list_collections();"
        "print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(IndexUnavailable, match="end the other program"):
            open_index(f"milvus:{path}", DIM)
    finally:
        other.communicate(timeout=PATIENCE)


def test_questions_are_answered_while_the_index_changes(tmp_path: Path, written_early: None) -> None:
    """Four threads find what they look for at every moment of a run that adds, removes and writes."""
    index = open_index(f"milvus:{tmp_path / 'vectors.db'}", DIM)
    vectors = unit_vectors(100)
    index.add(range(100), vectors)
    index.flush("a")
    done, faults = threading.Event(), []

    def ask(number: int) -> None:
        while not done.is_set():
            neighbors = [neighbor.id for neighbor in index.search(vectors[number], 50)]
            if neighbors[0] != number or len(set(neighbors)) != 50:
                faults.append(neighbors)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for step in range(15):
        index.add(range(1000, 1008), unit_vectors(8, seed=step))
        index.remove(range(10 + step, 14 + step))
        index.flush(str(step))
    done.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert not faults


def test_what_is_written_while_a_snapshot_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot has the vectors of its moment, though they are replaced between its request and the answer."""
    vectors = unit_vectors(40)
    index = MilvusIndex(MilvusAddress.parse(str(tmp_path / "vectors.db")), DIM)
    index.add(range(30), vectors[:30])
    index.flush("a")
    snapshot = index.snapshot()
    expected = [neighbor.id for neighbor in snapshot.search(vectors[3], 30)]
    search = milvus_collection.MilvusCollection.search
    written: list[str] = []

    def write_before_searching(collection: Any, *arguments: Any) -> Any:
        if not written:
            written.append("b")
            index.remove([3, 5])
            index.add([7, 33], vectors[31:33])
            index.flush("b")
        return search(collection, *arguments)

    monkeypatch.setattr(milvus_collection.MilvusCollection, "search", write_before_searching)
    assert [neighbor.id for neighbor in snapshot.search(vectors[3], 30)] == expected
    assert {neighbor.id for neighbor in index.search(vectors[3], 40)} == {*range(30), 33} - {3, 5}


def test_nothing_is_imported_without_being_asked_for() -> None:
    """Whoever opens another index does not load pymilvus."""
    program = "import sys, embeddings.index, rag.archive; sys.exit('pymilvus' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=PATIENCE).returncode == 0


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence has the line that installs it."""
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(IndexUnavailable, match=r"pip install 'fundstelle\[scale\]'"):
        MilvusIndex(MilvusAddress.parse(str(tmp_path / "vectors.db")), DIM)


def test_without_milvus_lite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file needs another package than a server."""
    monkeypatch.setattr(milvus_connection, "find_spec", lambda _: None)
    with pytest.raises(IndexUnavailable, match="pip install milvus-lite"):
        MilvusIndex(MilvusAddress.parse(str(tmp_path / "vectors.db")), DIM)

"""Words in Milvus score as those in Tantivy, follow the store, and are nobody else's."""

from __future__ import annotations

import logging
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from factories import article
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from lexical_parts import TEXTS as FOUR_TEXTS
from lexical_parts import put, ranked, search_keys, shared_view_of, view_of
from paths import QUESTIONS
from pymilvus import MilvusClient

from embeddings.errors import IndexUnavailable
from embeddings.indexes.milvus_sparse import SparseRows
from rag.archive import Archive
from rag.errors import VectorsUnavailable
from rag.lexical import milvus_words, shared_index, vocabulary
from rag.lexical.bm25 import stored_length, term_weight
from rag.lexical.shared_index import SharedLexicalIndex
from rag.lexical.vocabulary import Vocabulary, VocabularyFull, hash_of
from rag.storage.postgres.opening import open_database
from rag.storage.store import Store

TEXTS = (*FOUR_TEXTS, "Der Kinderarzt wartet, die Kinder warten, der Arzt spricht mit Präsident Selenskyj.")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive is taken for a large one, whose words are not written anew with every change."""
    monkeypatch.setattr(shared_index, "MAX_REBUILT_PASSAGES", 0)
    monkeypatch.setattr(shared_index, "_MAX_DRIFT", 0.9)


# -- scores -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(sample: Archive, tmp_path_factory: pytest.TempPathFactory) -> tuple[SharedLexicalIndex, Archive]:
    """The words of the sample archive in Milvus, and the archive, which has them in Tantivy."""
    return shared_view_of(sample._store, tmp_path_factory.mktemp("words")), sample


@pytest.mark.slow
def test_candidates_and_scores_are_those_of_tantivy(both: tuple[SharedLexicalIndex, Archive]) -> None:
    """Of the questions to the sample archive, in all their languages: the same fifty passages with the same scores."""
    assert_same_candidates(*both)


@pytest.mark.heavy
@pytest.mark.milvus
def test_candidates_and_scores_on_a_server(sample: Archive, tmp_path: Path) -> None:
    """A server has the same ones, too."""
    server = os.environ["FUNDSTELLE_TEST_MILVUS"]
    name = f"test_{uuid4().hex}"
    view = SharedLexicalIndex(tmp_path / "shared", sample._store, f"milvus:{server}/{name}")
    try:
        assert_same_candidates(view, sample)
    finally:
        client = MilvusClient(server, token=os.environ.get("FUNDSTELLE_MILVUS_TOKEN", ""))
        client.drop_alias(f"{name}_words")
        for collection in client.list_collections():
            if collection.startswith(name):
                client.drop_collection(collection)


def assert_same_candidates(view: SharedLexicalIndex, sample: Archive) -> None:
    """Compare words with those of the archive, which has them in Tantivy.

    Scores of both are rounded to four decimals, so that two may differ by one in the last.
    """
    ours, theirs = view.catch_up(), sample._lexical.catch_up()
    languages = set()
    for question in [question for question in QUESTIONS if "question" in question][::3]:
        query = ours.analyse(question["question"])
        assert query == theirs.analyse(question["question"])
        languages.add(question.get("language"))
        expected, actual = theirs.search(query, 60), ours.search(query, 60)
        assert [score for _, score in actual] == pytest.approx([score for _, score in expected], rel=1e-4, abs=1.01e-4)
        last = expected[:50][-1][1] + 2e-4 if expected else 0.0
        assert {key for key, score in actual if score > last} <= {key for key, _ in expected}
        assert {key for key, score in expected if score > last} <= {key for key, _ in actual}
        common = dict(expected).keys() & dict(actual).keys()
        scores, expected_scores = ({key: dict(of_key)[key] for key in common} for of_key in (actual, expected))
        assert scores == pytest.approx(expected_scores, rel=1e-4, abs=1.01e-4)
        keys = np.array([key for key, _ in expected[::3]], np.int64)
        assert ours.scores(query, keys) == pytest.approx(theirs.scores(query, keys), rel=1e-4, abs=1.01e-4)
    assert len(languages) > 5


@pytest.mark.slow
def test_phrases_and_marked_words_are_those_of_tantivy(both: tuple[SharedLexicalIndex, Archive]) -> None:
    """Words of some sentences as phrases of one to four words, and what is marked in the passages that are found."""
    ours, theirs = (view.catch_up() for view in (both[0], both[1]._lexical))
    passages = both[1]._store.passages.sample(40)
    for number, (_, passage) in enumerate(passages):
        words = passage.text.split()
        phrase = " ".join(words[number % 7 : number % 7 + 1 + number % 4])
        expected = theirs.containing(phrase).tolist()
        assert ours.containing(phrase).tolist() == expected
        query = theirs.analyse(" ".join(words[:12]))
        for _, other in passages[:5]:
            assert ours.matches(query, other.text, other.language) == theirs.matches(query, other.text, other.language)


def test_a_weight_is_that_of_bm25() -> None:
    """By hand: three times in ten terms, where the average is eight, is 3 · 2.2 / (3 + 1.2 · (.25 + .75 · 10 / 8))."""
    assert term_weight(3, 10, 8.0) == pytest.approx(6.6 / (3 + 1.2 * 1.1875))
    # of longer passages the length is rounded down, as in Lucene
    assert [stored_length(length) for length in (40, 41, 43, 57, 1000)] == [40, 40, 42, 56, 984]


def test_an_average_that_differs_by_a_hundredth() -> None:
    """Scores are less than a hundredth from those by the true average, however long and full a passage is."""
    pairs = [
        (term_weight(count, length, 100.0), term_weight(count, length, 101.0))
        for count in (1, 2, 5, 50)
        for length in (5, 20, 96, 200, 1000)
    ]
    assert max(abs(before / after - 1) for before, after in pairs) < 0.01


# -- the vocabulary ---------------------------------------------------------------------------------


@given(st.dictionaries(st.text(max_size=5), st.integers(1, 9), max_size=300), st.text(max_size=5))
def test_each_term_has_its_own_dimension(counts: dict[str, int], other: str) -> None:
    """No two share one; each is counted, and a word that came with no passage has none."""
    made = Vocabulary.of_counts({hash_of("words", word): count for word, count in counts.items()})
    read = Vocabulary(made.size, dict(made.changes()).get and (lambda numbers: dict(made.changes())))
    entries = [read.find(hash_of("words", word)) for word in counts]
    assert len({dimension for dimension, _ in entries}) == len(counts)
    assert [count for _, count in entries] == list(counts.values())
    if other not in counts:
        assert read.find(hash_of("words", other)) == (0, 0)
        assert read.dimension(hash_of("words", other)) not in {0, *(dimension for dimension, _ in entries)}
    if counts:
        read.add(entries[0][0], -1)
        assert read.find(hash_of("words", next(iter(counts))))[1] == entries[0][1] - 1


def test_a_vocabulary_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and gives no term the place of another."""
    monkeypatch.setattr(vocabulary, "_SLOTS", 3)
    full = Vocabulary.of_counts({1 << 20: 1, 2 << 20: 1, 3 << 20: 1})
    with pytest.raises(VocabularyFull):
        full.dimension(4 << 20)


# -- keeping up -------------------------------------------------------------------------------------


def assert_equal(view: SharedLexicalIndex, fresh: SharedLexicalIndex) -> None:
    """Two indexes of the same store find the same, with the same scores."""
    words, expected = view.catch_up(), fresh.catch_up()
    assert len(words.words) == len(expected.words)
    assert words.server._facts.lengths == expected.server._facts.lengths
    for question in ("Kanal", "Tunnel Alpen", "Gotthard", "Wasser der Oder", "Kinderarzt", "Zelensky"):
        assert words.analyse(question) == expected.analyse(question)
        assert words.containing(question).tolist() == expected.containing(question).tolist()
        assert [key for key, _ in ranked(view, question)] == [key for key, _ in ranked(fresh, question)]


@pytest.mark.usefixtures("large")
def test_catching_up_is_as_good_as_writing_all(store: Store, tmp_path: Path) -> None:
    """After articles came, changed and went, all is found and counted as in words that are written anew."""
    view = shared_view_of(store, tmp_path)
    for number, text in enumerate([*TEXTS, *TEXTS]):
        put(store, article(str(number), text))
    assert len(search_keys(view, "Tunnel")) == 4
    collection = view._collection
    before = MilvusClient(collection.uri).describe_collection(collection.name)["collection_name"]
    put(store, article("0", "Der Kanal in München."[:47].ljust(47, "!")))
    store.remove_file("1")
    put(store, article("new", "Ein Kanal statt eines Tunnels, und ein ganz neues Wort: Zwetschgenknödel."))
    assert_equal(view, shared_view_of(store, tmp_path, "fresh"))
    assert len(search_keys(view, "Zwetschgenknödel")) == 1
    assert MilvusClient(collection.uri).describe_collection(collection.name)["collection_name"] == before
    # whoever opens it later has nothing to write
    assert ranked(shared_view_of(store, tmp_path), "Tunnel") == ranked(view, "Tunnel")


@pytest.mark.usefixtures("large")
def test_what_comes_later_is_split_by_what_is_there(store: Store, tmp_path: Path) -> None:
    """A compound is found by its part if the passages that were written before have the parts as words."""
    view = shared_view_of(store, tmp_path)
    for number in range(4):
        put(store, article(str(number), f"Ein Arzt sieht Kinder, {number}."))
    view.catch_up()
    key = put(store, article("new", "Der Kinderarzt wartet."))
    assert key in search_keys(view, "Arzt")


def test_a_small_archive_answers_as_if_it_never_had_other_articles(store: Store, tmp_path: Path) -> None:
    """Its words are written anew with each change, so that scores are exactly those of an index built anew."""
    view = shared_view_of(store, tmp_path)
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    view.catch_up()
    store.remove_file("2")
    fresh = view_of(store, tmp_path)
    for question in ("Tunnel in München", "Kinderarzt", "Selenskij"):
        assert ranked(view, question) == ranked(fresh, question)
    put(store, article("new", "Ein Kanal."))
    view.catch_up()
    assert len([name for name in MilvusClient(view._collection.uri).list_collections() if "_words__" in name]) == 2


def test_scores_follow_the_average_length(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When passages have become longer or shorter by more than a hundredth, scores are by the new average."""
    monkeypatch.setattr(shared_index, "MAX_REBUILT_PASSAGES", 0)
    view = shared_view_of(store, tmp_path)
    for number in range(8):
        put(store, article(str(number), TEXTS[number % 5]))
    view.catch_up()
    put(store, article("long", " ".join(TEXTS) + " Tunnel"))
    assert dict(ranked(view, "Tunnel")) == pytest.approx(dict(ranked(view_of(store, tmp_path), "Tunnel")), abs=1.01e-4)


@pytest.mark.usefixtures("large")
def test_writing_that_was_interrupted(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the server goes in the middle, a sentence says so, and the next question has all words written anew."""
    view = shared_view_of(store, tmp_path)
    for number, text in enumerate([*TEXTS, *TEXTS]):
        put(store, article(str(number), text))
    view.catch_up()
    store.remove_file("1")
    put(store, article("new", "Ein Kanal statt eines Tunnels."))
    put_rows = SparseRows.write

    def fail(rows: SparseRows, written: Iterator[object]) -> None:
        put_rows(rows, [next(iter(written))])  # type: ignore[list-item]
        raise IndexUnavailable("No Milvus answers.")

    with monkeypatch.context() as broken:
        broken.setattr(SparseRows, "write", fail)
        with pytest.raises(VectorsUnavailable, match="No Milvus answers"):
            view.catch_up()
    with caplog.at_level(logging.WARNING):
        assert_equal(view, shared_view_of(store, tmp_path, "fresh"))
    assert "did not match the archive" in caplog.text


def test_while_another_program_writes(store: Store, tmp_path: Path) -> None:
    """The first words are waited for; later, questions find what is there, and nothing that is gone."""
    key = put(store, article("a", TEXTS[1]))
    view = shared_view_of(store, tmp_path)
    (tmp_path / "shared").mkdir()
    lock = FileLock(tmp_path / "shared" / "writing.lock", is_singleton=False)
    with lock, pytest.raises(VectorsUnavailable, match="are being written"):
        view.catch_up()
    assert search_keys(view, "Tunnel") == [key]
    new = put(store, article("b", "Ein Tunnel."))
    other = shared_view_of(store, tmp_path)
    with lock:
        assert search_keys(view, "Tunnel") == search_keys(other, "Tunnel") == [key]
        store.remove_file("a")
        assert search_keys(other, "Tunnel") == []
    assert search_keys(view, "Tunnel") == search_keys(other, "Tunnel") == [new]


@pytest.mark.slow
@pytest.mark.postgres
def test_several_computers(postgres_address: str, tmp_path: Path) -> None:
    """Those that share an archive in PostgreSQL write one after the other, and see what another one wrote."""
    with (
        closing(Store(open_database(postgres_address))) as store,
        closing(Store(open_database(postgres_address))) as other,
    ):
        key = put(store, article("a", TEXTS[1]))
        url = f"milvus:{tmp_path / 'words.db'}"
        here, there = (
            SharedLexicalIndex(tmp_path / str(number), each, url) for number, each in enumerate((store, other))
        )
        with store.database.indexing("words of "), pytest.raises(VectorsUnavailable, match="are being written"):
            there.catch_up()
        # whoever indexes may write the words, too
        with store.database.indexing():
            assert search_keys(here, "Tunnel") == [key]
        new = put(other, article("b", TEXTS[2]))
        with store.database.indexing("words of "):
            assert search_keys(there, "Tunnel") == [key]
        assert search_keys(there, "Tunnel") == search_keys(here, "Tunnel") == [new, key]


def test_words_that_are_made_again_meanwhile(store: Store, tmp_path: Path) -> None:
    """A question of a small archive goes on where it was; if they are made again twice, it has to be asked again."""
    key = put(store, article("a", TEXTS[1]))
    view, other = shared_view_of(store, tmp_path), shared_view_of(store, tmp_path)
    snapshot = view.catch_up()
    store.remove_file("a")
    put(store, article("b", "Ein Tunnel."))
    other.catch_up()
    assert [key for key, _ in snapshot.search(snapshot.analyse("Tunnel"), 3)] == [key]
    other.rebuild()
    with pytest.raises(Exception, match="was deleted or made again"):
        snapshot.search(snapshot.analyse("Tunnel"), 3)
    view.drop()
    assert len(search_keys(view, "Tunnel")) == 1


def test_words_of_others_are_refused(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of another archive, another program or a newer version stay as they are; those of an older one do not."""
    put(store, article("a", TEXTS[1]))
    view = shared_view_of(store, tmp_path)
    view.catch_up()
    other = Store(tmp_path / "other.sqlite")
    put(other, article("a", "Ein Kanal."))
    with pytest.raises(VectorsUnavailable, match="of another archive: choose another name"):
        shared_view_of(other, tmp_path).catch_up()
    other.close()
    monkeypatch.setattr(shared_index, "VERSION", shared_index.VERSION - 1)
    with pytest.raises(VectorsUnavailable, match="newer version: upgrade"):
        shared_view_of(store, tmp_path).catch_up()
    monkeypatch.setattr(shared_index, "VERSION", shared_index.VERSION + 2)
    newer = shared_view_of(store, tmp_path)
    assert len(search_keys(newer, "Tunnel")) == 1
    client = MilvusClient(view._collection.uri)
    client.drop_alias("fundstelle_words")
    client.create_collection("fundstelle_words", dimension=4)
    with pytest.raises(VectorsUnavailable, match="of another program"):
        shared_view_of(store, tmp_path).catch_up()


@pytest.mark.usefixtures("large")
def test_an_older_archive_put_back(store: Store, tmp_path: Path) -> None:
    """When the database is restored from a copy, words of later revisions are replaced."""
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    store.close()
    shutil.copy(tmp_path / "archive.sqlite", tmp_path / "backup.sqlite")
    later = Store(tmp_path / "archive.sqlite")
    put(later, article("b", "Ein Kanal."))
    shared_view_of(later, tmp_path).catch_up()
    later.close()
    restored = Store(tmp_path / "backup.sqlite")
    put(restored, article("c", "Ein Steg."))
    view = shared_view_of(restored, tmp_path)
    assert search_keys(view, "Kanal") == []
    assert len(search_keys(view, "Steg Isar")) == 2
    restored.close()


# -- many passages ----------------------------------------------------------------------------------


def test_more_passages_than_a_search_returns(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phrases and allowed passages are found though the server returns few at once."""
    keys = sorted(put(store, article(str(number), f"Der lange Tunnel Nummer {number}.")) for number in range(40))
    rare = put(store, article("rare", "Ein Tunnel, ein Kanal, und am Ende der lange Tunnel."))
    words = shared_view_of(store, tmp_path).catch_up()
    for module in (milvus_words,):
        monkeypatch.setattr(module, "MAX_LIMIT", 12)
        monkeypatch.setattr(module, "_MAX_REQUESTED_KEYS", 5)
        monkeypatch.setattr(module, "_EXTRA_HITS", 2)
        monkeypatch.setattr(module, "portions", lambda ids: [ids[i : i + 9].tolist() for i in range(0, len(ids), 9)])
    assert words.containing("lange Tunnel").tolist() == sorted([*keys, rare])
    assert words.containing("Tunnel lange").tolist() == []
    query = words.analyse("Tunnel Kanal")
    assert words.search(query, 1)[0][0] == rare
    assert [key for key, _ in words.search(query, 5, np.array(keys[20:]))] == keys[20:25]
    assert [key for key, _ in words.search(query, 3, np.array([*keys[35:], rare]))] == [rare, *keys[35:37]]


def test_a_question_asks_about_terms_a_few_times(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many words it has and into however many parts they could be split."""
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    words = shared_view_of(store, tmp_path).catch_up()
    requests: Counter[str] = Counter()
    rows_of = SparseRows.rows_of

    def counted(rows: SparseRows, keys: list[int], fields: list[str]) -> list[dict[str, object]]:
        requests.update(fields)
        return rows_of(rows, keys, fields)

    monkeypatch.setattr(SparseRows, "rows_of", counted)
    query = words.analyse("Wartet der Kinderarzt mit Präsident Zelensky am Gotthardbasistunnel auf Bahnhofsvorsteher?")
    assert len(query.words) > 4
    assert requests["counts"] <= 4
    assert words.matches(query, TEXTS[4], "de")
    assert requests["counts"] <= 6


def test_passages_that_are_missing(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where some were deleted on the server, whoever opens the words says so, and writes all again."""
    keys = [put(store, article(str(number), text)) for number, text in enumerate(TEXTS)]
    shared_view_of(store, tmp_path).catch_up().server._rows.delete(np.array(keys[1:2], np.int64))
    assert search_keys(shared_view_of(store, tmp_path), "Isar") == [keys[1]]
    assert "did not match the archive" in caplog.text


def test_facts_that_cannot_be_read(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where what is noted was altered, a line says so, and the words are written again."""
    key = put(store, article("a", TEXTS[1]))
    view = shared_view_of(store, tmp_path)
    view.catch_up()
    rows = shared_index.open_rows(view._collection, store.facts.archive_id, shared_index._version())
    assert rows is not None
    rows.note({"owner": store.facts.archive_id, "version": shared_index._version()})
    assert search_keys(shared_view_of(store, tmp_path), "Tunnel") == [key]
    assert "cannot be read" in caplog.text

"""An archive against a model of it: plain dictionaries to which the same happens."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer

from rag.errors import NotFound
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.file_records import FileFingerprint, FileRecord
from rag.storage.postgres.opening import open_database
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.types import Article, Aside, Filter, Passage, passage_at
from rag.types.archive_state import State
from rag.types.library import LibraryQuery

ENCODER = EncoderRecord("bundled", "f" * 16, 4)
WORDS = "Der Rat tagt am Abend. مدينة الميناء\u200f 🛳 und «Zwei». \x00 \x1f Ein Ende, das länger ist. " * 3
TEXTS = (WORDS, f"{WORDS[:100]}Anders.{WORDS[:150]}", f"{WORDS} Leserbrief: Nein!")
ASIDES = ((), (), (Aside(len(WORDS) + 1, len(WORDS) + 18, "comment"),))
STARTS = (0, 7, 23, 100, 130)
SOURCES = (None, "Der Bote", "Altmoorer Zeitung", "taz")
AUTHORS = (None, "Hanne Bote", "Jost")
DAYS = (None, date(2020, 2, 28), date(2020, 2, 29), date(2021, 12, 31))
LANGUAGES = ("de", "de-AT", "en", "den")
FOLDERS = ("/news/a", "/News/b_1", "/n%/ü")


@dataclass
class Stored:
    """An article with its passages; a duplicate has neither text nor passages of its own."""

    article: Article
    passages: tuple[Passage, ...]
    same_as: str | None = None


@dataclass
class Model:
    """What should be stored, by the articles' ids."""

    rows: dict[str, Stored] = field(default_factory=dict)

    def release(self, gone: str) -> None:
        for row in self.rows.values():
            if row.same_as == gone:
                row.same_as = None

    def put(self, article: Article, passages: tuple[Passage, ...]) -> None:
        before = self.rows.get(article.id)
        if before and before.article.text != article.text:
            self.release(article.id)
        self.rows[article.id] = Stored(article, passages)

    def fold(self, article_id: str, original: str) -> None:
        for row in self.rows.values():
            if row.same_as == article_id:
                row.same_as = original
        self.rows[article_id].same_as = original
        self.rows[article_id].passages = ()

    def remove(self, article_id: str) -> None:
        if self.rows.pop(article_id, None):
            self.release(article_id)

    def same_text(self, article_id: str) -> list[Article]:
        """All articles of a text, given the id of the original."""
        return [row.article for row in self.rows.values() if article_id in (row.article.id, row.same_as)]

    def passages(self) -> list[tuple[Stored, Passage]]:
        return [(row, passage) for row in self.rows.values() for passage in row.passages]


def passes(article: Article, filter: Filter) -> bool:
    """Whether an article passes, its language aside."""
    day = article.published
    return (
        (filter.since is None or (day is not None and day >= filter.since))
        and (filter.until is None or (day is not None and day <= filter.until))
        and (not filter.sources or any(part in (article.source or "").lower() for part in filter.sources))
        and (not filter.authors or any(part in (article.author or "").lower() for part in filter.authors))
        and (not filter.exact_sources or article.source in filter.exact_sources)
        and (not filter.exact_authors or article.author in filter.exact_authors)
        and (not filter.paths or any(part in article.path for part in filter.paths))
    )


def speaks(language: str, filter: Filter) -> bool:
    return not filter.languages or language.partition("-")[0] in filter.languages


filters = st.builds(
    Filter,
    since=st.sampled_from(DAYS),
    until=st.sampled_from(DAYS),
    sources=st.sampled_from([(), (), ("bote",), ("alt", "taz"), ("x",)]),
    authors=st.sampled_from([(), (), ("bote",), ("jost", "x")]),
    languages=st.sampled_from([(), (), ("de",), ("en", "den")]),
    paths=st.sampled_from([(), (), ("/news/",), ("%", "_"), ("ü",)]),
    kinds=st.sampled_from([("article",), ("comment",), ("article", "comment")]),
    exact_sources=st.sampled_from([(), (), (), ("taz",), ("TAZ", "Der Bote")]),
    exact_authors=st.sampled_from([(), (), (), ("Jost",)]),
)
NUMBERS = st.integers(0, 3)
puts = st.tuples(
    st.just("put"),
    NUMBERS,
    st.integers(0, 2),
    st.sets(st.sampled_from(STARTS), max_size=3),
    st.sampled_from([None, "en", "de"]),
    st.fixed_dictionaries(
        {
            "title": st.none() | st.sampled_from(["Titel", "„Ö“ \x00"]),
            "source": st.sampled_from(SOURCES),
            "author": st.sampled_from(AUTHORS),
            "published": st.sampled_from(DAYS),
            "language": st.sampled_from(LANGUAGES),
        }
    ),
)
steps = st.lists(
    puts
    | puts
    | st.tuples(st.just("fold"), NUMBERS, NUMBERS)
    | st.tuples(st.sampled_from(["remove", "finish"]), NUMBERS),
    min_size=1,
    max_size=7,
)


def path_of(number: int) -> str:
    return f"{FOLDERS[number % 3]}/{number}.txt"


def apply(store: Store, model: Model, step: tuple[object, ...]) -> bool:
    """Let a step happen to both; return whether it changes articles."""
    match step:
        case ("put", int(number), int(text), set(starts), language, dict(facts)):
            source = Article(id=f"{number:012x}", text=TEXTS[text], asides=ASIDES[text], path=path_of(number), **facts)
            spans = [(start, start + 20) for start in sorted(starts)]
            spans += [(aside.start, aside.end) for aside in source.asides]
            passages = tuple(passage_at(source, *span, language) for span in spans)  # type: ignore[arg-type]
            records = [PassageRecord(passage, input_hash(passage.text)) for passage in passages]
            vectors = {record.input_hash: vector_of(record.passage) for record in records}
            record = ArticleRecord(article=source, passages=records, recipe="r")
            store.put(record, fingerprint=ENCODER.fingerprint, vectors=vectors)
            model.put(source, passages)
            return True
        case ("fold", int(number), int(other)):
            article_id, original = f"{number:012x}", f"{other:012x}"
            ours, theirs = model.rows.get(article_id), model.rows.get(original)
            if not ours or not theirs or number == other or ours.same_as or theirs.same_as:
                return False
            if ours.article.text != theirs.article.text:
                return False
            store.duplicates.fold(article_id, original)
            model.fold(article_id, original)
            return True
        case (str(how), int(number)):
            article_id, path = f"{number:012x}", path_of(number)
            is_there = article_id in model.rows
            if how == "remove":
                assert store.remove_file(path) == is_there
            else:
                store.finish_file(FileRecord(path, FileFingerprint(*"abcd"), "r", articles=0), [])
            model.remove(article_id)
            return is_there
    raise AssertionError(step)


def vector_of(passage: Passage) -> np.ndarray:
    return np.frombuffer(input_hash(passage.text)[:8], np.uint8).reshape(4, 2).sum(1).astype(np.float16)


@dataclass
class Follower:
    """What an index of vectors and one of words contain, which follow the feed of changes."""

    vectors: dict[int, list[float]] = field(default_factory=dict)
    texts: dict[int, tuple[str, str | None, str | None, str, str]] = field(default_factory=dict)
    revision: int = 0

    def follow(self, store: Store) -> None:
        for batch in store.changes.vectors_since(self.revision, ENCODER):
            for key in batch.removed.tolist():
                self.vectors.pop(key, None)
            self.vectors |= dict(zip(batch.added.tolist(), batch.vectors.tolist(), strict=True))
        for change in store.changes.passages_since(self.revision):
            for key in change.outdated.tolist():
                self.texts.pop(key, None)
            for source, passage in change.added:
                self.texts[passage.key] = (passage.text, source.title, source.author, passage.language, passage.kind)
            total, self.revision = change.total, change.state.revision
        assert total == len(self.texts)


def check(store: Store, model: Model, filter: Filter) -> None:
    """Whatever is asked, store and model say the same."""
    by_path = sorted(model.rows.values(), key=lambda row: row.article.path.encode())
    assert store.article_ids() == [row.article.id for row in by_path if row.same_as is None]
    assert store.duplicates.count() == sum(row.same_as is not None for row in model.rows.values())
    keys = sorted(passage.key for _, passage in model.passages())
    assert store.passages.all_keys().tolist() == keys
    assert (store.passages.count(), store.passages.is_empty) == (len(keys), not keys)
    needed = {input_hash(passage.text) for _, passage in model.passages()}
    assert store.vectors.get(ENCODER.fingerprint, [*needed, b"0" * 16]).keys() == needed
    assert store.database.rows("SELECT count(*) FROM vectors") == [(len(needed),)]
    assert store.damaged() == {}
    for row in by_path:
        article, original = row.article, row.same_as or row.article.id
        assert store.contains(article.id)
        assert store.article(article.id) == store.article_as_loaded(article.id) == article
        assert store.articles_from(article.path) == [article]
        assert store.change_of(replace(article, sha256="1" * 64), "r") == "unchanged"
        assert store.change_of(article, "other") == store.change_of(replace(article, title="?"), "r") == "changed"
        assert store.duplicates.original(article.id) == original
        others = [copy for copy in model.same_text(original) if copy.id != article.id]
        assert [copy.id for copy in store.duplicates.of(article.id)] == [
            copy.id for copy in sorted(others, key=lambda copy: (copy.published or date.max, copy.path.encode()))
        ]
        stored = store.article_with_passages(article.id)[1]
        # a passage in the language of its article is in that of each copy
        its = model.rows[original].article.language
        ours = [
            replace(passage, language=article.language if passage.language == its else passage.language)
            for passage in sorted(model.rows[original].passages, key=lambda passage: passage.start)
        ]
        assert [replace(passage, article_id=original) for passage in stored] == ours
        assert store.passages.keys_of(article.id) == [passage.key for passage in ours]
        overlapping = [(passage.start, passage.end) for passage in ours if passage.start < 107 and passage.end > 27]
        assert [span for span, _ in store.passages.revisions(article.id, (27, 107))] == overlapping
    rows = store.passages.with_keys(keys[::-1], ENCODER.fingerprint)
    assert [row.key for row in rows] == keys[::-1]
    by_key = {passage.key: (row.article, passage) for row, passage in model.passages()}
    assert [(row.article, row.passage) for row in rows] == [by_key[row.key] for row in rows]
    assert store.passages.articles_of([*keys, 1]) == {key: by_key[key][0].id for key in keys}
    assert [passage.key for _, passage in store.passages.sample(2)] == keys[:2]
    assert sorted(store.passages.input_hashes()) == sorted(input_hash(passage.text) for _, passage in by_key.values())
    for length in (16, 17, 19, 20):
        short = {article.id for article, passage in by_key.values() if len(passage.text) <= length}
        assert sorted(store.passages.articles_with_short_passages(length)) == sorted(short)
    # -- filters
    expected = sorted(
        passage.key
        for row, passage in model.passages()
        if passage.kind in filter.kinds
        and any(passes(article, filter) for article in model.same_text(row.article.id))
        and any(
            speaks(passage.language if passage.language != row.article.language else copy.language, filter)
            for copy in model.same_text(row.article.id)
        )
    )
    allowed = store.filters.passage_keys(filter)
    assert (keys if allowed is None else allowed.tolist()) == expected
    passing = {
        row.article.id for row in by_path if passes(row.article, filter) and speaks(row.article.language, filter)
    }
    assert store.filters.passing_articles(filter, [*model.rows, "nobody"]) == passing
    listed = {
        row.article.id
        for row in by_path
        if row.article.id in passing and ("comment" not in filter.kinds or row.article.asides)
    }
    if not filter.exact_sources and not filter.exact_authors:
        assert {row.id for row in store.library.page(LibraryQuery(filter=filter)).rows} == listed


HISTORIES = (steps, st.lists(filters, min_size=7, max_size=7), st.sets(st.integers(0, 6)))


@given(*HISTORIES)
def test_a_store_is_what_happened_to_it(
    happened: list[tuple[object, ...]], asked: list[Filter], followed: set[int]
) -> None:
    """Articles, duplicates, passages, vectors, filters, the listing and both feeds are those of the model.

    Each change of articles is one revision with a mark of its own, from which the archive descends.
    """
    with TemporaryDirectory() as folder, closing(Store(Path(folder) / "archive.sqlite")) as store:
        compare(store, happened, asked, followed)


@pytest.mark.postgres
@settings(settings.get_profile("few"), max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(*HISTORIES)
def test_a_store_in_postgresql_is_what_happened_to_it(
    postgres: PostgresServer, happened: list[tuple[object, ...]], asked: list[Filter], followed: set[int]
) -> None:
    """The same, on the other engine."""
    with closing(Store(open_database(f"{postgres.address}&schema=a{token_hex(6)}"))) as store:
        compare(store, happened, asked, followed)


def compare(store: Store, happened: list[tuple[object, ...]], asked: list[Filter], followed: set[int]) -> None:
    """Let something happen to a store and to a model, and compare them."""
    store.vectors.set_encoder(ENCODER)
    model, index = Model(), Follower()
    states = [store.changes.state]
    for number, (step, filter) in enumerate(zip(happened, asked, strict=False)):
        if apply(store, model, step):
            states.append(store.changes.state)
        assert store.revision == states[-1].revision == states[0].revision + len(states) - 1
        check(store, model, filter)
        if number in followed or number == len(happened) - 1:
            index.follow(store)
            assert index.vectors == {passage.key: vector_of(passage).tolist() for _, passage in model.passages()}
            assert index.texts == {
                passage.key: (passage.text, row.article.title, row.article.author, passage.language, passage.kind)
                for row, passage in model.passages()
            }
    assert all(map(store.changes.descends_from, states))
    assert len({state.mark for state in states[1:]}) == len(states) - 1
    ahead = State(store.revision + 1, states[-1].mark)
    assert not any(map(store.changes.descends_from, [ahead, State(store.revision, "other")]))
    assert [State.parse(str(state)) for state in states] == states
    for article_id in {f"{number:012x}" for number in range(5)} - model.rows.keys():
        assert not store.contains(article_id) and store.change_of(Article(id=article_id, text="", path=""), "") == "new"
        for read in (store.article, store.article_as_loaded, store.record, store.article_with_passages):
            with pytest.raises(NotFound, match=article_id):
                read(article_id)

"""Filters: how they are typed, and which passages pass."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.search.filters import make_filter, parse_day
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.filter_sql import PassageFacts
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.types import Article, Filter, passage_at

TEXT = "Eins zwei drei. Vier fünf sechs."
ENCODER = EncoderRecord("bundled", "f" * 16, 4)

# number: source, author, language, day, path
ARTICLES: dict[int, tuple[str | None, str | None, str, date | None, str]] = {
    1: ("Der Spiegel", "Jürgen Müller", "de", date(2020, 2, 29), "/zeitung/2020/Eins.txt"),
    2: ("Neue Zürcher Zeitung", "Anna Meier", "de-CH", date(2020, 3, 1), "/zeitung/2020/zwei_1.txt"),
    3: ("THE GUARDIAN", "Zoë Łódź", "en-GB", date(2021, 12, 31), "/paper/2021/three%.txt"),
    4: (None, None, "DEN", None, "/paper/four.txt"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four articles of two passages each."""
    opened = Store(tmp_path_factory.mktemp("store") / "archive.sqlite")
    for number, (source, author, language, day, path) in ARTICLES.items():
        stored = Article(
            id=f"{number:012x}",
            text=TEXT,
            language=language,
            source=source,
            author=author,
            published=day,
            path=path,
            sha256="0" * 64,
        )
        passages = [
            PassageRecord(passage, input_hash(passage.text))
            for passage in (passage_at(stored, 0, 15), passage_at(stored, 16, 32))
        ]
        vectors = {passage.input_hash: np.ones(4, np.float16) for passage in passages}
        record = ArticleRecord(article=stored, recipe="r", passages=passages)
        opened.put(record, fingerprint=ENCODER.fingerprint, vectors=vectors)
    return opened


def allowed(store: Store, filter: Filter) -> list[int]:
    """Return the numbers of the articles that pass; of these all passages do."""
    keys = store.filters.passage_keys(filter)
    assert keys is not None
    assert keys.dtype == np.int64
    assert keys.tolist() == sorted(keys.tolist())
    numbers = [int(row.article.id, 16) for row in store.passages.with_keys(keys.tolist(), ENCODER.fingerprint)]
    assert len(numbers) == len(keys) == 2 * len(set(numbers))
    return sorted(set(numbers))


def test_no_filter_is_no_limit(store: Store) -> None:
    """Nothing asked for is None, which is another thing than nothing allowed."""
    assert store.filters.passage_keys(Filter()) is None
    assert allowed(store, Filter(sources=("taz",))) == []


@pytest.mark.parametrize(
    ("filter", "passes"),
    [
        # days are inclusive, and leave out what has none
        (Filter(since=date(2020, 3, 1)), [2, 3]),
        (Filter(until=date(2020, 3, 1)), [1, 2]),
        (Filter(since=date(2020, 2, 29), until=date(2020, 2, 29)), [1]),
        (Filter(since=date(1, 1, 1)), [1, 2, 3]),
        # the language, whatever the region and case; no beginning of another tag
        (Filter(languages=("de",)), [1, 2]),
        (Filter(languages=("de-AT",)), [1, 2]),
        (Filter(languages=("den",)), [4]),
        (Filter(languages=("d",)), []),
        (Filter(languages=("ch",)), []),
        (Filter(languages=("en", "den")), [3, 4]),
        # a part of the name with letters folded: ü, ue and u are one, and case is none
        (Filter(sources=("spiegel",)), [1]),
        (Filter(sources=("ZUERCHER",)), [2]),
        (Filter(sources=("zurcher zeit",)), [2]),
        (Filter(sources=("the guardian", "Spiegel")), [1, 3]),
        (Filter(sources=("er",)), [1, 2]),
        (Filter(sources=("%",)), []),
        (Filter(authors=("mueller",)), [1]),
        (Filter(authors=("muller",)), [1]),
        (Filter(authors=("Mu\u0308ller",)), [1]),
        (Filter(authors=("Zoe Lodz",)), [3]),
        # a whole name, exactly
        (Filter(exact_sources=("Der Spiegel",)), [1]),
        (Filter(exact_sources=("Spiegel",)), []),
        (Filter(exact_sources=("der spiegel",)), []),
        (Filter(exact_sources=("Der Spiegel", "THE GUARDIAN")), [1, 3]),
        (Filter(exact_authors=("Anna Meier",)), [2]),
        (Filter(sources=("er",), exact_sources=("Der Spiegel",)), [1]),
        (Filter(sources=("Spiegel",), exact_authors=("Anna Meier",)), []),
        # a part of the path as it is written
        (Filter(paths=("/zeitung/",)), [1, 2]),
        (Filter(paths=("/Zeitung/",)), []),
        (Filter(paths=("%",)), [3]),
        (Filter(paths=("_",)), [2]),
        (Filter(paths=("2021", "four")), [3, 4]),
        (Filter(paths=("'; DROP TABLE articles; --",)), []),
        # several fields must all pass
        (Filter(since=date(2020, 1, 1), languages=("de",), paths=("zwei",)), [2]),
        (Filter(sources=("Spiegel",), authors=("Meier",)), []),
    ],
)
def test_what_passes(store: Store, filter: Filter, passes: list[int]) -> None:
    """The four articles, sorted by hand."""
    assert allowed(store, filter) == passes


def test_facts_of_passages(store: Store) -> None:
    """Of those that are asked for, as far as their articles pass; a passage has its article's language."""
    keys = {
        number: passage_at(store.article(f"{number:012x}"), *span).key
        for number, span in ((1, (0, 15)), (3, (16, 32)), (4, (0, 15)))
    }
    asked = [*keys.values(), 1]
    first, third, fourth = (
        PassageFacts("000000000001", "article", "de", "Der Spiegel", "Jürgen Müller", "2020-02"),
        PassageFacts("000000000003", "article", "en-GB", "THE GUARDIAN", "Zoë Łódź", "2021-12"),
        PassageFacts("000000000004", "article", "DEN", None, None, None),
    )

    def facts(filter: Filter) -> list[PassageFacts]:
        return sorted(store.filters.facts(filter, asked), key=lambda each: each.article)

    assert facts(Filter()) == facts(Filter(languages=("fr",))) == [first, third, fourth]
    assert facts(Filter(since=date(2020, 3, 1))) == [third]
    assert facts(Filter(sources=("spiegel", "zuercher"))) == [first]


def test_names_that_no_article_has(store: Store) -> None:
    """The first of them, outlets before authors, with all names there are; a part of a name is enough, or all of it."""
    outlets = ["Der Spiegel", "Neue Zürcher Zeitung", "THE GUARDIAN"]
    authors = ["Anna Meier", "Jürgen Müller", "Zoë Łódź"]
    unknown = store.filters.unknown_name
    assert unknown(Filter()) is None
    assert unknown(Filter(sources=("spiegel",), authors=("zoe", "mueller"), exact_sources=("THE GUARDIAN",))) is None
    assert unknown(Filter(sources=("spiegel", "taz", "x"), authors=("y",))) == ("source", "taz", outlets)
    assert unknown(Filter(sources=("spiegel",), authors=("anna", "y"))) == ("author", "y", authors)
    assert unknown(Filter(exact_sources=("Spiegel",))) == ("source", "Spiegel", outlets)
    assert unknown(Filter(authors=("x",), exact_authors=("y",))) == ("author", "x", authors)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-03-01", date(2024, 3, 1), date(2024, 3, 1)),
        ("1.3.2024", date(2024, 3, 1), date(2024, 3, 1)),
        (" 01. 03. 2024 ", date(2024, 3, 1), date(2024, 3, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_days_months_and_years(text: str, first: date, last: date) -> None:
    """A month or a year is the time from its first to its last day."""
    assert (parse_day(text, end=False), parse_day(text, end=True)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gestern",
        "2023-02-29",
        "2024-13",
        "31.4.2024",
        "0000",
        "24",
        "2024-W10",
        "20240301",
        "٢٠٢٤",
        "2024-3-",
        "\ud800",
    ],
)
def test_what_is_no_day(text: str) -> None:
    """The error names all forms."""
    for end in (False, True):
        with pytest.raises(QuestionError, match=r"write 2024-03-01, 1\.3\.2024, 2024-03 or 2024"):
            parse_day(text, end)


def test_what_is_typed_becomes_a_filter() -> None:
    """Days are read, languages lose their region, values the white space around them."""
    assert make_filter() == Filter()
    assert make_filter(
        "2023",
        "2024-02",
        sources=[" taz "],
        languages=["DE", "en-GB", "pt_BR"],
        authors=["Müller"],
        paths=["/2024/", "_"],
    ) == Filter(
        since=date(2023, 1, 1),
        until=date(2024, 2, 29),
        sources=("taz",),
        languages=("de", "en", "pt"),
        authors=("Müller",),
        paths=("/2024/", "_"),
    )
    assert make_filter("2024", "2024").until == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            {"since": "2024-02", "until": "2024-01"},
            "from 2024-02-01 to 2024-01-31 is empty: give the earlier day first",
        ),
        ({"since": ""}, "There is no day ''"),
        ({"languages": ["deutsch"]}, "There is no language 'deutsch': write its code of two or three letters"),
        ({"languages": [""]}, "There is no language ''"),
        ({"sources": ["  "]}, "The source '' names nothing"),
        ({"sources": ["taz", "!?"]}, "The source '!\\?' names nothing"),
        ({"authors": [""]}, "The author '' names nothing"),
        ({"paths": ["\t"]}, "The path '' names nothing"),
        ({"paths": ["a\udcff"]}, "The path is not valid UTF-8"),
    ],
)
def test_what_cannot_be_a_filter(typed: dict[str, object], message: str) -> None:
    """Each is refused in a sentence that says what to do."""
    with pytest.raises(QuestionError, match=message):
        make_filter(**typed)  # type: ignore[arg-type]


days = st.none() | st.sampled_from([date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2021, 12, 31)])
names = st.text(max_size=4) | st.sampled_from(["Der Spiegel", "Jürgen Müller", "'", "%", "_", "\x00", "🙂"])
filters = st.builds(
    Filter,
    since=days,
    until=days,
    languages=st.lists(st.sampled_from(["de", "en", "de-CH", "den", "EN"]), max_size=2).map(tuple),
    paths=st.lists(st.sampled_from(["/zeitung/", "_1", "%", "2021", "'", "E"]), max_size=2).map(tuple),
    exact_sources=st.lists(names | st.just("THE GUARDIAN"), max_size=2).map(tuple),
    exact_authors=st.lists(names, max_size=2).map(tuple),
)


@given(filters)
def test_filters_are_what_they_say(store: Store, filter: Filter) -> None:
    """Whatever is combined: an article passes if each of its facts does, compared in Python and not by SQL."""

    def passes(facts: tuple[str | None, str | None, str, date | None, str]) -> bool:
        source, author, language, day, path = facts
        return (
            (filter.since is None or (day is not None and day >= filter.since))
            and (filter.until is None or (day is not None and day <= filter.until))
            and (not filter.exact_sources or source in filter.exact_sources)
            and (not filter.exact_authors or author in filter.exact_authors)
            and (
                not filter.languages
                or language.lower().partition("-")[0] in [name.lower().partition("-")[0] for name in filter.languages]
            )
            and (not filter.paths or any(part in path for part in filter.paths))
        )

    keys = store.filters.passage_keys(filter)
    expected = [number for number, facts in ARTICLES.items() if passes(facts)]
    assert (expected if keys is not None else list(ARTICLES)) == expected
    if keys is not None:
        assert allowed(store, filter) == expected

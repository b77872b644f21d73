"""Values → JSON → values: nothing is lost but the digits after the fourth of a score."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from rag.archive import Archive
from rag.article_view import view_article
from rag.schemas.answer import AnswerModel, AnswerWithTextsModel
from rag.schemas.article import ArticleModel, ArticleWithTextModel, CorrectionModel
from rag.schemas.base import Schema
from rag.schemas.library import LibraryCountsModel, LibraryRowModel
from rag.schemas.report import IndexReportModel
from rag.schemas.results import ResultListModel, ResultListWithTextsModel
from rag.schemas.status import StatusModel
from rag.types import Answer, Article, Aside, Citation, Correction, Failure, IndexReport, Status, decoding
from rag.types.library import LibraryCounts, LibraryRow

Model = TypeVar("Model", bound=Schema)

TEXT = st.text(max_size=8)
UNKNOWN = st.none() | TEXT
DAY = st.none() | st.dates()
NUMBER = st.floats(-1e4, 1e4)
WHOLE = st.integers(0, 10**9)
COUNTS = st.dictionaries(TEXT, WHOLE, max_size=3)
NAMES = st.dictionaries(TEXT, TEXT, max_size=2)


def listed(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=2).map(tuple)


SPANS = listed(st.tuples(WHOLE, WHOLE))
FAILURES = listed(st.builds(Failure, TEXT, TEXT))
ARTICLES = st.builds(
    Article,
    id=TEXT,
    text=TEXT,
    path=TEXT,
    title=UNKNOWN,
    language=TEXT,
    source=UNKNOWN,
    author=UNKNOWN,
    published=DAY,
    url=UNKNOWN,
    sha256=TEXT,
    place=UNKNOWN,
    asides=listed(st.builds(Aside, WHOLE, WHOLE, st.just("comment"))),
    pages=listed(WHOLE),
    origins=NAMES,
)


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """A citation of an article with some others, all of different ids."""
    article, *also = draw(st.lists(ARTICLES, min_size=1, max_size=3, unique_by=lambda article: article.id))
    citation = draw(
        st.builds(
            Citation,
            marker=WHOLE,
            article=st.just(article),
            passage_id=TEXT,
            start=WHOLE,
            end=WHOLE,
            quote=TEXT,
            highlights=SPANS,
            matches=SPANS,
            also=st.just(tuple(also)),
            score=NUMBER,
            signals=st.dictionaries(TEXT, NUMBER, max_size=2),
            own_language=UNKNOWN,
            file_missing=st.booleans(),
        )
    )
    return replace(citation, own_language=None) if citation.own_language in {"", article.language} else citation


ANSWERS = st.builds(
    Answer,
    question=TEXT,
    language=TEXT,
    outcome=st.sampled_from(["answered", "doubtful", "unrelated", "nothing_fits", "empty"]),
    confidence=st.floats(0, 1),
    reason=TEXT,
    citations=listed(citations()),
    took_ms=st.dictionaries(TEXT, NUMBER, max_size=2),
    absent_times=listed(TEXT),
    index_again=st.booleans(),
    damaged=listed(TEXT),
    prefers_newest=st.booleans(),
)


def sent(model: type[Model], value: object) -> Model:
    """Return the model that is read from the JSON of a value."""
    return model.model_validate_json(json.dumps(model.json_of(value)))


def rounded(answer: Answer) -> Answer:
    """Return an answer whose confidence, scores and signals have four decimals."""
    cited = tuple(
        replace(
            citation,
            score=round(citation.score, 4),
            signals={name: round(value, 4) for name, value in citation.signals.items()},
        )
        for citation in answer.citations
    )
    return replace(answer, confidence=round(answer.confidence, 4), citations=cited)


@given(ANSWERS)
def test_an_answer_comes_back(answer: Answer) -> None:
    """With the texts of its articles, every field and every property is what it was."""
    # two citations may not name different articles by the same id
    cited = answer.citations[:1]
    answer = replace(answer, citations=cited)
    assert decoding.decode_answer(sent(AnswerWithTextsModel, answer)) == rounded(answer)


@given(ANSWERS)
def test_an_answer_comes_back_without_texts(answer: Answer) -> None:
    """As the command line prints it, it lacks the articles' texts, and says no more than whether it is answerable."""
    back = decoding.decode_answer(AnswerModel.model_validate_json(json.dumps(answer.to_dict())))
    bare = [replace(citation, article=without_text(citation.article)) for citation in rounded(answer).citations]
    bare = [replace(citation, also=tuple(map(without_text, citation.also))) for citation in bare]
    assert back == replace(rounded(answer), citations=tuple(bare), outcome=back.outcome)
    assert back.answerable == answer.answerable


def without_text(article: Article) -> Article:
    return replace(article, text="", asides=(), pages=())


@given(
    st.builds(
        Status,
        TEXT,
        WHOLE,
        WHOLE,
        WHOLE,
        COUNTS,
        COUNTS,
        DAY,
        DAY,
        UNKNOWN,
        UNKNOWN,
        WHOLE,
        st.none() | st.sampled_from([1.0, 0.9375]),
        COUNTS,
        st.none(),
        st.booleans(),
    )
)
def test_a_status_comes_back(status: Status) -> None:
    """Every field is what it was."""
    assert decoding.decode_status(sent(StatusModel, status)) == status


@given(
    st.builds(
        IndexReport,
        new=WHOLE,
        changed=WHOLE,
        failures=FAILURES,
        skipped=COUNTS,
        seconds=NUMBER,
        columns=st.dictionaries(TEXT, NAMES, max_size=2),
        new_failures=FAILURES,
        moved=NAMES,
        unread_days=st.dictionaries(TEXT, listed(TEXT), max_size=2),
        remarks=FAILURES,
    )
)
def test_a_report_comes_back(report: IndexReport) -> None:
    """Every field is what it was."""
    assert decoding.decode_report(sent(IndexReportModel, report)) == report


@given(
    st.builds(
        LibraryRow,
        id=TEXT,
        label=TEXT,
        source=UNKNOWN,
        author=UNKNOWN,
        published=DAY,
        language=TEXT,
        passages=WHOLE,
        added=st.none() | st.datetimes(timezones=st.just(UTC)),
        state=st.sampled_from(["complete", "missing"]),
        path=TEXT,
        file=TEXT,
        same_as=UNKNOWN,
        unread=TEXT,
        corrected=st.just(("title",)),
    )
)
def test_a_library_row_comes_back(row: LibraryRow) -> None:
    """Every field is what it was, the time to the microsecond."""
    assert decoding.decode_library_row(sent(LibraryRowModel, row)) == row


@given(st.builds(LibraryCounts, COUNTS, WHOLE, COUNTS, COUNTS, COUNTS))
def test_counts_come_back(counts: LibraryCounts) -> None:
    """In their order."""
    back = decoding.decode_library_counts(sent(LibraryCountsModel, counts))
    assert (back, list(back.sources)) == (counts, list(counts.sources))


@given(st.builds(Correction, TEXT, st.just("published"), UNKNOWN, UNKNOWN, UNKNOWN, TEXT, TEXT))
def test_a_correction_comes_back(correction: Correction) -> None:
    """With the article that it is of, which its JSON does not name."""
    assert decoding.decode_correction(sent(CorrectionModel, correction), correction.article) == correction


def test_an_article_comes_back(sample: Archive) -> None:
    """With its text from what `show` prints, without it from its facts."""
    for article in sample.articles():
        view = view_article(sample, article.id)
        assert decoding.decode_article(ArticleWithTextModel.of(view.to_dict())) == article
        assert decoding.decode_article(sent(ArticleModel, article)) == without_text(article)


def test_results_come_back(sample: Archive) -> None:
    """The answer, the articles with their citations, the counts."""
    results = sample.search("Wie entstand die Koalition?", limit=30)
    assert len(results) > 5
    back = decoding.decode_results(sent(ResultListWithTextsModel, results))
    assert back.answer == rounded(results.answer)
    assert [result.article for result in back] == [result.article for result in results]
    assert [result.likely_count for result in back] == [result.likely_count for result in results]
    assert (back.facets, back.more, back.without_filters) == (results.facets, results.more, 0)
    assert decoding.decode_results(ResultListModel.of(results.to_dict())).answer.outcome == results.answer.outcome


def test_an_article_with_lines_keeps_them(sample: Archive) -> None:
    """`show` has the line numbers of passages of a text file, its relatives, and no field besides those documented."""
    view = view_article(sample, next(article.id for article in sample.articles() if article.path.endswith(".txt")))
    shown = view.to_dict()
    assert [passage["lines"] for passage in shown["passages"]] == [span and list(span) for span in view.lines]
    assert any(view.lines)
    assert set(shown) == set(ArticleWithTextModel.model_fields)


def test_a_field_of_a_newer_version_is_ignored() -> None:
    """Fields are only ever added: what a newer program sends can be read."""
    answer = Answer("?", "de", "doubtful", 0.25, "", (), {"total": 1.0})
    assert decoding.decode_answer(AnswerModel.of(answer.to_dict() | {"mood": "sunny"})) == replace(
        answer, outcome="nothing_fits"
    )

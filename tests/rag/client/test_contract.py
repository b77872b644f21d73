"""An archive in a folder and an archive behind a server are asked in the same way and answer the same."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.archive import Archive
from rag.client import AsyncClient, Client
from rag.client.client import RemoteRuns
from rag.errors import (
    CorrectionError,
    EmptyQuestion,
    FilterError,
    LongQuestion,
    NoRun,
    NotFound,
    QuestionError,
    UploadError,
)
from rag.evaluation.runs.run_store import RunStore
from rag.evaluation.session import EvaluationSession
from rag.exporting.export import TABLE_FORMATS, export_table
from rag.exporting.tables import SUBJECTS
from rag.search.filters import make_filter
from rag.storage.filter_json import filter_values
from rag.types import Answer, Filter
from rag.types.library import LibraryQuery
from rag.verification import verify_quote

QUESTIONS = ["Wie lang ist die Brücke?", "How long is the tunnel?", '"feuilles de salade"', "Was kostet ein Fahrrad?"]


def facts(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON but for the time that it took, and with its texts."""
    texts = {citation.marker: citation.article.text for citation in answer.citations}
    return answer.to_dict() | {"took_ms": {}, "outcome": answer.outcome, "texts": texts}


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers(archive: Archive, client: Any, question: str, fast: bool) -> None:
    """Passages, places, scores, confidence and texts are equal."""
    answer = client.ask(question, 2, fast=fast)
    assert isinstance(answer, Answer)
    assert facts(answer) == facts(archive.ask(question, 2, fast=fast))
    for citation in answer.citations:
        assert citation.quote == citation.article.text[citation.start : citation.end]


def test_filters(archive: Archive, client: Any) -> None:
    """Those of `ask` by name, and a filter as a value."""
    for filters in ({"language": "en"}, {"path": ["bridge", "snail"]}, {"since": date(2020, 1, 1)}, {"until": "2024"}):
        assert facts(client.ask(QUESTIONS[0], **filters)) == facts(archive.ask(QUESTIONS[0], **filters))
    filter = make_filter(languages=["fr"], kinds=["article", "comment"])
    assert facts(client.ask(QUESTIONS[0], filter=filter)) == facts(archive.ask(QUESTIONS[0], filter=filter))


def test_results(archive: Archive, client: Any) -> None:
    """A list by article, with what it can be narrowed to."""
    for sort in ("relevance", "date"):
        ours, theirs = (asked.search(QUESTIONS[0], sort=sort, limit=3) for asked in (client, archive))
        assert ours.to_dict() | {"took_ms": {}} == theirs.to_dict() | {"took_ms": {}}


def test_articles(archive: Archive, client: Any) -> None:
    """One by whatever names it, all of them, their passages, and the list of the library."""
    first = next(archive.articles())
    for reference in (first.id, "bridge.txt", "tunnel", first.path):
        assert client.article(reference) == archive.article(reference)
    assert client.article_with_passages("snail") == archive.article_with_passages("snail")
    assert client.passages(first.id) == archive.passages(first.id)
    assert list(client.articles()) == list(archive.articles())
    assert client.library_counts() == archive.library_counts()
    for query in (None, LibraryQuery(size=2), LibraryQuery(size=3, page=2), LibraryQuery(size=3, page=9)):
        assert client.library(query).rows == archive.library(query).rows
    query = LibraryQuery("bridge", Filter(languages=("de",)), sort="title", descending=False)
    assert client.library(query) == archive.library(query)
    assert client.status() == replace(archive.status(), recall=client.status().recall)


def test_relatives(archive: Archive, client: Any) -> None:
    """Duplicates, versions, articles about the same matter, with their texts; rows, files, corrections, failures."""
    bridge, snail = archive.article("bridge.txt").id, archive.article("snail").id
    assert client.duplicates(bridge) == archive.duplicates(bridge) != ()
    assert client.versions(bridge) == archive.versions(bridge)
    ours, theirs = client.similar(snail, 2), archive.similar(snail, 2)
    assert ours == tuple(replace(row, cosine=round(row.cosine, 4)) for row in theirs) != ()
    assert client.library_row(bridge) == archive.library_row(bridge)
    assert client.file_of(bridge) == archive.file_of(bridge)
    assert client.corrections(bridge) == archive.corrections(bridge) == ()
    assert client.failures() == archive.failures()


def test_lists(archive: Archive, client: Any) -> None:
    """All rows, page by page behind the scenes, some of them, and counts of those that a query asks for."""
    for query, limit in ((None, None), (LibraryQuery(size=1), None), (LibraryQuery(sort="title"), 3), (None, 0)):
        assert list(client.library_rows(query, limit)) == list(archive.library_rows(query, limit))
    for query in (
        LibraryQuery(filter=Filter(languages=("de",))),
        LibraryQuery(filter=Filter(paths=("snail",))),
        LibraryQuery("bridge", state="duplicate"),
        LibraryQuery(state="missing"),
    ):
        assert client.library_counts(query) == archive.library_counts(query)
        assert list(client.library_rows(query)) == list(archive.library_rows(query))
    with pytest.raises(FilterError, match="leave out exact names"):
        list(client.library_rows(LibraryQuery(filter=Filter(exact_sources=("taz",)))))


@pytest.mark.parametrize(
    ("format", "subject"),
    [(format, subject) for format in TABLE_FORMATS for subject in SUBJECTS if (format, subject) != ("csv", "vectors")],
)
def test_exports(archive: Archive, client: Any, format: Any, subject: Any) -> None:
    """To the last byte; in the order of the query, and only what it asks for."""
    for query in (None, LibraryQuery("bridge", Filter(languages=("de",)), sort="title"), LibraryQuery("nothing")):
        ours, theirs = io.BytesIO(), io.BytesIO()
        client.export_table(ours, format, subject, query=query)
        export_table(archive, theirs, format, subject, query=query)
        assert ours.getvalue() == theirs.getvalue()
        assert query or ours.getvalue() != b""


def test_drafts(archive: Archive, client: Any) -> None:
    """Each quotation and figure is found where the archive finds it, in the article with its text."""
    draft = "Er sagte: „Sie ist 412 Meter lang.“ Der Tunnel misst 57 Kilometer, und „nichts davon“ steht da."
    ours, theirs = client.verify_quotes(draft), archive.verify_quotes(draft)
    assert (ours.to_dict(), ours.text) == (theirs.to_dict(), draft)
    assert ours.quotes[0].citations[0].article == theirs.quotes[0].citations[0].article
    assert client.verify_quotes(draft, figures=False) == replace(ours, figures=())


def test_verdicts(archive: Archive, client: Any) -> None:
    """Whether a file still says so is that of `verify_quote`."""
    citations = archive.ask(QUESTIONS[0], 2).citations
    expected = [
        verify_quote(archive, c.article.id, c.start, c.end, c.quote, sha256=c.article.sha256) for c in citations
    ]
    assert list(client.verify(*citations)) == expected
    wrong = replace(citations[0], article=replace(citations[0].article, sha256="0" * 64))
    (verdict,) = client.verify(wrong)
    assert (verdict.holds, verdict.file_changed) == (True, True)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda asked: asked.ask(" "), EmptyQuestion),
        (lambda asked: asked.ask("a" * 5000), LongQuestion),
        (lambda asked: asked.ask("-Brücke"), QuestionError),
        (lambda asked: asked.ask("Wer?", 0), QuestionError),
        (lambda asked: asked.ask("Wer?", since="gestern"), FilterError),
        (lambda asked: asked.ask(5), TypeError),
        (lambda asked: asked.article("nothing"), NotFound),
        (lambda asked: asked.passages("0" * 12), NotFound),
        (lambda asked: asked.duplicates("0" * 12), NotFound),
        (lambda asked: asked.versions("0" * 12), NotFound),
        (lambda asked: asked.similar("0" * 12), NotFound),
        (lambda asked: asked.corrections("0" * 12), NotFound),
        (lambda asked: asked.library_row("0" * 12), NotFound),
        (lambda asked: asked.correct(asked.article("snail").id, title="x", take_back=["title"]), CorrectionError),
        (lambda asked: asked.correct(asked.article("snail").id, title="x", take_back=["mood"]), CorrectionError),
        (lambda asked: asked.correct("0" * 12, title="x"), NotFound),
        (lambda asked: asked.correct(asked.article("bridge.txt").id), CorrectionError),
        (lambda asked: asked.correct(asked.article("bridge.txt").id, published="gestern"), CorrectionError),
        (lambda asked: asked.forget("/nothing"), NotFound),
    ],
)
def test_errors(archive: Archive, client: Any, call: Callable[[Any], Any], error: type[Exception]) -> None:
    """Class, sentence and attributes are the same."""
    with pytest.raises(error) as ours:
        call(client)
    with pytest.raises(error) as theirs:
        call(archive)
    assert (type(ours.value), str(ours.value)) == (type(theirs.value), str(theirs.value))
    assert vars(ours.value) == vars(theirs.value)


def test_changes(archive: Archive, client: Any, tmp_path: Path) -> None:
    """What is indexed, corrected and forgotten is so, with the report and the article that `Archive` returns."""
    path = archive.folder.parent / "articles" / "new.txt"
    path.write_text("Der Bahnhof hat zwölf Gleise. Er wurde 1913 gebaut.", encoding="utf-8")
    progress: list[Any] = []
    report = client.index(path, on_progress=progress.append)
    assert (report.new, report.failures) == (1, ())
    assert progress
    article = client.correct(archive.article("new.txt").id, title="Der Bahnhof", published=date(1913, 5, 1))
    assert article == archive.article("new.txt")
    assert (article.title, article.published) == ("Der Bahnhof", date(1913, 5, 1))
    assert client.take_back_correction(article.id, "title").title == archive.article("new.txt").title != "Der Bahnhof"
    assert client.take_back_correction(article.id).published is None
    with pytest.raises(NotFound, match="does not exist"):
        client.index(path.with_name("gone.txt"))
    assert client.forget(path) == 1
    path.unlink()


def test_files_are_sent(archive: Archive, client: Any, tmp_path: Path) -> None:
    """They are stored with the archive and indexed; one that is not taken says so."""
    (tmp_path / "lighthouse.txt").write_text("Der Leuchtturm ist 40 Meter hoch. Er steht seit 1871.", encoding="utf-8")
    report = client.upload(tmp_path / "lighthouse.txt")
    assert (report.new, report.failures) == (1, ())
    assert client.forget(client.file_of(archive.article("lighthouse.txt").id)) == 1
    (tmp_path / "empty.txt").touch()
    with pytest.raises(UploadError, match="It is empty"):
        client.upload(tmp_path / "empty.txt")


def test_an_evaluation(archive: Archive, client: Any) -> None:
    """A run is made on the server, followed, and can be had again by its name; one that is not there is not found."""
    questions = [{"question": QUESTIONS[0], "answers": [{"article": "bridge.txt", "quote": "412 Meter"}]}]
    counts: list[tuple[int, int | None]] = []
    run = client.evaluate(questions, fast=True, on_progress=lambda done, total: counts.append((done, total)))
    assert (len(run.results), counts[-1]) == (1, (1, 1))
    assert client.run(run.name) == client.runs.load(run.name) == run
    theirs = EvaluationSession(archive).runs
    assert client.runs.listing() == [replace(facts, mean=round(facts.mean or 0, 4)) for facts in theirs.listing()]
    client.runs.delete(run.name)
    assert theirs.listing() == []
    for call in (client.run, client.runs.load, client.runs.delete):
        with pytest.raises(NoRun, match="There is no run 'nothing / else'"):
            call("nothing / else")


def test_the_methods_are_those_of_the_archive() -> None:
    """Both clients have the same methods, with the parameters and defaults of `Archive` where it has them."""
    names, of_async = ({name for name in vars(kind) if not name.startswith("_")} for kind in (Client, AsyncClient))
    assert names == of_async >= {"dossiers", "saved", "ask"}
    for name in names - {"dossiers", "runs", "saved"}:
        ours, of_async = (inspect.signature(getattr(kind, name)).parameters for kind in (Client, AsyncClient))
        assert list(ours.values()) == list(of_async.values()), name
        if hasattr(Archive, name) and name not in ("index", "forget"):
            theirs = inspect.signature(getattr(Archive, name)).parameters
            assert list(ours.values()) == list(theirs.values()), name


def test_the_methods_of_runs_are_those_of_a_folder() -> None:
    """With the same parameters and defaults."""
    for name in ("listing", "load", "delete"):
        ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (RemoteRuns, RunStore))
        assert list(ours.parameters.values()) == list(theirs.parameters.values()), name
        assert str(ours.return_annotation) == str(theirs.return_annotation), name


@given(
    st.builds(
        Filter,
        since=st.none() | st.dates(),
        sources=st.lists(st.just("taz")).map(tuple),
        paths=st.lists(st.text("ab/", min_size=1)).map(tuple),
        kinds=st.sampled_from([("article",), ("comment",), ("article", "comment")]),
    )
)
def test_a_filter_is_sent_whole(filter: Filter) -> None:
    """What the server makes of its JSON is the filter again."""
    values = filter_values(filter)
    assert make_filter(values.pop("since", None), values.pop("until", None), **values) == filter

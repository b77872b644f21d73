"""What a program may import from `rag`: names, signatures, and how they are used."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import BRIDGE
from paths import ROOT

import rag
from embeddings.encoder import Encoder
from rag import (
    Answer,
    Archive,
    Article,
    ArticleResult,
    CheckedFigure,
    CheckedQuote,
    Citation,
    Config,
    Diagnosis,
    DraftReport,
    Facets,
    Filter,
    Finding,
    FundstelleError,
    IndexReport,
    Passage,
    RankingConfig,
    ResultList,
    Status,
    errors,
)
from rag.errors import ArchiveClosed, ConfigError, NotFound, QuestionError

NAMES = """
Answer Archive Article ArticleResult CheckedFigure CheckedQuote Citation Config Diagnosis DraftReport Facets Filter
Finding FundstelleError IndexReport Passage RankingConfig ResultList Status __version__
"""

METHODS = """
Archive.open(folder: Path | str, *, create: bool = True, encoder_name: str | None = None,
    encoder: Encoder | None = None, config: Config | None = None, reranker: str | None = None,
    device: str | None = None, vectors_at: str | None = None, on_step: OnStep | None = None) -> Self
Archive.close(self) -> None
Archive.index(self, *paths: StrPath | Iterable[StrPath], on_progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None, columns: Columns | None = None, again: bool = False,
    ray: str | None = None) -> IndexReport
Archive.forget(self, *paths: StrPath | Iterable[StrPath]) -> int
Archive.correct(self, article_id: str, *, title: str | None = None, source: str | None = None,
    author: str | None = None, published: Day = None, by: str = '', take_back: Iterable[str] = ()) -> Article
Archive.take_back_correction(self, article_id: str, *fields: str) -> Article
Archive.corrections(self, article_id: str) -> tuple[Correction, ...]
Archive.library(self, query: LibraryQuery | None = None) -> LibraryPage
Archive.fetch(self, *addresses: str | Iterable[str], on_page: Callable[[int, int | None], None] | None = None)
    -> tuple[Failure, ...]
Archive.ask(self, question: str, k: int = 5, *, since: Day = None, until: Day = None, source: Names = (),
    language: Names = (), author: Names = (), path: Names = (), include: Names = (), fast: bool = False,
    filter: Filter | None = None) -> Answer
Archive.search(self, question: str, *, filter: Filter | None = None, sort: Sort = 'relevance', limit: int = 20,
    fast: bool = False) -> ResultList
Archive.verify_quotes(self, text: str, *, figures: bool = True) -> DraftReport
Archive.find_quote(self, words: str) -> CheckedQuote
Archive.backup(self, path: Path | str, *, with_indexes: bool = False, overwrite: bool = False,
    on_step: OnStep | None = None) -> BackupManifest
Archive.articles(self) -> Iterator[Article]
Archive.library_rows(self, query: LibraryQuery | None = None, limit: int | None = None) -> Iterator[LibraryRow]
Archive.passage_vectors(self, article_id: str) -> Iterator[tuple[Passage, HalfVectors]]
Archive.to_frame(self, query: LibraryQuery | None = None) -> pd.DataFrame
Archive.article(self, reference: str) -> Article
Archive.article_with_passages(self, reference: str) -> tuple[Article, tuple[Passage, ...]]
Archive.passages(self, article_id: str) -> tuple[Passage, ...]
Archive.doctor(self, *, quick: bool = False, fix: bool = False,
    on_check: Callable[[str], None] | None = None, on_finding: Callable[[Finding], None] | None = None) -> Diagnosis
Archive.status(self) -> Status
Answer.to_dict(self) -> dict[str, Any]
Answer.to_markdown(self, *, archive: str = '', language: Language = 'en', style: Style = 'iso690',
    day: date | None = None) -> str
Answer.to_frame(self) -> pd.DataFrame
ResultList.to_frame(self) -> pd.DataFrame
Citation.to_dict(self) -> dict[str, Any]
Article.to_dict(self) -> dict[str, Any]
Status.to_dict(self) -> dict[str, Any]
ResultList.to_dict(self) -> dict[str, Any]
IndexReport.to_dict(self) -> dict[str, Any]
"""

FIELDS = """
Answer question language outcome confidence reason citations took_ms absent_times index_again damaged
    prefers_newest
Citation marker article passage_id start end quote highlights matches also score signals own_language file_missing
Article id text path title language source author published url sha256 place asides pages origins
Passage article_id start end text kind language
Filter since until sources languages authors paths kinds exact_sources exact_authors
ResultList answer results facets more without_filters
ArticleResult citations likely_count
Facets sources languages authors kinds months
IndexReport new changed unchanged removed failures skipped passages_encoded seconds columns new_failures moved
    unread_days remarks
Status folder articles duplicates passages languages sources oldest newest encoder fingerprint revision recall
    bytes_on_disk self_test index_again vectors_at words_at
Diagnosis folder quick findings
Finding check subject symptom health sentence advice values repaired
Config passage_tokens overlap_tokens
RankingConfig dense_weight lexical_weight candidates reranked reranked_tokens fast
"""

COSTS = "Die Kosten stiegen nach Angaben der Hafenbehörde von zunächst 61 auf 84 Millionen Euro."
TRAIN = "Die Kleinbahn nach Moorwerder fährt seit Freitag wieder. Eine Fahrkarte kostet zwei Euro."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two articles, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("articles")
    for name, day, source, text in (("a", "2023-05-02", "Bote", BRIDGE), ("b", "2021-03-12", "Kurier", TRAIN)):
        (folder / name).mkdir()
        (folder / name / f"{name}.md").write_text(f"---\ndate: {day}\nsource: {source}\n---\n{text}\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of both."""
    with Archive.open(folder / "archive", encoder=encoder) as archive:
        archive.index(folder / "a", folder / "b")
        yield archive


def signature(path: str) -> str:
    """Return a signature as it is written, without quotes around its types."""
    owner, name = path.split(".")
    parsed = inspect.signature(getattr(getattr(rag, owner), name))
    quoted = [parameter.annotation for parameter in parsed.parameters.values()] + [parsed.return_annotation]
    text = f"{path}{parsed}"
    for annotation in quoted:
        text = text.replace(repr(annotation), str(annotation))
    return text


def test_names() -> None:
    """These, and no others; each is imported when it is first used."""
    assert sorted(NAMES.split()) == rag.__all__
    assert set(rag.__all__) <= set(dir(rag))
    assert all(getattr(rag, name) is not None for name in rag.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Archives'"):
        _ = rag.Archives


def test_signatures() -> None:
    """Of the methods that a program calls."""
    lines = [line for line in METHODS.replace("\n    ", " ").splitlines() if line]
    assert [signature(line.partition("(")[0]) for line in lines] == lines


def test_fields() -> None:
    """Of the values that these methods take and return."""
    lines = [line.split() for line in FIELDS.replace("\n    ", " ").splitlines() if line]
    assert [[name, *(field.name for field in fields(getattr(rag, name)))] for name, *_ in lines] == lines


def test_the_version_is_that_of_the_package() -> None:
    """As pyproject.toml has it."""
    assert rag.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_importing_loads_no_library() -> None:
    """Neither `rag` nor its plain values need NumPy, a model or a terminal."""
    program = (
        "import sys; before = set(sys.modules); import rag;"
        "assert not {'rag.types', 'dataclasses'} & (set(sys.modules) - before);"
        "from rag import Answer, Article, Citation, Config, Filter, FundstelleError, IndexReport, RankingConfig;"
        "assert not {'numpy', 'typer', 'rich', 'sqlite3', 'torch'} & set(sys.modules), sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_ten_lines(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """Open, index, ask, and read the citations."""
    with chdir(folder):
        with Archive.open(tmp_path / "news", encoder=encoder) as archive:
            report = archive.index("a", "b/")
            answer = archive.ask("Was kostete die neue Brücke?", k=1, since="2022", source="bote")
        for citation in answer:
            printed = f"{citation.marker} {citation.article.label}: {citation.sentence}"
    assert report.new == 2
    assert answer
    assert len(answer) == 1
    assert printed == f"1 a.md: {COSTS}"
    assert answer.citations[0].quote == BRIDGE


def test_an_answer_is_true_if_it_answers(archive: Archive) -> None:
    """One that only cites what is nearest is false, and says why."""
    answer = archive.ask("Wie viele Monde hat der Jupiter?", fast=True)
    assert not answer
    assert len(answer) == 2
    assert [citation.sentence for citation in answer] == [None, None]
    assert answer.reason.startswith("This archive probably has nothing about it")


def test_a_dictionary_is_json(archive: Archive) -> None:
    """With the quotation, and without anything that JSON lacks."""
    answer = archive.ask("Was kostete die neue Brücke?")
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()
    first = answer.to_dict()["citations"][0]
    assert first == answer.citations[0].to_dict()
    assert first["article"]["published"] == "2023-05-02"
    assert json.loads(json.dumps(archive.status().to_dict()))["articles"] == 2


def test_reprs_are_one_short_line(archive: Archive, folder: Path) -> None:
    """Whatever the length of the article."""
    answer = archive.ask("Was kostete die neue Brücke?", fast=True)
    citation = answer.citations[0]
    assert repr(archive) == f"Archive('{folder / 'archive'}', 2 articles)"
    assert repr(answer).startswith("Answer('Was kostete die neue Brücke?', answered, confidence ")
    assert repr(answer).endswith(", 2 citations)")
    assert repr(citation) == f"Citation([1] 'a.md', characters 0-{len(BRIDGE)}, '{BRIDGE[:59]}…')"
    assert repr(citation.article) == f"Article('{citation.article.id}', 'a.md', {len(BRIDGE)} characters)"
    assert repr(archive.passages(citation.article.id)[0]) == f"Passage('{citation.passage_id}', '{BRIDGE[:59]}…')"
    assert repr(archive.status()) == f"Status('{folder / 'archive'}', 2 articles, 2 passages)"
    assert repr(archive.index(folder / "a")) == "IndexReport(0 new, 0 changed, 1 unchanged, 0 removed, 0 failed)"


def test_values_can_be_hashed(archive: Archive, folder: Path) -> None:
    """Equal ones have the same hash."""
    answer = archive.ask("Was kostete die neue Brücke?", fast=True)
    again = replace(answer, took_ms=dict(answer.took_ms), citations=tuple(answer))
    assert {answer, again} == {answer}
    citation = answer.citations[0]
    values = (citation, citation.article, archive.status(), archive.index(folder / "a"), Config(), Filter())
    assert len(set(values)) == len(values)


def labels(answer: Answer) -> list[str]:
    """Return the names of the articles that an answer cites."""
    return [citation.article.label for citation in answer]


def test_a_day_may_be_a_date(archive: Archive) -> None:
    """As well as a string, which may name a month or a year."""
    assert labels(archive.ask("Was ist neu?", since=date(2023, 1, 1), fast=True)) == ["a.md"]
    assert labels(archive.ask("Was ist neu?", until="2021-03", fast=True)) == ["b.md"]


def test_a_string_is_one_value(archive: Archive) -> None:
    """It is not read letter by letter; several go into a list."""
    filters: tuple[dict[str, Any], ...] = (
        {"source": "Bote"},
        {"source": ["Bote"]},
        {"path": Path("a.md")},
        {"path": {"/a.md", "nope"}},
        {"filter": Filter(sources=("Bote",))},
    )
    for arguments in filters:
        assert labels(archive.ask("Was ist neu?", fast=True, **arguments)) == ["a.md"], arguments


def test_paths_may_be_listed(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """One by one or together, as strings or paths; and what was indexed is forgotten in the same way."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        assert archive.index([folder / "a", str(folder / "b")]).new == 2
        assert archive.index(folder.glob("*/*.md")).unchanged == 2
        assert archive.forget(str(folder / "a"), folder / "b") == 2


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda a: a.ask("Was?", 0), QuestionError, "k must be at least 1, not 0"),
        (lambda a: a.ask("Was?", "3"), TypeError, "k must be a whole number, not str"),
        (lambda a: a.ask(None), TypeError, "The question must be a string, not NoneType"),
        (lambda a: a.ask(""), QuestionError, "The question is empty"),
        (lambda a: a.ask("Was?", since=2023), TypeError, "since must be a date or a string such as '2024-03', not int"),
        (lambda a: a.ask("Was?", since="gestern"), QuestionError, "no day 'gestern'"),
        (lambda a: a.ask("Was?", source=3), TypeError, "source must be a string or a list of strings, not 3"),
        (
            lambda a: a.ask("Was?", language=[1]),
            TypeError,
            r"language must be a string or a list of strings, not \[1\]",
        ),
        (lambda a: a.ask("Was?", filter={"since": 1}), TypeError, "filter must be a Filter, not dict"),
        (lambda a: a.ask("Was?", filter=Filter(), source="x"), QuestionError, "Give either a filter or since"),
        (lambda a: a.index(), NotFound, "No path was given: name at least one file or folder"),
        (lambda a: a.index("nope"), NotFound, "nope does not exist"),
        (lambda a: a.index(3), TypeError, "A path must be a string or a Path, not int"),
        (lambda a: a.index(b"a"), TypeError, "A path must be a string or a Path, not int"),
        (lambda a: a.fetch(3), TypeError, "An address must be a string, not int"),
        (lambda a: a.article("nope"), NotFound, "nope"),
        (lambda a: Archive(a.folder / "none"), NotFound, "There is no archive in"),
        (lambda a: Archive.open(a.folder, encoder="e5"), TypeError, "name the model as encoder_name='e5'"),
    ],
)
def test_wrong_calls_say_what_to_do(
    call: Callable[[Archive], object], error: type[Exception], message: str, archive: Archive
) -> None:
    """In one sentence, at once."""
    with pytest.raises(error, match=message):
        call(archive)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Config(passage_tokens=0), "passage_tokens must be between 16 and 500, not 0"),
        (lambda: Config(overlap_tokens=-1), "overlap_tokens must be between 0 and 400, not -1"),
        (lambda: Config(passage_tokens=90.5), "passage_tokens must be a whole number, such as 180, not 90.5"),  # type: ignore[arg-type]
        (lambda: Config(passage_tokens=True), "passage_tokens must be a whole number, such as 180, not True"),
        (lambda: RankingConfig(dense_weight=-5), "dense_weight must be between 0 and 1000000, not -5"),
        (lambda: RankingConfig(lexical_weight=float("nan")), "lexical_weight must be between 0 and 1000000, not nan"),
        (lambda: RankingConfig(candidates=0), "candidates must be between 1 and 1000, not 0"),
        (lambda: RankingConfig(fast=1), "fast must be true or false, not 1"),  # type: ignore[arg-type]
    ],
)
def test_settings_have_bounds(make: Callable[[], Any], message: str) -> None:
    """Wherever they come from."""
    with pytest.raises(ConfigError, match=message):
        make()
    assert RankingConfig(dense_weight=2) == RankingConfig(dense_weight=2.0)


def test_a_closed_archive_says_so(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """Instead of opening its file again."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(folder / "a")
    assert repr(archive) == f"Archive('{tmp_path / 'archive'}', closed)"
    calls: tuple[Callable[[], object], ...] = (
        lambda: archive.ask("Was?"),
        lambda: archive.index(folder),
        lambda: archive.forget(folder),
        lambda: archive.fetch("https://example.org"),
        lambda: list(archive.articles()),
        archive.status,
    )
    for call in calls:
        with pytest.raises(ArchiveClosed, match=r"is closed: open it again with Archive\.open"):
            call()
    archive.close()


def test_errors_have_one_base() -> None:
    """A program catches `FundstelleError`."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if getattr(kind, "__module__", "") == errors.__name__ and inspect.isclass(kind)
    ]
    assert len(kinds) > 5
    assert all(issubclass(kind, FundstelleError) for kind in kinds)


def test_an_article_needs_three_facts() -> None:
    """The rest is unknown; all are given by name."""
    article = Article(id="a", text="Kurz.", path="/a.txt")
    assert (article.title, article.language, article.published, article.label) == (None, "und", None, "a.txt")
    with pytest.raises(TypeError):
        Article("a", "Kurz.", "/a.txt")  # type: ignore[misc]


def test_names_are_classes() -> None:
    """Each public name is the class that its module defines."""
    classes = (Answer, Archive, Article, Citation, Config, Filter, IndexReport, Passage, RankingConfig, Status)
    classes += (ArticleResult, CheckedFigure, CheckedQuote, Diagnosis, DraftReport, Facets, Finding, ResultList)
    assert {kind.__name__ for kind in classes} == set(rag.__all__) - {"FundstelleError", "__version__"}

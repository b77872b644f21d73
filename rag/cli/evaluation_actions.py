"""What the commands of the evaluation do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rag.archive import Archive
from rag.cli.evaluation_output import (
    print_changes,
    print_comparison,
    print_misses,
    print_run,
    print_runs,
    print_sweep,
)
from rag.cli.options import asked_part, opened_archive
from rag.cli.output import err, out
from rag.cli.plain import print_json
from rag.cli.progress import CountingBar, PreparationBar
from rag.config import DEFAULT_RANKING, Config
from rag.errors import ArchiveError, ConfigError, FundstelleError
from rag.evaluation.measures.comparison import Comparison, changed_questions, compare_runs
from rag.evaluation.questions.beir import judge_queries, read_beir, write_beir
from rag.evaluation.questions.feedback import MARKED
from rag.evaluation.questions.files import read_questions, test_question_json
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.questions.synthetic import questions_json, synthetic_questions
from rag.evaluation.reports.html import html_report
from rag.evaluation.reports.markdown import markdown_report
from rag.evaluation.reports.serialization import comparison_json, summary_json
from rag.evaluation.runs.run_store import RunStore, read_run, run_facts_json, run_json
from rag.evaluation.runs.scratch_archives import archive_of_set
from rag.evaluation.runs.sweep import Setup, grid
from rag.evaluation.runs.trec import write_trec
from rag.evaluation.session import EvaluationSession, default_run_name
from rag.evaluation.types import Run

if TYPE_CHECKING:
    from rag.client.client import RemoteRuns

    StoredRuns = RunStore | RemoteRuns

INTERRUPTED = 130
_MIN_COMPARED = 2


@dataclass(frozen=True)
class Outputs:
    """What is made of runs: files, and what is printed."""

    report: Path | None = None
    markdown: Path | None = None
    language: str = "en"
    trec: Path | None = None
    misses: bool = False
    as_json: bool = False


@dataclass(frozen=True)
class Plan:
    """How questions are asked: with each of the setups, by the label that is added to the name of its run.

    `base` is the setup without the settings of a sweep.
    """

    base: Setup
    setups: Mapping[str, Setup]


@dataclass(frozen=True)
class JudgedQuestions:
    """Judged questions and the session of their archive.

    `source` says where the questions come from; `operators`, whether quotes and dashes in them are operators.
    """

    session: EvaluationSession
    judgements: Sequence[Judgement]
    source: str
    operators: bool


def split_arguments(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the file of questions among the arguments, None without one, and the KEY=VALUE pairs.

    Raises:
        FundstelleError: there is more than one file.
    """
    pairs = [argument for argument in arguments if "=" in argument and not Path(argument).exists()]
    files = [argument for argument in arguments if argument not in pairs]
    if len(files) > 1:
        raise FundstelleError("Give only one question file. To compare runs, use `fundstelle eval compare RUN RUN`.")
    return (files[0] if files else None), pairs


def make_plan(fixed: Sequence[str], swept: Sequence[str], *, fast: bool) -> Plan:
    """Read settings that are fixed, KEY=VALUE, and those that are swept, KEY=V1,V2….

    Raises:
        ConfigError: a setting does not exist or cannot have its value, or there are too many combinations.
    """
    base = Setup(Config(), replace(DEFAULT_RANKING, fast=fast)).changed(
        {key: ",".join(values) for key, values in _read_pairs(fixed).items()}
    )
    combinations = grid(_read_pairs(swept))
    setups = {
        " ".join(f"{key}={value}" for key, value in combination.items()): base.changed(combination)
        for combination in combinations
    }
    return Plan(base, setups)


def _read_pairs(pairs: Sequence[str]) -> dict[str, list[str]]:
    """Read `key=value,value` of several settings."""
    values: dict[str, list[str]] = {}
    for pair in pairs:
        key, _, text = pair.partition("=")
        if not text:
            raise ConfigError(f"{pair!r} is not a setting: write KEY=VALUE, for example lexical_weight=0.3.")
        values[key.strip()] = [value.strip() for value in text.split(",")]
    return values


def open_runs(folder: str, server: str | None) -> AbstractContextManager[StoredRuns]:
    """Open the stored runs of an archive: that in a folder, or that of a server if one is given."""
    return asked_part(folder, server, lambda archive: EvaluationSession(archive).runs, lambda client: client.runs)


@contextmanager
def open_questions(folder: str, file: str | None, reranker: str | None) -> Iterator[JudgedQuestions]:
    """Open the archive in a folder, and judge the questions of a file; without one, those with marked passages."""
    with opened_archive(folder, create=False, reranker=reranker) as archive:
        session = EvaluationSession(archive)
        yield JudgedQuestions(session, session.judge(session.load(file)), file or MARKED, operators=True)


@contextmanager
def open_set(folder: Path, plan: Plan, encoder: str | None, reranker: str | None) -> Iterator[JudgedQuestions]:
    """Open the archive of a retrieval set, which is made once, and read the set's judged queries."""
    retrieval_set = read_beir(folder)
    with PreparationBar() as preparation, CountingBar("reading", "documents") as bar:
        archive = archive_of_set(
            folder,
            plan.base.config,
            encoder,
            on_step=preparation,
            on_article=lambda documents: bar(documents, None),
            cross_encoder=reranker,
        )
    with archive:
        judgements = judge_queries(retrieval_set, archive.original)
        yield JudgedQuestions(EvaluationSession(archive), judgements, str(folder), operators=False)


def ask_questions(questions: JudgedQuestions, plan: Plan, name: str | None) -> list[Run]:
    """Ask the questions with each setup of the plan, and store the runs.

    Raises:
        FundstelleError: another run has the name.
        Exit: interrupted before anything was asked.
    """
    session = questions.session
    if name and len(plan.setups) == 1:
        session.runs.check_free(name)
    finished: list[Run] = []
    with CountingBar("asking", "questions") as bar, CountingBar("re-chunking", "articles") as chunking_bar:
        runs = session.evaluate(
            questions.judgements,
            plan.setups,
            name=name or default_run_name(questions.source),
            source=questions.source,
            operators=questions.operators,
            on_progress=bar,
            on_article=lambda articles: chunking_bar(articles, session.archive.status().articles),
        )
        try:
            for run in runs:
                finished.append(run)
                _store(session, run)
        except KeyboardInterrupt:
            err.print("Interrupted: settings that were not finished are left out.")
    if not finished:
        raise typer.Exit(INTERRUPTED)
    return finished


def ask_on_server(server: str, file: str | None, name: str | None, *, fast: bool) -> Run:
    """Have a server ask the questions of a file, or those with marked passages, and store the run."""
    from rag.client import Client

    questions = None if file is None else [test_question_json(question) for question in read_questions(Path(file))]
    source = file or MARKED
    with Client(server) as client, CountingBar("asking", "questions") as bar:
        run = client.evaluate(
            questions, name=name or default_run_name(source), source=source, fast=fast, on_progress=bar
        )
    err.print(f"Stored as {run.name!r}.", style="dim", soft_wrap=True, markup=False)
    return run


def import_run(questions: JudgedQuestions, file: Path, name: str | None) -> Run:
    """Return another program's run of a retrieval set, from its file, and store it."""
    run = questions.session.import_run(file, questions.judgements, source=questions.source, name=name)
    _store(questions.session, run)
    return run


def _store(session: EvaluationSession, run: Run) -> None:
    """Store a run; where the archive cannot be written, say so in a line and go on."""
    try:
        session.runs.save(run)
        err.print(f"Stored as {run.name!r}.", style="dim", soft_wrap=True, markup=False)
    except ArchiveError as error:
        err.print(f"The run was not stored. {error}", soft_wrap=True, markup=False)


def print_and_write(runs: Sequence[Run], outputs: Outputs) -> None:
    """Print one run, or the runs of a sweep, and write the files asked for; exit with 130 if one was interrupted."""
    comparison = _compare(runs) if len(runs) > 1 else None
    if outputs.as_json:
        print_json(summary_json(runs[0]) if len(runs) == 1 else {"runs": [summary_json(run) for run in runs]})
    elif comparison:
        print_sweep(runs, comparison)
    else:
        print_run(runs[0])
    if outputs.misses and not outputs.as_json:
        print_misses(runs[-1])
    for run in runs:
        if outputs.trec:
            write_trec(outputs.trec if len(runs) == 1 else outputs.trec / run.name, run.name, run.results)
    _write_reports(runs[-1], comparison, outputs)
    if any(len(run.results) < run.asked_of for run in runs):
        raise typer.Exit(INTERRUPTED)


def show_comparison(stored: StoredRuns, names: Sequence[str], outputs: Outputs) -> None:
    """Print how runs differ from the first one, and whether that is more than chance."""
    runs = [load_run(stored, name) for name in names]
    if len(runs) < _MIN_COMPARED:
        raise FundstelleError("Name at least two runs: the others are compared with the first.")
    if len({run.name for run in runs}) < len(runs):
        raise FundstelleError("A run cannot be compared with itself: give each name only once.")
    comparison = _compare(runs)
    if outputs.as_json:
        print_json(comparison_json(comparison))
    else:
        print_comparison(comparison)
        if len(runs) == _MIN_COMPARED:
            print_changes(changed_questions(*runs))
    _write_reports(runs[-1], comparison, outputs)


def _compare(runs: Sequence[Run]) -> Comparison:
    try:
        return compare_runs(runs)
    except ValueError as error:
        raise FundstelleError(
            "The runs have no answerable question in common: compare runs of the same questions."
        ) from error


def load_run(stored: StoredRuns, name: str) -> Run:
    """Return a run by its name, or from the file that it was exported to."""
    if name.endswith(".json") and Path(name).is_file():
        return read_run(Path(name))
    return stored.load(name)


def list_runs(stored: StoredRuns, *, as_json: bool) -> None:
    """Print the stored runs."""
    entries = stored.listing()
    if as_json:
        print_json({"runs": [run_facts_json(entry) for entry in entries]})
    else:
        print_runs(entries)


def delete_runs(stored: StoredRuns, names: Sequence[str]) -> None:
    """Delete runs."""
    for name in names:
        stored.delete(name)
        out.print(f"Deleted: {name}", soft_wrap=True, markup=False)


def export_run(stored: StoredRuns, name: str, file: Path) -> None:
    """Write a run as JSON."""
    _write(file, run_json(stored.load(name)))


def write_synthetic(archive: Archive, file: Path, limit: int) -> None:
    """Write questions made by rules, at most `limit` of each kind."""
    questions = synthetic_questions(
        (archive.article_with_passages(article.id) for article in archive.articles()), limit
    )
    if not questions:
        raise FundstelleError(
            "The articles have neither headlines of their own nor quotations: write test questions yourself."
        )
    _write(file, questions_json(questions))
    out.print(f"{len(questions)} questions; ask them with `fundstelle eval {file}`.", soft_wrap=True, markup=False)


def write_marked(archive: Archive, file: Path) -> None:
    """Write the questions that have a passage marked right."""
    questions = EvaluationSession(archive).feedback.questions()
    if not questions:
        raise FundstelleError(
            'No passage has been marked right yet: mark the first with `fundstelle ask "…" --right 1`.'
        )
    _write(file, questions_json(questions))


def write_set(archive: Archive, file: Path, folder: Path) -> None:
    """Write questions and articles in BEIR layout."""
    session = EvaluationSession(archive)
    judgements = session.judge(session.load(file))
    write_beir(folder, [judgement for judgement in judgements if judgement.answers], archive.articles())
    err.print(f"Written: {folder}", soft_wrap=True, markup=False)


def _write_reports(run: Run, comparison: Comparison | None, outputs: Outputs) -> None:
    if outputs.report:
        _write(outputs.report, html_report(run, comparison, outputs.language))
    if outputs.markdown:
        _write(outputs.markdown, markdown_report(run, comparison, outputs.language))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FundstelleError(f"{path} cannot be written ({error.strerror}): choose another file.") from error
    err.print(f"Written: {path}", soft_wrap=True, markup=False)

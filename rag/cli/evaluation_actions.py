"""What the commands of the evaluation do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

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
from rag.cli.options import opened_archive
from rag.cli.output import err, out, print_json
from rag.cli.progress import CountingBar, PreparationBar
from rag.config import DEFAULT_RANKING, Config
from rag.errors import ArchiveError, ConfigError, FundstelleError
from rag.evaluation.measures.comparison import Comparison, changed_questions, compared
from rag.evaluation.questions.beir import judged, read_beir, write_beir
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.questions.synthetic import questions_json, suggested
from rag.evaluation.reports.html import html_report
from rag.evaluation.reports.markdown import markdown_report
from rag.evaluation.reports.serialization import comparison_json, summary_json
from rag.evaluation.runs.run_store import read_run, run_json
from rag.evaluation.runs.scratch_archives import archive_of_set
from rag.evaluation.runs.sweep import Setup, grid
from rag.evaluation.runs.trec import write_trec
from rag.evaluation.session import EvaluationSession, default_run_name
from rag.evaluation.types import Run

INTERRUPTED = 130
_TWO = 2
MARKED = "marked"

Opened = tuple[EvaluationSession, Sequence[Judgement]]


@dataclass(frozen=True)
class Written:
    """What is made of runs: files, and what is printed."""

    report: Path | None
    markdown: Path | None
    trec: Path | None
    misses: bool
    as_json: bool


@dataclass(frozen=True)
class Chosen:
    """The file of questions, None for marks, and the setups that they are asked with, by what tells them apart."""

    file: str | None
    start: Setup
    setups: Mapping[str, Setup]


def chosen_settings(arguments: Sequence[str], set_: Sequence[str], swept: Sequence[str], *, fast: bool) -> Chosen:
    """Sort what stands on the command line into a file and settings.

    Raises:
        FundstelleError: there is more than one file.
        ConfigError: there is no such setting, or it cannot have this value.
    """
    more = [one for one in arguments if "=" in one and not Path(one).exists()]
    files = [one for one in arguments if one not in more]
    if len(files) > 1:
        raise FundstelleError("Give one file of questions, or --compare and the names of runs.")
    # settings without an option of their own belong to the last one that takes several
    single = _pairs([*set_, *(() if swept else more)])
    start = Setup(Config(), replace(DEFAULT_RANKING, fast=fast)).changed(
        {name: ",".join(one) for name, one in single.items()}
    )
    points = grid(_pairs([*swept, *(more if swept else ())]))
    setups = {" ".join(f"{name}={value}" for name, value in one.items()): start.changed(one) for one in points}
    return Chosen(files[0] if files else None, start, setups)


def _pairs(written: Sequence[str]) -> dict[str, list[str]]:
    """Read `key=value,value` of several settings."""
    found: dict[str, list[str]] = {}
    for one in written:
        key, _, values = one.partition("=")
        if not values:
            raise ConfigError(f"{one!r} is no setting: write KEY=VALUE, for example lexical_weight=0.3.")
        found[key.strip()] = [value.strip() for value in values.split(",")]
    return found


@contextmanager
def opened_set(folder: Path, settings: Chosen, encoder: str | None, reranker: str | None) -> Iterator[Opened]:
    """Give an archive of a retrieval set, made once, and the set's judged queries."""
    found = read_beir(folder)
    preparation = PreparationBar()
    try:
        with CountingBar("reading", "documents") as bar:
            archive = archive_of_set(
                folder, settings.start.config, encoder, preparation, lambda done: bar(done, None), reranker
            )
    finally:
        preparation.close()
    with archive:
        yield EvaluationSession(archive), judged(found, archive.article)


@contextmanager
def opened_questions(folder: Path, settings: Chosen, reranker: str | None) -> Iterator[Opened]:
    """Give the archive in a folder, and judged questions about it."""
    with opened_archive(folder, create=False, reranker=reranker) as archive:
        session = EvaluationSession(archive)
        yield session, session.judge(session.load(settings.file))


def asked_runs(
    session: EvaluationSession,
    judgements: Sequence[Judgement],
    settings: Chosen,
    name: str | None,
    source: str,
    *,
    operators: bool,
) -> list[Run]:
    """Ask all questions with each setup, and save the runs.

    Args:
        source: where the questions come from.
        operators: whether quotes and dashes in a question mean what they mean in `ask`.

    Raises:
        FundstelleError: another run has the name.
    """
    if name and len(settings.setups) == 1:
        session.runs.check_free(name)
    finished: list[Run] = []
    with CountingBar("asking", "questions") as bar, CountingBar("cutting anew", "articles") as cutting:
        runs = session.evaluate(
            judgements,
            settings.setups,
            name=name or default_run_name(source),
            source=source,
            operators=operators,
            on_progress=bar,
            on_article=lambda articles: cutting(articles, session.archive.status().articles),
        )
        try:
            for run in runs:
                finished.append(run)
                _save(session, run)
        except KeyboardInterrupt:
            err.print("Interrupted: settings that were not asked to the end are left out.")
    if not finished:
        raise typer.Exit(INTERRUPTED)
    return finished


def imported_run(session: EvaluationSession, judgements: Sequence[Judgement], file: Path, source: str) -> Run:
    """Return another program's run of a set, from its file; it is saved too."""
    run = session.imported(file, judgements, source=source)
    _save(session, run)
    return run


def _save(session: EvaluationSession, run: Run) -> None:
    """Save a run; where the archive cannot be written, it is printed all the same, and a line says so."""
    try:
        session.runs.save(run)
        err.print(f"Kept as {run.name!r}.", style="dim", soft_wrap=True, markup=False)
    except ArchiveError as error:
        err.print(f"The run is not kept. {error}", soft_wrap=True, markup=False)


def show(found: Sequence[Run], written: Written) -> None:
    """Print one run, or the runs of a sweep, and write what is asked for; exit with 130 if it was interrupted."""
    comparison = _comparison(found) if len(found) > 1 else None
    if written.as_json:
        print_json(summary_json(found[0]) if len(found) == 1 else {"runs": [summary_json(run) for run in found]})
    elif comparison:
        print_sweep(found, comparison)
    else:
        print_run(found[0])
    if written.misses and not written.as_json:
        print_misses(found[-1])
    for run in found:
        if written.trec:
            write_trec(written.trec if len(found) == 1 else written.trec / run.name, run.name, run.results)
    _write_reports(found[-1], comparison, written)
    if any(len(run.results) < run.asked_of for run in found):
        raise typer.Exit(INTERRUPTED)


def compare(archive: Archive, names: Sequence[str], written: Written) -> None:
    """Print what tells runs apart, and whether it is more than chance."""
    found = [run_named(archive, name) for name in names]
    if len(found) < _TWO:
        raise FundstelleError("Name two runs at least: the others are compared with the first one.")
    if len({run.name for run in found}) < len(found):
        raise FundstelleError("A run is compared with others: give each name once.")
    comparison = _comparison(found)
    if written.as_json:
        print_json(comparison_json(comparison))
    else:
        print_comparison(comparison)
        if len(found) == _TWO:
            print_changes(changed_questions(*found))
    _write_reports(found[-1], comparison, written)


def _comparison(found: Sequence[Run]) -> Comparison:
    try:
        return compared(found)
    except ValueError as error:
        raise FundstelleError(
            "The runs have no answerable question in common: compare runs of the same questions."
        ) from error


def run_named(archive: Archive, name: str) -> Run:
    """Return a run by its name, or from the file that it was exported to."""
    if name.endswith(".json") and Path(name).is_file():
        return read_run(Path(name))
    return EvaluationSession(archive).runs.load(name)


def list_runs(archive: Archive, *, as_json: bool) -> None:
    """Print what runs there are."""
    found = EvaluationSession(archive).runs.listing()
    if as_json:
        print_json({"runs": [asdict(one) for one in found]})
    else:
        print_runs(found)


def delete_runs(archive: Archive, names: Sequence[str]) -> None:
    """Forget runs."""
    for name in names:
        EvaluationSession(archive).runs.delete(name)
        out.print(f"Deleted: {name}", soft_wrap=True, markup=False)


def export_run(archive: Archive, name: str, file: Path) -> None:
    """Write a run as JSON."""
    _write(file, run_json(EvaluationSession(archive).runs.load(name)))


def suggest(archive: Archive, file: Path, most: int) -> None:
    """Write questions that were made by a rule."""
    found = suggested((archive.article_with_passages(one.id) for one in archive.articles()), most)
    if not found:
        raise FundstelleError(
            "The articles have neither headlines of their own nor quotations: write test questions yourself."
        )
    _write(file, questions_json(found))
    out.print(f"{len(found)} questions; ask them with `fundstelle eval {file}`.", soft_wrap=True, markup=False)


def write_marked(archive: Archive, file: Path) -> None:
    """Write the questions for which passages were marked."""
    found = EvaluationSession(archive).feedback.questions()
    if not found:
        raise FundstelleError('No passage was marked as an answer yet: `fundstelle ask "…" --right 1` marks the first.')
    _write(file, questions_json(found))


def write_set(archive: Archive, file: Path, folder: Path) -> None:
    """Write questions and articles in BEIR layout."""
    session = EvaluationSession(archive)
    judgements = session.judge(session.load(file))
    write_beir(folder, [judgement for judgement in judgements if judgement.places], archive.articles())
    err.print(f"Written: {folder}", soft_wrap=True, markup=False)


def _write_reports(run: Run, comparison: Comparison | None, written: Written) -> None:
    for path, make in ((written.report, html_report), (written.markdown, markdown_report)):
        if path:
            _write(path, make(run, comparison))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FundstelleError(f"{path} cannot be written ({error.strerror}): choose another file.") from error
    err.print(f"Written: {path}", soft_wrap=True, markup=False)

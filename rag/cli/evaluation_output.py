"""What the command line shows of evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from rag.cli.output import err, escape_controls, out
from rag.evaluation.measures.comparison import ChangedQuestion, Comparison, verdict
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.reports.wording import changed_settings, failed
from rag.evaluation.runs.run_store import RunFacts
from rag.evaluation.types import ANSWERED, DOUBTFUL, FATES, Result, Run

_SHOWN_SLICES = ("question language", "crossing", "tag")
_SHOWN_VALUES = 12
_SHOWN_CHANGES = 10
_WHOLE = 1000


def print_run(run: Run) -> None:
    """Print the measures of a run, its slices, what became of the questions, and how sure it was."""
    for origin, summary in by_origin(run).items():
        _heading(f"{run.name}: {_count(summary)}" + (f", {origin}" if origin else ""))
        _print(_measures(summary))
        _print_slices(summary)
        _print_fates(summary)
        _print_confidence(summary)
    if run.latency_ms:
        timed = ", ".join(f"{name} {value:.0f} ms" for name, value in run.latency_ms.items())
        out.print(f"a question asked by itself: {timed}")
    if changed := changed_settings(run.config):
        out.print("settings: " + ", ".join(f"{name}={value}" for name, (_, value) in changed.items()))
    if len(run.results) < run.asked_of:
        err.print(f"Interrupted after {len(run.results)} of {run.asked_of} questions: the figures are of these.")


def _heading(words: str) -> None:
    out.print(Text(escape_controls(words), style="bold"), soft_wrap=True)


def _count(summary: Summary) -> str:
    unanswerable = summary.questions - summary.answerable
    said = f"{summary.questions} questions"
    return f"{said}, {unanswerable} of them without an answer" if unanswerable else said


def _print(table: Table) -> None:
    """Print a table that fits the terminal; in a file or a pipe its lines stay whole, so that they can be searched."""
    if not out.is_terminal:
        out.width = max(out.width, table.__rich_measure__(out, out.options.update(width=_WHOLE)).maximum)
    out.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=bool(number))
    return table


def _interval(found: Interval) -> tuple[str, str]:
    return f"{found.mean:.3f}", f"{found.low:.3f} to {found.high:.3f}"


def _measures(summary: Summary) -> Table:
    table = _table("measure", "mean", "95% interval")
    for name, found in summary.measures.items():
        table.add_row(name, *_interval(found))
    if summary.sentence:
        table.add_row("answering sentence", *_interval(summary.sentence))
    return table


def _print_slices(summary: Summary) -> None:
    table = _table(MAIN, "questions", "mean", "95% interval")
    for dimension in _SHOWN_SLICES:
        values = summary.slices[dimension]
        if len(values) > 1:
            _add_slices(table, values)
            table.add_section()
    if table.row_count:
        out.print()
        _print(table)


def _add_slices(table: Table, values: Mapping[str, Slice]) -> None:
    for value, found in list(values.items())[:_SHOWN_VALUES]:
        table.add_row(Text(escape_controls(value)), str(found.questions), *_interval(found.mean))
    if len(values) > _SHOWN_VALUES:
        table.add_row(f"{len(values) - _SHOWN_VALUES} more: see --report", "", "", "")


def _print_fates(summary: Summary) -> None:
    out.print()
    out.print(Text("what became of them", style="dim"))
    for fate, count in summary.fates.items():
        out.print(Text(f"{count:>5}  {fate}").append(f": {FATES[fate]}", style="dim"), soft_wrap=True)
    if summary.beaten_by:
        by = ", ".join(f"{signal} ({count})" for signal, count in summary.beaten_by.items())
        out.print(f"what came first in its place won by: {by}", soft_wrap=True)


def _print_confidence(summary: Summary) -> None:
    found = summary.abstention
    out.print()
    if found.auroc is not None and found.calibration_error is not None:
        out.print(
            f"confidence: tells answerable from unanswerable questions with AUROC {found.auroc:.3f}, "
            f"calibration error {found.calibration_error:.3f}",
            soft_wrap=True,
        )
    right = f"; of these, {found.precision:.0%} with an answer among five" if found.precision is not None else ""
    out.print(f"it claims to answer {found.coverage:.0%} of the questions{right}", soft_wrap=True)
    out.print(f"{summary.unjudged:.0%} of the first ten results were judged by nobody", soft_wrap=True)


def print_misses(run: Run) -> None:
    """Print each question that went wrong: what was wanted, what came, and why."""
    wrong = [one for one in run.results if failed(one)]
    for one in wrong:
        out.print()
        _heading(f"{one.id}  {one.question}")
        by = f", beaten by {one.beaten_by}" if one.beaten_by else ""
        out.print(Text(f"  {one.fate}: {FATES[one.fate]}{by}; confidence {one.confidence:.2f}"), soft_wrap=True)
        for line in (*_wanted(one), *_came(one)):
            out.print(Text(f"  {escape_controls(line)}"), soft_wrap=True)
    out.print()
    out.print(f"{len(wrong)} of {len(run.results)} questions went wrong.")


def _wanted(one: Result) -> Iterable[str]:
    for article in one.wanted:
        rank = f"rank {article.rank}" if article.rank else "not among the results"
        places = f"{article.fused} after fusion, {article.ranked} at the end" if article.ranked else "no candidate"
        quote = f": “{' '.join(article.quote.split())}”" if article.quote else ""
        yield f"wanted  {article.label}{quote} ({rank}; its passage: {places})"


def _came(one: Result) -> Iterable[str]:
    for rank, item in enumerate(one.shown[: 1 if one.fate in (ANSWERED, DOUBTFUL) else 3], 1):
        said = {None: "", 0: " (judged wrong)"}.get(item.grade, " (answers)")
        signals = ", ".join(f"{name} {value:.3f}" for name, value in item.signals.items())
        yield f"came {rank}  {item.label}{said}: {item.beginning} … [{signals}]"


def print_comparison(found: Comparison) -> None:
    """Print the means of runs side by side, and what the differences to the first one are worth."""
    table = _table("measure", *found.means)
    for name in MEASURES:
        table.add_row(name, *(f"{means[name]:.3f}" for means in found.means.values()))
    _heading(f"{found.questions} questions that all runs asked")
    _print(table)
    for other in found.compared:
        out.print()
        _heading(f"{other.name} beside {found.first}")
        if other.settings:
            changed = (f"{name} {before} → {after}" for name, (before, after) in other.settings.items())
            out.print("settings: " + ", ".join(changed), soft_wrap=True)
        main = other.differences[MAIN]
        out.print(f"{MAIN}: {verdict(main, found.questions)}", soft_wrap=True)
        out.print(f"better in {main.better} questions, worse in {main.worse}", soft_wrap=True)
    _print_warnings(found)


def print_changes(changes: Sequence[ChangedQuestion]) -> None:
    """Print the questions that two runs answer most differently."""
    if not changes:
        return
    half = _SHOWN_CHANGES // 2
    most_changed = changes if len(changes) <= _SHOWN_CHANGES else [*changes[:half], *changes[-half:]]
    table = _table("question", "before", "after")
    for one in most_changed:
        values = (f"{result.values[MAIN]:.2f}" for result in (one.before, one.after))
        table.add_row(Text(escape_controls(f"{one.before.id}  {one.before.question}")), *values)
    out.print()
    _print(table)
    if len(most_changed) < len(changes):
        out.print(f"and {len(changes) - len(most_changed)} more: see --report", soft_wrap=True)


def print_sweep(runs: Sequence[Run], found: Comparison) -> None:
    """Print a line for each run of a sweep, the best ones first; differences are to the first settings."""
    varied = [name for name in runs[0].config if len({run.config[name] for run in runs}) > 1]
    differences = {one.name: one.differences[MAIN] for one in found.compared}
    table = _table("settings", MAIN, "difference", "95% interval", "p", "Success@1", "ms")
    for run in sorted(runs, key=lambda one: -found.means[one.name][MAIN]):
        means, away = found.means[run.name], differences.get(run.name)
        told = ["first", "", ""]
        if away:
            told = [f"{away.mean.mean:+.3f}", f"{away.mean.low:+.3f} to {away.mean.high:+.3f}", f"{away.p:.3f}"]
        milliseconds = f"{run.latency_ms['p50']:.0f}" if run.latency_ms else "-"
        label = " ".join(f"{name}={run.config[name]}" for name in varied)
        figures = (f"{means[MAIN]:.3f}", *told, f"{means['Success@1']:.3f}", milliseconds)
        table.add_row(Text(label), *figures, style="bold" if away and away.certain else "")
    _print(table)
    certain = sum(one.certain for one in differences.values())
    if certain:
        out.print(f"{certain} of {len(differences)} differences are certain at 5%, after Holm's correction.")
    elif any(one.better or one.worse for one in differences.values()):
        smallest = max(one.smallest for one in differences.values())
        out.print(
            f"No difference is certain: these {found.questions} questions cannot tell one below {smallest:.3f}.",
            soft_wrap=True,
        )
    else:
        out.print(f"All {found.questions} questions came out alike with all settings.")
    _print_warnings(found)


def _print_warnings(found: Comparison) -> None:
    for warning in found.warnings:
        err.print(Text(warning, style="yellow"), soft_wrap=True)


def print_runs(found: Sequence[RunFacts]) -> None:
    """Print a line for each run."""
    if not found:
        out.print("No run is kept in this archive: make one with `fundstelle eval QUESTIONS`.", soft_wrap=True)
        return
    table = _table("run", "made", "questions", MAIN, "archive")
    for one in found:
        mean = f"{one.mean:.3f}" if one.mean is not None else "-"
        table.add_row(
            Text(escape_controls(one.name)),
            one.made[:16].replace("T", " "),
            str(one.asked),
            mean,
            f"#{one.archive_revision}",
        )
    _print(table)

"""How the command line prints evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from rag.cli.output import err, out
from rag.cli.plain import escape_controls
from rag.evaluation.measures.comparison import ChangedQuestion, Comparison
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, Summary, by_origin
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.reports.wording import caution_sentence, changed_settings, failed, verdict
from rag.evaluation.runs.run_store import RunFacts
from rag.evaluation.types import ANSWERED, DOUBTFUL, FATES, Result, Run

_PRINTED_SLICES = ("question language", "crossing", "tag")
_MAX_VALUES = 12
_MAX_CHANGES = 10
_MAX_WIDTH = 1000  # columns of a table in a file


def print_run(run: Run) -> None:
    """Print the measures of a run, their slices, the outcomes, and how good the confidence was."""
    for origin, summary in by_origin(run).items():
        _heading(f"{run.name}: {_count(summary)}" + (f", {origin}" if origin else ""))
        _print(_measures(summary))
        _print_slices(summary)
        _print_fates(summary)
        _print_confidence(summary)
    if run.latency_ms:
        timed = ", ".join(f"{name} {value:.0f} ms" for name, value in run.latency_ms.items())
        out.print(f"latency of a single question: {timed}")
    if settings := changed_settings(run.config):
        out.print("settings: " + ", ".join(f"{name}={value}" for name, (_, value) in settings.items()))
    if len(run.results) < run.asked_of:
        err.print(f"Interrupted after {len(run.results)} of {run.asked_of} questions: only these were measured.")


def _heading(words: str) -> None:
    out.print(Text(escape_controls(words), style="bold"), soft_wrap=True)


def _count(summary: Summary) -> str:
    unanswerable = summary.questions - summary.answerable
    count = f"{summary.questions} questions"
    return f"{count}, {unanswerable} of them without an answer" if unanswerable else count


def _print(table: Table) -> None:
    """Print a table to the width of the terminal; in a file or a pipe its lines are not wrapped."""
    if not out.is_terminal:
        out.width = max(out.width, table.__rich_measure__(out, out.options.update(width=_MAX_WIDTH)).maximum)
    out.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=bool(number))
    return table


def _interval(interval: Interval) -> tuple[str, str]:
    return f"{interval.mean:.3f}", f"{interval.low:.3f} to {interval.high:.3f}"


def _measures(summary: Summary) -> Table:
    table = _table("measure", "mean", "95% interval")
    for name, interval in summary.measures.items():
        table.add_row(name, *_interval(interval))
    if summary.sentence:
        table.add_row("answering sentence", *_interval(summary.sentence))
    return table


def _print_slices(summary: Summary) -> None:
    table = _table(MAIN, "questions", "mean", "95% interval")
    for dimension in _PRINTED_SLICES:
        values = summary.slices[dimension]
        if len(values) > 1:
            _add_slices(table, values)
            table.add_section()
    if table.row_count:
        out.print()
        _print(table)


def _add_slices(table: Table, values: Mapping[str, Slice]) -> None:
    for value, values_slice in list(values.items())[:_MAX_VALUES]:
        table.add_row(Text(escape_controls(value)), str(values_slice.questions), *_interval(values_slice.mean))
    if len(values) > _MAX_VALUES:
        table.add_row(f"{len(values) - _MAX_VALUES} more: see --report", "", "", "")


def _print_fates(summary: Summary) -> None:
    out.print()
    out.print(Text("outcomes", style="dim"))
    for fate, count in summary.fates.items():
        out.print(Text(f"{count:>5}  {fate}").append(f": {FATES[fate]}", style="dim"), soft_wrap=True)
    if summary.beaten_by:
        by = ", ".join(f"{signal} ({count})" for signal, count in summary.beaten_by.items())
        out.print(f"answers lost to: {by}", soft_wrap=True)


def _print_confidence(summary: Summary) -> None:
    abstention = summary.abstention
    out.print()
    if abstention.auroc is not None and abstention.calibration_error is not None:
        out.print(
            f"confidence: AUROC {abstention.auroc:.3f} (answerable against unanswerable questions), "
            f"calibration error {abstention.calibration_error:.3f}",
            soft_wrap=True,
        )
    right = (
        f"; {abstention.precision:.0%} of these have an answer in the top five"
        if abstention.precision is not None
        else ""
    )
    out.print(f"answered: {abstention.coverage:.0%} of the questions{right}", soft_wrap=True)
    out.print(f"unjudged: {summary.unjudged:.0%} of the top ten results", soft_wrap=True)


def print_misses(run: Run) -> None:
    """Print each failed question with its expected answers, its results, and its fate."""
    failures = [result for result in run.results if failed(result)]
    for result in failures:
        out.print()
        _heading(f"{result.id}  {result.question}")
        by = f", lost to {result.beaten_by}" if result.beaten_by else ""
        out.print(
            Text(f"  {result.fate}: {FATES[result.fate]}{by}; confidence {result.confidence:.2f}"), soft_wrap=True
        )
        for line in (*_expected_lines(result), *_result_lines(result)):
            out.print(Text(f"  {escape_controls(line)}"), soft_wrap=True)
    out.print()
    out.print(f"{len(failures)} of {len(run.results)} questions failed.")


def _expected_lines(result: Result) -> Iterable[str]:
    for article in result.wanted:
        rank = f"rank {article.rank}" if article.rank else "not among the results"
        ranks = f"{article.fused} after fusion, {article.ranked} at the end" if article.ranked else "no candidate"
        quote = f": “{' '.join(article.quote.split())}”" if article.quote else ""
        yield f"expected  {article.label}{quote} ({rank}; its best passage: {ranks})"


def _result_lines(result: Result) -> Iterable[str]:
    for rank, item in enumerate(result.shown[: 1 if result.fate in (ANSWERED, DOUBTFUL) else 3], 1):
        judgement = {None: "", 0: " (wrong)"}.get(item.grade, " (answers)")
        signals = ", ".join(f"{name} {value:.3f}" for name, value in item.signals.items())
        yield f"result {rank}  {item.label}{judgement}: {item.beginning} … [{signals}]"


def print_comparison(comparison: Comparison) -> None:
    """Print the means of runs side by side, and whether the differences from the first one are significant."""
    table = _table("measure", *comparison.means)
    for name in MEASURES:
        table.add_row(name, *(f"{means[name]:.3f}" for means in comparison.means.values()))
    _heading(f"{comparison.questions} questions common to all runs")
    _print(table)
    for run in comparison.compared:
        out.print()
        _heading(f"{run.name} compared with {comparison.first}")
        if run.settings:
            settings = (f"{name} {before} → {after}" for name, (before, after) in run.settings.items())
            out.print("settings: " + ", ".join(settings), soft_wrap=True)
        main = run.differences[MAIN]
        out.print(f"{MAIN}: {verdict(main, comparison.questions)}", soft_wrap=True)
        out.print(f"better in {main.better} questions, worse in {main.worse}", soft_wrap=True)
    _print_warnings(comparison)


def print_changes(changes: Sequence[ChangedQuestion]) -> None:
    """Print the questions whose main measure differs most between two runs."""
    if not changes:
        return
    half = _MAX_CHANGES // 2
    most_changed = changes if len(changes) <= _MAX_CHANGES else [*changes[:half], *changes[-half:]]
    table = _table("question", "before", "after")
    for change in most_changed:
        values = (f"{result.values[MAIN]:.2f}" for result in (change.before, change.after))
        table.add_row(Text(escape_controls(f"{change.before.id}  {change.before.question}")), *values)
    out.print()
    _print(table)
    if len(most_changed) < len(changes):
        out.print(f"and {len(changes) - len(most_changed)} more: see --report", soft_wrap=True)


def print_sweep(runs: Sequence[Run], comparison: Comparison) -> None:
    """Print a line for each run of a sweep, the best first; differences are from the first settings."""
    varied = [name for name in runs[0].config if len({run.config[name] for run in runs}) > 1]
    differences = {compared.name: compared.differences[MAIN] for compared in comparison.compared}
    table = _table("settings", MAIN, "difference", "95% interval", "p", "Success@1", "ms")
    for run in sorted(runs, key=lambda run: -comparison.means[run.name][MAIN]):
        means, difference = comparison.means[run.name], differences.get(run.name)
        cells = ["first", "", ""]
        if difference is not None:
            cells = [
                f"{difference.mean.mean:+.3f}",
                f"{difference.mean.low:+.3f} to {difference.mean.high:+.3f}",
                f"{difference.p:.3f}",
            ]
        milliseconds = f"{run.latency_ms['p50']:.0f}" if run.latency_ms else "-"
        label = " ".join(f"{name}={run.config[name]}" for name in varied)
        figures = (f"{means[MAIN]:.3f}", *cells, f"{means['Success@1']:.3f}", milliseconds)
        table.add_row(Text(label), *figures, style="bold" if difference and difference.certain else "")
    _print(table)
    certain = sum(difference.certain for difference in differences.values())
    if certain:
        out.print(f"{certain} of {len(differences)} differences are significant at 5%, after Holm's correction.")
    elif any(difference.better or difference.worse for difference in differences.values()):
        smallest = max(difference.smallest for difference in differences.values())
        out.print(
            f"No difference is significant: {comparison.questions} questions can only detect differences of "
            f"{smallest:.3f} or more.",
            soft_wrap=True,
        )
    else:
        out.print(f"All settings gave identical results on {comparison.questions} questions.")
    _print_warnings(comparison)


def _print_warnings(comparison: Comparison) -> None:
    for caution in comparison.cautions:
        err.print(Text(caution_sentence(caution), style="yellow"), soft_wrap=True)


def print_runs(entries: Sequence[RunFacts]) -> None:
    """Print a line for each run."""
    if not entries:
        out.print("No runs are stored in this archive: make one with `fundstelle eval QUESTIONS`.", soft_wrap=True)
        return
    table = _table("run", "made", "questions", MAIN, "archive")
    for entry in entries:
        mean = f"{entry.mean:.3f}" if entry.mean is not None else "-"
        table.add_row(
            Text(escape_controls(entry.name)),
            entry.made[:16].replace("T", " "),
            str(entry.query_count),
            mean,
            f"#{entry.archive_revision}",
        )
    _print(table)

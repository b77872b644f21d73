"""Answers, articles and reports on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from rag.cli.plain import escape_controls, replace_controls
from rag.types import SIGNALS, Answer, Article, Citation, IndexReport

if TYPE_CHECKING:
    # loads NumPy, which `--help` should not wait for
    from rag.article_view import ArticleView
    from rag.search.calibration import CalibrationReport


class _Terminal(Console):
    """A console on which only its own styles control the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=replace_controls(segment.text))


out = _Terminal(highlight=False, soft_wrap=False)
err = _Terminal(stderr=True, highlight=False)

NEWEST = "You asked for the newest: of passages that fit about equally well, those of later articles come first."
NOTHING_OF = "The archive has nothing from this time ({}): no article was published then, and none mentions it."
FILE_MISSING = "This file no longer exists: index the folder that it moved to, or remove it with `fundstelle forget`."
INDEX_AGAIN = (
    "Short passages of this archive may be ranked wrongly, because an earlier version encoded them: "
    "run `fundstelle index PATH` to re-encode them."
)
DAMAGED = (
    "{} was damaged on the disk and is missing here: {}. `fundstelle repair` reads its file again.",
    "{} were damaged on the disk and are missing here: {}. `fundstelle repair` reads their files again.",
)
_MAX_DAMAGED = 3
_MAX_FAILURES = _MAX_TABLES = 50
_MAX_DATE_EXAMPLES = 3
_LABELS = {"doubles": "duplicates", "index_again": "re-index"}


def print_question(question: str) -> None:
    """Print a question above its answer."""
    out.print(Text(escape_controls(question), style="bold"), soft_wrap=True)
    out.print()


def print_answer(answer: Answer) -> None:
    """Print the citations of an answer, best first, and above them the reason if none answers."""
    if not answer.answerable:
        out.print(Text(answer.reason, style="yellow"), soft_wrap=True)
    if answer.absent_times:
        out.print(Text(NOTHING_OF.format(", ".join(answer.absent_times)), style="yellow"), soft_wrap=True)
    if answer.prefers_newest:
        out.print(Text(NEWEST, style="yellow"), soft_wrap=True)
    print_damaged(answer.damaged)
    if answer.absent_times or answer.prefers_newest or answer.damaged or not answer.answerable:
        out.print()
    print_citations(answer.citations)
    if answer.index_again:
        err.print(INDEX_AGAIN, style="yellow", soft_wrap=True)
    count = f"{len(answer)} {'passage' if len(answer) == 1 else 'passages'}"
    err.print(Text(f"{count} in {answer.took_ms['total']:.0f} ms", style="dim"))


def print_damaged(paths: Sequence[str]) -> None:
    """Print which articles are missing from what follows, since they were damaged on the disk."""
    if paths:
        names = ", ".join(map(_short, paths[:_MAX_DAMAGED])) + ", …" * (len(paths) > _MAX_DAMAGED)
        count = "1 article" if len(paths) == 1 else f"{len(paths)} articles"
        out.print(Text(DAMAGED[len(paths) > 1].format(count, names), style="yellow"), soft_wrap=True)


def print_citations(citations: Iterable[Citation]) -> None:
    """Print citations: source, quote, other articles with it, file and place."""
    for citation in citations:
        print_indented(_source_line(citation), 0)
        print_indented(_quote(citation), 4)
        for article in citation.also:
            print_indented(Text(f"also in: {_duplicate_label(article, citation)}", style="dim"), 4)
        print_indented(Text(_short(citation.article.path), style="dim"), 4, wrap=False)
        if citation.file_missing:
            print_indented(Text(FILE_MISSING, style="yellow"), 4)
        print_indented(Text(f"{_position(citation)}, score {_number(citation.score)}", style="dim"), 4)
        out.print()


def _number(value: float) -> str:
    """Return a score as it is printed, also of a server, which sends four decimals."""
    return f"{round(value, 4):.3f}"


def print_explanation(answer: Answer) -> None:
    """Print the signals of each citation, the words that it shares with the question, and its duplicates."""
    for citation in answer.citations:
        print_indented(Text(f"[{citation.marker}] {citation.article.label}", style="bold"), 0)
        for name, value in citation.signals.items():
            print_indented(Text(f"{name:<8} {_number(value):>6}  {SIGNALS.get(name, '')}"), 4)
        words = dict.fromkeys(citation.article.text[start:end] for start, end in citation.matches)
        print_indented(Text(f"words    {', '.join(words) or '-'}"), 4)
        for article in citation.also:
            print_indented(
                Text(f"also in  {_duplicate_label(article, citation)}: {_short(article.path)}"), 4, wrap=False
            )
        out.print()


def _origin(article: Article) -> str:
    day = f" ({article.published.isoformat()})" if article.published else ""
    return f"{article.source or article.label}{day}"


def _duplicate_label(article: Article, citation: Citation) -> str:
    """Another article that contains the passage, with its title if that differs."""
    retitled = article.source and article.title and article.title != citation.article.title
    return f"{_origin(article)}, “{article.title}”" if retitled else _origin(article)


def print_origin_of(citation: Citation) -> None:
    """Print the source of a citation, its file and its place in one line each."""
    print_indented(_source_line(citation), 4)
    print_indented(Text(f"{_short(citation.article.path)}, {_position(citation)}", style="dim"), 4, wrap=False)


def _position(citation: Citation) -> str:
    page = f"page {citation.page}, " if citation.page else ""
    return f"{page}characters {citation.start}-{citation.end}"


def print_indented(text: Text, indent: int, wrap: bool = True) -> None:
    """Print indented lines, wrapped only on a terminal: in a file or a pipe, they stay searchable."""
    fits = wrap and out.is_terminal
    for line in text.wrap(out, max(20, out.width - indent)) if fits else text.split("\n", allow_blank=True):
        line.rstrip()
        out.print(Text(" " * indent if line.plain else "").append_text(line), soft_wrap=True)


def _short(path: str) -> str:
    """A path relative to the working directory if it is below that, with control characters escaped."""
    folder = Path.cwd()
    return escape_controls(str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path)


def _source_line(citation: Citation) -> Text:
    article = citation.article
    line = Text()
    line.append(f"[{citation.marker}] ", style="bold cyan")
    line.append(article.label, style="bold")
    if citation.kind == "comment":
        line.append(" · reader comment", style="yellow")
    day = article.published and article.published.isoformat()
    facts = [article.source, article.author, article.place, day, citation.language]
    line.append(" · " + " · ".join(fact for fact in facts if fact))
    return line


def _quote(citation: Citation) -> Text:
    quote = Text(citation.quote)
    for start, end in citation.matches:
        quote.stylize("underline", start - citation.start, end - citation.start)
    for start, end in citation.highlights:
        quote.stylize("reverse", start - citation.start, end - citation.start)
    return quote


def print_article(view: ArticleView) -> None:
    """Print the metadata of an article and its duplicates, then its text with a mark before each passage."""
    article = view.article
    facts = {**article.to_dict(), "passages": len(view.passages)}
    del facts["origins"]
    out.print(Text(article.label, style="bold"))
    for name, value in facts.items():
        if value is not None and name != "title":
            out.print(Text(f"{name:<10} {escape_controls(str(value))}"), soft_wrap=True)
    for duplicate in view.duplicates:
        out.print(
            Text(f"{'same as':<10} {escape_controls(_origin(duplicate))}: {_short(duplicate.path)}"), soft_wrap=True
        )
    for version in view.versions:
        origin, share = escape_controls(_origin(version.article)), f"shares {version.shared:.0%} of the text"
        out.print(Text(f"{'version':<10} {origin}: {version.article.id} ({share})"), soft_wrap=True)
    end = 0
    body = Text()
    for number, (passage, span) in enumerate(zip(view.passages, view.lines, strict=True), 1):
        body.append(article.text[end : passage.start])
        in_file = f", lines {span[0]}-{span[1]}" if span else ""
        body.append(f"⟦{number}: {passage.start}-{passage.end}{in_file}⟧ ", style="cyan")
        end = passage.start
    body.append(article.text[end:])
    out.print()
    print_indented(body, 0)


def print_excluded(article: Article, omitted_lines: Sequence[str]) -> None:
    """Print the parts of an article's text that are not searched as its own words, and the lines dropped on loading."""
    for aside in article.asides:
        out.print(Text(f"⟦{aside.kind}: {aside.start}-{aside.end}⟧", style="cyan"))
        print_indented(Text(article.text[aside.start : aside.end].strip("\n")), 0)
        out.print()
    if omitted_lines:
        out.print(Text("⟦dropped from the page⟧", style="cyan"))
        print_indented(Text("\n".join(map(escape_controls, omitted_lines))), 0)
    if not article.asides and not omitted_lines:
        err.print("Nothing was excluded.")


def print_origins(facts: Mapping[str, Any]) -> None:
    """Print the metadata of an article, each field with its origin."""
    for name, value in facts.items():
        if name != "origins":
            origin = facts["origins"].get(name)
            suffix = f"  ({origin})" if origin else ""
            out.print(
                Text(f"{name:<10} {'-' if value is None else escape_controls(str(value))}{suffix}"), soft_wrap=True
            )
    for name in ("text", "unread"):
        if name in facts["origins"]:
            out.print(Text(f"{name:<10} {escape_controls(facts['origins'][name])}"), soft_wrap=True)


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print named facts, one per line."""
    for name, value in facts.items():
        if name == "self_test":
            text = value["said"] if value else "not run yet"
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        elif isinstance(value, Mapping):
            text = ", ".join(f"{key} {_megabytes(n) if name == 'bytes_on_disk' else n}" for key, n in value.items())
        else:
            text = "" if value is None else str(value)
        out.print(
            Text(f"{_LABELS.get(name, name.replace('_', ' ')):<14} {escape_controls(text) or '-'}"), soft_wrap=True
        )


def print_report(report: IndexReport, prefix: str = "") -> None:
    """Print failures, partly read files, the columns of tables, and the closing line.

    Args:
        prefix: what the closing line begins with, such as the time.
    """
    _print_failures(report)
    for old, new in report.moved.items():
        err.print(Text(f"Moved: {_short(old)} → {_short(new)}"), soft_wrap=True)
    for remark in report.remarks[:_MAX_FAILURES]:
        err.print(Text(f"{escape_controls(remark.path)}: {escape_controls(remark.reason)}"), soft_wrap=True)
    _print_remainder(report.remarks, _MAX_FAILURES, "files that were read only in part")
    _print_tables(report)
    if report.skipped:
        kinds = ", ".join(f"{ending} {count}" for ending, count in report.skipped.items())
        err.print(Text(escape_controls(f"Skipped: {kinds}.")))
    out.print(
        f"{prefix}{report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {len(report.failures)} failed"
    )


def _print_failures(report: IndexReport) -> None:
    for failure in report.failures[:_MAX_FAILURES]:
        err.print(
            Text(f"{escape_controls(failure.path)}: {escape_controls(failure.reason)}", style="yellow"), soft_wrap=True
        )
    _print_remainder(report.failures, _MAX_FAILURES, "failures")
    reported = len(report.failures) - len(report.new_failures)
    if reported:
        err.print(f"{reported} of the failures {'was' if reported == 1 else 'were'} reported before.")


def _print_tables(report: IndexReport) -> None:
    for path, columns in list(report.columns.items())[:_MAX_TABLES]:
        mapping = ", ".join(f"{field}={name}" for field, name in columns.items())
        err.print(Text(escape_controls(f"{_table_name(path)}: {mapping}")), soft_wrap=True)
    _print_remainder(report.columns, _MAX_TABLES, "tables")
    for path, dates in list(report.unread_days.items())[:_MAX_TABLES]:
        examples = ", ".join(repr(day) for day in list(dict.fromkeys(dates))[:_MAX_DATE_EXAMPLES])
        count = f"{len(dates)} {'date is' if len(dates) == 1 else 'dates are'}"
        hint = f"ambiguous or unreadable, such as {examples}: write dates as 1998-10-31 to filter by them."
        err.print(Text(escape_controls(f"{_table_name(path)}: {count} {hint}")), soft_wrap=True)


def _print_remainder(entries: Sized, limit: int, noun: str) -> None:
    if len(entries) > limit:
        err.print(f"… and {len(entries) - limit} more {noun}.")


def _table_name(path: str) -> str:
    """The name of a file, followed by that of the table if it contains several: years.xlsx/1998."""
    table = Path(path)
    file = next((parent for parent in table.parents if parent.is_file()), None)
    return table.name if file is None else table.relative_to(file.parent).as_posix()


def print_calibration(report: CalibrationReport) -> None:
    """Print how good the confidence was before, and is after calibrating."""
    out.print(f"Calibrated on {report.questions} questions; the new confidence is used from now on.")
    for name, quality in (("before", report.before), ("now", report.after)):
        out.print(
            f"{name:<7} right {quality.right:.0%}, AUROC {quality.auroc:.3f}, calibration error {quality.error:.3f}"
        )
    out.print("“now” is cross-validated: measured on questions that the fit did not see.", style="dim")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"

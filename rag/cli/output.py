"""What the command line shows: answers, articles and bars on a terminal."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from rag.types import Answer, Article, Citation, IndexReport, Passage, Span

if TYPE_CHECKING:
    # it loads NumPy, which `--help` should not wait for
    from rag.search.calibration import CalibrationReport
    from rag.text.similarity import Version

# Control characters by the signs that Unicode has for them, those above U+007F by the sign for what cannot be shown:
# the text of an article, or the name of a file, must not move the cursor, change colours or call the terminal.
_SHOWN = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: 0x2421}
_SHOWN |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_NOT_IN_JSON = re.compile("[\x7f-\x9f]")


def shown(text: str) -> str:
    """Return a text of the same length that a terminal shows and does not obey."""
    return text.translate(_SHOWN)


class _Terminal(Console):
    """A console on which nothing but its own styles controls the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=shown(segment.text))


class LogLine(logging.Formatter):
    """The format of a message on the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, and the trace where there is one, as they can be shown."""
        return shown(super().format(record))


out = _Terminal(highlight=False, soft_wrap=False)
err = _Terminal(stderr=True, highlight=False)

FILE_MISSING = "This file is no longer there: index the folder that it moved to, or `fundstelle forget` it."
INDEX_AGAIN = (
    "Short passages of this archive may be ranked wrongly, since an earlier version encoded them: "
    "`fundstelle index PATH` encodes them anew."
)
_FAILURES_SHOWN = _TABLES_SHOWN = 50
_DAYS_SHOWN = 3
_SIGNALS = {
    "dense": "cosine of the question and the passage, without what only tells the language",
    "late": "how well each word of the question finds its like in the passage, on average",
    "lexical": "share of the best score that a passage could have for the question's words (BM25)",
}


def print_json(value: Mapping[str, Any]) -> None:
    """Print JSON as it is, whatever the width of the terminal; in ASCII where the output cannot hold more."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    written = json.dumps(value, ensure_ascii=not unicode, indent=2)
    sys.stdout.write(_NOT_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n")


def print_answer(answer: Answer) -> None:
    """Print the citations of an answer, best first; if nothing answers, say so above them."""
    # it loads NumPy, which `--help` should not wait for
    from rag.search.answer import NOTHING_OF

    if not answer.answerable:
        out.print(Text(answer.reason, style="yellow"), soft_wrap=True)
    if answer.absent_times:
        out.print(Text(NOTHING_OF.format(", ".join(answer.absent_times)), style="yellow"), soft_wrap=True)
    if answer.absent_times or not answer.answerable:
        out.print()
    for citation in answer.citations:
        _print_indented(_source_line(citation), 0)
        _print_indented(_quote(citation), 4)
        for article in citation.also:
            _print_indented(Text(f"also in: {_other(article, citation)}", style="dim"), 4)
        _print_indented(Text(_short(citation.article.path), style="dim"), 4, wrap=False)
        if citation.file_missing:
            _print_indented(Text(FILE_MISSING, style="yellow"), 4)
        page = f"page {citation.page}, " if citation.page else ""
        place = f"{page}characters {citation.start}-{citation.end}, score {citation.score:.3f}"
        _print_indented(Text(place, style="dim"), 4)
        out.print()
    if answer.index_again:
        err.print(INDEX_AGAIN, style="yellow", soft_wrap=True)
    count = len(answer.citations)
    said = f"{count} {'passage' if count == 1 else 'passages'} in {answer.took_ms['total']:.0f} ms"
    err.print(Text(said, style="dim"))


def print_explanation(answer: Answer) -> None:
    """Print for each citation the signals that it was chosen by, the words it shares with the question, and copies."""
    for citation in answer.citations:
        _print_indented(Text(f"[{citation.marker}] {citation.article.label}", style="bold"), 0)
        for name, value in citation.signals.items():
            _print_indented(Text(f"{name:<8} {value:>6.3f}  {_SIGNALS.get(name, '')}"), 4)
        shared = dict.fromkeys(citation.article.text[start:end] for start, end in citation.matches)
        _print_indented(Text(f"words    {', '.join(shared) or '-'}"), 4)
        for article in citation.also:
            _print_indented(Text(f"also in  {_other(article, citation)}: {_short(article.path)}"), 4, wrap=False)
        out.print()


def _origin(article: Article) -> str:
    day = f" ({article.published.isoformat()})" if article.published else ""
    return f"{article.source or article.label}{day}"


def _other(article: Article, citation: Citation) -> str:
    """Another article that prints a passage, with its headline where that is another one."""
    other = article.source and article.title and article.title != citation.article.title
    return f"{_origin(article)}, “{article.title}”" if other else _origin(article)


def _print_indented(text: Text, indent: int, wrap: bool = True) -> None:
    """Print lines that fit the terminal; in a file or a pipe they stay whole, so that they can be searched."""
    fits = wrap and out.is_terminal
    for line in text.wrap(out, max(20, out.width - indent)) if fits else text.split("\n", allow_blank=True):
        line.rstrip()
        out.print(Text(" " * indent if line.plain else "").append_text(line), soft_wrap=True)


def _short(path: str) -> str:
    """A path from here, if it is below; and control characters, which a file's name may hold, as escapes."""
    here = Path.cwd()
    short = str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path
    return plain(short)


def plain(words: str) -> str:
    """Return words that cannot move the cursor or change colours: control characters are written as escapes."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in words)


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


def print_article(
    article: Article,
    passages: Sequence[Passage],
    lines: Sequence[Span | None],
    doubles: Sequence[Article],
    versions: Sequence[Version],
) -> None:
    """Print an article's metadata and further places, then its text with the beginning of each passage marked."""
    facts = {**article.to_dict(), "passages": len(passages)}
    del facts["origins"]
    out.print(Text(article.label, style="bold"))
    for name, value in facts.items():
        if value is not None and name != "title":
            out.print(Text(f"{name:<10} {plain(str(value))}"), soft_wrap=True)
    for one in doubles:
        out.print(Text(f"{'same as':<10} {plain(_origin(one))}: {_short(one.path)}"), soft_wrap=True)
    for version in versions:
        told = f"{plain(_origin(version.article))}: {version.article.id} (shares {version.shared:.0%} of the text)"
        out.print(Text(f"{'version':<10} {told}"), soft_wrap=True)
    at = 0
    body = Text()
    for number, (passage, on) in enumerate(zip(passages, lines, strict=True), 1):
        body.append(article.text[at : passage.start])
        in_file = f", lines {on[0]}-{on[1]}" if on else ""
        body.append(f"⟦{number}: {passage.start}-{passage.end}{in_file}⟧ ", style="cyan")
        at = passage.start
    body.append(article.text[at:])
    out.print()
    _print_indented(body, 0)


def print_removed(article: Article, left_out: Sequence[str]) -> None:
    """Print what of an article was set aside, each part with its kind and place, and the lines left out of its page."""
    for one in article.asides:
        out.print(Text(f"⟦{one.kind}: {one.start}-{one.end}⟧", style="cyan"))
        _print_indented(Text(article.text[one.start : one.end].strip("\n")), 0)
        out.print()
    if left_out:
        out.print(Text("⟦left out of the page⟧", style="cyan"))
        _print_indented(Text("\n".join(map(plain, left_out))), 0)
    if not article.asides and not left_out:
        err.print("Nothing was set aside.")


def print_origins(facts: Mapping[str, Any]) -> None:
    """Print what is known of an article, each fact with where it was found."""
    for name, value in facts.items():
        if name != "origins":
            origin = facts["origins"].get(name)
            where = f"  ({origin})" if origin else ""
            out.print(Text(f"{name:<10} {'-' if value is None else plain(str(value))}{where}"), soft_wrap=True)
    for name in ("text", "unread"):
        if name in facts["origins"]:
            out.print(Text(f"{name:<10} {plain(facts['origins'][name])}"), soft_wrap=True)


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print named facts, one a line."""
    for name, value in facts.items():
        if name == "self_test":
            shown = value["said"] if value else "not made yet"
        elif isinstance(value, Mapping):
            shown = ", ".join(f"{key} {_size(n) if name == 'bytes_on_disk' else n}" for key, n in value.items())
        else:
            shown = "" if value is None else str(value)
        out.print(Text(f"{name.replace('_', ' '):<14} {plain(shown) or '-'}"), soft_wrap=True)


def print_report(report: IndexReport, at: str = "") -> None:
    """Print each file that failed with its reason, what was not read of others, the columns of each table, and the
    closing line.

    Args:
        at: what the closing line begins with, such as the time.
    """
    for failure in report.failures[:_FAILURES_SHOWN]:
        err.print(Text(f"{plain(failure.path)}: {plain(failure.reason)}", style="yellow"), soft_wrap=True)
    if len(report.failures) > _FAILURES_SHOWN:
        err.print(f"… and {len(report.failures) - _FAILURES_SHOWN} more.")
    known = len(report.failures) - len(report.new_failures)
    if known:
        err.print(f"{known} of the failures {'was' if known == 1 else 'were'} reported before.")
    for old, new in report.moved.items():
        err.print(Text(f"Moved: {_short(old)} → {_short(new)}"), soft_wrap=True)
    for remark in report.remarks[:_FAILURES_SHOWN]:
        err.print(Text(f"{plain(remark.path)}: {plain(remark.reason)}"), soft_wrap=True)
    if len(report.remarks) > _FAILURES_SHOWN:
        err.print(f"… and {len(report.remarks) - _FAILURES_SHOWN} more with parts that were not read.")
    for path, columns in list(report.columns.items())[:_TABLES_SHOWN]:
        told = ", ".join(f"{field}={name}" for field, name in columns.items())
        err.print(Text(plain(f"{_table_name(path)}: {told}")), soft_wrap=True)
    if len(report.columns) > _TABLES_SHOWN:
        err.print(f"… and {len(report.columns) - _TABLES_SHOWN} more tables.")
    for path, days in list(report.unread_days.items())[:_TABLES_SHOWN]:
        examples = ", ".join(repr(day) for day in list(dict.fromkeys(days))[:_DAYS_SHOWN])
        verb = "date is no day that is certain" if len(days) == 1 else "dates are no days that are certain"
        told = (
            f"{_table_name(path)}: {len(days)} {verb}, such as {examples}: write them as 1998-10-31 to filter by them."
        )
        err.print(Text(plain(told)), soft_wrap=True)
    if report.skipped:
        kinds = ", ".join(f"{ending} {count}" for ending, count in report.skipped.items())
        err.print(Text(plain(f"Left aside: {kinds}.")))
    out.print(
        f"{at}{report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {len(report.failures)} failed"
    )


def _table_name(path: str) -> str:
    """The name of a file, and behind it that of the table in it, where there are several: years.xlsx/1998."""
    table = Path(path)
    file = next((above for above in table.parents if above.is_file()), None)
    return table.name if file is None else table.relative_to(file.parent).as_posix()


def print_calibration(report: CalibrationReport) -> None:
    """Print how good the confidence was and is."""
    out.print(f"The confidence is fitted to {report.questions} questions and is used from now on.")
    for name, one in (("before", report.before), ("now", report.after)):
        out.print(f"{name:<7} right {one.right:.0%}, AUROC {one.auroc:.3f}, calibration error {one.error:.3f}")
    out.print("Now is measured on questions that were left out of the fit in turn.", style="dim")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"

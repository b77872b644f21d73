"""`fundstelle check`: whether the archive has what a draft quotes and counts."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from rag.cli.options import ArchiveOption, JsonOption, ServerOption, asked_archive, server_asked
from rag.cli.output import err, out, print_damaged, print_indented, print_origin_of
from rag.cli.plain import print_json
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE
from rag.types import CheckedFigure, CheckedQuote, Citation, DraftReport

if TYPE_CHECKING:
    # loads what `--help` should not wait for
    from rag.text.word_diff import WordChange

DIFFERS = 1
"""The exit code if a quotation or a figure is missing or differs."""
_STYLES = {"exact": "green", "normalised": "green", "same": "green", "near": "yellow", "other": "yellow"}
_MISSING = "red"
# as `wdiff` writes them, for where there are no colours
_SIGNS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
_CHANGES = {"same": "", "removed": "red strike", "added": "green"}
# other articles that a quotation is also in
_MAX_ALSO = 3


def check(
    context: typer.Context,
    draft: Annotated[
        str, typer.Argument(metavar="DRAFT", help="The draft: .txt, .md, .docx or another document, or - for a pipe.")
    ],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    quotes_only: Annotated[bool, typer.Option("--quotes-only", help="Do not look for figures.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print whether the archive has what a draft quotes, word for word, and what it says of its figures.

    The exit code is 1 if a quotation or a figure is missing or differs.
    """
    from rag.checking.draft_file import read_draft

    text = _standard_input() if draft == "-" else read_draft(Path(draft))
    with asked_archive(folder, server_asked(context, server)) as archive:
        report = archive.verify_quotes(text, figures=not quotes_only)
    if as_json:
        print_json(report.to_dict())
    else:
        print_draft_report(report)
    if not report.holds:
        raise typer.Exit(DIFFERS)


def _standard_input() -> str:
    from rag.checking.check import MAX_DRAFT
    from rag.loading.common.encodings import decode

    # a letter takes at most four bytes
    raw = sys.stdin.buffer.read(4 * MAX_DRAFT + 4)
    if not raw:
        raise FundstelleError("The draft is empty: name a file, or send a text to standard input.")
    return decode(raw).replace("\r\n", "\n")


def print_draft_report(report: DraftReport) -> None:
    """Print the quotations and figures of a draft in its order, each with what the archive says of it."""
    entries: Iterable[CheckedQuote | CheckedFigure] = sorted(
        (*report.quotes, *report.figures), key=lambda entry: (entry.start, -entry.end)
    )
    print_damaged(report.damaged)
    for entry in entries:
        if isinstance(entry, CheckedQuote):
            _print_quote(entry)
        else:
            _print_figure(entry)
        out.print()
    for offset in report.unclosed:
        line = report.text.count("\n", 0, offset) + 1
        err.print(Text(f"Line {line}: a quotation mark is never closed.", style="yellow"))
    err.print(Text(_summary(report), style="dim"), soft_wrap=True)


def _print_quote(quote: CheckedQuote) -> None:
    print_indented(_headline(quote.verdict, f"“{quote.text}”"), 0)
    if quote.verdict == "near":
        _print_difference(quote)
    for citation in quote.citations:
        _print_source(citation)
    if quote.more:
        print_indented(Text("… and in further places.", style="dim"), 4)


def _print_difference(quote: CheckedQuote) -> None:
    from rag.text.word_diff import word_diff

    difference = Text()
    for change in word_diff(quote.text, quote.citations[0].quote):
        difference.append_text(_marked(change))
    print_indented(difference, 4)


def _marked(change: WordChange) -> Text:
    begin, end = _SIGNS[change.kind]
    words = change.text.rstrip()
    return Text.assemble((f"{begin}{words}{end}", _CHANGES[change.kind]), change.text[len(words) :])


def _print_figure(figure: CheckedFigure) -> None:
    print_indented(_headline(figure.verdict, figure.text), 0)
    if figure.citation:
        print_indented(Text(figure.citation.quote), 4)
        _print_source(figure.citation)


def _headline(verdict: str, text: str) -> Text:
    return Text.assemble((f"{verdict:<10} ", f"bold {_STYLES.get(verdict, _MISSING)}"), text)


def _print_source(citation: Citation) -> None:
    print_origin_of(citation)
    for article in citation.also[:_MAX_ALSO]:
        print_indented(Text(f"also in: {article.label}", style="dim"), 4)


def _summary(report: DraftReport) -> str:
    quotes, figures = ([entry.verdict for entry in entries] for entries in (report.quotes, report.figures))
    return f"{_counts('quotation', quotes)}, {_counts('figure', figures)}"


def _counts(noun: str, verdicts: Sequence[str]) -> str:
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    return f"{len(verdicts)} {noun}{'' if len(verdicts) == 1 else 's'}{f' ({counts})' if counts else ''}"

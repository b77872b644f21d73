"""The command `doctor`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from rag.cli.options import SOME_FAILED, ArchiveOption, JsonOption, opened_archive
from rag.cli.output import err, out
from rag.cli.plain import escape_controls, print_json
from rag.errors import ArchiveError
from rag.storage.postgres.address import is_postgres
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.types.diagnosis import Diagnosis, Finding

_NOT_CHECKED = 2
_SIGNS = {"well": ("✓", "green"), "notice": ("·", "cyan"), "wrong": ("✗", "bold red"), "unchecked": ("?", "yellow")}
_SUBJECT_WIDTH = 19


def doctor(
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    quick: Annotated[bool, typer.Option("--quick", help="Only what takes less than two seconds together.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired without losing anything.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the archive, its indexes, its files and this computer.

    Nothing is changed without --fix. The exit code is 0 if all is well, 1 if something is wrong, and 2 if something
    could not be checked.
    """
    # shown while a check runs, and gone while its line is printed
    status = err.status("checking")

    def begin(subject: str) -> None:
        status.update(f"checking: {subject}")
        status.start()

    def end(finding: Finding) -> None:
        status.stop()
        if not as_json:
            _print_finding(finding)

    try:
        diagnosis = _diagnosis(folder, begin, end, quick=quick, fix=fix)
    finally:
        status.stop()
    if as_json:
        print_json(diagnosis.to_dict())
    else:
        _print_sum(diagnosis)
    if not diagnosis:
        raise typer.Exit(SOME_FAILED if diagnosis.wrong else _NOT_CHECKED)


def _diagnosis(
    folder: str, begin: Callable[[str], None], end: Callable[[Finding], None], *, quick: bool, fix: bool
) -> Diagnosis:
    """Examine the archive, or what can be examined of one that cannot be opened."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(opened_archive(folder, create=False))
        except ArchiveError as error:
            if is_postgres(folder):
                raise
            from rag.diagnosis.diagnose import diagnose_closed

            return diagnose_closed(Path(folder), error, on_finding=end)
        return archive.doctor(quick=quick, fix=fix, on_check=begin, on_finding=end)


def _print_finding(finding: Finding) -> None:
    sign, style = _SIGNS[finding.health]
    sentence = Text(escape_controls(finding.sentence))
    if finding.repaired:
        sentence = Text(f"Repaired: {escape_controls(finding.repaired)}\n", style="green").append_text(sentence)
    if finding.advice:
        sentence.append(f"\n→ {escape_controls(finding.advice)}", style="dim" if finding.health == "notice" else "bold")
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=_SUBJECT_WIDTH)
    row.add_column(overflow="fold")
    row.add_row(Text(sign, style=style), Text(finding.subject), sentence)
    out.print(row)


def _print_sum(diagnosis: Diagnosis) -> None:
    counts = [
        (len(diagnosis.wrong), "wrong"),
        (len(diagnosis.unchecked), "could not be checked"),
        (sum(bool(finding.repaired) for finding in diagnosis.findings), "repaired"),
    ]
    rest = ", ".join(f"{count} {what}" for count, what in counts if count) or "all is well"
    out.print(Text(f"{len(diagnosis.findings)} checks: {rest}.", style="bold"))

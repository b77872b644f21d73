"""The command `repair`."""

from __future__ import annotations

import sys

import typer

from rag.cli.options import SOME_FAILED, ArchiveOption, local_folder, opened_archive
from rag.cli.plain import escape_controls, print_remark
from rag.text.paths import DEFAULT_ARCHIVE


def repair(folder: ArchiveOption = DEFAULT_ARCHIVE) -> None:
    """Heal what was damaged on the disk: files of damaged articles are read again, and the indexes made anew.

    The exit code is 0 if all is whole then, and 1 if something is damaged still or was lost.
    """
    from contextlib import ExitStack

    from rag.repair import repair_archive

    with ExitStack() as stack:
        report = repair_archive(local_folder(folder), lambda: stack.enter_context(opened_archive(folder, create=False)))
    lines = [f"{len(report.healed)} files read again, {len(report.damaged)} articles damaged still"]
    if report.damaged_file:
        lines.insert(0, f"The database was damaged ({report.fault}); as it was, it is {report.damaged_file}.")
    lines += [f"lost: {count} of {table}" for table, count in report.lost.items()]
    sys.stdout.write("".join(f"{escape_controls(line)}\n" for line in lines))
    for file in dict.fromkeys(report.damaged.values()):
        print_remark(f"{file} cannot be read: put it back and run this again, or restore a backup.")
    if not report:
        raise typer.Exit(SOME_FAILED)

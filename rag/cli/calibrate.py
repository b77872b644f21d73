"""The command `calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import ArchiveOption, opened_archive
from rag.cli.output import out, print_calibration
from rag.cli.progress import CountingBar
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE


def calibrate(
    questions: Annotated[
        Path | None, typer.Argument(metavar="QUESTIONS", help="Question file, .jsonl or .csv; see docs/json.md.")
    ] = None,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    reset: Annotated[bool, typer.Option("--reset", help="Restore the built-in calibration.")] = False,
) -> None:
    """Fit the confidence to questions whose answers you know."""
    from rag.evaluation.questions.files import read_questions
    from rag.evaluation.runs.calibrate import calibrate as fit_to

    if reset == (questions is not None):
        raise FundstelleError("Give either a question file or --reset.")
    with opened_archive(folder, create=False) as archive:
        if questions is None:
            archive.reset_calibration()
            out.print("Restored the built-in calibration.")
            return
        labelled = read_questions(questions)
        with CountingBar("asking", "questions") as bar:
            report = fit_to(archive, labelled, bar)
    print_calibration(report)

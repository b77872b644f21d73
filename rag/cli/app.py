"""The command line: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from rag import __version__
from rag.cli import dossier, evaluation
from rag.cli.ask import ask
from rag.cli.check import check
from rag.cli.correct import correct
from rag.cli.export import export_archive
from rag.cli.index import forget, index
from rag.cli.list_articles import list_articles
from rag.cli.mcp import assistants
from rag.cli.options import (
    ArchiveOption,
    ArticleArgument,
    JsonOption,
    ServerOption,
    asked_archive,
    opened_archive,
    server_asked,
)
from rag.cli.output import (
    LogLine,
    err,
    escape_controls,
    out,
    print_article,
    print_calibration,
    print_excluded,
    print_facts,
    print_json,
    print_origins,
    replace_controls,
)
from rag.cli.progress import CountingBar
from rag.cli.saved import saved_questions
from rag.cli.serve import serve_page, serve_programs
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE

DONE, UNUSABLE, INTERRUPTED = 0, 2, 130

app = typer.Typer(
    help="Ask your archive of articles a question in any language; get the passages that answer it, cited.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(requested: bool) -> None:
    if requested:
        out.print(f"fundstelle {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the stack trace of an error.")] = False,
) -> None:
    """Options of every command."""
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(LogLine("%(message)s"))
    logging.basicConfig(level=logging.ERROR, handlers=[terminal])
    for ours in ("embeddings", "rag", "ui"):
        logging.getLogger(ours).setLevel(logging.DEBUG if debug else logging.WARNING)


app.command()(index)
app.command()(forget)
app.command()(correct)
app.command()(ask)
app.command("list")(list_articles)
app.command("export")(export_archive)
app.command()(check)


@app.command()
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


@app.command()
def show(
    context: typer.Context,
    article: ArticleArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Print what was excluded: navigation, teasers, comments.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print an article with its metadata and passages."""
    address = server_asked(context, server, removed=removed)
    if address is None:
        from rag.article_view import view_article
        from rag.loading.web.omitted_lines import omitted_lines

        with opened_archive(folder, create=False) as archive:
            if removed and not as_json:
                document = archive.article(article)
                print_excluded(document, omitted_lines(document))
                return
            view = view_article(archive, archive.article(article).id)
    else:
        from rag.client import Client

        with Client(address) as client:
            view = client.view_article(article)
    if as_json:
        print_json(view.to_dict())
    else:
        print_article(view)


@app.command()
def status(
    context: typer.Context,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="Print the metadata of one article, each field with its origin.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what the archive contains."""
    with asked_archive(folder, server_asked(context, server)) as archive:
        facts = (archive.status() if article is None else archive.article(article)).to_dict()
    if as_json:
        print_json(facts)
    elif article is not None:
        print_origins(facts)
    else:
        print_facts(facts)


app.command("ui")(serve_page)
app.command("serve")(serve_programs)
app.add_typer(evaluation.evaluations, name="eval")
app.add_typer(evaluation.runs, name="runs")
app.add_typer(evaluation.questions, name="questions")
app.add_typer(dossier.dossiers, name="dossier")
app.add_typer(saved_questions, name="saved")
app.add_typer(assistants, name="mcp")


def main() -> None:
    """Run a command, and end this process with its exit code."""
    # with more threads, NumPy's wait for each other by spinning and take the cores from the encoder and Python; NumPy
    # reads this on import, which is later
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = run_command(sys.argv[1:])
    # everything is closed and written; freeing the model would take another third of a second
    os._exit(code)


def run_command(words: list[str]) -> int:
    """Run a command and return its exit code; afterwards, Ctrl-C is ignored.

    Errors are printed as sentences; a stack trace is shown only with --debug.
    """
    # a character that the terminal cannot encode must not fail the command
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in words
    # accepted anywhere, since people add it at the end
    arguments = ["--debug"] * debug + [word for word in words if word != "--debug"]
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            # from here on, an interrupted command closes what it opened
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = app(arguments, prog_name="fundstelle", standalone_mode=False) or DONE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        if debug:
            sys.stderr.write(replace_controls(traceback.format_exc()))
        code = _print_error(error)
    # everything is closed; a second Ctrl-C should not suppress the last line
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # typer turns Ctrl-C inside a command into this code
    if code == INTERRUPTED:
        err.print("Interrupted. Stored data is safe; run the same command to resume.")
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _print_error(error: Exception) -> int:
    if isinstance(error, FundstelleError):
        err.print(Text(escape_controls(str(error))), soft_wrap=True)
    elif hasattr(error, "show"):
        # typer's usage errors print themselves; their class is not public
        error.show()
    else:
        summary = escape_controls(f"{type(error).__name__}: {error}".splitlines()[0])
        message = f"Unexpected error ({summary}): run the command again with --debug for details."
        err.print(Text(message), soft_wrap=True)
    return UNUSABLE

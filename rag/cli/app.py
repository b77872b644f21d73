"""The command line: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import traceback
from types import ModuleType
from typing import Annotated, cast

import typer
from typer.core import TyperGroup

from rag import __version__
from rag.cli.commands import CommandGroup
from rag.cli.plain import LogLine, escape_controls, print_remark, replace_controls
from rag.errors import FundstelleError, shortage_said

DONE, UNUSABLE, INTERRUPTED = 0, 2, 130

app = typer.Typer(
    cls=CommandGroup,
    help="Ask your archive of articles a question in any language; get the passages that answer it, cited.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


# commands whose output names damaged articles, so that a line of the log would repeat it
_NAMING_DAMAGE = ("ask", "check", "saved")


def _print_version(requested: bool) -> None:
    if requested:
        sys.stdout.write(f"fundstelle {__version__}\n")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the stack trace of an error.")] = False,
) -> None:
    """Options of every command."""
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(LogLine("%(message)s"))
    if context.invoked_subcommand in _NAMING_DAMAGE:
        terminal.addFilter(lambda record: record.name != "rag.storage.damage")
    logging.basicConfig(level=logging.ERROR, handlers=[terminal])
    for ours in ("embeddings", "rag", "ui"):
        logging.getLogger(ours).setLevel(logging.DEBUG if debug else logging.WARNING)


def main() -> None:
    """Run a command, and end this process with its exit code."""
    prepare_imports()
    code = run_command(sys.argv[1:])
    # everything is closed and written; freeing the model would take another third of a second
    os._exit(code)


def prepare_imports() -> None:
    """Set what libraries read when they are imported, which is later."""
    # with more threads, NumPy's wait for each other by spinning and take the cores from the encoder and Python
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # to look for plugins, pydantic would read a file of each package that is installed
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # httpx does without its own command line, which loads rich and pygments
    sys.modules.setdefault("httpx._main", cast(ModuleType, None))


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
        with shortage_said():
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
        print_remark("Interrupted. Stored data is safe; run the same command to resume.")
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _print_error(error: Exception) -> int:
    if isinstance(error, FundstelleError):
        print_remark(str(error))
    elif command := _asked_for_server(error):
        print_remark(f"`{command}` does not ask a server: run it without --server, where the archive is.")
    elif hasattr(error, "show"):
        # typer's usage errors print themselves; their class is not public
        error.show()
    else:
        summary = escape_controls(f"{type(error).__name__}: {error}".splitlines()[0])
        print_remark(f"Unexpected error ({summary}): run the command again with --debug for details.")
    return UNUSABLE


def _asked_for_server(error: Exception) -> str:
    """Return the command that was given --server and has no such option; nothing for any other error."""
    context = getattr(error, "ctx", None)
    if getattr(error, "option_name", "") != "--server" or isinstance(getattr(context, "command", None), TyperGroup):
        return ""
    return str(getattr(context, "command_path", ""))

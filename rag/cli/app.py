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
from rag.cli import evaluation
from rag.cli.index import bring_in_step, forget, index
from rag.cli.options import ArchiveOption, ArticleArgument, JsonOption, RerankerOption, opened_archive
from rag.cli.output import (
    LogLine,
    err,
    out,
    plain,
    print_answer,
    print_article,
    print_calibration,
    print_explanation,
    print_facts,
    print_json,
    print_origins,
    print_removed,
    shown,
)
from rag.cli.progress import CountingBar
from rag.errors import FundstelleError
from rag.search.filters import make_filter
from rag.serialization import related_json, shown_json
from rag.text.paths import DEFAULT_ARCHIVE, index_command

DONE, UNUSABLE, INTERRUPTED = 0, 2, 130
SEEDS = Path("seeds")

app = typer.Typer(
    help="Ask your archive of articles a question in any language and get the passages that answer it, cited.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_ANY = "; may be given several times."


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"fundstelle {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Options of every command."""
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(LogLine("%(message)s"))
    logging.basicConfig(level=logging.ERROR, handlers=[terminal])
    for ours in ("embeddings", "rag", "ui"):
        logging.getLogger(ours).setLevel(logging.DEBUG if debug else logging.WARNING)


app.command()(index)
app.command()(forget)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know, in any language.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages to show.")] = 5,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Only articles from this day, month or year on.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Only articles up to and with this day, month or year.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=f"Only articles of this source{_ANY}")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help=f"Only articles in this language{_ANY}")
    ] = None,
    author: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=f"Only articles by this author{_ANY}")
    ] = None,
    path: Annotated[
        list[str] | None, typer.Option(metavar="PART", help=f"Only files with this in their path{_ANY}")
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option(metavar="comments", help="Search readers' comments too, beside the articles.")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Leave out re-ranking.")] = False,
    reranker: RerankerOption = None,
    right: Annotated[
        str | None, typer.Option("--right", metavar="N,N", help="Note that these passages answer the question.")
    ] = None,
    wrong: Annotated[
        str | None, typer.Option("--wrong", metavar="N,N", help="Note that these passages do not.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print why each passage was chosen; JSON always says it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the passages that answer a question, best first, each with its citation.

    A "quoted phrase" must stand in the passage; -word and -"a phrase" must not. --right and --wrong make a test
    question of it: by the numbers of the passages, all of them noted with the question.
    """
    filter = make_filter(since, until, source or (), language or (), author or (), path or (), include or ())
    with opened_archive(archive, create=False, reranker=reranker) as opened:
        answer = opened.ask(question, k, filter=filter, fast=fast)
        noted = evaluation.mark(opened, answer, right, wrong)
    if as_json:
        print_json(answer.to_dict())
    else:
        print_answer(answer)
        if explain:
            print_explanation(answer)
    if noted:
        said = f"Noted {noted}: `fundstelle eval` without a file asks all questions with a passage that answers."
        err.print(said, soft_wrap=True)


@app.command()
def calibrate(
    questions: Annotated[Path | None, typer.Argument(help="Test questions, .jsonl or .csv; see docs/json.md.")] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    reset: Annotated[
        bool, typer.Option("--reset", help="Go back to the confidence that Fundstelle has by itself.")
    ] = False,
) -> None:
    """Fit the confidence to questions of your own, whose answers you know."""
    from rag.evaluation.questions.files import read_questions
    from rag.evaluation.runs.calibrate import calibrate as fit_to

    if reset == (questions is not None):
        raise FundstelleError("Give either a file of questions or --reset.")
    with opened_archive(archive, create=False) as opened:
        if questions is None:
            opened.forget_calibration()
            out.print("The confidence is again the one that Fundstelle comes with.")
            return
        asked = read_questions(questions)
        with CountingBar("asking", "questions") as bar:
            report = fit_to(opened, asked, bar)
    print_calibration(report)


@app.command()
def show(
    article: ArticleArgument,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    removed: Annotated[
        bool, typer.Option("--removed", help="Print what was set aside: navigation, teasers, comments.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print an article with its metadata and the places of its passages."""
    from rag.loading.plain_text.line_numbers import source_lines
    from rag.loading.web.omitted_lines import omitted_lines

    with opened_archive(archive, create=False) as opened:
        found, passages = opened.reading(article)
        if removed and not as_json:
            print_removed(found, omitted_lines(found))
            return
        doubles, versions = opened.doubles(found.id), opened.versions(found.id)
    lines = source_lines(found, [(one.start, one.end) for one in passages])
    if as_json:
        print_json({**shown_json(found, passages, lines), **related_json(doubles, versions)})
    else:
        print_article(found, passages, lines, doubles, versions)


@app.command()
def status(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="What is known of one article, and where each fact was found.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what the archive holds."""
    with opened_archive(archive, create=False) as opened:
        facts = (opened.status() if article is None else opened.article(article)).to_dict()
    if as_json:
        print_json(facts)
    elif article is not None:
        print_origins(facts)
    else:
        print_facts(facts)


@app.command()
def ui(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    host: Annotated[
        str, typer.Option(help="The address to listen on; with 127.0.0.1, only this computer is served.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=f"A further name under which the page is opened{_ANY}")
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Serve other computers, although there is no login.")
    ] = False,
    root_path: Annotated[
        str, typer.Option(metavar="PATH", help="Where a reverse proxy shows the page: /archive, or its whole address.")
    ] = "",
    proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help=f"A reverse proxy whose X-Forwarded headers are believed{_ANY}"),
    ] = None,
    reranker: RerankerOption = None,
) -> None:
    """Serve the page on which the archive is asked; without an archive, make one of ./seeds."""
    from ui.security.hosts import Serving, is_loopback

    serving = Serving(host, port, tuple(allow_host or ()), tuple(proxy or ()), root_path)
    if not is_loopback(host):
        if not no_auth:
            raise FundstelleError(
                f"There is no login: with --host {host}, everybody who reaches this computer reads the whole archive; "
                "add --no-auth if that is meant."
            )
        err.print("There is no login: everybody who reaches this computer reads the whole archive.", style="yellow")
    from tempfile import TemporaryDirectory

    with opened_archive(archive, reranker=reranker) as opened:
        if opened.status().articles == 0:
            if SEEDS.is_dir():
                err.print(f"The archive {archive} is empty: indexing the sample articles in ./{SEEDS}.")
                bring_in_step(opened, [SEEDS])
            else:
                command = index_command(archive)
                err.print(f"The archive {archive} is empty: add articles with `{command}`.", soft_wrap=True)
        opened.warm_up()

        def on_ready(address: str) -> None:
            out.print(f"Fundstelle answers at {address} (Ctrl-C ends it).")

        err.print("Making the page …")
        # Gradio makes a folder when it is imported: in one of our own, since another account may own the usual one
        with TemporaryDirectory(prefix="fundstelle-") as folder:
            os.environ["GRADIO_TEMP_DIR"] = folder
            # imported here, since gradio takes seconds to load
            from ui.app import serve

            serve(opened, host, port, on_ready, serving.names, serving.proxies, serving.root)


app.command("eval")(evaluation.evaluate)
app.add_typer(evaluation.runs, name="runs")
app.add_typer(evaluation.questions, name="questions")


def main() -> None:
    """Run a command, and end this process with its exit code."""
    # with more, NumPy's threads wait for each other's work by spinning, and take the cores from encoder and Python; it
    # reads this when it is first imported, which is later
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = run(sys.argv[1:])
    # all is closed and written; taking the model apart in memory would cost another third of a second
    os._exit(code)


def run(words: list[str]) -> int:
    """Run a command and return its exit code, from which on Ctrl-C is ignored.

    Errors are printed as sentences; a stack trace is shown only with --debug.
    """
    # a sign that the terminal cannot show must not cost the answer
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in words
    # it may stand anywhere, as people add it at the end
    arguments = ["--debug"] * debug + [word for word in words if word != "--debug"]
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            # from here on an interrupted command closes what it has opened
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = app(arguments, prog_name="fundstelle", standalone_mode=False) or DONE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        if debug:
            sys.stderr.write(shown(traceback.format_exc()))
        code = _explained(error)
    # all is closed, and a second Ctrl-C should not cost the last line
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # typer turns Ctrl-C inside a command into this code
    if code == INTERRUPTED:
        err.print("Interrupted. What was stored is safe; the same command goes on from there.")
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _explained(error: Exception) -> int:
    if isinstance(error, FundstelleError):
        err.print(Text(plain(str(error))), soft_wrap=True)
    elif hasattr(error, "show"):
        # typer's usage errors print themselves; their class has no public name
        error.show()
    else:
        said = plain(f"{type(error).__name__}: {error}".splitlines()[0])
        err.print(Text(f"Something went wrong ({said}): run it again with --debug to see where."), soft_wrap=True)
    return UNUSABLE

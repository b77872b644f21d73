"""The commands `dossier`: list, show, export, import and verify collected quotations."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from rag.cli.options import ArchiveOption, JsonOption, ServerOption, asked_part, server_asked
from rag.cli.output import err, out
from rag.cli.plain import print_json
from rag.cli.progress import CountingBar
from rag.errors import FundstelleError, NotFound
from rag.text.paths import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.client.client import RemoteDossiers
    from rag.types.dossier import Dossier, DossierEntry
    from rag.verification import Verification
    from rag.workspace.dossiers import Dossiers

DOES_NOT_HOLD = 1
"""The exit code if a source no longer says what was quoted."""
_STATES = {
    "unchanged": ("unchanged", "green"),
    "moved": ("moved", "yellow"),
    "changed": ("changed", "red"),
    "missing": ("missing", "red"),
    "unreadable": ("unreadable", "red"),
}
_STYLES, _LANGUAGES = ("iso690", "chicago", "apa", "mla"), ("de", "en")
_ENDINGS = ("docx", "html", "md", "csv", "json", "ris", "csl.json")

dossiers = typer.Typer(
    help="Quotations collected in dossiers, on the page or in Python.", no_args_is_help=True, rich_markup_mode=None
)


def _opened(
    context: typer.Context, folder: str, server: str | None
) -> AbstractContextManager[Dossiers | RemoteDossiers]:
    """Open the dossiers of an archive: that in a folder, or that of a server if one is asked."""

    def of_archive(archive: Archive) -> Dossiers:
        from rag.workspace.dossiers import Dossiers

        return Dossiers(archive)

    return asked_part(folder, server_asked(context, server), of_archive, lambda client: client.dossiers)


DossierArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of a dossier.")]


@dossiers.command("list")
def list_dossiers(
    context: typer.Context,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the dossiers, the one changed last first."""
    with _opened(context, folder, server) as stored:
        summaries = stored.summaries()
    if as_json:
        from rag.schemas.dossiers import DossierListModel
        from rag.workspace.dossier_json import dossier_row

        print_json(DossierListModel.json_of({"dossiers": list(map(dossier_row, summaries))}))
        return
    for each in summaries:
        count = f"{each.quote_count} {'quotation' if each.quote_count == 1 else 'quotations'}"
        out.print(Text(f"{each.name}  ({count}, changed {each.changed[:10]})"), soft_wrap=True)
    if not summaries:
        err.print("There is no dossier yet: save a passage on the page, with `fundstelle ui`.", soft_wrap=True)


@dossiers.command("show")
def show_dossier(
    context: typer.Context,
    name: DossierArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a dossier."""
    from rag.workspace.dossier_json import dossier_json

    with _opened(context, folder, server) as stored:
        dossier = stored.dossier(name)
    if as_json:
        print_json(dossier_json(dossier))
    else:
        _print_dossier(dossier)


@dossiers.command("export")
def export_dossier(
    context: typer.Context,
    name: DossierArgument,
    file: Annotated[Path, typer.Argument(help="The file to write: .docx, .html, .md, .csv, .json, .ris or .csl.json.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    style: Annotated[str, typer.Option(metavar="STYLE", help="iso690, chicago, apa or mla.")] = "iso690",
    language: Annotated[str, typer.Option(metavar="CODE", help="Language of labels: en or de.")] = "en",
) -> None:
    """Write a dossier as a document, a page, a table, JSON, which can be imported again, or for reference managers."""
    from rag.workspace.dossier_files import ExportOptions, export

    file_name = file.name.lower()
    ending = "csl.json" if file_name.endswith(".csl.json") else file.suffix.lower().removeprefix(".")
    _check(ending, _ENDINGS, f"{file} has no ending of a format")
    _check(style, _STYLES, f"There is no style {style!r}")
    _check(language, _LANGUAGES, f"There are no labels in {language!r}")
    with _opened(context, folder, server) as stored:
        dossier = stored.dossier(name)
    options = ExportOptions(language, datetime.now(UTC).date(), style)  # type: ignore[arg-type]
    try:
        file.write_bytes(export(dossier, ending, options))
    except OSError as error:
        raise FundstelleError(f"{file} cannot be written ({error.strerror}): choose another file.") from error
    err.print(f"Written: {file}", soft_wrap=True, markup=False)


@dossiers.command("import")
def import_dossier(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A dossier exported as JSON, HTML or Markdown.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
) -> None:
    """Store a dossier that was exported, from this archive or another one."""
    from rag.workspace.dossier_json import read_dossier

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read ({error.strerror}): give an exported dossier.") from error
    with _opened(context, folder, server) as stored:
        dossier = stored.dossier(stored.store(read_dossier(raw)))
    count = len(dossier.quotes)
    out.print(f"{dossier.name}: {count} {'quotation' if count == 1 else 'quotations'}", soft_wrap=True, markup=False)


@dossiers.command("push")
def push_dossier(
    context: typer.Context,
    name: DossierArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    language: Annotated[str, typer.Option(metavar="CODE", help="Language of labels: en or de.")] = "en",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=1, max=65535, help="Port on which Zotero listens on this computer.")
    ] = 23119,
) -> None:
    """Save the quotations of a dossier in Zotero, which must run on this computer.

    Each source becomes an item, with its quotations as notes, in the collection that is chosen in Zotero.
    """
    from rag.integrations.zotero import push, zotero_items

    _check(language, _LANGUAGES, f"There are no labels in {language!r}")
    with _opened(context, folder, server) as stored:
        quotations = [quotation for _, quotation in stored.dossier(name).quotes]
    if not quotations:
        raise FundstelleError(f"There is no quotation in {name}: save a passage on the page first.")
    items = zotero_items(quotations, language, datetime.now(UTC).date())  # type: ignore[arg-type]
    push(items, port)
    counts = [
        f"{count} {noun}{'' if count == 1 else 's'}"
        for count, noun in ((len(quotations), "quotation"), (len(items), "source"))
    ]
    out.print(f"{counts[0]} from {counts[1]} saved in Zotero")


@dossiers.command("verify")
def verify_dossier(
    context: typer.Context,
    name: DossierArgument,
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the source of each quotation again, and say whether it still says so.

    Ends with exit code 1 if one does not: it was changed, is missing or cannot be read.
    """
    with _opened(context, folder, server) as stored:
        dossier = stored.dossier(name)
        with CountingBar("verifying", "quotations") as bar:
            verdicts = list(stored.verify_all(dossier, bar))
    if as_json:
        from rag.schemas.verification import DossierVerificationModel, VerificationModel

        rows = [{**VerificationModel.json_of(verdict), "question": entry.question} for entry, verdict in verdicts]
        print_json(DossierVerificationModel.json_of({"name": dossier.name, "quotes": rows}))
    else:
        for entry, verdict in verdicts:
            _print_verdict(entry, verdict)
    if not all(verdict.holds for _, verdict in verdicts):
        raise typer.Exit(DOES_NOT_HOLD)


def _check(value: str, values: tuple[str, ...], problem: str) -> None:
    if value not in values:
        raise FundstelleError(f"{problem}: choose {', '.join(values[:-1])} or {values[-1]}.")


def _print_dossier(dossier: Dossier) -> None:
    out.print(Text(dossier.name, style="bold"), soft_wrap=True)
    for entry in dossier.entries:
        out.print()
        quote = entry.quotation
        if entry.kind == "heading":
            out.print(Text(entry.text, style="bold cyan"), soft_wrap=True)
            continue
        if quote:
            day = f", {quote.published.isoformat()}" if quote.published else ""
            source = ", ".join(filter(None, (quote.title, quote.source))) or quote.path
            out.print(Text(f"“{quote.text}”"), soft_wrap=True)
            out.print(Text(f"— {source}{day}", style="dim"), soft_wrap=True)
            out.print(Text(f"{quote.path}, characters {quote.start}-{quote.end}", style="dim"), soft_wrap=True)
        if entry.text:
            out.print(Text(entry.text), soft_wrap=True)


def _print_verdict(entry: DossierEntry, verdict: Verification) -> None:
    label, colour = _STATES[verdict.state]
    out.print(Text(f"{label:<10} ", style=colour) + Text(f"“{_shortened(verdict.quote)}”"), soft_wrap=True)
    for line in _remarks(entry, verdict):
        out.print(Text(f"           {line}", style="dim"), soft_wrap=True)


def _remarks(entry: DossierEntry, verdict: Verification) -> list[str]:
    """Return what there is to say of a verdict, beside its word."""
    quote = entry.quotation
    remarks = []
    if quote and verdict.path != quote.path:
        remarks.append(f"now in {verdict.path}")
    if quote and verdict.span and verdict.state == "moved" and verdict.span != (quote.start, quote.end):
        remarks.append(f"now at characters {verdict.span[0]}-{verdict.span[1]}")
    if verdict.changes:
        marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
        remarks.append("".join(_marked(marks[change.kind], change.text) for change in verdict.changes))
    elif verdict.state == "changed":
        remarks.append(f"the file is not in this archive, and was changed: {verdict.path}")
    if verdict.state == "missing":
        gone = "the file is there, the words are not" if verdict.sha256 else "the file is gone"
        remarks.append(f"{gone}: {verdict.path}")
    if verdict.problem:
        remarks.append(f"{verdict.path}: {verdict.problem}")
    return remarks


def _marked(mark: str, text: str) -> str:
    return mark.format(text.rstrip()) + text[len(text.rstrip()) :]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89]}…"

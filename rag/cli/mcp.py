"""`fundstelle mcp`: the archive for assistants, by the Model Context Protocol."""

from __future__ import annotations

import difflib
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from rag.cli.options import ArchiveOption, local_folder, opened_archive
from rag.cli.output import err, out
from rag.errors import FundstelleError
from rag.text.paths import DEFAULT_ARCHIVE

assistants = typer.Typer(help="Serve the archive to assistants (Model Context Protocol).", rich_markup_mode=None)

WriteOption = Annotated[
    bool, typer.Option("--write", help="Let assistants index files and correct facts, too; otherwise they only read.")
]


@assistants.callback(invoke_without_command=True)
def serve_assistants(
    context: typer.Context, folder: ArchiveOption = DEFAULT_ARCHIVE, may_write: WriteOption = False
) -> None:
    """Answer an assistant that starts this program, on standard input and output, until it closes them.

    `fundstelle ui` and `fundstelle serve` answer assistants at /mcp, too, by streamable HTTP.
    """
    if context.invoked_subcommand:
        return
    if find_spec("mcp") is None:
        raise FundstelleError("Assistants need the official SDK: install it with `pip install 'fundstelle[mcp]'`.")
    with opened_archive(folder, create=False) as archive:
        from rag.mcp.server import build_mcp

        build_mcp(archive, may_write=may_write).run("stdio")


@assistants.command()
def install(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The program that uses the archive.")],
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    may_write: WriteOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Add the archive to the configuration of a program that uses MCP servers.

    CLIENT is claude-desktop, claude-code, cursor, gemini-cli, vscode or windsurf. The change is shown, and written
    after you agree; what is there stays, and a copy is kept.
    """
    from rag.mcp.clients import CLIENTS, configured, server_entry, write_configuration

    if client not in CLIENTS:
        raise FundstelleError(f"There is no program {client!r} here: choose among {', '.join(CLIENTS)}.")
    if not local_folder(folder).is_dir():
        raise FundstelleError(f"There is no archive in {folder}: index articles first.")
    program = CLIENTS[client]
    before, after = configured(program, server_entry(Path(folder), may_write=may_write))
    if before == after:
        out.print(Text(f"{program.label} knows the archive already: {program.file}"), soft_wrap=True)
        return
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), str(program.file), "with Fundstelle", n=2)
    for line in changes:
        out.print(Text(line.rstrip("\n"), style={"+": "green", "-": "red"}.get(line[:1], "")), soft_wrap=True)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Write this?", err=True)):
        raise FundstelleError("Nothing was written: run it in a terminal and agree, or add --yes.")
    backup = write_configuration(program.file, after)
    remark = f" What was there is in {backup}." if backup else ""
    out.print(Text(f"{program.file} is written; start {program.label} again.{remark}"), soft_wrap=True)
    if find_spec("mcp") is None:
        err.print("Assistants need the official SDK, too: install it with `pip install 'fundstelle[mcp]'`.")

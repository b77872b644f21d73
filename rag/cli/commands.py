"""The commands of the program by their names. One is imported when it runs, since together they take a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "index": ("rag.cli.index:index", "Add files, folders or web pages, or update them."),
    "forget": ("rag.cli.index:forget", "Remove the articles of files and folders; the files stay."),
    "correct": ("rag.cli.correct:correct", "Correct the headline, outlet, author or date of an article."),
    "ask": ("rag.cli.ask:ask", "Print the passages that answer a question, best first."),
    "list": ("rag.cli.list_articles:list_articles", "List the articles, duplicates included."),
    "export": ("rag.cli.export:export_archive", "Write articles, passages or vectors as JSON lines, CSV or Parquet."),
    "import": ("rag.cli.import_archive:import_archive", "Make a new archive from everything that was exported."),
    "backup": ("rag.cli.backup:backup", "Save the archive in one file, while it is in use, and check the file."),
    "restore": ("rag.cli.backup:restore", "Make an archive from a backup in a new folder, or check the backup."),
    "copy": ("rag.cli.copy_archive:copy", "Copy an archive from a folder to PostgreSQL, or back."),
    "check": ("rag.cli.check:check", "Print whether the archive has what a draft quotes, word for word."),
    "calibrate": ("rag.cli.calibrate:calibrate", "Fit the confidence to questions whose answers you know."),
    "show": ("rag.cli.show:show", "Print an article with its metadata and passages."),
    "status": ("rag.cli.show:status", "Print what the archive contains."),
    "doctor": ("rag.cli.doctor:doctor", "Check the archive, its indexes, its files and this computer."),
    "repair": (
        "rag.cli.repair:repair",
        "Heal what was damaged on the disk: files of damaged articles are read again.",
    ),
    "ui": ("rag.cli.serve:serve_page", "Start the web interface, and the API for programs beside it."),
    "serve": ("rag.cli.serve:serve_programs", "Start the API for programs, without the web interface."),
    "eval": ("rag.cli.evaluation:evaluations", "Ask test questions and measure the answers."),
    "runs": ("rag.cli.evaluation:runs", "The evaluation runs stored in the archive."),
    "questions": ("rag.cli.evaluation:questions", "Make test questions, by rules or from passages you marked."),
    "dossier": ("rag.cli.dossier:dossiers", "Quotations collected in dossiers, on the page or in Python."),
    "saved": ("rag.cli.saved:saved_questions", "Saved questions, and the passages that are new since last time."),
    "user": ("rag.cli.user:users", "Accounts of a server: people with a password, programs with a token."),
    "mcp": ("rag.cli.mcp:assistants", "Serve the archive to assistants (Model Context Protocol)."),
}
"""Where each command is, a function or a typer of several, and what the program's help says of it."""


class CommandGroup(TyperGroup):
    """A group of the commands above."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _ImportedCommands()  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the names of the commands, and what they do; none is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


class _ImportedCommands(Mapping[str, Any]):
    """The commands, each imported when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = COMMANDS[name][0].partition(":")
        command = getattr(import_module(module), attribute)
        group = typer.Typer(rich_markup_mode=None)
        if isinstance(command, typer.Typer):
            group.add_typer(command, name=name)
        else:
            group.command(name)(command)
        return typer.main.get_group(group).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

"""Writes the references and the schemas of JSON in docs/ from the code: `python docs/make_reference.py`."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

import rag
from rag.api.app import build_api
from rag.api.reference import markdown_of
from rag.archive import Archive
from rag.cli.app import app
from rag.client import AsyncClient, Client
from rag.client.client import RemoteDossiers, RemoteRuns, RemoteSavedQuestions
from rag.schemas.answer import AnswerModel
from rag.schemas.article import ArticleWithTextModel, CorrectedArticleModel
from rag.schemas.base import Schema, json_schema
from rag.schemas.descriptions import describe_fields
from rag.schemas.diagnosis import DiagnosisModel
from rag.schemas.dossiers import DossierListModel
from rag.schemas.draft import DraftReportModel
from rag.schemas.evaluation import ComparisonModel, RunListModel, RunModel
from rag.schemas.saved import LookListModel, SavedListModel
from rag.schemas.status import StatusModel
from rag.schemas.verification import DossierVerificationModel
from rag.types import NO_FILTER
from rag.workspace.dossier_schema import StoredDossier

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
HERE = Path(__file__).parent
HEAD = "<!-- Made by docs/make_reference.py: change the code, and run it again. -->\n\n"

SCHEMAS: dict[str, tuple[type[Schema], str]] = {
    "answer": (AnswerModel, "What `fundstelle ask --json` prints"),
    "article": (ArticleWithTextModel, "What `fundstelle show --json` prints"),
    "correction": (CorrectedArticleModel, "What `fundstelle correct --json` prints"),
    "status": (StatusModel, "What `fundstelle status --json` prints"),
    "evaluation": (RunModel, "What `fundstelle eval --json` prints of one run"),
    "comparison": (ComparisonModel, "What `fundstelle eval compare --json` prints"),
    "runs": (RunListModel, "What `fundstelle runs list --json` prints"),
    "dossiers": (DossierListModel, "What `fundstelle dossier list --json` prints"),
    "saved": (SavedListModel, "What `fundstelle saved list --json` prints"),
    "looks": (LookListModel, "What `fundstelle saved run --json` prints"),
    "draft": (DraftReportModel, "What `fundstelle check --json` prints"),
    "diagnosis": (DiagnosisModel, "What `fundstelle doctor --json` prints"),
    "verification": (DossierVerificationModel, "What `fundstelle dossier verify --json` prints"),
}
"""The model and the title of each schema, by the name of its file."""


def schemas() -> dict[str, Any]:
    """Return all JSON schemas by the names of their files."""
    describe_fields()
    made = {f"{name}.schema.json": json_schema(model, title) for name, (model, title) in SCHEMAS.items()}
    return made | {"dossier.schema.json": StoredDossier.model_json_schema()}


def http() -> str:
    """Return the reference of the HTTP API in Markdown."""
    with TemporaryDirectory() as folder, Archive.open(Path(folder) / "archive") as archive:
        text = markdown_of(build_api(archive).openapi())
    heading, _, rest = text.partition("\n\n")
    return f"{heading}\n\n{HEAD}How it is asked: [ask over HTTP](how-to/http-api.md).\n\n{rest}"


def command_line() -> str:
    """Return the reference of the command line in Markdown."""
    group = typer.main.get_command(app)
    sections = [*_commands(group, "fundstelle")]
    return f"# Command line\n\n{HEAD}Exit codes and JSON: [json.md](json.md).\n\n" + "\n".join(sections)


def python() -> str:
    """Return the reference of the public API in Markdown."""
    parts = [f"# Python\n\n{HEAD}All of these are imported from `rag`; an example is in [how to use it from Python]"]
    parts[0] += "(how-to/from-python.md).\n"
    for name in rag.__all__:
        value = getattr(rag, name)
        if inspect.isclass(value):
            parts.append(_class(name, value))
        else:
            parts.append(f"## {name}\n\nThe version of Fundstelle, as text.\n")
    parts.append("# Clients of a server\n\n`Client` and `AsyncClient` are imported from `rag.client`.\n")
    clients = (Client, RemoteSavedQuestions, RemoteDossiers, RemoteRuns)
    parts.extend(_class(value.__name__, value) for value in clients)
    parts.append(f"## AsyncClient\n\n{_docstring(AsyncClient)}\n")
    return "\n".join(parts)


def _commands(command: Any, path: str) -> Iterator[str]:
    """Yield the help of a command and of those below it; the types of typer's own copy of click are not public."""
    context = command.make_context(path, [], resilient_parsing=True, terminal_width=100, max_content_width=100)
    yield f"## {path}\n\n```\n{_ANSI.sub('', command.get_help(context)).rstrip()}\n```\n"
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _commands(inner, f"{path} {name}")


def _class(name: str, value: type) -> str:
    text = f"## {name}\n\n{_docstring(value)}\n"
    members = [(key, member) for key, member in _members(value).items() if not key.startswith("_")]
    fields = getattr(value, "__dataclass_fields__", {})
    if fields:
        text += "\nFields: " + ", ".join(f"`{key}`" for key in fields if not key.startswith("_")) + ".\n"
    for key, member in members:
        if isinstance(member, property) and member.fget is not None:
            text += f"\n### {name}.{key}\n\n{_docstring(member.fget)}\n"
        elif isinstance(member, classmethod | staticmethod) or inspect.isfunction(member):
            function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            text += f"\n### {name}.{key}\n\n```\n{key}{_signature(function)}\n```\n\n{_docstring(function)}\n"
    return text


def _members(value: type) -> dict[str, Any]:
    """Return the members of a class by their names: those of the classes that it is made of, and its own."""
    parts = [base for base in value.__bases__ if base.__module__.startswith("rag.")]
    return {key: member for part in parts for key, member in _members(part).items()} | dict(vars(value))


def _signature(function: object) -> str:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    parameters = [parameter for parameter in signature.parameters.values() if parameter.name not in ("self", "cls")]
    text = str(signature.replace(parameters=parameters)).replace(repr(NO_FILTER), "NO_FILTER")
    # types are texts, which need no quotes; defaults do
    for annotation in (*(parameter.annotation for parameter in parameters), signature.return_annotation):
        text = text.replace(repr(annotation), str(annotation))
    return text


def _docstring(value: object) -> str:
    text = inspect.getdoc(value) or ""
    # sections such as "Args:" become lists, of which each entry is one line
    text = re.sub(r"\n {8,}(?=\S)", " ", text)
    text = re.sub(r"^(Args|Attributes|Raises|Returns|Yields):$", r"**\1**\n", text, flags=re.MULTILINE)
    return re.sub(r"^    (\w[\w, ]*): ", r"- `\1`: ", text, flags=re.MULTILINE)


if __name__ == "__main__":
    (HERE / "cli.md").write_text(command_line(), "utf-8")
    (HERE / "python.md").write_text(python(), "utf-8")
    (HERE / "api.md").write_text(http(), "utf-8")
    for name, schema in schemas().items():
        (HERE / name).write_text(json.dumps(schema, indent=2) + "\n", "utf-8")

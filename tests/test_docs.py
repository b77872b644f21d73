"""The README and the documents: every command and snippet in them runs, and prints what they say.

In a document, a block of kind `sh` holds commands and one of kind `python` a program. A block of kind `text` directly
after either is its output, in which … stands for anything. A block that names a file, as in `csv export.csv`, is that
file. All blocks of a document run in one folder, in order, where `articles/` and `seeds/` hold sample articles: all of
them for the README and a document that says how many there are, and else a few.
"""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import typer
from api_parts import serving_api
from paths import ARTICLES, QUESTIONS_FILE, ROOT, Run

from benchmarks.scale import table
from rag.archive import Archive
from rag.cli.app import app
from rag.cli.evaluation import EvalGroup
from rag.config import Config, RankingConfig, settings

DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
# runs until it is stopped, asks the web, needs a model, a card or a data set that is not here, or takes minutes
PARSED_ONLY = re.compile(
    r"^fundstelle (?:(?:ui|serve)\b|.*--watch|.*https?://(?!127)|.*postgresql://|.*--(?:encoder|reranker|device|ray) |"
    r"eval (?:beir|sweep .*_tokens))"
)
FEW = ("de-ahrtal", "de-elbphilharmonie", "de-gotthard", "de-higgs", "de-james-webb", "de-kosovo", "en-webb")
SERVER = "http://127.0.0.1:7860"
# pipes and files are the shell's
IN_A_SHELL = re.compile(r" [|<>] ")
OTHER_PROGRAMS = ("git clone ", "python3 -m venv ", "pip ", "pytest", "ir_measures ", "ray ")


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, the file that it names if any, its text, and the output that follows it."""

    kind: str
    file: str | None
    text: str
    output: str | None


def blocks_of(document: str) -> Iterator[Block]:
    """Yield the fenced blocks of a document; a `text` block directly after a command is its output."""
    matches = list(BLOCK.finditer(document))
    for number, match in enumerate(matches):
        following = matches[number + 1] if number + 1 < len(matches) else None
        between = document[match.end() : following.start()] if following else "x"
        output = following[3] if following and following[1] == "text" and not between.strip() else None
        yield Block(match[1], match[2], match[3], output)


def commands_of(text: str) -> list[str]:
    """Return the commands of a shell block without their comments."""
    lines = (re.sub(r"\s+#.*", "", line).strip() for line in text.replace("\\\n", " ").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def as_pattern(output: str) -> re.Pattern[str]:
    """Return what matches an output in which … stands for anything."""
    return re.compile(".*?".join(map(re.escape, output.strip().split("…"))), re.DOTALL)


def fundstelle_commands() -> list[tuple[str, str]]:
    """Return each command of Fundstelle in the documents, with the document's name."""
    return [
        (str(document.relative_to(ROOT)), command)
        for document in DOCUMENTS
        for block in blocks_of(document.read_text("utf-8"))
        if block.kind == "sh"
        for line in commands_of(block.text)
        for command in re.split(r" (?:&&|[|<>]) ", line)
        if command.startswith("fundstelle ")
    ]


@pytest.mark.parametrize(("document", "command"), fundstelle_commands())
def test_each_command_is_one(document: str, command: str) -> None:
    """The program knows it, with each of its options; nothing is run."""
    parser: Any = typer.main.get_command(app)
    words = shlex.split(command)[1:]
    while hasattr(parser, "get_command"):
        if isinstance(parser, EvalGroup):
            words = parser.with_subcommand(words)
        context = parser.make_context("fundstelle", list(words), resilient_parsing=True)
        inner = parser.get_command(context, words[0])
        assert inner is not None, words[0]
        parser, words = inner, words[1:]
    parser.make_context("fundstelle", words)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(path, id=name, marks=[] if name == "README.md" else [pytest.mark.slow])
        for path in DOCUMENTS
        for name in [str(path.relative_to(ROOT))]
    ],
)
def test_documents_run(document: Path, fundstelle: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands end without an error, and print what the document shows."""
    text = document.read_text("utf-8")
    blocks = [block for block in blocks_of(text) if block.kind != "text"]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    wants_all = document.name == "README.md" or re.search(rf"\b{len(list(ARTICLES.iterdir()))}\b", text)
    copy_samples(tmp_path, () if wants_all else FEW)
    with ExitStack() as servers:
        address = SERVER
        for block in blocks:
            addressed = replace(block, text=block.text.replace(SERVER, address))
            run_block(addressed, str(document), fundstelle, tmp_path)
            if block.kind == "sh" and "fundstelle serve" in commands_of(block.text):
                archive = servers.enter_context(Archive.open(tmp_path / ".fundstelle"))
                address = servers.enter_context(serving_api(archive))


def copy_samples(folder: Path, beginnings: tuple[str, ...]) -> None:
    """Put articles whose names begin so, or all, and some of the questions about these, into a folder."""
    names = [path.name for path in ARTICLES.iterdir() if not beginnings or path.name.startswith(beginnings)]
    for target in (folder / "articles", folder / "seeds" / "articles"):
        target.mkdir(parents=True)
        for name in names:
            shutil.copy(ARTICLES / name, target)
    lines = QUESTIONS_FILE.read_text("utf-8").splitlines(keepends=True)
    asked = [
        line for line in lines if {Path(label["article"]).name for label in json.loads(line)["answers"]} <= set(names)
    ]
    # a few are enough to see that a command works
    (folder / "seeds" / "questions.jsonl").write_text("".join(asked[:: len(asked) // 10]), "utf-8")


def run_block(block: Block, document: str, fundstelle: Run, folder: Path) -> None:
    """Write the file of a block, or run its commands or its program and compare what they print."""
    if block.file:
        target = folder / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, "utf-8")
    elif block.kind == "sh" and not block.text.startswith("curl "):  # asks a server: tests/rag/api/test_examples.py
        printed = "".join(run_line(line, fundstelle, folder) for line in commands_of(block.text))
        if block.output is not None:
            assert as_pattern(block.output).fullmatch(printed.strip()), printed
    elif block.kind == "python":
        # in this process, which has the encoder open, with no name but those of a fresh program
        with redirect_stdout(io.StringIO()) as printed_text:
            exec(compile(block.text, document, "exec"), {"__name__": "__main__"})  # noqa: S102
        if block.output is not None:
            assert as_pattern(block.output).fullmatch(printed_text.getvalue().strip()), printed_text.getvalue()


def run_line(line: str, fundstelle: Run, folder: Path) -> str:
    """Run a line of a shell block and return what it prints; what must not run here is known by its beginning."""
    if PARSED_ONLY.match(line) or line.startswith(OTHER_PROGRAMS):
        return ""
    if not line.startswith("fundstelle ") or IN_A_SHELL.search(line):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path}
        return subprocess.run(  # noqa: S602
            line, shell=True, cwd=folder, capture_output=True, text=True, check=True, env=environment
        ).stdout
    done = fundstelle(*shlex.split(line.replace("~", str(folder)))[1:], cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """A link to a file leads to one, and a link to a heading to one of that document."""
    for path, heading in LINK.findall(document.read_text("utf-8")):
        if path.startswith(("http:", "https:", "mailto:")):
            continue
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), path
        if heading and target.suffix == ".md":
            assert heading in {anchor(line) for line in target.read_text("utf-8").splitlines()}, f"{path}#{heading}"


PROJECT_PATH = re.compile(r"`((?:rag|ui|embeddings|tests|benchmarks|docs|seeds)/[\w./-]*)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    """A path of the project in backticks leads to a file or a folder."""
    missing = [path for path in PROJECT_PATH.findall(document.read_text("utf-8")) if not (ROOT / path).exists()]
    assert missing == []


def anchor(line: str) -> str | None:
    """Return the anchor that GitHub gives a heading."""
    if not line.startswith("#"):
        return None
    words = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
    return words.replace(" ", "-")


def test_the_readme_is_short() -> None:
    """It is a landing page: at most 500 words beside its code and its table."""
    text = BLOCK.sub("", (ROOT / "README.md").read_text("utf-8"))
    assert len(re.findall(r"\w[\w'’.-]*", re.sub(r"\([^)]*\.(?:md|png|svg)[^)]*\)", "", text))) <= 500


def test_the_references_are_those_of_the_code() -> None:
    """docs/cli.md, python.md, api.md and the schemas are what docs/make_reference.py makes of the code as it is."""
    make = runpy.run_path(str(ROOT / "docs" / "make_reference.py"))
    for name, text in {"cli": make["command_line"](), "python": make["python"](), "api": make["http"]()}.items():
        assert (ROOT / "docs" / f"{name}.md").read_text("utf-8") == text, "run `python docs/make_reference.py`"
    for name, schema in make["schemas"]().items():
        assert json.loads((ROOT / "docs" / name).read_text("utf-8")) == schema, "run `python docs/make_reference.py`"


def test_the_settings_are_those_of_the_code() -> None:
    """Each setting stands in docs/settings.md with its default."""
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name, value in settings(Config(), RankingConfig()).items():
        assert f"| `{name}` | {str(value).lower()} |" in text, name


def test_the_sizes_are_those_of_the_extrapolation() -> None:
    """docs/scaling.md has the table that the benchmark makes; and 100 million rows of 8,110 bytes are 811 GB."""
    assert f"\n{table()}\n" in (ROOT / "docs" / "scaling.md").read_text("utf-8"), "run `python -m benchmarks.scale`"
    assert "| PostgreSQL on disk, GB | 8.1 | 81 | 811 |" in table()

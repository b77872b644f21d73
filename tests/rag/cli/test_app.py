"""The command line as a person meets it; in a process of its own where it is about the process."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
from paths import ARTICLES, ROOT, Run

from rag import __version__
from rag.cli.app import app
from rag.cli.commands import COMMANDS
from rag.cli.output import print_answer, print_explanation
from rag.types import Answer, Article, Citation

TUNNEL = "Wie lang ist der Gotthard-Basistunnel?"


@pytest.fixture(scope="module")
def german_folder(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    """A folder with an archive of the German sample articles at its default place."""
    from rag.archive import Archive

    folder = tmp_path_factory.mktemp("made")
    with Archive.open(folder / ".fundstelle") as archive:
        archive.index(sorted(ARTICLES.glob("de-*")))
    return folder


def test_other_computers_are_served_on_purpose_only(fundstelle: Run, tmp_path: Path) -> None:
    """A wrong path is said before anything is opened, and so is that nobody has to sign in."""
    assert fundstelle("ui", "--host", "::").returncode == 2
    wrong = fundstelle("ui", "--root-path", "archive")
    assert (wrong.returncode, "'archive' is not a root path" in wrong.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_index_says_what_it_did(program: Run, tmp_path: Path) -> None:
    """The closing line stands on standard output; a second run finds all unchanged."""
    first = program("index", ARTICLES / "de-higgs-boson-cern.html", ARTICLES / "en-philae-comet-67p.md")
    assert (first.returncode, first.stdout) == (0, "2 new, 0 changed, 0 unchanged, 0 removed, 0 failed\n")
    second = program("index", ARTICLES / "de-higgs-boson-cern.html", ARTICLES / "en-philae-comet-67p.md")
    assert (second.returncode, second.stdout) == (0, "0 new, 0 changed, 2 unchanged, 0 removed, 0 failed\n")
    assert (tmp_path / ".fundstelle" / "archive.sqlite").is_file()


def test_files_that_fail_are_named_with_their_reason(fundstelle: Run, tmp_path: Path) -> None:
    """Exit code 1, and 0 once it is no news; the good article is stored, the bad one named on standard error."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("Der Rat hat am Montag die Satzung beschlossen.")
    (folder / "empty.txt").write_text("")
    process = fundstelle("index", folder)
    assert process.returncode == 1
    assert process.stdout == "1 new, 0 changed, 0 unchanged, 0 removed, 1 failed\n"
    assert f"{folder / 'empty.txt'}: It is empty" in process.stderr
    again = fundstelle("index", folder)
    assert (again.returncode, again.stdout) == (0, "0 new, 0 changed, 1 unchanged, 0 removed, 1 failed\n")
    assert f"{folder / 'empty.txt'}: It is empty" in again.stderr
    assert "1 of the failures was reported before." in again.stderr
    (folder / "other.txt").write_text("")
    assert fundstelle("index", folder).returncode == 1


def test_forgetting(fundstelle: Run, german_folder: Path) -> None:
    """Standard output says how many articles were removed; a path that nothing came from is exit code 2."""
    shutil.copytree(german_folder / ".fundstelle", german_folder / "copy")
    process = fundstelle("forget", ARTICLES / "de-higgs-boson-cern.html", "--archive", "copy", cwd=german_folder)
    assert (process.returncode, process.stdout) == (0, "1 article removed from the archive\n")
    process = fundstelle("forget", ARTICLES / "de-higgs-boson-cern.html", "--archive", "copy", cwd=german_folder)
    assert (process.returncode, "No article of this archive came from" in process.stderr) == (2, True)


def test_a_source_that_no_article_has(fundstelle: Run, german_folder: Path) -> None:
    """The answer names those that there are, the most frequent first."""
    process = fundstelle("ask", TUNNEL, "--source", "Nirgends", cwd=german_folder)
    text = " ".join(process.stdout.split())
    assert text.startswith("No article has the source 'Nirgends': there are Havelbogen-Tageblatt, ")
    assert text.endswith(" more.")


def test_an_article_by_a_part_of_its_name(fundstelle: Run, german_folder: Path) -> None:
    """A part of the file's name will do, in upper or lower case, wherever it stands in it."""
    process = fundstelle("show", "HIGGS-boson", "--json", cwd=german_folder)
    assert json.loads(process.stdout)["path"] == str(ARTICLES / "de-higgs-boson-cern.html")


def test_ask_in_words(fundstelle: Run, german_folder: Path) -> None:
    """The best passage comes first, with marker, title, outlet, date and place; nothing but it on standard output."""
    process = fundstelle("ask", TUNNEL, "-k", "2", cwd=german_folder)
    assert process.returncode == 0
    words = " ".join(process.stdout.split())
    assert words.startswith("[1] 57 Kilometer unter den Alpen: Der Gotthard-Basistunnel ist eröffnet · Passblatt")
    assert "2016-06-01" in words
    assert re.search(r"characters \d+-\d+, score 0\.\d{3}", words)
    assert "[2]" in words
    assert "[3]" not in words
    assert "2 passages in" in process.stderr


def test_a_question_loads_nothing_that_it_does_not_need(german_folder: Path) -> None:
    """What reads, cuts, compiles or shows takes seconds to import; a process that answers has none of it."""
    slow = [
        "torch",
        "transformers",
        "tokenizers",
        "langchain_core",
        "gradio",
        "pandas",
        "scipy",
        "trafilatura",
        "requests",
    ]
    code = (
        "import sys; from rag.archive import Archive; import rag.cli.app;"
        f"answer = Archive.open({str(german_folder / '.fundstelle')!r}, create=False).ask({TUNNEL!r});"
        f"print(len(answer.citations), [name for name in {slow} if sys.modules.get(name)])"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "5 []"


def test_help_waits_for_no_library() -> None:
    """NumPy alone takes a third of the time that --help has; and one thread of its BLAS must be asked for before."""
    names = "numpy openvino faiss tantivy rich pydantic httpx rag.types rag.cli.ask"
    code = "import sys; from rag.cli.app import run_command; run_command(['--help']);"
    code += f"print([name for name in {names.split()} if name in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.splitlines()[-1] == "[]"


def test_help_says_what_the_commands_do() -> None:
    """What `--help` says without importing them is how their own help begins, and none is missing there."""
    commands: Any = typer.main.get_command(app)
    for name, (_, summary) in COMMANDS.items():
        own = commands.get_command(None, name).help
        assert own.startswith(summary.removesuffix(".")), name


def test_ask_as_json(fundstelle: Run, german_folder: Path) -> None:
    """The JSON keeps its schema, each quote is the article's text at its place, each hash that of the file."""
    process = fundstelle("ask", TUNNEL, "--json", cwd=german_folder)
    answer = json.loads(process.stdout)
    schema = json.loads((ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(answer)
    assert (answer["question"], answer["language"], len(answer["citations"])) == (TUNNEL, "de", 5)
    assert [citation["marker"] for citation in answer["citations"]] == [1, 2, 3, 4, 5]
    scores = [citation["score"] for citation in answer["citations"]]
    assert scores == sorted(scores, reverse=True)
    assert {tuple(citation["signals"]) for citation in answer["citations"]} == {("late", "dense", "lexical")}
    assert answer["citations"][0]["matches"]
    for citation in answer["citations"]:
        for start, end in citation["highlights"] + citation["matches"]:
            assert citation["start"] <= start < end <= citation["end"]
    for citation in answer["citations"][:2]:
        displayed = json.loads(fundstelle("show", citation["article"]["id"], "--json", cwd=german_folder).stdout)
        assert displayed["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert displayed["sha256"] == hashlib.sha256(Path(displayed["path"]).read_bytes()).hexdigest()
        # passages that follow on each other are cited as one
        assert citation["start"] in [passage["start"] for passage in displayed["passages"]]
        assert citation["end"] in [passage["end"] for passage in displayed["passages"]]
        assert citation["passage_id"] == f"{citation['article']['id']}:{citation['start']}-{citation['end']}"


def test_articles_that_print_the_same_are_in_the_json() -> None:
    """`also` holds them with the fields of `article`, `matches` and `highlights` their spans; the schema takes all."""
    article = Article(
        id="0" * 12, title="Tunnel", text="Der Tunnel ist offen.", language="de", path="/a/1.txt", sha256="0" * 64
    )
    copy = replace(article, id="1" * 12, source="Kurier", published=date(2016, 6, 1))
    signals = {"cross": 7.5, "dense": 0.5, "lexical": 1.0}
    spans = ((4, 8), (7, 10))
    cited = Citation(1, article, f"{article.id}:0-21", 0, 21, article.text, ((0, 21),), spans, (copy,), 0.5, signals)
    answer = Answer("?", "de", "answered", 0.9, "", (cited,), {"total": 1.0}).to_dict()
    schema = json.loads((ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(answer)
    (displayed,) = answer["citations"]
    assert (displayed["highlights"], displayed["matches"]) == ([[0, 21]], [[4, 8], [7, 10]])
    assert [(copy["id"], copy["source"], copy["published"]) for copy in displayed["also"]] == [
        ("1" * 12, "Kurier", "2016-06-01")
    ]
    assert displayed["also"][0].keys() == displayed["article"].keys()


def test_show_and_status_in_words(fundstelle: Run, german_folder: Path) -> None:
    """`show` prints metadata and text with the places of passages, `status` the counts."""
    displayed = fundstelle("show", "de-higgs-boson-cern.html", cwd=german_folder)
    assert displayed.returncode == 0
    assert "Cern-Forscher finden neues Teilchen" in displayed.stdout
    assert "⟦1: 0-" in displayed.stdout
    status = fundstelle("status", cwd=german_folder)
    count = len(list(ARTICLES.glob("de-*")))
    assert re.search(rf"^articles +{count}$", status.stdout, re.MULTILINE)
    facts = json.loads(fundstelle("status", "--json", cwd=german_folder).stdout)
    assert facts["articles"] == count
    assert sum(facts["languages"].values()) == count
    assert facts["oldest"] < facts["newest"]


def test_the_archive_is_chosen_by_option_then_environment(fundstelle: Run, german_folder: Path, tmp_path: Path) -> None:
    """--archive comes before $FUNDSTELLE_ARCHIVE, which comes before ./.fundstelle."""
    elsewhere = str(german_folder / ".fundstelle")
    assert fundstelle("status", FUNDSTELLE_ARCHIVE=elsewhere).returncode == 0
    assert fundstelle("status", "--archive", elsewhere).returncode == 0
    assert fundstelle("status", "--archive", str(tmp_path / "none"), FUNDSTELLE_ARCHIVE=elsewhere).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", ""), "The question is empty: type what you want to know."),
        (("ask", " ?! "), "The question is empty"),
        (("ask", "Wer \udcff?"), "The question is not valid UTF-8"),
        (("index", "x" * 5000), "does not exist: check the spelling"),
        (("status", "--archive", "x" * 300), "No archive can be there"),
        (("ask", "Warum? " * 1500), "The question has 10499 characters: ask in 1000 or fewer"),
        (("ask", "Wer?", "--archive", "nowhere"), "make one with `fundstelle index FOLDER --archive nowhere`."),
        (("index", "nowhere"), "nowhere does not exist: check the spelling"),
        (("index", "empty-folder"), "holds no article: put files of these kinds there: .txt, "),
        (("show", "nothing like that"), "There is no article 'nothing like that' in this archive"),
        (("show", "de-nowhere"), "There is no article 'de-nowhere' in this archive"),
        (("show", "der"), "articles match 'der': give the id of one"),
        (("index", "file.txt", "--archive", "."), "holds other files"),
        pytest.param(
            ("index", "file.txt", "--encoder", "no/such-model"),
            "The model no/such-model cannot be opened",
            marks=pytest.mark.slow,  # imports torch
        ),
        (("ask", "Wer?", "--archive", "damaged"), "is damaged"),
        (("ask", "Wer?", "--archive", "newer"), "was made by a newer Fundstelle"),
        (("ask",), "Missing argument"),
        (("no-such-command",), "No such command"),
        (("ask", "Wer?", "-k", "0"), "Invalid value"),
    ],
)
def test_wrong_use_is_one_sentence(
    fundstelle: Run, german_folder: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Exit code 2, one sentence that says what to do, no stack trace, nothing on standard output."""
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "file.txt").write_text("Ein Satz.")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "archive.sqlite").write_bytes(b"garbage " * 1000)
    (tmp_path / "newer").mkdir()
    with sqlite3.connect(tmp_path / "newer" / "archive.sqlite") as database:
        database.executescript("CREATE TABLE meta (x); PRAGMA application_id = 1182101092; PRAGMA user_version = 99")
    in_archive = {"FUNDSTELLE_ARCHIVE": str(german_folder / ".fundstelle")} if arguments[0] in ("ask", "show") else {}
    process = fundstelle(*arguments, **in_archive, COLUMNS="1000")
    assert (process.returncode, process.stdout) == (2, "")
    assert message in " ".join(process.stderr.split())
    assert "Traceback" not in process.stderr


def test_debug_shows_where(program: Run) -> None:
    """With --debug, at any place, the stack trace is shown, and none of it is obeyed; the exit code stays."""
    process = program("index", "nowhere\x1b[31m", "--debug")
    assert process.returncode == 2
    assert "Traceback" in process.stderr
    assert "\x1b" not in process.stderr


def test_output_that_cannot_hold_every_letter(program: Run, german_folder: Path) -> None:
    """On an ASCII terminal an answer is printed with escapes, and JSON stays JSON."""
    words = program("ask", TUNNEL, "-k", "1", cwd=german_folder, PYTHONIOENCODING="ascii")
    assert (words.returncode, words.stdout.isascii()) == (0, True)
    quote = json.loads(program("ask", TUNNEL, "-k", "1", "--json", cwd=german_folder, PYTHONIOENCODING="ascii").stdout)
    assert "Höhe" in quote["citations"][0]["quote"]


def test_a_quote_in_a_pipe_is_whole(fundstelle: Run, german_folder: Path) -> None:
    """Each paragraph of a quote is one line, without blanks at its end, so that it can be searched and copied."""
    citation = json.loads(fundstelle("ask", TUNNEL, "-k", "1", "--json", cwd=german_folder).stdout)["citations"][0]
    printed = fundstelle("ask", TUNNEL, "-k", "1", cwd=german_folder, COLUMNS="40").stdout.splitlines()
    assert all(line == line.rstrip() for line in printed)
    for paragraph in citation["quote"].split("\n\n"):
        assert f"    {paragraph}" in printed


def test_an_exact_id_wins(fundstelle: Run, tmp_path: Path) -> None:
    """An article whose title is another's id does not hide it."""
    (tmp_path / "a.txt").write_text("Der Rat tagte am Montag.")
    fundstelle("index", "a.txt")
    first = json.loads(fundstelle("show", "a.txt", "--json").stdout)["id"]
    (tmp_path / "b.txt").write_text(f"---\ntitle: {first}\n---\nEtwas anderes.")
    fundstelle("index", "b.txt")
    assert json.loads(fundstelle("show", first, "--json").stdout)["path"].endswith("a.txt")
    assert json.loads(fundstelle("show", "./b.txt", "--json").stdout)["path"].endswith("b.txt")


def test_help_names_every_command(fundstelle: Run) -> None:
    """`--help` lists the commands; without arguments the same is shown."""
    text = fundstelle("--help").stdout
    for command in ("index", "ask", "show", "status", "ui", "eval", "runs", "questions"):
        assert re.search(rf"^  {command} ", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--since", "gestern", "There is no day 'gestern': write 2024-03-01, 1.3.2024, 2024-03 or 2024."),
        ("--until", "2023-02-29", "There is no day '2023-02-29': write"),
        ("--language", "deutsch", "There is no language 'deutsch': write its code of two or three letters"),
        ("--source", "", "The source '' names nothing: give a part of it, or leave it out."),
        ("--author", " ", "The author '' names nothing"),
        ("--path", "", "The path '' names nothing"),
        ("--path", "\udcff", "The path is not valid UTF-8: type it again."),
    ],
)
def test_a_filter_that_cannot_be_read_is_one_sentence(fundstelle: Run, option: str, value: str, message: str) -> None:
    """Exit code 2, said before an archive is looked for, and nothing on standard output."""
    process = fundstelle("ask", "Wer?", option, value, COLUMNS="1000")
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.startswith(message)
    assert process.stderr.count("\n") == 1


def test_days_in_the_wrong_order(fundstelle: Run) -> None:
    """A time that ends before it begins is refused with both days."""
    process = fundstelle("ask", "Wer?", "--since", "2024", "--until", "1.3.2023")
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == "The time from 2024-01-01 to 2023-03-01 is empty: give the earlier day first.\n"


def test_an_explanation_names_signals_words_and_copies(capsys: pytest.CaptureFixture[str]) -> None:
    """Each signal with its value, unknown ones too; words as the article writes them, once; where else it stands."""
    text = "Der Tunnel misst 57 Kilometer. Der Tunnel ist offen."
    article = Article(
        id="0" * 12, title="Tunnel", text=text, language="de", source="Bote", path="/a/1.txt", sha256="0" * 64
    )
    copy = replace(article, id="1" * 12, source="Kurier", published=date(2016, 6, 1), path="/a/2.txt")
    nameless = replace(article, id="2" * 12, title=None, source=None, path="/a/3.txt")
    signals = {"dense": 0.51, "lexical": 1.0, "colour": -0.25}
    matches = ((4, 10), (17, 19), (35, 41))
    citation = Citation(1, article, "p", 4, 52, text[4:52], (), matches, (copy, nameless), 0.5, signals)
    answer = Answer("?", "de", "answered", 0.9, "", (citation,), {"total": 1.0})
    print_answer(answer)
    assert "    also in: Kurier (2016-06-01)\n    also in: 3.txt\n" in capsys.readouterr().out
    print_explanation(answer)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "[1] Tunnel"
    assert lines[1].startswith("    dense     0.510  cosine of question and passage")
    assert lines[2].startswith("    lexical   1.000  BM25 score, as a share of the best")
    assert lines[3:] == [
        "    colour   -0.250",
        "    words    Tunnel, 57",
        "    also in  Kurier (2016-06-01): /a/2.txt",
        "    also in  3.txt: /a/3.txt",
        "",
    ]


def module(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m rag` with a home folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rag", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "HOME": str(home), "COLUMNS": "100", **environment},
    )


def test_the_module_is_the_program(tmp_path: Path, fundstelle: Run) -> None:
    """`python -m rag` prints the same help under the same name, and the version is that of the package."""
    process = module("-h", home=tmp_path)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("Usage: fundstelle [OPTIONS] COMMAND")
    assert process.stdout == fundstelle("--help").stdout
    assert fundstelle("--version").stdout == f"fundstelle {__version__}\n"
    assert fundstelle("ask", "-h").stdout == fundstelle("ask", "--help").stdout


def test_shells_complete_commands_and_options(tmp_path: Path) -> None:
    """The script for a shell is shown or installed, and what it calls names the commands."""
    shell = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    displayed = module("--show-completion", "bash", home=tmp_path, **shell)
    assert (displayed.returncode, "complete -o default -F _fundstelle_completion fundstelle" in displayed.stdout) == (
        0,
        True,
    )
    installed = module("--install-completion", "bash", home=tmp_path, **shell)
    assert installed.returncode == 0
    assert "fundstelle" in (tmp_path / ".bashrc").read_text()
    typed = {"COMP_WORDS": "fundstelle c", "COMP_CWORD": "1", "_FUNDSTELLE_COMPLETE": "complete_bash"}
    assert module(home=tmp_path, **typed).stdout.split() == ["correct", "copy", "check", "calibrate"]
    typed |= {"COMP_WORDS": "fundstelle ask --unt", "COMP_CWORD": "2"}
    assert module(home=tmp_path, **typed).stdout.split() == ["--until"]

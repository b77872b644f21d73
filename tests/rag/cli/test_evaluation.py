"""eval, runs and questions as a person meets them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from paths import ARTICLES, ROOT, Run
from waiting import PATIENCE

TUNNEL = "Wie lang ist der Gotthard-Basistunnel?"
QUESTIONS = [
    {"id": "t", "question": TUNNEL, "answers": [{"article": "de-gotthard-basistunnel-eroeffnung.md"}]},
    {
        "id": "h",
        "question": "Wann wurde das Higgs-Boson gefunden?",
        "answers": [{"article": "de-higgs-boson-cern.html"}],
    },
    {"id": "u", "question": "Was kostet ein Fahrrad in Münster?", "answerable": False},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    """A folder with an archive of the German sample articles, and a file of three questions."""
    from rag.archive import Archive

    folder = tmp_path_factory.mktemp("made")
    with Archive.open(folder / ".fundstelle") as archive:
        archive.index(sorted(ARTICLES.glob("de-*")))
    (folder / "q.jsonl").write_text("".join(json.dumps(one) + "\n" for one in QUESTIONS), encoding="utf-8")
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder, for a test of its own."""
    shutil.copytree(made, tmp_path / "here")
    return tmp_path / "here"


def test_a_run_that_cannot_be_kept_is_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the archive may only be read, one line says that the run is not kept, and the measures are there."""
    from rag.archive import Archive
    from rag.cli import evaluation_actions as actions
    from rag.errors import FundstelleError
    from rag.evaluation.session import EvaluationSession

    plan = actions.make_plan([], [], fast=True)
    with Archive.open(here / ".fundstelle") as archive:
        session = EvaluationSession(archive)
        judgements = session.judge(session.load(here / "q.jsonl"))
        with archive._database.lent() as connection:
            connection.execute("PRAGMA query_only = ON")
        questions = actions.JudgedQuestions(session, judgements, "q", operators=True)
        (run,) = actions.ask_questions(questions, plan, "erster")
        assert len(run.results) == len(QUESTIONS)
        said = capsys.readouterr().err
        assert said.count("The run was not stored. The archive") == 1
        assert "Stored as" not in said
        with pytest.raises(FundstelleError, match="There is no run"):
            actions.load_run(session.runs, "erster")


def test_eval_prints_measures_and_keeps_the_run(fundstelle: Run, here: Path) -> None:
    """Means with intervals, the outcomes, and the run in the list, shown again as it was."""
    done = fundstelle("eval", "q.jsonl", "--name", "erster", "--fast", cwd=here)
    assert done.returncode == 0, done.stderr
    assert "erster: 3 questions, 1 of them without an answer" in done.stdout
    assert re.search(r"^nDCG@10 +1\.000 +1\.000 to 1\.000", done.stdout, re.MULTILINE)
    assert "    2  first: the first passage answers" in done.stdout
    assert "settings: fast=True" in done.stdout
    assert "erster" in fundstelle("runs", "list", cwd=here).stdout
    assert fundstelle("runs", "show", "erster", cwd=here).stdout == done.stdout
    again = fundstelle("eval", "q.jsonl", "--name", "erster", "--fast", cwd=here)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "There is a run erster already: choose another --name, or delete that one.\n"
    assert fundstelle("runs", "delete", "erster", cwd=here).stdout == "Deleted: erster\n"
    assert "No runs are stored" in fundstelle("runs", "list", cwd=here).stdout


def test_eval_as_json(fundstelle: Run, here: Path) -> None:
    """By the documented schema, with the promised fields."""
    done = fundstelle("eval", "q.jsonl", "--json", "--fast", cwd=here)
    found = json.loads(done.stdout)
    jsonschema.validate(found, json.loads((ROOT / "docs" / "evaluation.schema.json").read_text("utf-8")))
    assert (found["queries"], found["answerable"], found["interrupted"]) == (3, 2, False)
    assert found["measures"]["nDCG@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert found["by_language"]["de"]["queries"] == 2
    assert set(found["latency_ms"]) == {"p50", "p95"}
    assert found["config"]["fast"] is True


def test_two_runs_are_compared(fundstelle: Run, here: Path) -> None:
    """By name and from an exported file; equal runs are said to be alike, and one alone cannot be compared."""
    fundstelle("eval", "q.jsonl", "--name", "a", "--fast", cwd=here)
    fundstelle("eval", "q.jsonl", "--name", "b", "--fast", "--set", "lexical_weight=0", cwd=here)
    assert fundstelle("runs", "export", "a", "a.json", cwd=here).returncode == 0
    done = fundstelle("eval", "--compare", "a.json", "b", cwd=here)
    assert done.returncode == 0, done.stderr
    assert "settings: lexical_weight 0.35 → 0.0" in done.stdout
    assert "nDCG@10: No difference: all 2 questions score the same." in done.stdout
    told = json.loads(fundstelle("eval", "--compare", "a", "b", "--json", cwd=here).stdout)
    assert told["compared"][0]["differences"]["nDCG@10"]["p"] == 1.0
    assert fundstelle("eval", "--compare", "a", cwd=here).stderr.startswith("Name at least two runs")
    assert (
        "There is no run 'c' in this archive: there are a, b."
        in fundstelle("eval", "--compare", "a", "c", cwd=here).stderr
    )


def test_a_sweep_tries_all_combinations(fundstelle: Run, here: Path) -> None:
    """As the help shows it: several settings after one --sweep; each combination is a line and a run."""
    swept = ("eval", "q.jsonl", "--fast", "--sweep", "candidates=5,50", "lexical_weight=0,0.35", "--name", "s")
    done = fundstelle(*swept, cwd=here)
    assert done.returncode == 0, done.stderr
    for label in ("lexical_weight=0.0 candidates=5", "lexical_weight=0.35 candidates=50"):
        assert re.search(rf"^{label} +1\.000 ", done.stdout, re.MULTILINE)
    assert "All settings gave identical results on 2 questions." in done.stdout
    assert len(json.loads(fundstelle("runs", "list", "--json", cwd=here).stdout)["runs"]) == 4


@pytest.mark.parametrize(
    ("options", "subcommand"),
    [
        ([], ["run"]),
        (["q.jsonl", "--fast"], ["run", "q.jsonl", "--fast"]),
        (["--compare", "a", "b", "--json"], ["compare", "a", "b", "--json"]),
        (["q.jsonl", "--sweep", "a=1,2", "b=3"], ["sweep", "q.jsonl", "--sweep", "a=1,2", "b=3"]),
        (["--fast", "--beir", "set", "a=1"], ["beir", "set", "--fast", "a=1"]),
        (["--beir=set", "--trec-run", "f", "--fast"], ["import-trec", "f", "--beir=set"]),
        (["--trec-run=f"], ["import-trec", "f"]),
        (["--sweep", "a=1", "--beir", "set"], ["beir", "set", "--sweep", "a=1"]),
    ],
)
def test_the_options_of_eval_are_sub_commands(options: list[str], subcommand: list[str]) -> None:
    """Without the name of a sub-command, an option chooses it, and what belongs to it comes first."""
    from rag.cli.evaluation import subcommand_of

    assert subcommand_of(options) == subcommand


def test_sub_commands_give_what_the_options_give(fundstelle: Run, here: Path) -> None:
    """Eval run, compare, sweep, beir and import-trec print what eval prints with its options."""
    pairs = [
        (("run", "q.jsonl", "--json"), ("q.jsonl", "--json")),
        (("sweep", "q.jsonl", "candidates=5,50", "--json"), ("q.jsonl", "--sweep", "candidates=5,50", "--json")),
        (("beir", "set", "--trec", "t", "--json"), ("--beir", "set", "--trec", "t", "--json")),
        (
            ("import-trec", "t/run.trec", "--beir", "set", "--json"),
            ("--beir", "set", "--trec-run", "t/run.trec", "--json"),
        ),
    ]
    fundstelle("questions", "beir", "q.jsonl", "set", cwd=here)

    def without_time_and_name(output: str) -> list[dict[str, object]]:
        printed = json.loads(output)
        own = ("name", "made", "latency_ms")
        return [{key: value for key, value in run.items() if key not in own} for run in printed.get("runs", [printed])]

    for subcommand, options in pairs:
        fast = () if subcommand[0] == "import-trec" else ("--fast",)
        new, old = fundstelle("eval", *subcommand, *fast, cwd=here), fundstelle("eval", *options, *fast, cwd=here)
        assert new.returncode == old.returncode == 0, new.stderr + old.stderr
        assert without_time_and_name(new.stdout) == without_time_and_name(old.stdout)
    first, second = [run["name"] for run in json.loads(fundstelle("runs", "list", "--json", cwd=here).stdout)["runs"]][
        :2
    ]
    compared = [fundstelle("eval", *words, first, second, cwd=here).stdout for words in (("compare",), ("--compare",))]
    assert compared[0] == compared[1] != ""
    help_text = fundstelle("eval", "--help", cwd=here).stdout
    for name in ("run", "compare", "sweep", "beir", "import-trec"):
        assert re.search(rf"^  {name} +[A-Z]", help_text, re.MULTILINE)
        assert fundstelle("eval", name, "--help", cwd=here).stdout.startswith(f"Usage: fundstelle eval {name} ")


def test_reports_and_trec_files(fundstelle: Run, here: Path) -> None:
    """All at once; the misses on standard output."""
    done = fundstelle(
        "eval", "q.jsonl", "--fast", "--report", "r.html", "--markdown", "r.md", "--trec", "t", "--misses", cwd=here
    )
    assert done.returncode == 0, done.stderr
    assert (here / "r.html").read_text("utf-8").startswith("<!doctype html>")
    assert "nDCG@10" in (here / "r.md").read_text("utf-8")
    assert len((here / "t" / "qrels.trec").read_text("utf-8").splitlines()) == 2
    assert "of 3 questions failed." in done.stdout


def test_a_set_in_beir_layout_has_an_archive_of_its_own(fundstelle: Run, here: Path) -> None:
    """Written from the archive, measured twice (the second time nothing is encoded), and by its own files of TREC."""
    assert fundstelle("questions", "beir", "q.jsonl", "set", cwd=here).returncode == 0
    cache = {"XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", "")} if "XDG_CACHE_HOME" in os.environ else {}
    done = fundstelle("eval", "--beir", "set", "--fast", "--json", "--trec", "t", cwd=here, **cache)
    found = json.loads(done.stdout)
    assert (found["queries"], found["measures"]["Success@1"]["mean"]) == (2, 1.0)
    measured = fundstelle("eval", "--beir", "set", "--trec-run", "t/run.trec", "--json", cwd=here)
    assert json.loads(measured.stdout)["measures"] == found["measures"]


def test_marks_become_test_questions(fundstelle: Run, here: Path) -> None:
    """By the numbers of the passages; without a file, eval asks them."""
    assert fundstelle("eval", cwd=here).stderr.startswith("No passage has been marked right yet")
    done = fundstelle("ask", TUNNEL, "-k", "2", "--right", "1", "--wrong", "2", cwd=here)
    assert done.returncode == 0, done.stderr
    assert "Marked 2 passages:" in done.stderr
    found = json.loads(fundstelle("eval", "--json", "--fast", cwd=here).stdout)
    assert (found["queries"], found["questions"]) == (1, "marked")
    fundstelle("questions", "marked", "m.jsonl", cwd=here)
    (row,) = map(json.loads, (here / "m.jsonl").read_text("utf-8").splitlines())
    assert (row["question"], len(row["answers"]), len(row["wrong"])) == (TUNNEL, 1, 1)
    assert fundstelle("ask", TUNNEL, "-k", "2", "--right", "3", cwd=here).stderr.startswith("There is no passage 3")
    assert "is not a list of passage numbers" in fundstelle("ask", TUNNEL, "--right", "eins", cwd=here).stderr


def test_questions_by_a_rule(fundstelle: Run, here: Path) -> None:
    """They can be asked as they are, and are reported as what they are."""
    done = fundstelle("questions", "suggest", "s.jsonl", "--most", "5", cwd=here)
    assert "questions; ask them with `fundstelle eval s.jsonl`" in done.stdout
    assert json.loads(fundstelle("eval", "s.jsonl", "--fast", "--json", cwd=here).stdout)["synthetic"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.jsonl",), "The questions in nowhere.jsonl cannot be read (No such file or directory)"),
        (("q.jsonl", "r.jsonl"), "Give only one question file"),
        (("q.jsonl", "--set", "lexical=1"), "Unknown setting 'lexical': choose one of passage_tokens"),
        (("q.jsonl", "--set", "lexical_weight"), "'lexical_weight' is not a setting: write KEY=VALUE"),
        (("q.jsonl", "--beir", "set"), "Give either a question file or the folder of a retrieval set, not both."),
        (("--beir", "set"), "There is no corpus.jsonl in set"),
        (("--trec-run", "x"), "Give the folder of the retrieval set"),
        (("q.jsonl", "--encoder", "x"), "--encoder only works with --beir"),
        (("empty.jsonl",), "There is not a valid question in empty.jsonl"),
        (("foreign.jsonl",), "foreign.jsonl, line 1: There is no article 'fremd.txt' in this archive"),
        (("misquoted.jsonl",), "misquoted.jsonl, line 1: the article 57 Kilometer"),
        (("q.jsonl", "--report", "no/such/folder.html", "--fast"), "no/such/folder.html cannot be written"),
    ],
)
def test_what_is_wrong_is_one_sentence(fundstelle: Run, here: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2; with file and line where there is one."""
    (here / "empty.jsonl").write_text("\n")
    (here / "foreign.jsonl").write_text('{"question": "Wer?", "answers": [{"article": "fremd.txt"}]}\n')
    quote = {"article": "de-gotthard-basistunnel-eroeffnung.md", "quote": "Er misst 58 Kilometer"}
    (here / "misquoted.jsonl").write_text(json.dumps({"question": "Wer?", "answers": [quote]}))
    done = fundstelle("eval", *arguments, cwd=here, COLUMNS="1000")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_asked(here: Path) -> None:
    """Many questions, interrupted in the middle: exit code 130, figures of those that were asked, and a kept run."""
    many = "".join(
        json.dumps({**QUESTIONS[0], "id": str(number), "question": f"{TUNNEL} {number}"}) + "\n"
        for number in range(4000)
    )
    (here / "many.jsonl").write_text(many, encoding="utf-8")
    # a test that runs in the background inherits that Ctrl-C is ignored
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", listening + "from rag.cli.app import main; main()"]
    # colours are for terminals, and on a terminal the bar shows that the first question was asked
    process = subprocess.Popen(
        [*command, "eval", "many.jsonl", "--name", "cut"], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": "100"},
    )  # fmt: skip
    assert process.stderr is not None
    # bytes, since what is read may end within a character
    said = b""
    deadline = time.monotonic() + PATIENCE
    while not re.search(rb"\b[1-9]\d*/4000", said) and time.monotonic() < deadline:
        said += process.stderr.read(64)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert b"cut: " in printed
    listed = subprocess.run(
        [*command, "runs", "list", "--json"], cwd=here, capture_output=True, text=True, check=True
    ).stdout
    (kept,) = json.loads(listed)["runs"]
    assert kept["name"] == "cut"
    assert 0 < kept["asked"] < 4000


def test_ctrl_c_before_the_first_answer_keeps_no_run(fundstelle: Run, here: Path) -> None:
    """Interrupted while questions are encoded: exit code 130, and no run in which nothing was asked."""
    code = """
from embeddings.encoders.openvino_encoder import CompiledEncoder
def interrupted(*_):
    raise KeyboardInterrupt
CompiledEncoder.token_vectors = interrupted
from rag.cli.app import main
main()
"""
    (here / "one.jsonl").write_text(json.dumps(QUESTIONS[0]) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code, "eval", "one.jsonl"], cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr.startswith("Interrupted.")
    assert json.loads(fundstelle("runs", "list", "--json", cwd=here).stdout) == {"runs": []}

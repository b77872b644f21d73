"""Commands that ask a server print what they print of an archive folder."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api_parts import serving_api
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.server.hosts import Serving
from rag.workspace.dossiers import Dossiers

BRIDGE = "Die Brücke wurde am 3. Mai 1998 eröffnet. Sie ist 412 Meter lang und führt über den Fluss."
TUNNEL = "Der Tunnel misst 57 Kilometer.\nEr wurde im Juni 2016 eröffnet und führt durch den Berg."
DRAFT = "„Sie ist 412 Meter breit und führt über den Fluss.“ Der Tunnel misst 56 Kilometer."
ASK = ["ask", "Wie lang ist die Brücke?", "-k", "2"]
ROWS: list[dict[str, Any]] = [
    {"question": "Wie lang ist die Brücke?", "answers": [{"article": "bridge.txt", "quote": "412 Meter lang"}]},
    {"question": "Wie lang ist der Tunnel?", "answers": [{"article": "tunnel.txt"}], "id": "t", "tags": ["länge"]},
    {"question": "Was kostet ein Fahrrad?", "answerable": False, "language": "de"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Path]:
    """A folder of articles with its archive."""
    made = tmp_path_factory.mktemp("server")
    (made / "articles").mkdir()
    for name, text in (("bridge.txt", BRIDGE), ("copy.txt", BRIDGE), ("tunnel.txt", TUNNEL)):
        (made / "articles" / name).write_text(text, encoding="utf-8")
    (made / "draft.md").write_text(DRAFT, encoding="utf-8")
    (made / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    yield made


@pytest.fixture(scope="module")
def address(folder: Path, encoder: Encoder) -> Iterator[str]:
    """Where a server of the archive is."""
    with Archive.open(folder / ".fundstelle", encoder=encoder) as archive:
        archive.index([folder / "articles"])
        with serving_api(archive, Serving()) as served:
            yield served


@pytest.fixture
def both(fundstelle: Run, folder: Path, address: str) -> Callable[..., str]:
    """Run a command here and on the server, check that it prints the same but for times, and return that."""

    def run(*words: str, code: int = 0) -> str:
        local = fundstelle(*words, "--archive", ".fundstelle", cwd=folder)
        remote = fundstelle(*words, FUNDSTELLE_SERVER=address, cwd=folder)
        assert local.returncode == remote.returncode == code, (local.stderr, remote.stderr)
        assert local.stderr == remote.stderr
        printed = [re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "TIME", each.stdout) for each in (local, remote)]
        assert printed[0] == printed[1]
        return printed[0]

    return run


def without_times(text: str) -> str:
    """Return what was printed without the milliseconds that an answer took."""
    return re.sub(r'("took_ms": \{)[^}]*|(passages? in )\d+', r"\1\2", text)


@pytest.mark.parametrize(
    "words",
    [
        [*ASK, "--json"],
        [*ASK, "--json", "--fast", "--language", "de", "--path", "bridge"],
        [*ASK, "--jsonl"],
        [*ASK, "--explain"],
        ["show", "bridge.txt", "--json"],
        ["show", "tunnel.txt", "--json"],
        ["show", "tunnel.txt"],
        ["status", "--json"],
        ["status"],
        ["status", "--article", "bridge.txt", "--json"],
        ["list"],
        ["list", "--json", "--sort", "title", "--reverse", "--path", "bridge"],
        ["list", "--jsonl", "--state", "duplicate", "--limit", "1"],
        ["list", "--state", "missing"],
        ["check", "draft.md", "--quotes-only"],
        ["check", "draft.md", "--json"],
        ["index", "articles"],
    ],
    ids=" ".join,
)
def test_both_print_the_same(fundstelle: Run, folder: Path, address: str, words: list[str]) -> None:
    """To the last byte, but for the time that it took."""
    local = fundstelle(*words, cwd=folder, FUNDSTELLE_ARCHIVE=str(folder / ".fundstelle"))
    remote = fundstelle(*words, "--server", address, cwd=folder)
    assert local.returncode == remote.returncode == (words[0] == "check"), (local.stderr, remote.stderr)
    assert without_times(remote.stdout) == without_times(local.stdout)
    assert local.stdout or "missing" in words
    if words[0] != "index":
        assert without_times(remote.stderr) == without_times(local.stderr)


def test_a_server_is_asked_without_what_answers_here(address: str) -> None:
    """What searches, stores and encodes is not imported, nor what colours a terminal if JSON is printed."""
    needless = {"asyncio", "faiss", "numpy", "rag.archive", "rag.search.searcher", "rich", "sqlite3", "tantivy"}
    code = "import sys; from rag.cli.app import prepare_imports, run_command; prepare_imports();"
    code += f"run_command({[*ASK, '--jsonl', '--server', address]}); print({needless} & set(sys.modules))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answer, modules = process.stdout.splitlines()
    assert ("412 Meter" in answer, modules) == (True, "set()")


def test_questions_from_a_pipe(fundstelle: Run, folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is answered as the archive's folder answers it, and one that cannot be asked is named."""
    lines = "Wie lang ist die Brücke?\n" + "a" * 20_000 + '\n{"question": "Wie lang?", "since": "gestern"}\nWer?\n'

    def ask(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
        return fundstelle("ask", "-", "--jsonl", "-k", "1", *words, cwd=folder, **environment)

    local, remote = ask("--archive", ".fundstelle"), ask("--server", address)
    assert (local.returncode, remote.returncode) == (1, 1)
    assert without_times(remote.stdout) == without_times(local.stdout)
    assert [json.loads(line)["id"] for line in remote.stdout.splitlines()] == [1, 4]
    assert remote.stderr == local.stderr
    assert [line.split(":")[0] for line in remote.stderr.splitlines()] == ["Line 2", "Line 3"]


def test_an_evaluation(fundstelle: Run, folder: Path, address: str, both: Callable[..., str]) -> None:
    """The same questions give the same run, which the server stores."""
    local = fundstelle("eval", "q.jsonl", "--json", "--name", "local", cwd=folder)
    remote = fundstelle("eval", "q.jsonl", "--json", "--name", "remote", FUNDSTELLE_SERVER=address, cwd=folder)
    assert (remote.returncode, remote.stderr) == (0, "Stored as 'remote'.\n")
    varying = {"name", "made", "latency_ms"}
    ours, theirs = (json.loads(printed.stdout) for printed in (remote, local))
    assert {k: v for k, v in ours.items() if k not in varying} == {k: v for k, v in theirs.items() if k not in varying}
    assert ours["name"] == "remote"
    for words in (["list"], ["list", "--json"], ["show", "remote"], ["show", "local", "--json", "--misses"]):
        assert "remote" in both("runs", *words) or "local" in words
    assert both("eval", "compare", "local", "remote")
    both("runs", "export", "remote", "run.json")
    assert both("runs", "show", "run.json") == both("runs", "show", "remote")
    deleted = fundstelle("runs", "delete", "remote", "--server", address, cwd=folder)
    assert (deleted.returncode, deleted.stdout) == (0, "Deleted: remote\n")
    assert "remote" not in both("runs", "list")


def test_corrections_and_removals(fundstelle: Run, folder: Path, address: str, both: Callable[..., str]) -> None:
    """What the server's archive is told to change is changed in its folder."""
    options = ("--title", "Der Tunnel", "--by", "Eva", "--json")
    assert json.loads(both("correct", "tunnel.txt", *options))["title"] == "Der Tunnel"
    assert "corrected" not in fundstelle("correct", "tunnel.txt", "--undo", "--server", address, cwd=folder).stdout
    assert json.loads(both("show", "tunnel.txt", "--json"))["title"] is None
    (folder / "articles" / "gone.txt").write_text(f"{BRIDGE} Sie ist gesperrt.", encoding="utf-8")
    fundstelle("index", "articles", cwd=folder)
    done = fundstelle("forget", "articles/gone.txt", "--server", address, cwd=folder)
    (folder / "articles" / "gone.txt").unlink()
    assert (done.returncode, done.stdout) == (0, "1 article removed from the archive\n")
    assert "gone.txt" not in both("list")


def test_saved_questions(fundstelle: Run, folder: Path, address: str, both: Callable[..., str]) -> None:
    """What is saved on the server is listed, run and removed there as in its folder."""
    assert both("saved", "list") == ""
    saved = fundstelle("saved", "add", ASK[1], "--name", "bridge", "--path", "bridge", "--server", address)
    assert (saved.returncode, saved.stdout) == (0, "Saved as 'bridge'.\n")
    for words in (["list"], ["list", "--json"], ["run", "bridge"], ["run", "--json"], ["run", "--new"]):
        assert ("bridge" in both("saved", *words)) == ("--new" not in words)
    assert fundstelle("saved", "remove", "bridge", "--server", address).stdout == "1 question removed\n"
    assert both("saved", "list") == ""


@pytest.mark.parametrize("words", [["a.jsonl"], ["p.csv", "--what", "passages", "--path", "bridge"], ["v.parquet"]])
def test_exports(fundstelle: Run, folder: Path, address: str, both: Callable[..., str], words: list[str]) -> None:
    """The file is that of the folder; one that exists is replaced only by --force, and - is standard output."""
    both("export", *words, "--force")
    here = (folder / words[0]).read_bytes()
    (folder / words[0]).unlink()
    done = fundstelle("export", *words, "--server", address, cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"Written: {words[0]}\n")
    assert (folder / words[0]).read_bytes() == here
    assert fundstelle("export", *words, "--server", address, cwd=folder).returncode == 2
    assert both("export", "-", "--format", "jsonl", *words[1:]).count("\n") > 0


def test_dossiers(fundstelle: Run, folder: Path, address: str, both: Callable[..., str]) -> None:
    """Listed, shown, exported, verified, and taken from a file, as in the folder of the archive."""
    with Archive.open(folder / ".fundstelle") as archive:
        dossiers, article = Dossiers(archive), archive.article("bridge.txt")
        dossier_id = dossiers.make("Die Brücke")
        dossiers.write(dossier_id, "heading", "Maße")
        dossiers.save(dossier_id, article.id, (42, 65), "Wie lang?")
    for words in (["list"], ["list", "--json"], ["show", "Die Brücke"], ["show", dossier_id, "--json"]):
        assert "Die Brücke" in both("dossier", *words)
    for words in (["verify", "Die Brücke"], ["verify", "Die Brücke", "--json"]):
        assert "unchanged" in both("dossier", *words)
    for ending in ("json", "md", "html", "csv", "ris", "csl.json", "docx"):
        both("dossier", "export", "Die Brücke", f"here.{ending}")
        here = (folder / f"here.{ending}").read_bytes()
        fundstelle("dossier", "export", "Die Brücke", f"there.{ending}", "--server", address, cwd=folder)
        assert ending == "docx" or (folder / f"there.{ending}").read_bytes() == here != b""
    stored = fundstelle("dossier", "import", "there.md", "--server", address, cwd=folder)
    assert (stored.returncode, stored.stdout) == (0, "Die Brücke 2: 1 quotation\n")
    assert "Die Brücke 2" in both("dossier", "list")
    (folder / "articles" / "bridge.txt").write_text(BRIDGE.replace("412", "413"), encoding="utf-8")
    try:
        assert "changed" in both("dossier", "verify", "Die Brücke 2", code=1)
    finally:
        (folder / "articles" / "bridge.txt").write_text(BRIDGE, encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*ASK, "--archive", "x"], "Give either --archive or --server"),
        ([*ASK, "--right", "1"], "--right is for an archive folder"),
        (["index", "articles", "--watch"], "--watch is for an archive folder"),
        (["eval", "q.jsonl", "k=3"], "--set is for an archive folder"),
        (["show", "nothing"], "no article"),
        (["show", "bridge.txt", "--removed"], "--removed is for an archive folder"),
        (["index", "/etc/hosts"], "does not index"),
        (["ask", "Wer?", "--since", "gestern"], "There is no day"),
        (["saved", "run", "nothing"], "No question was saved as 'nothing'"),
        (["dossier", "show", "nothing"], "There is no dossier 'nothing'"),
        (["export", "x", "--format", "beir"], "A BEIR set is made from an archive folder"),
        (["export", "x", "--everything"], "--everything is for an archive folder"),
        (["export", "v.csv", "--what", "vectors"], "A vector does not fit into cells"),
        (["doctor"], "`fundstelle doctor` does not ask a server: run it without --server"),
        (["eval", "sweep", "q.jsonl", "k=3,5"], "`fundstelle eval sweep` does not ask a server"),
        (["saved", "list", "--archive", "x"], "Give either --archive or --server"),
    ],
)
def test_what_a_server_does_not_do_is_a_sentence(
    fundstelle: Run, folder: Path, address: str, words: list[str], sentence: str
) -> None:
    """Exit code 2, and a line that says what to do."""
    completed = fundstelle(*words, "--server", address, cwd=folder, COLUMNS="1000")
    assert (completed.returncode, completed.stdout) == (2, "")
    assert re.fullmatch(rf"[^\n]*{sentence}[^\n]*[.]\n", completed.stderr), completed.stderr


def test_the_command_line_goes_before_the_environment(fundstelle: Run, folder: Path, address: str) -> None:
    """An archive that is named is asked, whatever $FUNDSTELLE_SERVER says; without one, the server is."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        gone = f"http://127.0.0.1:{free.getsockname()[1]}"
    named = fundstelle(*ASK, "--archive", ".fundstelle", FUNDSTELLE_SERVER=gone, cwd=folder)
    assert (named.returncode, "412 Meter" in named.stdout) == (0, True)
    unnamed = fundstelle(*ASK, FUNDSTELLE_SERVER=gone, cwd=folder)
    assert (unnamed.returncode, f"The server at {gone} does not answer" in unnamed.stderr) == (2, True)

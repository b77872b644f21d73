"""The commands `fundstelle saved`: what they print, for a person and for a cron job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from paths import Run

BRIDGE = "Die Brücke über den Kanal wurde 1932 gebaut. Sie ist für Lastwagen gesperrt, seit ein Pfeiler Risse zeigt."
NEWS = "Die Brücke über den Kanal wird im Mai abgerissen. Das hat der Gemeinderat am Montag beschlossen."
QUESTION = "Was ist mit der Brücke über den Kanal?"


@pytest.fixture
def folder(tmp_path: Path, fundstelle: Run) -> Path:
    """A folder of articles that was indexed."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    assert fundstelle("index", "in").returncode == 0
    return tmp_path / "in"


def test_a_cron_job(folder: Path, fundstelle: Run) -> None:
    """It prints what is new once, and else nothing at all, not even on standard error; the exit code is 0."""
    assert fundstelle("saved", "add", QUESTION, "--name", "bridge").stdout == "Saved as 'bridge'.\n"
    silent = fundstelle("saved", "run", "--new")
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")
    (folder / "council.txt").write_text(NEWS, encoding="utf-8")
    fundstelle("index", "in")
    run = fundstelle("saved", "run", "--new")
    assert run.returncode == 0
    assert "bridge: 1 new" in run.stdout and NEWS in run.stdout and BRIDGE not in run.stdout
    assert "council.txt" in run.stdout
    assert fundstelle("saved", "run", "--new").stdout == ""


def test_all_that_answers(folder: Path, fundstelle: Run) -> None:
    """Without --new, old passages are printed too; only the questions that were named are asked."""
    fundstelle("saved", "add", QUESTION, "--name", "bridge")
    fundstelle("saved", "add", "Wer ist Frau Yilmaz?", "--name", "market")
    run = fundstelle("saved", "run", "bridge").stdout
    assert "bridge: 0 new" in run and BRIDGE in run and "market" not in run


def test_json(folder: Path, fundstelle: Run) -> None:
    """As JSON there is always an object, with the question, its filter and its citations."""
    fundstelle("saved", "add", QUESTION, "--since", "2001", "--source", "Bote", "--include", "comments")
    fundstelle("saved", "add", QUESTION, "--name", "all")
    listed = json.loads(fundstelle("saved", "list", "--json").stdout)["questions"]
    assert [question["name"] for question in listed] == [QUESTION, "all"]
    assert listed[0]["filter"] == {"since": "2001-01-01", "sources": ["Bote"], "kinds": ["article", "comment"]}
    (folder / "council.txt").write_text(NEWS, encoding="utf-8")
    fundstelle("index", "in")
    dated, everything = json.loads(fundstelle("saved", "run", "--new", "--json").stdout)["questions"]
    assert dated["new"] == [] and "answering" not in dated
    assert [citation["quote"] for citation in everything["new"]] == [NEWS]
    assert {citation["quote"] for citation in _run(fundstelle, "all")["answering"]} == {NEWS, BRIDGE}


def _run(fundstelle: Run, name: str) -> dict[str, list[dict[str, str]]]:
    (question,) = json.loads(fundstelle("saved", "run", name, "--json").stdout)["questions"]
    return question


def test_list_and_remove(folder: Path, fundstelle: Run) -> None:
    """They are listed with their filters; of several names, none is removed if one is unknown."""
    assert "No question was saved yet" in fundstelle("saved", "list").stderr
    fundstelle("saved", "add", QUESTION, "--name", "bridge", "--until", "2020")
    listed = fundstelle("saved", "list").stdout
    assert f"bridge: {QUESTION}" in listed and "until 2020-12-31" in listed
    refused = fundstelle("saved", "remove", "bridge", "tunnel")
    assert refused.returncode == 2 and "'tunnel'" in refused.stderr
    assert fundstelle("saved", "remove", "bridge").stdout == "1 question removed\n"
    assert fundstelle("saved", "run", "bridge").returncode == 2


def test_what_cannot_be_saved(folder: Path, fundstelle: Run) -> None:
    """A question that is saved already, or none, is refused in one sentence."""
    fundstelle("saved", "add", QUESTION)
    for arguments in ((QUESTION,), ("?",), ("Wann?", "--since", "yesterday")):
        refused = fundstelle("saved", "add", *arguments)
        assert refused.returncode == 2
        assert len(refused.stderr.strip().splitlines()) == 1

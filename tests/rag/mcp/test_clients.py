"""`fundstelle mcp install`: an entry in the configuration of another program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from paths import Run

from rag.mcp.clients import CLIENTS


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder with an archive's folder beside it."""
    (tmp_path / "archive").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path / "home"


@pytest.mark.parametrize("name", CLIENTS)
def test_an_entry_is_added(home: Path, fundstelle: Run, name: str) -> None:
    """What is there stays, a copy is kept, and a second time nothing changes."""
    client = CLIENTS[name]
    file = home / (".config" if client.base == "settings" else "") / client.path
    file.parent.mkdir(parents=True)
    before = {client.key: {"other": {"command": "x"}}, "ümlaut": [1]}
    file.write_text(json.dumps(before), "utf-8")
    done = fundstelle("mcp", "install", name, "--archive", "archive", "--yes")
    assert done.returncode == 0, done.stderr
    after = json.loads(file.read_text("utf-8"))
    server = after[client.key].pop("fundstelle")
    assert after == before
    assert server["args"][-3:] == ["mcp", "--archive", str(home.parent / "archive")]
    assert json.loads(file.with_name(f"{file.name}.before-fundstelle").read_text("utf-8")) == before
    assert "knows the archive already" in fundstelle("mcp", "install", name, "--archive", "archive", "--yes").stdout


def test_nothing_is_written_unasked(home: Path, fundstelle: Run) -> None:
    """Without a terminal and without --yes, the change is only shown."""
    done = fundstelle("mcp", "install", "cursor", "--archive", "archive")
    assert (done.returncode, (home / ".cursor").exists()) == (2, False)
    assert '+    "fundstelle": {' in done.stdout


@pytest.mark.parametrize("text", ['{"mcpServers": {} // note\n}', '{"mcpServers": []}', "[]", "\xff"])
def test_a_file_that_cannot_be_changed(home: Path, fundstelle: Run, text: str) -> None:
    """It stays as it is, and a sentence says what to do."""
    file = home / ".cursor" / "mcp.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, "latin-1")
    done = fundstelle("mcp", "install", "cursor", "--archive", "archive", "--yes")
    assert done.returncode == 2
    assert "mcp.json" in done.stderr
    assert file.read_text("latin-1") == text


def test_unknown_programs(home: Path, fundstelle: Run) -> None:
    """The known ones are named."""
    done = fundstelle("mcp", "install", "emacs", "--archive", "archive")
    assert "choose among claude-desktop, claude-code, cursor" in done.stderr

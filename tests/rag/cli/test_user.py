"""The commands `user …`: who may come in, and what is never shown."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from paths import Run

from rag.access.account_file import AccountFile
from rag.access.accounts import token_digest
from rag.access.passwords import is_password


def test_accounts_by_the_command_line(fundstelle: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is added, changed and removed; the password comes from standard input and is never shown."""
    accounts = tmp_path / "accounts.json"

    def user(*words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        process = fundstelle("user", *words, FUNDSTELLE_AUTH=str(accounts))
        return process.returncode, process.stdout + process.stderr

    password = "a few words more"  # noqa: S105
    assert user("add", "Ada", "--role", "editor", typed=f"{password}\n") == (0, "Added ada as editor.\n")
    assert user("add", "ada", typed=f"{password}\n")[0] == 2
    assert user("add", "bo", typed="short\n")[0] == 2
    assert is_password(password, AccountFile(accounts).accounts()["ada"].password)
    assert user("role", "ada", "--role", "admin") == (0, "ada has the role admin now.\n")
    code, said = user("token", "importer", "--expires", "2027-06-30")
    token = re.findall(r"fundstelle_[\w-]{43}", said)[0]
    assert code == 0
    assert AccountFile(accounts).accounts()["importer"].token == token_digest(token)
    assert user("token", "late", "--expires", "soon")[0] == 2
    assert user("passwd", "importer", typed=f"{password}\n")[0] == 2
    listed = "ada: admin, person\nimporter: reader, program, until 2027-06-30\n"
    assert user("list") == (0, listed)
    facts = json.loads(user("list", "--json")[1])["accounts"]
    assert facts[0] == {"name": "ada", "role": "admin", "kind": "person", "expires": None}
    assert user("remove", "ADA") == (0, "Removed ADA.\n")
    assert user("remove", "ada")[0] == 2
    assert set(AccountFile(accounts).accounts()) == {"importer"}


def test_a_server_for_others_wants_accounts(fundstelle: Run, tmp_path: Path) -> None:
    """Each way to reach it from elsewhere does; a file of accounts that is missing or empty is said at once."""
    for option, value in (("host", "::"), ("proxy", "127.0.0.1"), ("allow-host", "a.example"), ("root-path", "/a")):
        process = fundstelle("serve", f"--{option}", value)
        assert process.returncode == 2
        assert re.fullmatch(r"Other computers reach this server[^\n]*--auth[^\n]*--no-auth[^\n]*[.]\n", process.stderr)
    process = fundstelle("ui", "--auth", tmp_path / "accounts.json")
    assert process.returncode == 2
    assert "fundstelle user add" in process.stderr

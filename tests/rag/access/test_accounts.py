"""The file of accounts: what is in it, who may read it, and what a person types."""

from __future__ import annotations

import json
import re
import stat
from datetime import date
from pathlib import Path

import argon2
import pytest
from access_parts import PASSWORD, make_accounts
from hypothesis import given
from hypothesis import strategies as st

from rag.access import account_file
from rag.access.account_file import AccountFile
from rag.access.accounts import Account, accounts_from, accounts_text, checked_name, new_token, token_digest
from rag.access.passwords import decoy_hash, hash_password, is_password
from rag.access.roles import Role
from rag.errors import FundstelleError, NotFound

SENTENCE = r"^[^\n]+[.]$"


def test_passwords_are_argon2id_hashes() -> None:
    """Another library's reading: argon2id, 64 MiB, three passes, as RFC 9106 says; ü may be u with two dots."""
    first = hash_password(f"Gr\u00fcn {PASSWORD}")
    parameters = argon2.extract_parameters(first)
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (argon2.Type.ID, 64 * 1024, 3)
    assert argon2.extract_parameters(decoy_hash()) == parameters
    assert is_password(f"Gru\u0308n {PASSWORD}", first)
    assert not is_password(f"Grun {PASSWORD}", first)
    assert not is_password("no account has this password", None)


@pytest.mark.parametrize("password", ["", "elf Zeichen", "x" * 1001])
def test_short_passwords_are_refused(password: str) -> None:
    """Fewer than 12 characters, or so many that hashing them takes long."""
    with pytest.raises(FundstelleError, match=SENTENCE):
        hash_password(password)


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600, without passwords and tokens; once others may read it, it is refused."""
    path = make_accounts(tmp_path / "accounts.json").path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("utf-8")
    assert PASSWORD not in text
    assert "token-of-a" not in text
    assert {entry["name"]: entry["role"] for entry in json.loads(text)["accounts"]}["editor"] == "editor"
    assert [each.name for each in tmp_path.iterdir() if "lock" not in each.name] == ["accounts.json"]
    path.chmod(0o640)
    with pytest.raises(FundstelleError, match="chmod 600"):
        AccountFile(path).accounts()


def test_a_group_may_read_what_root_owns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As secrets are mounted into containers: the server has another account, in that group, and cannot write."""
    path = make_accounts(tmp_path / "accounts.json").path
    path.chmod(0o440)
    with pytest.raises(FundstelleError, match="Others may read"):
        AccountFile(path).accounts()
    is_of_root = path.stat().st_uid == 0
    monkeypatch.setattr(account_file.os, "geteuid", lambda: 10001)
    for mode, is_readable in ((0o440, is_of_root), (0o640, is_of_root), (0o660, False), (0o444, False)):
        path.chmod(mode)
        if is_readable:
            assert AccountFile(path).accounts()
        else:
            with pytest.raises(FundstelleError, match="Others may read"):
                AccountFile(path).accounts()


def test_a_change_counts_at_once(tmp_path: Path) -> None:
    """Two readers of the file see what a third one changed; a change that fails changes nothing."""
    file = make_accounts(tmp_path / "accounts.json")
    other = AccountFile(file.path)
    assert "reader" in other.accounts()
    file.change(lambda accounts: accounts.pop("reader") and None)
    assert "reader" not in other.accounts()

    def fail(accounts: dict[str, Account]) -> None:
        accounts.clear()
        raise FundstelleError("No.")

    with pytest.raises(FundstelleError):
        file.change(fail)
    assert "editor" in other.accounts()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "accounts": []}',
        '{"version": 1, "accounts": [1]}',
        '{"version": 1, "accounts": [{"name": "a", "role": "owner", "password": "x"}]}',
        '{"version": 1, "accounts": [{"name": "a", "role": "admin"}]}',
        '{"version": 1, "accounts": [{"name": "a", "role": "admin", "password": "x", "token": "y"}]}',
        '{"version": 1, "accounts": [{"name": "a", "role": "admin", "password": "x", "expires": "soon"}]}',
        '{"version": 1, "accounts": [{"name": "A", "role": "admin", "password": "x"}]}',
    ],
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, text: str) -> None:
    """It is refused in one sentence, and so is one that is missing."""
    path = tmp_path / "accounts.json"
    with pytest.raises(NotFound, match=SENTENCE):
        AccountFile(path).accounts()
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(FundstelleError, match=SENTENCE):
        AccountFile(path).accounts()


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9.@-]{0,20}", fullmatch=True),
        st.tuples(st.sampled_from(Role), st.booleans(), st.none() | st.dates()),
    )
)
def test_accounts_survive_their_file(drawn: dict[str, tuple[Role, bool, date | None]]) -> None:
    """What is written is read again."""
    accounts = {
        name: Account(name, role, "" if is_program else "hash", "digest" if is_program else "", expires)
        for name, (role, is_program, expires) in drawn.items()
    }
    assert accounts_from(accounts_text(accounts.values())) == accounts


def test_names_and_tokens() -> None:
    """A name is in lower case, without what could be a path or markup; a token has 256 random bits."""
    assert checked_name(" Jürgen.M ") == "jürgen.m"
    for name in ("", "a b", "../a", "a/b", "<b>", "a" * 65, "-a", "a\n"):
        if name.strip() != "a":
            with pytest.raises(FundstelleError, match=SENTENCE):
                checked_name(name)
    token = new_token()
    assert re.fullmatch(r"fundstelle_[\w-]{43}", token)  # 43 · 6 bits ≥ 256
    assert token != new_token()
    assert len(token_digest(token)) == 64
    assert Role.ADMIN.includes(Role.EDITOR)
    assert not Role.READER.includes(Role.EDITOR)
    assert "hash" not in repr(Account("a", Role.READER, password="hash"))

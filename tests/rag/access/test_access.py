"""Signing in: sessions, their ends, and what wrong passwords lead to; with a clock that is moved by hand."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from access_parts import PASSWORD, TOKENS, Clock, make_accounts

from rag.access import access as access_module
from rag.access.access import Access, SignInRefused
from rag.access.account_file import AccountFile
from rag.access.accounts import Account, AccountMark, token_digest
from rag.access.passwords import hash_password
from rag.access.roles import Role, Visitor
from rag.access.sessions import IDLE_SECONDS, MOST_SECONDS, MOST_SESSIONS, Sessions
from rag.access.throttle import FORGOTTEN_SECONDS, Throttle

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
PERSON = AccountMark("reader", "digest")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> AccountFile:
    return make_accounts(tmp_path / "accounts.json")


@pytest.fixture
def access(file: AccountFile, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Access whose passwords are compared at once."""
    monkeypatch.setattr(access_module, "is_password", lambda given, stored: given == PASSWORD and stored is not None)
    return Access(file, clock, lambda: date(2026, 11, 30))


def refusal(access: Access, name: str, password: str, address: str = HOME) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        access.sign_in(name, password, address)
    return caught.value


def test_sessions_end(clock: Clock) -> None:
    """After eight hours without use, after 72 hours in any case; looking at one is no use."""
    assert (IDLE_SECONDS, MOST_SECONDS) == (8 * 3600, 72 * 3600)
    sessions = Sessions(clock)
    first = sessions.begin(PERSON)
    assert len(first) == 43
    clock.now += IDLE_SECONDS - 1
    assert sessions.account(first, is_use=False) == PERSON
    clock.now += 2
    assert sessions.account(first) is None
    second = sessions.begin(PERSON)
    for _ in range(10):
        clock.now += 7 * 3600
        assert sessions.account(second) == PERSON
    clock.now += 3 * 3600
    assert sessions.account(second) is None
    assert sessions.account("") is None


def test_an_account_has_few_sessions(clock: Clock) -> None:
    """The oldest one ends; signing out ends one, and everywhere all of them, but nobody else's."""
    sessions = Sessions(clock)
    other = sessions.begin(PERSON._replace(name="other"))
    ids = [sessions.begin(PERSON) for _ in range(MOST_SESSIONS + 1)]
    assert [sessions.account(each) is None for each in ids] == [True] + [False] * MOST_SESSIONS
    sessions.end(ids[1])
    assert sessions.account(ids[1]) is None
    sessions.end_all("reader")
    assert not any(map(sessions.account, ids))
    assert sessions.account(other)


def test_who_signs_in_is_known(access: Access) -> None:
    """By a new random id each time; the name may be written in capitals."""
    first, second = (access.sign_in(" Editor ", PASSWORD, HOME) for _ in range(2))
    assert first != second
    assert access.visitor_of_session(first) == Visitor("editor", Role.EDITOR)
    access.sign_out(first)
    assert access.visitor_of_session(first) is None
    access.sign_out_everywhere("editor")
    assert access.visitor_of_session(second) is None


@pytest.mark.parametrize("change", ["password", "role", "removed"])
def test_a_changed_account_ends_its_sessions(access: Access, file: AccountFile, change: str) -> None:
    """And those of nobody else."""
    ids = {name: access.sign_in(name, PASSWORD, HOME) for name in ("reader", "editor")}

    def apply(accounts: dict[str, Account]) -> None:
        account = accounts.pop("editor")
        if change == "password":
            accounts["editor"] = replace(account, password="$argon2id$other")
        elif change == "role":
            accounts["editor"] = replace(account, role=Role.ADMIN)

    file.change(apply)
    assert access.visitor_of_session(ids["editor"]) is None
    assert access.visitor_of_session(ids["reader"])


def test_tokens_are_valid_to_their_last_day(access: Access, file: AccountFile) -> None:
    """A token is no password, a password no token, and the hash of neither is one."""
    assert access.visitor_of_token(TOKENS[Role.EDITOR]) == Visitor("editor-program", Role.EDITOR, is_program=True)
    stored = file.accounts()["editor"]
    for wrong in ("", PASSWORD, stored.password, token_digest(TOKENS[Role.EDITOR]), TOKENS[Role.EDITOR] + "x"):
        assert access.visitor_of_token(wrong) is None
    for days, is_valid in (("2026-11-30", True), ("2026-11-29", False)):
        program = Account("t", Role.READER, token=token_digest("t"), expires=date.fromisoformat(days))
        file.change(partial(dict.update, t=program))
        assert (access.visitor_of_token("t") is not None) == is_valid
    refusal(access, "editor-program", TOKENS[Role.EDITOR])
    refusal(access, "editor-program", "")


def test_wrong_passwords_make_wait(access: Access, clock: Clock) -> None:
    """Five are free; then 1, 2, 4 … seconds, up to fifteen minutes, for the right one, too."""
    for _ in range(5):
        assert refusal(access, "reader", "wrong").wait == 0
    for wait in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        assert refusal(access, "reader", PASSWORD).wait == wait
        clock.now += wait
        assert refusal(access, "reader", "wrong").wait == 0
    # others, elsewhere, do not wait, and the right password ends it
    assert access.sign_in("editor", PASSWORD, ELSEWHERE)
    clock.now += 900
    assert access.sign_in("reader", PASSWORD, ELSEWHERE)
    assert refusal(access, "reader", "wrong", ELSEWHERE).wait == 0
    assert access.sign_in("reader", PASSWORD, ELSEWHERE)


def test_an_unknown_name_is_like_any_other(access: Access) -> None:
    """The same sentence, the same waits: nobody finds out by them who has an account."""
    known = [(str(fault), fault.wait) for fault in (refusal(access, "reader", "wrong", HOME) for _ in range(7))]
    unknown = [(str(fault), fault.wait) for fault in (refusal(access, "nobody", "wrong", ELSEWHERE) for _ in range(7))]
    assert known == unknown
    assert known[-1][1] == 1


def test_who_tries_many_names_waits(access: Access, clock: Clock) -> None:
    """Twenty from an address are free, whatever the names; an IPv6 network of 64 bits is one address."""
    for number in range(20):
        assert refusal(access, f"name{number}", "wrong", f"2001:db8:0:1::{number:x}").wait == 0
    assert refusal(access, "reader", PASSWORD, "2001:db8:0:1:ffff::1").wait == 1
    assert access.sign_in("reader", PASSWORD, "2001:db8:0:2::1")
    clock.now += FORGOTTEN_SECONDS + 1
    assert access.sign_in("reader", PASSWORD, "2001:db8:0:1::1")


def test_a_success_does_not_free_an_address(access: Access) -> None:
    """Or who has an account could try those of others for ever."""
    for number in range(20):
        refusal(access, f"name{number}", "wrong")
        if number < 19:
            access.sign_in("reader", PASSWORD, HOME)
    assert refusal(access, "reader", PASSWORD).wait == 1


def test_attempts_are_forgotten(clock: Clock) -> None:
    """After a day, and the least recent ones when there are very many."""
    throttle = Throttle(1, clock)
    throttle.count("a")
    assert throttle.wait("a") == 1
    clock.now += FORGOTTEN_SECONDS + 1
    throttle.count("a")
    assert throttle.wait("a") == 1
    for number in range(10_000):
        throttle.count(str(number))
    assert throttle.wait("a") == 0


@pytest.mark.slow
def test_an_unknown_name_takes_as_long(file: AccountFile) -> None:
    """Its password is compared, too: with a hash that nobody knows the password of."""
    person = Account("reader", Role.READER, password=hash_password(PASSWORD))
    file.change(partial(dict.update, reader=person))
    access = Access(file)
    seconds: dict[str, list[float]] = {"reader": [], "nobody": []}
    for _ in range(3):
        for name, measured in seconds.items():
            begin = time.process_time()
            refusal(access, name, "wrong")
            measured.append(time.process_time() - begin)
    assert 0.5 < min(seconds["nobody"]) / min(seconds["reader"]) < 2


def test_who_was_not_looked_at_did_not_fail(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sign in at once: a password that was not compared is no attempt, of a name or of an address."""
    monkeypatch.setattr(access_module, "_MOST_WAIT", 0.001)
    with ExitStack() as busy:
        for _ in range(access_module._MOST_AT_ONCE):
            busy.enter_context(access._comparing)
        for _ in range(30):
            assert refusal(access, "reader", PASSWORD).wait == 1
            assert "at once" in str(refusal(access, "editor", PASSWORD))
    assert access.sign_in("reader", PASSWORD, HOME)

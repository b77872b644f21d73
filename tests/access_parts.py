"""Accounts for tests: a person for each role, and a program."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher

from rag.access.account_file import AccountFile
from rag.access.accounts import Account, token_digest
from rag.access.roles import Role

PASSWORD = "correct horse battery staple"  # noqa: S105
TOKENS = {role: f"fundstelle_token-of-a-{role.value}" for role in Role}


# compared a hundred times faster than ours
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_accounts(path: Path) -> AccountFile:
    """Make a file of accounts: reader, editor and admin, whose password is PASSWORD, and programs with TOKENS."""
    file = AccountFile(path)

    def add(accounts: dict[str, Account]) -> None:
        for role in Role:
            accounts[role.value] = Account(role.value, role, password=_HASH)
            program = f"{role.value}-program"
            accounts[program] = Account(program, role, token=token_digest(TOKENS[role]))

    file.change(add)
    return file


def bearer(role: Role) -> dict[str, str]:
    """Return the header that a program of a role sends."""
    return {"Authorization": f"Bearer {TOKENS[role]}"}


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

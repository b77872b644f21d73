"""Accounts: of people with a password, and of programs with a token. Pure functions on values."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from rag.access.roles import Role
from rag.errors import FundstelleError

_VERSION = 1
_NAME = re.compile(r"\w[\w.@-]{0,63}")
_TOKEN_PREFIX = "fundstelle_"  # noqa: S105 (so that a token that leaked is recognised as one)
_TOKEN_BYTES = 32


class AccountMark(NamedTuple):
    """What a session remembers of an account: its name, and a hash of all that it was, by which a change is seen."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in.

    Attributes:
        password: the argon2id hash of the password; empty for a program.
        token: the SHA-256 of the token, which has 256 random bits; empty for a person.
        expires: the last day of a token, by UTC; None if it has none.
    """

    name: str
    role: Role
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    expires: date | None = None

    def is_valid(self, today: date) -> bool:
        """Return whether the account has not expired."""
        return self.expires is None or today <= self.expires

    @property
    def mark(self) -> AccountMark:
        """What a session of this account remembers of it."""
        text = json.dumps(_entry(self), sort_keys=True)
        return AccountMark(self.name, hashlib.sha256(text.encode()).hexdigest())


def normal_name(name: str) -> str:
    """Return the name of an account as it is stored: in lower case, in one Unicode form."""
    return unicodedata.normalize("NFC", name.strip().lower())


def checked_name(name: str) -> str:
    """Return the name of a new account as it is stored.

    Raises:
        FundstelleError: it cannot be one.
    """
    normal = normal_name(name)
    if not _NAME.fullmatch(normal):
        raise FundstelleError(
            f"{name!r} cannot be the name of an account: take up to 64 letters, digits, points, hyphens and @."
        )
    return normal


def new_token() -> str:
    """Return a random token."""
    return _TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def token_digest(token: str) -> str:
    """Return what is stored of a token; since it is random, a quick hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def today() -> date:
    """Return the day by UTC."""
    return datetime.now(UTC).date()


def accounts_from(text: str) -> dict[str, Account]:
    """Return the accounts in the text of a file, by name.

    Raises:
        ValueError: it is no such file.
    """
    values = json.loads(text)
    if not isinstance(values, Mapping) or values.get("version") != _VERSION:
        raise ValueError("The version is not known.")
    accounts = [_account_from(entry) for entry in values["accounts"]]
    by_name = {account.name: account for account in accounts}
    if len(by_name) < len(accounts):
        raise ValueError("Two accounts have the same name.")
    return by_name


def accounts_text(accounts: Iterable[Account]) -> str:
    """Return the text of the file of accounts."""
    entries = [_entry(account) for account in sorted(accounts, key=lambda account: account.name)]
    return json.dumps({"version": _VERSION, "accounts": entries}, indent=2, ensure_ascii=False) + "\n"


def _account_from(entry: Any) -> Account:
    try:
        expires = entry.get("expires")
        account = Account(
            entry["name"],
            Role(entry["role"]),
            entry.get("password", ""),
            entry.get("token", ""),
            None if expires is None else date.fromisoformat(expires),
        )
        is_known = entry.keys() <= {"name", "role", "password", "token", "expires"}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("An account is not complete.") from error
    if not is_known or normal_name(account.name) != account.name or bool(account.password) == bool(account.token):
        raise ValueError("An account is not valid.")
    return account


def _entry(account: Account) -> dict[str, str]:
    secret = {"password": account.password} if account.password else {"token": account.token}
    expires = {"expires": account.expires.isoformat()} if account.expires else {}
    return {"name": account.name, "role": account.role.value, **secret, **expires}

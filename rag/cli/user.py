"""The commands `user …`: who may come in to a server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.access.roles import Role
from rag.cli.options import JsonOption
from rag.cli.output import err, out
from rag.cli.plain import print_json
from rag.errors import FundstelleError, NotFound

if TYPE_CHECKING:
    from rag.access.accounts import Account

users = typer.Typer(
    help="Accounts of a server: people with a password, programs with a token.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AccountsOption = Annotated[
    Path, typer.Option("--auth", metavar="FILE", envvar="FUNDSTELLE_AUTH", help="File of accounts, as of the server.")
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
RoleOption = Annotated[
    Role, typer.Option("--role", help="A reader asks and cites, an editor changes, an admin removes and configures.")
]


@users.command("add")
def add_user(name: NameArgument, accounts: AccountsOption, role: RoleOption = Role.READER) -> None:
    """Add a person; the password is asked for twice, or read as a line from standard input."""
    from rag.access.accounts import Account, checked_name
    from rag.access.passwords import hash_password

    account = Account(checked_name(name), role, password=hash_password(_new_password()))
    _change(accounts, lambda stored: _add(stored, account))
    out.print(f"Added {account.name} as {role.value}.", highlight=False)


@users.command("passwd")
def change_password(name: NameArgument, accounts: AccountsOption) -> None:
    """Change the password of a person, which ends their sessions."""
    from rag.access.passwords import hash_password

    password = hash_password(_new_password())

    def change(stored: dict[str, Account]) -> None:
        account = _known(stored, name)
        if not account.password:
            raise FundstelleError(f"{account.name} is a program: remove it, and add a token of the same name.")
        stored[account.name] = replace(account, password=password)

    _change(accounts, change)
    out.print(f"Changed the password of {name}.", highlight=False, markup=False)


@users.command("role")
def change_role(name: NameArgument, accounts: AccountsOption, role: RoleOption) -> None:
    """Give an account another role, which ends its sessions."""

    def change(stored: dict[str, Account]) -> None:
        account = _known(stored, name)
        stored[account.name] = replace(account, role=role)

    _change(accounts, change)
    out.print(f"{name} has the role {role.value} now.", highlight=False, markup=False)


@users.command("list")
def list_users(accounts: AccountsOption, as_json: JsonOption = False) -> None:
    """List the accounts, without their passwords and tokens."""
    from rag.access.account_file import AccountFile

    listed = [_facts(account) for account in AccountFile(accounts).accounts().values()]
    if as_json:
        print_json({"accounts": listed})
        return
    for facts in listed:
        until = f", until {facts['expires']}" if facts["expires"] else ""
        out.print(f"{facts['name']}: {facts['role']}, {facts['kind']}{until}", highlight=False, markup=False)


@users.command("remove")
def remove_user(name: NameArgument, accounts: AccountsOption) -> None:
    """Remove a person or a program, which ends their sessions."""

    def remove(stored: dict[str, Account]) -> None:
        del stored[_known(stored, name).name]

    _change(accounts, remove)
    out.print(f"Removed {name}.", highlight=False, markup=False)


@users.command("token")
def add_token(
    name: NameArgument,
    accounts: AccountsOption,
    expires: Annotated[str, typer.Option(metavar="DAY", help="Its last day, as 2027-06-30, or `never`.")],
    role: RoleOption = Role.READER,
) -> None:
    """Add a program, and print its token: this once, since only its hash is stored."""
    from rag.access.accounts import Account, checked_name, new_token, token_digest

    token = new_token()
    account = Account(checked_name(name), role, token=token_digest(token), expires=_last_day(expires))
    _change(accounts, lambda stored: _add(stored, account))
    err.print(f"Added {account.name} as {role.value}; its token is not shown again:", highlight=False)
    out.print(token, highlight=False, soft_wrap=True)


def _change(accounts: Path, change: Callable[[dict[str, Account]], None]) -> None:
    from rag.access.account_file import AccountFile

    AccountFile(accounts).change(change)


def _add(stored: dict[str, Account], account: Account) -> None:
    if account.name in stored:
        raise FundstelleError(f"There is an account {account.name!r} already: take another name, or remove that first.")
    stored[account.name] = account


def _known(stored: dict[str, Account], name: str) -> Account:
    from rag.access.accounts import normal_name

    account = stored.get(normal_name(name))
    if account is None:
        raise NotFound(f"No account has the name {name!r}: `fundstelle user list` says which there are.")
    return account


def _facts(account: Account) -> dict[str, str | None]:
    return {
        "name": account.name,
        "role": account.role.value,
        "kind": "person" if account.password else "program",
        "expires": account.expires.isoformat() if account.expires else None,
    }


def _last_day(text: str) -> date | None:
    """Return the last day of a token; None if there is none."""
    if text == "never":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FundstelleError(f"{text!r} is no day: write it as 2027-06-30, or `never`.") from error


def _new_password() -> str:
    """Ask for a new password twice, or read it as a line from standard input; it is never shown."""
    import getpass

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != password:
        raise FundstelleError("The two passwords differ: run the command again.")
    return password

"""The file of accounts: for its owner alone, replaced as a whole, and read again when it has changed."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from rag.access.accounts import Account, accounts_from, accounts_text
from rag.errors import FundstelleError, NotFound

_LOCK_SECONDS = 10


class AccountFile:
    """The accounts in a file, by name.

    Args:
        path: the file; nobody but its owner may read or write it. Where that is root, a group may read it, as those of
            secrets that are mounted into containers do.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, ...] = ()
        self._accounts: dict[str, Account] = {}

    def accounts(self) -> Mapping[str, Account]:
        """Return the accounts, as they are now.

        Raises:
            NotFound: there is no such file.
            FundstelleError: others may read or write it, or it is damaged.
        """
        try:
            status = self.path.stat()
            stamp = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            if stamp != self._stamp:
                if os.name == "posix" and _others_may(status):
                    raise FundstelleError(f"Others may read the accounts in {self.path}: run `chmod 600` on it.")
                self._accounts = accounts_from(self.path.read_text(encoding="utf-8"))
                self._stamp = stamp
        except FileNotFoundError as error:
            raise NotFound(
                f"There are no accounts at {self.path}: make one with `fundstelle user add NAME --auth {self.path}`."
            ) from error
        except OSError as error:
            raise FundstelleError(
                f"The accounts in {self.path} cannot be read ({error.strerror}): check its permissions."
            ) from error
        except ValueError as error:
            raise FundstelleError(
                f"The accounts in {self.path} are damaged: restore the file from a backup, or make a new one."
            ) from error
        return self._accounts

    def change(self, change: Callable[[dict[str, Account]], None]) -> None:
        """Change the accounts and write the file, or make it; nobody else writes it meanwhile.

        Raises:
            FundstelleError: it cannot be read or written, or `change` raises this.
        """
        try:
            with FileLock(f"{self.path}.lock", timeout=_LOCK_SECONDS, mode=0o600):
                accounts = dict(self.accounts()) if self.path.exists() else {}
                change(accounts)
                self._write(accounts_text(accounts.values()))
        except OSError as error:
            reason = error.strerror or "another program is writing them"
            raise FundstelleError(
                f"The accounts in {self.path} cannot be written ({reason}): check the folder and try again."
            ) from error

    def _write(self, text: str) -> None:
        # it is made with the mode 0600
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def _others_may(status: os.stat_result) -> bool:
    """Return whether somebody may read or write a file who is not to."""
    is_for_us = status.st_uid == 0 and os.geteuid() != 0
    return bool(status.st_mode & (stat.S_IRWXO | (stat.S_IWGRP if is_for_us else stat.S_IRWXG)))

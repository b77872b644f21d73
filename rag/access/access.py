"""Whether somebody comes in: accounts, sessions and tokens, and the limits on wrong passwords, together."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from datetime import date

from rag.access.account_file import AccountFile
from rag.access.accounts import Account, normal_name, today, token_digest
from rag.access.passwords import decoy_hash, is_password
from rag.access.roles import Visitor
from rag.access.sessions import Sessions
from rag.access.throttle import Throttle
from rag.errors import FundstelleError
from rag.server.hosts import Serving

_FREE_BY_NAME, _FREE_BY_ADDRESS = 5, 20
# each comparison takes 64 MiB and a core
_MOST_AT_ONCE, _MOST_WAIT = 2, 10.0


class SignInRefused(FundstelleError):
    """Somebody may not sign in; `wait` is how many seconds the next attempt has to wait."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class Access:
    """Who may come in. Safe to use from several threads.

    Args:
        file: the accounts; whatever changes there counts at once.
        clock: the seconds since some moment.
        day: the day of today.

    Raises:
        FundstelleError: the accounts cannot be read.
    """

    def __init__(
        self,
        file: AccountFile,
        clock: Callable[[], float] = time.monotonic,
        day: Callable[[], date] = today,
    ) -> None:
        file.accounts()
        decoy_hash()
        self._file, self._day = file, day
        self._sessions = Sessions(clock)
        self._by_name, self._by_address = Throttle(_FREE_BY_NAME, clock), Throttle(_FREE_BY_ADDRESS, clock)
        self._comparing = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._counting = threading.Lock()

    @classmethod
    def of(cls, serving: Serving) -> Access | None:
        """Return who may come in where something is served; None if everybody may.

        Raises:
            FundstelleError: the accounts cannot be read.
        """
        return cls(AccountFile(serving.accounts)) if serving.accounts else None

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Begin a session, and return its id.

        Args:
            address: from which the password was sent.

        Raises:
            SignInRefused: name and password do not fit, or too many attempts failed; which, is not said.
        """
        name, network = normal_name(name)[:100], _network(address)
        with self._counting:
            wait = max(self._by_name.wait(name), self._by_address.wait(network))
            if wait:
                raise SignInRefused("Too many attempts failed: wait and try again.", wait)
            self._by_name.count(name)
            self._by_address.count(network)
        try:
            account, is_right = self._compared(name, password)
        except FundstelleError:
            # no password was compared
            with self._counting:
                self._by_name.take_back(name)
                self._by_address.take_back(network)
            raise
        if account is None or not is_right:
            raise SignInRefused("Name or password is wrong: try again.")
        with self._counting:
            self._by_name.forget(name)
            self._by_address.take_back(network)
        return self._sessions.begin(account)

    def _compared(self, name: str, password: str) -> tuple[Account | None, bool]:
        """Return the account of a name, and whether the password is right; without one, it takes as long.

        Raises:
            SignInRefused: too many are compared at once.
            FundstelleError: the accounts cannot be read.
        """
        if not self._comparing.acquire(timeout=_MOST_WAIT):
            raise SignInRefused("Too many people sign in at once: wait and try again.", 1.0)
        try:
            account = self._file.accounts().get(name)
            return account, is_password(password, account.password or None if account else None)
        finally:
            self._comparing.release()

    def visitor_of_session(self, session_id: str, *, is_use: bool = True) -> Visitor | None:
        """Return who has a session; None if it has ended, or the account is not as it was when it began."""
        account = self._sessions.account(session_id, is_use=is_use)
        if account is None or self._file.accounts().get(account.name) != account:
            return None
        return Visitor(account.name, account.role)

    def visitor_of_token(self, token: str) -> Visitor | None:
        """Return which program has a token; None if none has it, or it has expired."""
        digest = token_digest(token)
        for account in self._file.accounts().values():
            if account.token == digest and account.is_valid(self._day()):
                return Visitor(account.name, account.role, is_program=True)
        return None

    def sign_out(self, session_id: str) -> None:
        """End a session."""
        self._sessions.end(session_id)

    def sign_out_everywhere(self, name: str) -> None:
        """End all sessions of an account."""
        self._sessions.end_all(name)


def _network(address: str) -> str:
    """Return what counts as one sender: an address, or the 64 bits that name an IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

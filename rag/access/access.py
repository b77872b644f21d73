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
from rag.access.sessions import Sessions, SessionStore
from rag.access.throttle import Attempts, AttemptStore
from rag.errors import FundstelleError
from rag.server.hosts import Serving

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
        sessions: where they are; None for this server alone.
        attempts: where those to sign in are counted; None for this server alone.

    Raises:
        FundstelleError: the accounts cannot be read.
    """

    def __init__(
        self,
        file: AccountFile,
        clock: Callable[[], float] = time.monotonic,
        day: Callable[[], date] = today,
        *,
        sessions: SessionStore | None = None,
        attempts: AttemptStore | None = None,
    ) -> None:
        file.accounts()
        decoy_hash()
        self._file, self._day = file, day
        self._sessions = sessions or Sessions(clock)
        self._attempts = attempts or Attempts(clock)
        # by server, since each has its own memory and cores
        self._comparing = threading.BoundedSemaphore(_MOST_AT_ONCE)

    @classmethod
    def of(
        cls, serving: Serving, sessions: SessionStore | None = None, attempts: AttemptStore | None = None
    ) -> Access | None:
        """Return who may come in where something is served; None if everybody may.

        Args:
            sessions: where they are, if several servers share them.
            attempts: where those to sign in are counted, if several servers share that.

        Raises:
            FundstelleError: the accounts cannot be read.
        """
        if serving.accounts is None:
            return None
        return cls(AccountFile(serving.accounts), sessions=sessions, attempts=attempts)

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Begin a session, and return its id.

        Args:
            address: from which the password was sent.

        Raises:
            SignInRefused: name and password do not fit, or too many attempts failed; which, is not said.
            FundstelleError: the accounts, or what the servers share, cannot be read.
        """
        name, network = normal_name(name)[:100], _network(address)
        wait = self._attempts.claim(name, network)
        if wait:
            raise SignInRefused("Too many attempts failed: wait and try again.", wait)
        try:
            account, is_right = self._compared(name, password)
        except FundstelleError:
            self._attempts.take_back(name, network)
            raise
        if account is None or not is_right:
            raise SignInRefused("Name or password is wrong: try again.")
        self._attempts.succeed(name, network)
        return self._sessions.begin(account.mark)

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
        mark = self._sessions.account(session_id, is_use=is_use)
        account = self._file.accounts().get(mark.name) if mark else None
        if account is None or account.mark != mark:
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

"""The roles: a reader asks and cites, an editor changes what is in the archive, an admin removes and configures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each role includes those before it."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def includes(self, needed: Role) -> bool:
        """Return whether who has this role may do what another one is needed for."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request.

    Attributes:
        name: that of the account; empty where nobody has to sign in.
        is_program: whether a token was sent, and not a cookie.
    """

    name: str = ""
    role: Role = Role.ADMIN
    is_program: bool = False


ANYBODY = Visitor()
"""Who asks a server without accounts: may do everything."""

"""Who may use which route: rules of methods and paths. A route without a rule is for admins alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from rag.access.roles import Role

Deed = Literal["ask", "open", "export", "change", "sign-in"]
"""What the audit log calls the use of a route."""


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Who may use a route.

    Attributes:
        role: the least role; None for everybody, signed in or not.
        deed: what the audit log says; None where it says nothing.
    """

    methods: frozenset[str]
    path: re.Pattern[str]
    role: Role | None
    deed: Deed | None = None


RuleOf = Callable[[str, str], RouteRule | None]
"""The rule of a method and a decoded path below the root path; None if there is none."""


def rule_in(rules: Iterable[RouteRule], method: str, path: str) -> RouteRule | None:
    """Return the first rule that fits; HEAD is as GET."""
    method = "GET" if method == "HEAD" else method
    return next((rule for rule in rules if method in rule.methods and rule.path.fullmatch(path)), None)

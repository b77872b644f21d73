"""Who may use which route of the API and of the Model Context Protocol. A new route needs a rule here."""

from __future__ import annotations

import re

from rag.access.roles import Role
from rag.access.rules import Deed, RouteRule, rule_in

PREFIX = "/api/v1"
MCP_PATH = "/mcp"
"""Where assistants find the archive, by the Model Context Protocol."""

_SEGMENT = r"[^/]+"


def _rule(methods: str, path: str, role: Role | None, deed: Deed | None = None) -> RouteRule:
    return RouteRule(frozenset(methods.split()), re.compile(PREFIX + path, re.DOTALL), role, deed)


RULES = (
    # whether the server is there; nothing of the archive
    _rule("GET", "/(health|ready)", None),
    _rule("GET", "/(openapi[.]json|docs|status|metrics|jobs|runs)", Role.READER),
    _rule("POST", "/ask", Role.READER, "ask"),
    _rule("POST", "/(check|verify)", Role.READER, "ask"),
    _rule("GET", "/(articles|failures)", Role.READER),
    _rule("GET", "/export", Role.READER, "export"),
    _rule("GET", f"/articles/{_SEGMENT}(/passages)?", Role.READER, "open"),
    _rule("GET", f"/articles/{_SEGMENT}/(duplicates|similar|versions)", Role.READER, "open"),
    _rule("GET", f"/articles/{_SEGMENT}/(corrections|row)", Role.READER),
    _rule("GET", f"/passages/{_SEGMENT}", Role.READER, "open"),
    _rule("PATCH", f"/articles/{_SEGMENT}", Role.EDITOR, "change"),
    _rule("DELETE", f"/articles/{_SEGMENT}", Role.ADMIN, "change"),
    _rule("POST", "/forget", Role.ADMIN, "change"),
    _rule("POST", "/index(/files)?", Role.EDITOR, "change"),
    _rule("GET", f"/jobs/{_SEGMENT}(/events)?", Role.READER),
    _rule("POST", f"/jobs/{_SEGMENT}/cancel", Role.EDITOR, "change"),
    _rule("POST", "/evaluate", Role.EDITOR, "change"),
    _rule("GET", "/runs/.+/export", Role.READER, "export"),
    _rule("GET", "/runs/.+", Role.READER),
    _rule("DELETE", "/runs/.+", Role.EDITOR, "change"),
    # the questions of all who ask
    _rule("GET", "/saved", Role.EDITOR),
    _rule("POST DELETE", "/saved", Role.EDITOR, "change"),
    _rule("POST", "/saved/look", Role.EDITOR, "ask"),
    _rule("POST", "/saved/seen", Role.EDITOR, "change"),
    _rule("GET", "/dossiers", Role.READER),
    _rule("GET", "/dossiers/lookup", Role.READER, "export"),
    _rule("POST", "/dossiers", Role.EDITOR, "change"),
    # assistants only read
    RouteRule(frozenset({"GET", "POST", "DELETE"}), re.compile(MCP_PATH), Role.READER, "ask"),
)


def api_rule(method: str, path: str) -> RouteRule | None:
    """Return the rule of a request to the API; None if there is none."""
    return rule_in(RULES, method, path)

"""Names for the parts of a file: safe to show, and no two the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LENGTH = 500
_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]{2,}")
_INNER_LOGIN = re.compile(r"((?:https?|ftp):[/\\]+)[^/\\?#\s@:]*:[^/\\?#\s]*@", re.IGNORECASE)


def without_login(address: str) -> str:
    """Return an address on the web without the name and password that stand before its host; any other text as it is.

    RFC 3986, section 3.2.1, says that they shall not be shown. An address that is none, since the password holds a
    slash, loses all before its last @. An address inside of another one, as web archives have it, loses a password too.
    """
    if "@" not in address:
        return address
    return _INNER_LOGIN.sub(r"\1", _without_first_login(address))


def _without_first_login(address: str) -> str:
    start = _ADDRESS.match(address)
    if not start:
        return address
    try:
        end = re.search(r"[/\\?#]|$", address[start.end() :])
        host = address[start.end() :][: end.start() if end else None]
        _ = urlsplit(f"//{host}").port
    except ValueError:
        host = address[start.end() :]
    login = host.rfind("@") + 1
    return address[: start.end()] + address[start.end() + login :]


def safe_name(name: str) -> str:
    """Return a name on one line, without characters that steer a terminal, halves of characters, and passwords."""
    return _UNSHOWN.sub("\ufffd", without_login(name))[:_LENGTH]


def safe_path(name: str) -> str:
    """Return the path of a member as one below a folder: it leads neither up nor to a root, and can be shown."""
    parts = safe_name(name.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not re.fullmatch("[A-Za-z]:", part))


class UniqueNames:
    """Remembers the names that were given, and gives none twice."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def unique(self, name: str) -> str:
        """Return the name, or if it was given before, the name with a number behind it."""
        free = name
        while free in self._given:
            self._given[name] += 1
            free = f"{name} ({self._given[name]})"
        self._given[free] = 1
        return free

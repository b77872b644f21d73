"""Names of the parts of a file: safe to print, and unique."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MAX_NAME_CHARACTERS = 500
_URL_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]{2,}")
_INNER_LOGIN = re.compile(r"((?:https?|ftp):[/\\]+)[^/\\?#\s@:]*:[^/\\?#\s]*@", re.IGNORECASE)


def without_login(address: str) -> str:
    """Return a URL without the user name and password before its host; any other text unchanged.

    RFC 3986, section 3.2.1, says that they should not be shown. In a malformed URL, whose password contains a slash,
    everything before the last @ goes. A URL inside another, as in web archives, loses its password as well.
    """
    if "@" not in address:
        return address
    return _INNER_LOGIN.sub(r"\1", _without_first_login(address))


def _without_first_login(address: str) -> str:
    start = _URL_SCHEME.match(address)
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
    """Return a name on one line, without control characters, surrogates and passwords."""
    return _UNPRINTABLE.sub("\ufffd", without_login(name))[:_MAX_NAME_CHARACTERS]


def safe_path(name: str) -> str:
    """Return the path of a member as a relative path that never leads upwards and is safe to print."""
    parts = safe_name(name.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not re.fullmatch("[A-Za-z]:", part))


class UniqueNames:
    """Hands out unique names."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._counts

    def unique(self, name: str) -> str:
        """Return the name, followed by a number if it was handed out before."""
        candidate = name
        while candidate in self._counts:
            self._counts[name] += 1
            candidate = f"{name} ({self._counts[name]})"
        self._counts[candidate] = 1
        return candidate

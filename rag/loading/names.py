"""Names for the parts of a file: safe to show, and no two the same."""

from __future__ import annotations

import re

_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LENGTH = 500


def safe_name(name: str) -> str:
    """Return a name on one line, without characters that steer a terminal and without halves of characters."""
    return _UNSHOWN.sub("\ufffd", name)[:_LENGTH]


def safe_path(name: str) -> str:
    """Return the path of a member as one below a folder: it leads neither up nor to a root, and can be shown."""
    parts = safe_name(name.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not re.fullmatch("[A-Za-z]:", part))


class Names:
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

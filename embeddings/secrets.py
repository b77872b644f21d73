"""Passwords and keys of servers: from the environment or from a file that it names, never from an address."""

from __future__ import annotations

import os
from pathlib import Path

from embeddings.errors import SecretUnreadable


def secret(name: str) -> str:
    """Return what the variable `name` holds, or the file that the variable `name`_FILE names; "" without either.

    Raises:
        SecretUnreadable: the file cannot be read.
    """
    if value := os.environ.get(name):
        return value
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return ""
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnreadable(
            f"The file {path}, which ${name}_FILE names, cannot be read: name one that holds the password or key alone."
        ) from error

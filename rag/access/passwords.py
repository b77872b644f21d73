"""Passwords: stored as argon2id hashes, compared in the same time whether or not there is an account."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rag.errors import FundstelleError

MIN_PASSWORD, MAX_PASSWORD = 12, 1000
"""The fewest and the most characters of a password."""

# argon2id with 64 MiB and three passes: the second choice of RFC 9106
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a new password, with its salt and its parameters.

    Raises:
        FundstelleError: it is too short or too long.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise FundstelleError(
            f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters: choose another one, such as a few words."
        )
    return _HASHER.hash(_normal(password))


def is_password(password: str, stored_hash: str | None) -> bool:
    """Return whether a password is the one of a hash; with None it takes as long, and is wrong."""
    try:
        is_right = _HASHER.verify(stored_hash or decoy_hash(), _normal(password[:MAX_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and stored_hash is not None


@cache
def decoy_hash() -> str:
    """Return the hash that the password of an unknown account is compared with."""
    return _HASHER.hash("no account has this password")


def _normal(password: str) -> bytes:
    """Return the bytes of a password, the same from each keyboard (RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")

"""The address of an archive in PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from rag.errors import ConfigError

_BEGINNING = "postgresql:"
_DEFAULT_SCHEMA = "fundstelle"
# what PostgreSQL takes without quotation marks
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRETS = ("password", "sslpassword")
# which server libpq takes of several: with these, one that may not take changes
_READERS = ("read-only", "standby", "prefer-standby")
_FORM = "write postgresql://USER@HOST:5432/DATABASE, with ?schema=NAME for another schema than fundstelle"


def is_postgres(archive: object) -> bool:
    """Whether what a person calls an archive is an address in PostgreSQL, and no folder.

    >>> is_postgres("postgresql://db.example.org/news"), is_postgres("news")
    (True, False)
    """
    return isinstance(archive, str) and archive.startswith(_BEGINNING)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """Where an archive is: what libpq reads of its address, and the schema of its tables. It has no password.

    Attributes:
        only_reads: whether it asks for a server that need not take changes, so that none are made through it.
    """

    connection_string: str
    schema: str
    text: str
    only_reads: bool = False

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that a person wrote.

        >>> address = PostgresAddress.parse("postgresql://me@db1,db2/press?schema=news&sslmode=require")
        >>> address.connection_string, address.schema, address.only_reads
        ('postgresql://me@db1,db2/press?sslmode=require', 'news', False)

        Raises:
            ConfigError: it is none, or has a password.
        """
        try:
            parts = urlsplit(text)
            parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
            has_secret = parts.password is not None or any(name in parameters for name in _SECRETS)
        except ValueError as error:
            raise ConfigError(f"This address of an archive cannot be read: {_FORM}.") from error
        if has_secret:
            raise ConfigError(
                "A password in the address would be seen in logs: leave it out, and set PGPASSWORD, or write it into "
                "~/.pgpass or a service file."
            )
        schema = parameters.pop("schema", _DEFAULT_SCHEMA)
        if not text.startswith(f"{_BEGINNING}//") or not _SCHEMA.fullmatch(schema) or schema.startswith("pg_"):
            raise ConfigError(f"{text!r} is no address of an archive: {_FORM}.")
        # urlunsplit leaves out two slashes without a host
        # libpq reads no + as a space
        rest = urlunsplit(("", parts.netloc, parts.path, urlencode(parameters, quote_via=quote), ""))
        connection_string = f"{_BEGINNING}{rest if rest.startswith('//') else f'//{rest}'}"
        return cls(connection_string, schema, text, only_reads=parameters.get("target_session_attrs") in _READERS)

"""Where a vector index in Milvus is: a server and a collection, or a file of Milvus Lite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

LITE_COLLECTION = "fundstelle"
"""The collection in a file."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_EXAMPLES = "milvus:http://HOST:19530/NAME or milvus:./FILE.db"


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A server as `http://host:port`, or an absolute path, and the name of a collection."""

    uri: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that stands behind `milvus:`.

        Raises:
            ValueError: it is none, or it has a password, which would be seen in logs.
        """
        if "://" not in text:
            if not text.endswith(".db"):
                raise ValueError(f"No Milvus is at {text!r}: write {_EXAMPLES}.")
            return cls(str(Path(text).absolute()), LITE_COLLECTION)
        try:
            parts = urlsplit(text)
            port = parts.port or 19530
        except ValueError as error:
            raise ValueError(f"The address of Milvus has no valid port: write {_EXAMPLES}.") from error
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError(
                "An address is no place for a password: set $FUNDSTELLE_MILVUS_TOKEN to USER:PASSWORD, and write "
                f"{_EXAMPLES}."
            )
        name = parts.path.strip("/")
        if parts.scheme not in ("http", "https") or not parts.hostname or not _NAME.fullmatch(name):
            raise ValueError(
                f"No Milvus is at {text!r}: write {_EXAMPLES}, with letters, digits and underscores in the name."
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(f"{parts.scheme}://{host}:{port}", name)

    @property
    def is_file(self) -> bool:
        """Whether Milvus Lite keeps it in a file, which one program at a time can open."""
        return "://" not in self.uri

    def __str__(self) -> str:
        return f"milvus:{self.uri}" if self.is_file else f"milvus:{self.uri}/{self.name}"

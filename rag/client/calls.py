"""What a client sends, and what it makes of the reply: values, which no client is needed to make.

The functions of `question_calls`, `article_calls` and `job_calls` are the methods of both clients. They return a call,
or yield several of which each follows from the reply before. How these are sent is a client's own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Generic, TypeVar

if TYPE_CHECKING:
    from rag.schemas.job import JobModel

T = TypeVar("T")

PREFIX = "/api/v1"
"""Below it are all addresses."""
MOST_TRIES = 4
"""How often a request is sent at most, if the server asks to send it later."""
MOST_PAUSE = 10.0
"""The longest time that a client waits before it sends a request again, in seconds, whatever the server asks."""
FOLLOWING_PAUSE = 1.0
"""The seconds until a job whose stream ended early is followed again."""
# of a server that wants no more; of one that is not there, as a proxy says; and all that say not what was done
_TOO_MANY, _PROXY = 429, frozenset({502, 504})
_UNDECIDED = _PROXY | {409, 503}


@dataclass(frozen=True, slots=True)
class ApiCall(Generic[T]):
    """A request, and how its reply is read.

    Attributes:
        path: below /api/v1.
        decode: makes a value of the body of the reply.
        key: an idempotency key, with which the request may be sent again.
        files: open files that are sent, each with its name.
        sink: an open file that takes the body of the reply as it comes; `decode` gets nothing then.
        is_read: whether it only reads, though its method does not say so.
    """

    method: str
    path: str
    decode: Callable[[bytes], T]
    parameters: Sequence[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None
    key: str = ""
    files: Sequence[tuple[str, BinaryIO]] = ()
    sink: IO[bytes] | None = None
    is_read: bool = False

    def arguments(self, server: str) -> dict[str, Any]:
        """Return what httpx sends to a server, by the names of its arguments."""
        return {
            "method": self.method,
            "url": f"{server}{PREFIX}{self.path}",
            "params": list(self.parameters) or None,
            "json": self.body,
            "headers": self._headers,
            "files": [("files", file) for file in self.files] or None,
        }

    @property
    def may_repeat(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return (self.method == "GET" and self.sink is None) or self.is_read or bool(self.key)

    def pause(self, status: int, headers: Mapping[str, str]) -> float | None:
        """Return after how many seconds the request is sent again, as a reply with an error asks; None if never.

        Args:
            status: that of the reply: 429 says that nothing was done, the others do not say so.
        """
        may_repeat = self.may_repeat if status in _UNDECIDED else status == _TOO_MANY and not self.files
        seconds = headers.get("retry-after", "1" if status in _PROXY else "")
        return min(float(seconds), MOST_PAUSE) if may_repeat and seconds.isdecimal() else None

    @property
    def _headers(self) -> dict[str, str]:
        if self.sink is not None:
            # compressing would take longer than sending
            return {"Accept-Encoding": "identity"}
        return {"Idempotency-Key": self.key} if self.key else {}


@dataclass(frozen=True, slots=True)
class FollowedJob:
    """A job that is followed until it has ended; `on_state` is called with each state of it."""

    job: JobModel
    on_state: Callable[[JobModel], object]


Steps = Generator[ApiCall[Any] | FollowedJob, Any, T]
"""What takes several requests: a client sends what is yielded, and gives back what the reply says."""
Stream = Generator[ApiCall[Any] | tuple[T, ...], Any, None]
"""The same of many values, which are yielded between the calls as they come."""


def new_key() -> str:
    """Return an idempotency key."""
    return secrets.token_hex(16)


def no_value(_: bytes) -> None:
    """Read a reply that says nothing but that it was done."""

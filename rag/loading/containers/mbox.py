"""Mailboxes (mbox, RFC 4155): each mail in them is read as one that was saved by itself."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from rag.loading.common.draft import Flaw

MAX_MAIL = 100_000_000
"""The largest mail, in bytes, with what is attached to it."""

# who sent it and when, as "From ada@x.example Tue Oct  6 10:00:00 1998"; some programs have only a dash for the sender
_START = re.compile(rb"From [^\r\n]{1,300}?\d{1,2}:\d\d[^\r\n]{0,60}\r?\n?$")
_QUOTED = re.compile(rb">+From ")
_LINE = 1_000_000


def mails_in_mbox(file: BinaryIO) -> Iterator[tuple[str, bytes] | Flaw]:
    """Yield the mails of a mailbox, one at a time in memory, each with its name; one that is too large is a flaw.

    A mail begins with a line `From `, at the top or below an empty line. Lines of a mail that look like one have a `>`
    before them, which is taken away.
    """
    mail = io.BytesIO()
    number, apart, whole_line = 0, True, True
    for line in iter(lambda: file.readline(_LINE), b""):
        if apart and whole_line and _START.match(line):
            yield from _taken(number, mail)
            number, mail = number + 1, io.BytesIO()
        elif mail.tell() <= MAX_MAIL:
            mail.write(line[1:] if whole_line and _QUOTED.match(line) else line)
        whole_line = line.endswith(b"\n")
        apart = not line.strip()
    yield from _taken(number, mail)


def _taken(number: int, mail: io.BytesIO) -> Iterator[tuple[str, bytes] | Flaw]:
    name = f"mail {number}"
    if mail.tell() > MAX_MAIL:
        yield Flaw(name, f"The mail has more than {MAX_MAIL // 10**6} MB: save what is attached to it as files.")
    elif mail.getvalue().strip():
        yield name, mail.getvalue()

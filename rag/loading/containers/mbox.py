"""Mailboxes (mbox, RFC 4155): each mail is read as if it had been saved by itself."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from rag.loading.common.draft import Flaw

MAX_MAIL = 100_000_000
"""The largest mail with its attachments, in bytes."""

# sender and time, as in "From ada@x.example Tue Oct  6 10:00:00 1998"; some programs write a dash for the sender
_FROM_LINE = re.compile(rb"From [^\r\n]{1,300}?\d{1,2}:\d\d[^\r\n]{0,60}\r?\n?$")
_QUOTED = re.compile(rb">+From ")
_MAX_LINE_BYTES = 1_000_000


def mails_in_mbox(file: BinaryIO) -> Iterator[tuple[str, bytes] | Flaw]:
    """Yield the name and bytes of each mail, one at a time in memory; one that is too large yields a flaw.

    A mail begins with a line `From `, at the top or after an empty line. Lines of a mail that look like one are quoted
    with `>`, which is removed.
    """
    mail = io.BytesIO()
    number, is_after_empty_line, is_line_start = 0, True, True
    for line in iter(lambda: file.readline(_MAX_LINE_BYTES), b""):
        if is_after_empty_line and is_line_start and _FROM_LINE.match(line):
            yield from _finished_mail(number, mail)
            number, mail = number + 1, io.BytesIO()
        elif mail.tell() <= MAX_MAIL:
            mail.write(line[1:] if is_line_start and _QUOTED.match(line) else line)
        is_line_start = line.endswith(b"\n")
        is_after_empty_line = not line.strip()
    yield from _finished_mail(number, mail)


def _finished_mail(number: int, mail: io.BytesIO) -> Iterator[tuple[str, bytes] | Flaw]:
    name = f"mail {number}"
    if mail.tell() > MAX_MAIL:
        yield Flaw(name, f"The mail has more than {MAX_MAIL // 10**6} MB: save its attachments as files.")
    elif mail.getvalue().strip():
        yield name, mail.getvalue()

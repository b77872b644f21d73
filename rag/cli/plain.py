"""What is printed without styles: JSON, remarks, log lines. Needs nothing that takes long to import."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

# Control characters become the Unicode symbols for them, those above U+007F the replacement character: the text of an
# article, or the name of a file, must not move the cursor, change colours or send commands to the terminal.
_VISIBLE = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: 0x2421}
_VISIBLE |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_ESCAPED_IN_JSON = re.compile("[\x7f-\x9f]")


def replace_controls(text: str) -> str:
    """Replace control characters by visible ones; the length stays."""
    return text.translate(_VISIBLE)


def escape_controls(text: str) -> str:
    """Escape control characters, so that they cannot move the cursor or change colours."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


class LogLine(logging.Formatter):
    """Formats log messages for the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, and the stack trace if there is one, without control characters."""
        return replace_controls(super().format(record))


def print_json(value: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """Print JSON, not wrapped to the terminal; in ASCII if the output is not Unicode.

    Args:
        indent: None for one line, which is written at once, for whoever reads a pipe.
    """
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not unicode, indent=indent)
    sys.stdout.write(_ESCAPED_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")
    if indent is None:
        sys.stdout.flush()


def print_remark(text: str) -> None:
    """Print a line on standard error, without control characters."""
    sys.stderr.write(escape_controls(text) + "\n")

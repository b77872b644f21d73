"""Lines of the log of a server as JSON: one object a line, with the id of the request that it is about."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from rag.server.request_ids import current_request_id


class JsonLine(logging.Formatter):
    """A line of the log with its time, level, logger, message and request; a trace only where one is logged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, in ASCII, so that nothing in it can move a cursor or end it."""
        facts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": current_request_id(),
            "message": record.getMessage(),
            "trace": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: value for name, value in facts.items() if value})


def log_as_json() -> None:
    """Log as JSON what is logged on the terminal, slow questions too."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLine())
    for ours in ("embeddings", "rag", "ui"):
        logger = logging.getLogger(ours)
        logger.setLevel(min(logger.level, logging.INFO))

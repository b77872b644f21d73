"""Waiting for what another thread, a process or a browser does: for so long that no computer is too slow."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 180.0
"""The seconds after which what has not happened will not."""


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.05)

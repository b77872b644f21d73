"""Functions for worker processes that do what broken files make readers do."""

from __future__ import annotations

import os
import signal
import time

from rag.errors import LoadError

LEAKED: list[bytes] = []


def act(what: str) -> object:  # noqa: C901, PLR0912 - a command each
    """Do what the word says; any other word comes back with this process's id."""
    match what.split():
        case ["kill"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["segfault"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["exit"]:
            raise SystemExit(3)
        case ["sleep", seconds]:
            time.sleep(float(seconds))
        case ["spin"]:
            while True:
                pass
        case ["allocate", megabytes]:
            return len(bytes(int(megabytes) * 1_000_000))
        case ["leak", megabytes]:
            LEAKED.append(b"x" * (int(megabytes) * 1_000_000))
        case ["open", count]:
            return [os.open(os.devnull, os.O_RDONLY) for _ in range(int(count))]
        case ["refuse"]:
            raise LoadError("It is encrypted: save a copy without password.")
        case ["fail"]:
            raise KeyError("what a library forgot")
        case ["unpicklable"]:
            return lambda: None
        case ["large", megabytes]:
            return bytes(int(megabytes) * 1_000_000)
        case ["interrupt"]:
            os.kill(os.getpid(), signal.SIGINT)
    return what, os.getpid()

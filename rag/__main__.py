"""The program `fundstelle`. Ctrl-C is handled before the commands are imported, which takes a moment."""

import os
import signal
from types import FrameType

_INTERRUPTED = 130


def main() -> None:
    """Run a command; from its first moment on, Ctrl-C ends the program with one line."""
    # in the background, the shell has the signal ignored
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _exit)
    from rag.cli.app import main as run

    run()


def _exit(_signal: int, _frame: FrameType | None) -> None:
    """Exit at once: nothing is open yet."""
    os.write(2, b"Interrupted.\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()

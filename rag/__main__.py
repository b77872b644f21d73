"""The program `fundstelle`. Nothing is imported before Ctrl-C is handled: loading the commands takes a moment."""

import os
import signal
from types import FrameType

_INTERRUPTED = 130


def main() -> None:
    """Run a command; Ctrl-C ends the program in one line from its first moment on."""
    # whoever starts it in the background has the signal ignored
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _end)
    from rag.cli.app import main as run

    run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End at once: nothing is open yet."""
    os.write(2, b"Interrupted.\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()

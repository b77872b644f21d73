"""Ctrl-C while the program is still loading: one line, and no traceback."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

# sends Ctrl-C to itself before module number N is loaded, counted from the program's own first line on
_INTERRUPTED_AT = """
import os, signal, sys
left = int(sys.argv.pop(1))
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        global left
        left -= 1
        if left == 0 and name != "rag.__main__":
            os.kill(os.getpid(), signal.SIGINT)
from rag.__main__ import main
sys.meta_path.insert(0, Interrupting())
main()
"""


@pytest.mark.parametrize("imported", [1, 2, 20, 100, 250])
def test_ctrl_c_before_the_commands_are_loaded(imported: int) -> None:
    """Exit code 130, as of every interrupted command; `index` loads more modules than these before it begins."""
    process = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_AT, str(imported), "index", "nowhere"],
        capture_output=True,
        text=True,
        check=False,
        # a shell that starts the tests in the background has Ctrl-C ignored in all of them
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert (process.returncode, process.stdout) == (130, "")
    assert process.stderr.startswith("Interrupted.")
    assert process.stderr.count("\n") == 1

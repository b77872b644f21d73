"""The rights of root, which pass permissions by, given up."""

from __future__ import annotations

import ctypes

# the version of the structures by which Linux is told which rights a thread has
_CAPABILITIES = 0x20080522


def leave_root() -> None:
    """Give up the rights of root, such as that to open what it may not; threads that begin later have none either."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capset((ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()) == 0

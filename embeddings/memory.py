"""The memory that a process may still get, where its system limits that (`ulimit -v`)."""

import errno
import mmap

# what a library says that caught the error of another one
_SENTENCES = ("failed to map segment", "bad_alloc", "Cannot allocate memory")


def check_room(size: int) -> None:
    """Check that this process can get so many bytes, for a library that would end it if it got fewer.

    Raises:
        MemoryError: it cannot.
    """
    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError(f"{size} bytes of memory are not to be had.") from error


def is_memory_short(error: BaseException) -> bool:
    """Return whether an error was raised since there was not enough memory."""
    is_refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return isinstance(error, MemoryError) or is_refused or any(words in str(error) for words in _SENTENCES)

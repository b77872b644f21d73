"""A large file that is mapped into memory, as far as one can be sure that it is whole."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from embeddings.errors import IndexDamaged
from embeddings.file_checksums import FileFacts


class MappedFile:
    """A file that is read through once in the background, while it may be mapped already.

    A file that is cut short while it is searched still ends the process (SIGBUS): the program never does so.
    """

    def __init__(self, folder: Path, facts: FileFacts) -> None:
        self._facts = facts
        self._path = folder / facts.name
        # the same file is looked at even if another one gets its name
        self._handle = self._path.open("rb")
        pool = ThreadPoolExecutor(1)
        self._fault = pool.submit(facts.fault, folder)
        pool.shutdown(wait=False)

    def require_whole(self) -> None:
        """Wait until the file was read through, and compare its size.

        Raises:
            IndexDamaged: it is not what was written.
        """
        try:
            fault = self._fault.result()
        except FileNotFoundError:
            # another process has replaced the file; the mapped one is as it was
            fault = ""
        if not fault and os.fstat(self._handle.fileno()).st_size != self._facts.size:
            fault = f"The file {self._path} was cut short."
        if fault:
            raise IndexDamaged(fault)

    def __del__(self) -> None:
        """Close the file."""
        if hasattr(self, "_handle"):
            self._handle.close()

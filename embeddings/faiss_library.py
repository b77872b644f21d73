"""FAISS, loaded where there is room for it: with less, it accesses memory that it did not get, and the process ends."""

from embeddings.memory import check_room

# what its libraries take when they are loaded; 350 MB where each core has a thread of OpenBLAS
_BYTES = 400_000_000

check_room(_BYTES)

import faiss  # noqa: E402

__all__ = ["faiss"]

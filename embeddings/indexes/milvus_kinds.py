"""Which kind of index Milvus keeps for how many vectors, and how much of it a search looks at."""

from __future__ import annotations

import math

# vectors from which on HNSW would take some 20 GB of the server's memory, with 384 dimensions
_MIN_ON_DISK = 10_000_000
# of HNSW: neighbours of a node, and candidates when one is added and when one is looked for
_M, _EF_CONSTRUCTION, _EF = 24, 200, 256
# of DiskANN: candidates when one is looked for
_SEARCH_LIST = 200
# of groups of vectors: groups per square root of their number, at most so many, and the share that is searched
_GROUPS_PER_ROOT, _MAX_GROUPS, _SEARCHED_SHARE = 4, 65_536, 16


def kinds_for(size: int, *, is_file: bool) -> tuple[str, ...]:
    """Return the kinds of index for so many vectors, the best first; a server may not offer it.

    In a file all vectors are compared. HNSW keeps everything in memory; DiskANN most of it on the server's disk; groups
    with vectors of 8 bits take a fifth of the memory.
    """
    if is_file:
        return ("FLAT",)
    return ("HNSW",) if size < _MIN_ON_DISK else ("DISKANN", "IVF_SQ8", "HNSW")


def build_parameters(kind: str, size: int) -> dict[str, int]:
    """Return the parameters with which an index of so many vectors is made."""
    if kind == "HNSW":
        return {"M": _M, "efConstruction": _EF_CONSTRUCTION}
    return {"nlist": _groups(size)} if kind == "IVF_SQ8" else {}


def search_parameters(kind: str, limit: int, size: int) -> dict[str, int]:
    """Return the parameters of a search for `limit` neighbours among so many vectors."""
    if kind == "HNSW":
        return {"ef": max(_EF, limit)}
    if kind == "DISKANN":
        return {"search_list": max(_SEARCH_LIST, limit)}
    return {"nprobe": math.ceil(_groups(size) / _SEARCHED_SHARE)} if kind == "IVF_SQ8" else {}


def _groups(size: int) -> int:
    return max(1, min(_MAX_GROUPS, int(_GROUPS_PER_ROOT * math.sqrt(size))))

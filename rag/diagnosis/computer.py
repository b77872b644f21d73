"""Checks of the computer: its disk, its limits, its libraries."""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from rag.diagnosis.check import WELL, Symptom, megabytes
from rag.storage.layout import DENSE, LEXICAL, bytes_on_disk
from rag.storage.locks import INDEXING_LOCK, lock_error

# bytes that indexing and temporary files need beside the indexes
_WORKING_BYTES = 200_000_000
# bytes of address space; weights, graph and libraries are mapped
_MIN_ADDRESS_SPACE = 4_000_000_000
_MIN_OPEN_FILES = 256
_NETWORK_DISKS = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "gluster", "fuse.sshfs", "fuse.rclone", "davfs", "ncpfs")
_MOUNTS = Path("/proc/self/mounts")


def space(folder: Path) -> Symptom:
    """Is there room to make both indexes again, beside the present ones?"""
    sizes = bytes_on_disk(folder)
    needed = sizes[DENSE] + sizes[LEXICAL] + _WORKING_BYTES
    free = shutil.disk_usage(folder).free
    return Symptom("low" if free < needed else "well", {"free": megabytes(free), "needed": megabytes(needed)})


def disk(folder: Path) -> Symptom:
    """Does the disk keep locks, and do other computers write to it?"""
    if error := lock_error(folder / INDEXING_LOCK):
        return Symptom("no_locks", {"error": error})
    kind = _kind_of_disk(folder.absolute(), _MOUNTS.read_text("utf-8")) if _MOUNTS.is_file() else ""
    return Symptom("network", {"kind": kind}) if kind.startswith(_NETWORK_DISKS) else WELL


def _kind_of_disk(folder: Path, mounts: str) -> str:
    """Return the file system that a folder is on, by the system's table of mounts."""
    fields = [line.split(" ") for line in mounts.splitlines()]
    # spaces and the like are written as octal numbers, and the last of equal mounts is the one in use
    points = {Path(_unescaped(point)): kind for _, point, kind, *_ in fields}
    nearest = max((point for point in points if folder.is_relative_to(point)), key=lambda p: len(p.parts), default=None)
    return points[nearest] if nearest else ""


def _unescaped(text: str) -> str:
    for code in ("\\040", "\\011", "\\012", "\\134"):
        text = text.replace(code, chr(int(code[1:], 8)))
    return text


def temporary(_: Path) -> Symptom:
    """Is there room for temporary files?"""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
            free = shutil.disk_usage(tempfile.gettempdir()).free
    except OSError as error:
        name = os.environ.get("TMPDIR", "The folder for temporary files")
        return Symptom("unwritable", {"folder": name, "error": error.strerror or type(error).__name__})
    values: dict[str, str | int] = {"free": megabytes(free), "folder": tempfile.gettempdir()}
    return Symptom("low" if free < _WORKING_BYTES else "well", values)


def limits(_: Path) -> Symptom:
    """May this process have the memory and the open files that it needs?"""
    try:
        import resource
    except ImportError:
        return WELL
    memory = resource.getrlimit(resource.RLIMIT_AS)[0]
    if 0 <= memory < _MIN_ADDRESS_SPACE:
        return Symptom("memory", {"limit": megabytes(memory), "needed": megabytes(_MIN_ADDRESS_SPACE)})
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return Symptom("files", {"limit": files, "needed": _MIN_OPEN_FILES}) if 0 <= files < _MIN_OPEN_FILES else WELL


def libraries(_: Path) -> Symptom:
    """Do the installed libraries have versions that this release allows?

    Raises:
        OSError: this program was not installed as a package.
    """
    try:
        requirements = [Requirement(line) for line in metadata.requires("fundstelle") or ()]
    except metadata.PackageNotFoundError as error:
        raise OSError("Fundstelle is not installed as a package") from error
    needed = [needed for needed in requirements if needed.marker is None or needed.marker.evaluate({"extra": ""})]
    outside = [name for name in map(_outside, needed) if name]
    return Symptom("outside", {"names": ", ".join(outside)}) if outside else Symptom("well", {"count": len(needed)})


def _outside(requirement: Requirement) -> str:
    """Return a library, with its version and the versions that are allowed, if it has another one."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} (missing)"
    allowed = requirement.specifier.contains(version, prereleases=True)
    return "" if allowed else f"{requirement.name} {version} ({requirement.specifier})"

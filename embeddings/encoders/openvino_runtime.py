"""Imports OpenVINO without its usage statistics, and tells a lack of memory from what else may fail in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from embeddings.errors import CompiledGraphUnavailable
from embeddings.memory import check_room

# what it takes to load OpenVINO and to run the graph on two cores
_BYTES = 1_000_000_000
# what oneDNN says of a kernel that it could not make for want of memory, whenever it is wanted again
_BROKEN = "Broken promise"


def import_openvino() -> Any:
    """Return the module `openvino`.

    Importing OpenVINO reports the import to a statistics server through the package openvino_telemetry. As a side
    effect on the whole process, that package is hidden (unless it was imported before), so that OpenVINO and NNCF fall
    back to stubs that send nothing.

    Raises:
        CompiledGraphUnavailable: OpenVINO is not installed or does not load here.
        MemoryError: there is not enough memory to use it, of which it might end the process.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    if "openvino" not in sys.modules:
        check_room(_BYTES)
    with openvino_failures_said("OpenVINO cannot be loaded ({reason})."):
        import openvino
    return openvino


@contextmanager
def openvino_failures_said(
    sentence: str = "OpenVINO cannot run the model on this processor ({reason}).",
) -> Iterator[None]:
    """Raise an error of this package in place of OpenVINO's.

    Args:
        sentence: what happened.

    Raises:
        MemoryError: there is not enough memory, whatever OpenVINO says of it.
        CompiledGraphUnavailable: something else failed.
    """
    try:
        yield
    except (ImportError, OSError, RuntimeError) as error:
        check_room(_BYTES)
        if _BROKEN in str(error):
            raise MemoryError(
                "OpenVINO lacked memory before, and is broken until this program is started again."
            ) from error
        reason = " ".join(str(error).split())[:200]
        raise CompiledGraphUnavailable(sentence.format(reason=reason)) from error

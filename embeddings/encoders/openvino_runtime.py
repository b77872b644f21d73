"""Imports OpenVINO without its usage statistics."""

from __future__ import annotations

import sys
from typing import Any

from embeddings.errors import CompiledGraphUnavailable


def import_openvino() -> Any:
    """Return the module `openvino`.

    Importing OpenVINO reports the import to a statistics server through the package openvino_telemetry. As a side
    effect on the whole process, that package is hidden (unless it was imported before), so that OpenVINO and NNCF fall
    back to stubs that send nothing.

    Raises:
        CompiledGraphUnavailable: OpenVINO is not installed or does not load here.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino
    except (ImportError, OSError) as error:
        raise CompiledGraphUnavailable(f"OpenVINO cannot be loaded ({error}).") from error
    return openvino

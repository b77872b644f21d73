"""Sidecar files: NAME.meta.json next to a file, with metadata from a person or a program."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.common.files import read_file
from rag.loading.common.metadata_fields import fields_of

SIDECAR_SUFFIX = ".meta.json"
_MAX_BYTES = 1_000_000


def sidecar_of(path: Path) -> Path | None:
    """Return the sidecar of a file, named after it with or without its suffix, or None.

    A link that leads out of the file's folder does not count: its target may never have been meant for an archive.
    """
    file_name = str(path)
    # os.path, since this runs for every file in every run; a name too long for the suffix has no sidecar
    candidates = (file_name + SIDECAR_SUFFIX, file_name.removesuffix(path.suffix) + SIDECAR_SUFFIX)
    return next((Path(name) for name in candidates if os.path.isfile(name) and not links_outside(name)), None)  # noqa: PTH113


def links_outside(path: str) -> bool:
    """Return whether a path is a link to something outside the folder that contains the link."""
    # os.path, since this runs for every sidecar in every run
    if not os.path.islink(path):  # noqa: PTH114
        return False
    folder = os.path.join(os.path.realpath(os.path.dirname(path)), "")  # noqa: PTH118, PTH120
    return not os.path.realpath(path).startswith(folder)


def with_sidecar(draft: Draft, path: Path) -> Draft:
    """Return a draft with the metadata of its file's sidecar, which overrides the file's own.

    Raises:
        LoadError: the sidecar is not a JSON object.
    """
    sidecar = sidecar_of(path)
    if sidecar is None:
        return draft
    try:
        metadata: Any = json.loads(read_file(sidecar, _MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise LoadError(f"Its sidecar {sidecar.name} is not valid JSON: fix or delete it.") from error
    if not isinstance(metadata, dict):
        raise LoadError(f"Its sidecar {sidecar.name} is not a JSON object: fix or delete it.")
    fields = {name: value for name, value in fields_of(metadata).items() if value}
    return replace(draft, **fields, origins={**draft.origins, **dict.fromkeys(fields, sidecar.name)})

"""NAME.meta.json beside a file: what a person or a program notes about it."""

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
_MOST = 1_000_000


def sidecar_of(path: Path) -> Path | None:
    """Return the companion of a file, which has its name with or without the ending, if there is one.

    A link out of the folder of the file is none: it may lead to what was never meant for an archive.
    """
    whole = str(path)
    # by os.path, for it is asked of every file in every run; a name too long for an ending has no companion
    beside = (whole + SIDECAR_SUFFIX, whole.removesuffix(path.suffix) + SIDECAR_SUFFIX)
    return next((Path(one) for one in beside if os.path.isfile(one) and not links_outside(one)), None)  # noqa: PTH113


def links_outside(path: str) -> bool:
    """Return whether a path is a link to something that is not in or below the folder of the link."""
    # by os.path, for it is asked of every companion in every run
    if not os.path.islink(path):  # noqa: PTH114
        return False
    folder = os.path.join(os.path.realpath(os.path.dirname(path)), "")  # noqa: PTH118, PTH120
    return not os.path.realpath(path).startswith(folder)


def with_sidecar(draft: Draft, path: Path) -> Draft:
    """Return a draft with what the companion of its file says; that counts more than the file itself.

    Raises:
        LoadError: the companion is no JSON object.
    """
    companion = sidecar_of(path)
    if companion is None:
        return draft
    try:
        noted: Any = json.loads(read_file(companion, _MOST))
    except (ValueError, RecursionError) as error:
        raise LoadError(f"Its companion {companion.name} is no valid JSON: mend or delete it.") from error
    if not isinstance(noted, dict):
        raise LoadError(f"Its companion {companion.name} holds no JSON object: mend or delete it.")
    found = {name: value for name, value in fields_of(noted).items() if value}
    return replace(draft, **found, origins={**draft.origins, **dict.fromkeys(found, companion.name)})

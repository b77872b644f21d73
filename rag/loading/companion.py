"""NAME.meta.json beside a file: what a person or a program notes about it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import LoadError
from rag.loading.draft import Draft
from rag.loading.files import read_file
from rag.loading.plain.frontmatter import fields_of

ENDING = ".meta.json"
_MOST = 1_000_000


def companion_of(path: Path) -> Path | None:
    """Return the companion of a file, which has its name with or without the ending, if there is one."""
    whole = str(path)
    # by os.path, for it is asked of every file in every run; a name too long for an ending has no companion
    beside = (whole + ENDING, whole.removesuffix(path.suffix) + ENDING)
    return next((Path(one) for one in beside if os.path.isfile(one)), None)  # noqa: PTH113


def with_companion(draft: Draft, path: Path) -> Draft:
    """Return a draft with what the companion of its file says; that counts more than the file itself.

    Raises:
        LoadError: the companion is no JSON object.
    """
    companion = companion_of(path)
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

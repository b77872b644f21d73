"""Front matter: a block of YAML between two lines `---` at the top of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import yaml

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.leads import LEAD_NAMES, SUBTITLE_NAMES
from rag.loading.common.metadata_fields import FIELD_NAMES, field_text, fields_of

_BLOCK = re.compile(r"\A\s*^---[ \t]*\r?$\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_NAMES = re.compile(
    rf"^({'|'.join(name for names in FIELD_NAMES.values() for name in names)})\s*:", re.MULTILINE | re.IGNORECASE
)


class _Loader(yaml.BaseLoader):
    """Reads every scalar as text, and rejects aliases, with which a few bytes can expand without limit."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[Draft, str]:
    """Return the front matter as a draft whose only text is its leads, and the body; without any, the whole text.

    Raises:
        LoadError: there is a block between `---` with known fields, but it is not valid YAML.
    """
    block = _BLOCK.match(text)
    # a text may begin with a rule of dashes without having front matter
    if not block or not _NAMES.search(block[1]):
        return Draft(()), text
    try:
        # BaseLoader creates only strings, lists and mappings
        fields = yaml.load(block[1], _Loader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        position = f" in line {mark.line + 2}" if mark else ""
        raise LoadError(
            f"Its front matter is not valid YAML{position}: put quotes around values that contain a colon."
        ) from error
    if not isinstance(fields, dict):
        return Draft(()), text
    metadata = fields_of(fields)
    origins = {name: "front matter" for name, value in metadata.items() if value}
    return Draft(paragraph_blocks(_leads(fields)), **metadata, origins=origins), text[block.end() :]


def _leads(fields: Mapping[Any, Any]) -> list[str]:
    """The subtitle and the lead, the first stated one of each."""
    values = {str(name).lower().replace("-", "_"): value for name, value in fields.items()}
    subtitles = filter(None, (field_text(values.get(name)) for name in SUBTITLE_NAMES.split()))
    leads = filter(None, (field_text(values.get(name)) for name in LEAD_NAMES.split()))
    return [*islice(subtitles, 1), *islice(leads, 1)]

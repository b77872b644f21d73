"""Front matter: a block of YAML between two lines `---` at the top of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """Reads every scalar as the text that it is, and refuses aliases, by which a few bytes can grow without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[Draft, str]:
    """Return what the front matter says, as a draft that holds its leads alone, and the rest; without any, the text.

    Raises:
        LoadError: there is a block between `---` with known fields, but it is not valid YAML.
    """
    block = _BLOCK.match(text)
    # a text may well begin with a rule of dashes and be no front matter at all
    if not block or not _NAMES.search(block[1]):
        return Draft(()), text
    try:
        # BaseLoader makes strings, lists and mappings, and no other objects
        fields = yaml.load(block[1], _Loader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise LoadError(f"Its front matter is not valid YAML{where}: put quotes around values with a colon.") from error
    if not isinstance(fields, dict):
        return Draft(()), text
    found = fields_of(fields)
    origins = {name: "front matter" for name, value in found.items() if value}
    return Draft(paragraph_blocks(_leads(fields)), **found, origins=origins), text[block.end() :]


def _leads(stated: Mapping[Any, Any]) -> list[str]:
    known = {str(name).lower().replace("-", "_"): value for name, value in stated.items()}
    values = [[field_text(known.get(name)) or "" for name in names.split()] for names in (SUBTITLE_NAMES, LEAD_NAMES)]
    return [words for some in values for words in list(filter(None, some))[:1]]

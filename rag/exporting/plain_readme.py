"""The README of an exported archive: what each file and field is, for a reader who has nothing else."""

from __future__ import annotations

from rag.storage.plain_tables import PLAIN_TABLES, PlainTable

_HEAD = """\
# An archive of articles

This folder is everything that cannot be made again of an archive of Fundstelle, a program that answers questions with
passages from articles. Each `.jsonl` file is a table in UTF-8: a line is a row, an object in JSON. A value that is
unknown is null. Times are ISO 8601 in UTC. `start` and `end` count Unicode code points from 0 into the `text` of an
article; `end` is the character after the last one.

- `archive.json`: format, version of the program, and how many rows each table has
- `SHA256SUMS`: checksums of all other files; `sha256sum -c SHA256SUMS` compares them
- `inbox/`, `fetched/`: files that were uploaded, and pages that were fetched, as they came
- `README.md`: this

`fundstelle import DIR --archive NEW` makes an archive of it. Vectors and indexes are made again.
"""


def readme() -> str:
    """Return the text."""
    return "\n".join([_HEAD, *map(_section, PLAIN_TABLES)])


def _section(table: PlainTable) -> str:
    rows = "\n".join(f"| `{field.name}` | {field.meaning} |" for field in table.fields)
    return f"## {table.name}.jsonl\n\n{table.meaning}\n\n| field | what it is |\n|---|---|\n{rows}\n"

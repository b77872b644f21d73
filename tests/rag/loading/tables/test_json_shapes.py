"""A table in JSON is read in whatever shape programs write it; nothing of it is left out in silence."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LoadError
from rag.loading.common.draft import Draft, Flaw
from rag.loading.tables.table import load_table

LONG = "Der Rat hat am Montag lange über die neue Satzung beraten und sie dann doch beschlossen. " * 4
ROWS = [{"title": f"Titel {number}", "text": f"{LONG}{number}", "date": "1998-10-06"} for number in range(3)]
NAMES = list(ROWS[0])
BY_ID = {f"a{number}": row for number, row in enumerate(ROWS)}
BY_COLUMN = {name: [row[name] for row in ROWS] for name in NAMES}
IN_LISTS = [list(row.values()) for row in ROWS]
SCHEMA = {"fields": [{"name": name, "type": "string"} for name in NAMES], "primaryKey": ["title"]}

SHAPES: dict[str, Any] = {
    "records": ROWS,
    "index": BY_ID,
    "list": BY_COLUMN,
    "columns": {name: {f"r{number}": cell for number, cell in enumerate(cells)} for name, cells in BY_COLUMN.items()},
    "split": {"columns": NAMES, "index": [0, 1, 2], "data": IN_LISTS},
    "table": {"schema": SCHEMA, "data": ROWS},
    "values": [NAMES, *IN_LISTS],
    "values of a sheet": {"range": "A1:C4", "values": [NAMES, *IN_LISTS]},
    "below data": {"status": "ok", "data": ROWS},
    "below articles, with other lists": {"sources": [{"name": "Bote"}], "articles": ROWS},
    "below a described list": {"description": LONG, "items": ROWS},
    "by id, below items": {"count": 3, "items": BY_ID},
    "by id, with a count": {**BY_ID, "count": 3},
    "columns, deep down": {"response": {"docs": BY_COLUMN}},
}


def read_json(value: Any) -> list[Draft | Flaw]:
    return list(load_table(io.BytesIO(json.dumps(value).encode()), "json"))


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_a_table(shape: str) -> None:
    """All of its articles are read, each with its own fields, however the table is laid out."""
    drafts = [draft for draft in read_json(SHAPES[shape]) if isinstance(draft, Draft)]
    assert [(draft.title, draft.text.strip(), draft.published) for draft in drafts] == [
        (row["title"], row["text"], date(1998, 10, 6)) for row in ROWS
    ]


def test_ids_name_the_rows() -> None:
    """An article is called by the id that its row has in the table."""
    assert [draft.name for draft in read_json(BY_ID)] == ["a0", "a1", "a2"]
    assert [draft.name for draft in read_json(SHAPES["columns"])] == ["r0", "r1", "r2"]
    assert [draft.name for draft in read_json({"a": {**ROWS[0], "id": "x"}, "b": {**ROWS[1], "id": "y"}})] == ["x", "y"]


def test_one_article() -> None:
    """An object that is an article is read as one, whatever lists and objects it contains."""
    article = {"title": "Titel", "text": LONG, "comments": [{"author": "A", "text": LONG}], "related": BY_ID}
    assert [draft.title for draft in read_json(article) if isinstance(draft, Draft)] == ["Titel"]
    (draft,) = read_json({"authors": ["A", "B"], "text": ["Ein Absatz.", "Noch einer."]})
    assert isinstance(draft, Draft)
    assert draft.text.split("\n\n")[:2] == ["Ein Absatz.", "Noch einer."]
    assert len(read_json({"article": {"title": "Titel", "text": LONG}, "meta": {"copyright": "Bote"}})) == 1


def test_what_is_no_table_says_so() -> None:
    """Two tables of articles, and columns that do not fit together, are refused in one sentence; bad rows are named."""
    with pytest.raises(LoadError, match=r"several lists \(a, b\)"):
        read_json({"a": ROWS, "b": ROWS})
    with pytest.raises(LoadError, match=r"different lengths \(title 3, text 2, date 3\)"):
        read_json({**BY_COLUMN, "text": BY_COLUMN["text"][:2]})
    drafts = read_json([NAMES, IN_LISTS[0], ["zu", "kurz"], IN_LISTS[1]])
    assert [isinstance(draft, Draft) for draft in drafts] == [True, False, True]
    drafts = read_json({**BY_ID, "a9": {"title": "leer"}})
    assert [isinstance(draft, Draft) for draft in drafts] == [True, True, True, False]


json_values = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(0, 9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "title", "data", "columns", "id", "a", ""]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_value(value: Any) -> None:
    """Whatever the JSON, it is read or refused in a sentence."""
    try:
        read_json(value)
    except LoadError as error:
        assert str(error)

"""The schemas in docs/ describe what is printed, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from paths import ARTICLES, ROOT, Run, copied_articles

from rag.archive import Archive
from rag.workspace.dossiers import Dossiers

TUNNEL = "Wann wurde der Gotthard-Basistunnel eröffnet?"


def validator(name: str) -> Draft202012Validator:
    """Return the validator of a schema in docs/."""
    schema = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.fixture
def printed(fundstelle: Run, tmp_path: Path) -> dict[str, Any]:
    """What the commands print as JSON, by the name of its schema."""
    folder = copied_articles([file.name for file in sorted(ARTICLES.glob("de-*"))[:4]], tmp_path / "articles")
    assert fundstelle("index", str(folder)).returncode == 0
    name = next(folder.iterdir()).name
    assert fundstelle("saved", "add", TUNNEL, "--since", "2001", "--include", "comments").returncode == 0
    with Archive.open(tmp_path / ".fundstelle") as archive:
        Dossiers(archive).make("Tunnel")
    commands: dict[str, tuple[str, ...]] = {
        "answer": ("ask", TUNNEL),
        "article": ("show", name),
        "correction": ("correct", name, "--title", "Hafen"),
        "status": ("status",),
        "runs": ("runs", "list"),
        "saved": ("saved", "list"),
        "looks": ("saved", "run"),
        "dossiers": ("dossier", "list"),
    }
    return {name: json.loads(fundstelle(*words, "--json").stdout) for name, words in commands.items()}


def test_what_is_printed_fits_its_schema(printed: dict[str, Any]) -> None:
    """Each fits, and does not with a field less, a field more, or a value out of its bounds."""
    for name, value in printed.items():
        schema = validator(name)
        schema.validate(value)
        for field in value:
            with pytest.raises(ValidationError):
                schema.validate({key: value[key] for key in value if key != field})
        with pytest.raises(ValidationError):
            schema.validate(value | {"mood": "sunny"})

    for listed, name in (("questions", "saved"), ("questions", "looks"), ("dossiers", "dossiers")):
        (entry,) = printed[name][listed]
        assert not validator(name).is_valid({listed: [{**entry, "name": ""}]})

    # ids, hashes, offsets, shares and days have the form that docs/json.md promises
    (first, *_), schema = printed["answer"]["citations"], validator("answer")
    article = first["article"]
    wrong = [
        {"marker": 0},
        {"start": -1},
        {"end": 0},
        {"quote": ""},
        {"page": 0},
        {"kind": "teaser"},
        {"passage_id": "x"},
        {"highlights": [[1]]},
        {"highlights": [[1, 2, 3]]},
        {"signals": {"dense": 0.5}},
        {"signals": {"dense": 0.5, "lexical": 1.5}},
        {"article": article | {"id": "x"}},
        {"article": article | {"sha256": "x"}},
        {"article": article | {"published": "1.3.2024"}},
    ]
    for change in wrong:
        assert not schema.is_valid(printed["answer"] | {"citations": [first | change]}), change
    assert not schema.is_valid(printed["answer"] | {"confidence": 1.01})

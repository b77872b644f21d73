"""The JSON of a checked draft."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator
from paths import ROOT

from rag.archive import Archive


def test_reports_fit_their_schema(sample: Archive) -> None:
    """With quotations and figures of every verdict."""
    report = sample.verify_quotes(
        "„Weniger als 40 Prozent der Wohngebäude“, „weniger als 50 Prozent der Wohngebäude“, „Unfug am grünen Mond“. "
        "134 Menschen kamen im Ahrtal ums Leben, 812 wurden verletzt. Offen: „so"
    )
    schema = json.loads((ROOT / "docs" / "draft.schema.json").read_text("utf-8"))
    value = json.loads(json.dumps(report.to_dict()))
    Draft202012Validator(schema).validate(value)
    assert [quote["verdict"] for quote in value["quotes"]] == ["exact", "near", "missing"]
    assert [figure["verdict"] for figure in value["figures"]] == ["same", "other"]
    assert value["unclosed"] == [report.text.rindex("„")]

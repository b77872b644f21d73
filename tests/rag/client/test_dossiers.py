"""Dossiers of a folder and of a server are the same, and are verified alike."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from api_parts import check_problem
from waiting import PATIENCE

from rag.archive import Archive
from rag.client.client import RemoteDossiers
from rag.errors import FundstelleError, NotFound
from rag.types.dossier import Dossier
from rag.workspace.dossier_json import dossier_json, read_dossier
from rag.workspace.dossiers import Dossiers


@pytest.fixture(params=["folder", "server"])
def dossiers(request: pytest.FixtureRequest, archive: Archive, client: Any) -> Any:
    """The dossiers of the archive, asked here and by each client."""
    return Dossiers(archive) if request.param == "folder" else client.dossiers


@pytest.fixture
def dossier(archive: Archive) -> Iterator[Dossier]:
    """A dossier of a heading, two quotations and a note; all dossiers are gone afterwards."""
    local, article = Dossiers(archive), archive.article("bridge.txt")
    dossier_id = local.make("Brücken / Tunnel")
    local.write(dossier_id, "heading", "Maße")
    local.save(dossier_id, article.id, (42, 65), "Wie lang ist sie?")
    local.write(dossier_id, "note", "Nachmessen?")
    local.save(dossier_id, archive.article("tunnel").id, (0, 33))
    yield local.dossier(dossier_id)
    for summary in local.summaries():
        local.delete(summary.id)


def test_they_are_listed_and_read(archive: Archive, dossiers: Any, dossier: Dossier) -> None:
    """By id and by name, with every fact of each quotation."""
    assert dossiers.summaries() == Dossiers(archive).summaries() != []
    assert dossiers.dossier(dossier.id) == dossiers.dossier(dossier.name) == dossier
    texts = [quote.text for _, quote in dossier.quotes]
    assert texts == ["Sie ist 412 Meter lang ", "The tunnel is 57 kilometres long."]
    with pytest.raises(NotFound, match="There is no dossier 'nothing' in this archive: `fundstelle dossier list`"):
        dossiers.dossier("nothing")


def test_one_from_a_file_is_stored(archive: Archive, dossiers: Any, dossier: Dossier) -> None:
    """With new ids, under a name that is free; what it says is the same."""
    exported = dossier_json(dossier)
    dossier_id = dossiers.store(replace(dossier, id=""))
    stored = Dossiers(archive).dossier(dossier_id)
    assert (stored.name, dossiers.dossier(dossier_id)) == ("Brücken / Tunnel 2", stored)
    assert dossier_json(stored)["entries"] == exported["entries"]


def test_each_quotation_has_its_verdict(archive: Archive, dossiers: Any, dossier: Dossier) -> None:
    """Of a dossier that is stored, and of one that was read from a file; the files decide."""
    file = archive.file_of(archive.article("bridge.txt").id)
    text = file.read_text("utf-8")
    counts: list[tuple[int, int]] = []
    for exported in (dossier, replace(dossier, id="")):
        verdicts = list(dossiers.verify_all(exported, lambda done, total: counts.append((done, total))))
        assert verdicts == list(Dossiers(archive).verify_all(dossier))
        assert [(entry.kind, verdict.state) for entry, verdict in verdicts] == [("quote", "unchanged")] * 2
        assert counts[-1] == (2, 2)
    file.write_text(text.replace("412", "413"), encoding="utf-8")
    try:
        verdicts = list(dossiers.verify_all(dossier))
        assert verdicts == list(Dossiers(archive).verify_all(dossier))
        assert [verdict.state for _, verdict in verdicts] == ["changed", "unchanged"]
    finally:
        file.write_text(text, encoding="utf-8")


def test_a_verdict_is_that_of_its_own_quotation(archive: Archive, client: Any, dossier: Dossier) -> None:
    """A dossier that was changed on the server meanwhile is not verified."""
    Dossiers(archive).move(dossier.entries[-1].id, before=dossier.entries[0].id)
    with pytest.raises(FundstelleError, match="was changed while it was verified"):
        list(client.dossiers.verify_all(dossier))


def test_what_is_no_dossier_is_a_sentence(address: str, archive: Archive) -> None:
    """Half a character, a span that does not fit, another format: a problem each, and nothing is stored."""
    whole = {"format": "fundstelle-dossier", "version": 1, "name": "x", "entries": [{"kind": "note", "text": "a"}]}
    with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as http:
        half = {"entries": [{"kind": "note", "text": "\ud800"}]}
        for wrong in (
            {"version": 2},
            {"name": " "},
            {"name": "\ud800"},
            {"entries": [{"kind": "quote"}]},
            half,
            {"made": 3},
        ):
            body = json.dumps(whole | wrong)
            reply = http.post("/api/v1/dossiers", content=body, headers={"content-type": "application/json"})
            check_problem(reply, 422, "invalid-request")
        assert Dossiers(archive).summaries() == []
        reply = http.post("/api/v1/dossiers", json=whole)
        assert (reply.status_code, reply.json()["name"], reply.json()["quotes"]) == (201, "x", 0)
        sent = http.get("/api/v1/dossiers/lookup", params={"reference": "x"})
        assert read_dossier(sent.content).entries[0].text == "a"
        Dossiers(archive).delete(reply.json()["id"])


def test_a_dossier_may_be_larger_than_other_requests(archive: Archive, client: Any, dossier: Dossier) -> None:
    """As large as one that is imported from a file."""
    note = replace(dossier.entries[2], text="ä" * 100_000)
    stored = Dossiers(archive).dossier(client.dossiers.store(replace(dossier, entries=(note,) * 25)))
    assert {entry.text for entry in stored.entries} == {note.text}
    with pytest.raises(FundstelleError, match="send less at once"):
        client.dossiers.store(replace(dossier, entries=(note,) * 110))


def test_the_methods_are_those_of_a_folder() -> None:
    """With the same parameters and defaults."""
    names = [name for name in vars(RemoteDossiers) if not name.startswith("_")]
    assert len(names) > 3
    for name in names:
        ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (RemoteDossiers, Dossiers))
        assert list(ours.parameters.values()) == list(theirs.parameters.values()), name
        assert str(ours.return_annotation) == str(theirs.return_annotation), name

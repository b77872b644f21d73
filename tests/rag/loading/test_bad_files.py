"""The bad files: each is read or refused in time, as it is expected, and nothing else happens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from bad_files import EITHER, REFUSED, TAKEN, Bad, make
from reading import articles, kind_at, known

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.common.normalization import normalise
from rag.loading.isolation.pool import Workers

OURS = ("names", "tables", "feeds", "archives")


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> list[Bad]:
    """All of them, made once."""
    return make(tmp_path_factory.mktemp("bad"))


def outcome(found: Sequence[object] | LoadError) -> str:
    """Whether there is an article with words in it."""
    drafts = [] if isinstance(found, LoadError) else [one for one in found if isinstance(one, Draft)]
    return TAKEN if any(any(map(str.isalnum, normalise(draft.text))) for draft in drafts) else REFUSED


def reasons(found: Sequence[object] | LoadError) -> list[str]:
    """What is said of all that could not be taken."""
    return [str(found)] if isinstance(found, LoadError) else [one.reason for one in found if not isinstance(one, Draft)]


def test_there_are_many(bad: list[Bad]) -> None:
    """They are hundreds, and no two have the same path."""
    assert len({one.path for one in bad}) == len(bad) >= 400


def test_tables_feeds_and_archives(bad: list[Bad]) -> None:
    """Each is taken or refused as it is expected; none crashes or stops a worker, and all reasons are sentences."""
    ours = [one for one in bad if set(one.path.parts) & set(OURS)]
    ours = [one for one in ours if not one.path.is_file() or known(kind_at(one.path))]
    wrong = {}
    with Workers(2, seconds=20) as workers:
        for one, (path, found) in zip(ours, workers.map(articles, [one.path for one in ours]), strict=True):
            said = reasons(found)
            broken = [why for why in said if "crash" in why or "takes longer" in why or "Error:" in why]
            if broken or one.expected not in (EITHER, outcome(found)) or not all(why.endswith(".") for why in said):
                wrong[path.name] = (one.expected, outcome(found), said)
    assert wrong == {}
    assert len(ours) > 150


def test_kinds_of_all(bad: list[Bad]) -> None:
    """The kind of each is told without an error."""
    assert {kind_at(one.path) for one in bad if one.path.is_file()} > {"text", "html", "pdf", "zip", "warc", None}


def test_the_same_at_every_run(bad: list[Bad], tmp_path: Path) -> None:
    """Made again, all of them have the same bytes."""
    again = make(tmp_path / "again")
    for one, other in zip(bad, again, strict=True):
        if one.path.is_file():
            assert one.path.read_bytes() == other.path.read_bytes(), one.path

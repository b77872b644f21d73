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


def outcome(contents: Sequence[object] | LoadError) -> str:
    """Whether there is an article with words in it."""
    drafts = [] if isinstance(contents, LoadError) else [draft for draft in contents if isinstance(draft, Draft)]
    return TAKEN if any(any(map(str.isalnum, normalise(draft.text))) for draft in drafts) else REFUSED


def reasons(contents: Sequence[object] | LoadError) -> list[str]:
    """What is said of all that could not be taken."""
    return (
        [str(contents)]
        if isinstance(contents, LoadError)
        else [flaw.reason for flaw in contents if not isinstance(flaw, Draft)]
    )


def test_there_are_many(bad: list[Bad]) -> None:
    """They are hundreds, and no two have the same path."""
    assert len({file.path for file in bad}) == len(bad) >= 400


def test_tables_feeds_and_archives(bad: list[Bad]) -> None:
    """Each is taken or refused as it is expected; none crashes or stops a worker, and all reasons are sentences."""
    ours = [file for file in bad if set(file.path.parts) & set(OURS)]
    ours = [file for file in ours if not file.path.is_file() or known(kind_at(file.path))]
    wrong = {}
    with Workers(2, seconds=20) as workers:
        for file, (path, contents) in zip(ours, workers.map(articles, [file.path for file in ours]), strict=True):
            sentences = reasons(contents)
            broken = [
                sentence
                for sentence in sentences
                if "crash" in sentence or "takes longer" in sentence or "Error:" in sentence
            ]
            if (
                broken
                or file.expected not in (EITHER, outcome(contents))
                or not all(sentence.endswith(".") for sentence in sentences)
            ):
                wrong[path.name] = (file.expected, outcome(contents), sentences)
    assert wrong == {}
    assert len(ours) > 150


def test_kinds_of_all(bad: list[Bad]) -> None:
    """The kind of each file is detected without an error."""
    assert {kind_at(file.path) for file in bad if file.path.is_file()} > {"text", "html", "pdf", "zip", "warc", None}


def test_the_same_at_every_run(bad: list[Bad], tmp_path: Path) -> None:
    """Made again, all of them have the same bytes."""
    # a socket has no name in a deep folder
    first, again = (
        {file.path.relative_to(folder): file.path for file in files if not file.path.is_socket()}
        for folder, files in ((bad[0].path.parents[1], bad), (tmp_path / "again", make(tmp_path / "again")))
    )
    assert first.keys() == again.keys()
    for name, path in first.items():
        if path.is_file():
            assert path.read_bytes() == again[name].read_bytes(), name

"""Whatever a reader raises, and when, costs only the part being read; only an interruption stops the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import zipped

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.loading import reader as reading
from rag.loading import registry as loaders
from rag.loading.containers import archives as containers
from rag.loading.containers import feeds
from rag.loading.isolation.pool import Workers
from rag.loading.tables import table as rows


class OtherError(BaseException):
    """What libraries written in Rust raise: no Exception."""


RAISED = [
    AttributeError("'NoneType' object has no attribute 'x'"),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "no"),
    MemoryError(),
    StopIteration(),
    SystemExit(3),
    OtherError("panicked"),
]
NAMES = [type(error).__name__ for error in RAISED]


def failing(error: BaseException, works: Callable[..., Any], bad: Callable[..., bool]) -> Callable[..., Any]:
    """A function that raises for some arguments and works for all others."""

    def call(*arguments: Any, **more: Any) -> Any:
        if bad(*arguments):
            raise error
        return works(*arguments, **more)

    return call


def files(folder: Path) -> Path:
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text("Der Rat tagte am Montag in Altmoor.")
    (folder / "in" / "b.txt").write_text("BOOM steht in diesem Text.")
    (folder / "in" / "c.zip").write_bytes(zipped({"x.txt": "Das Bad bleibt zu.", "y.txt": "BOOM hier."}))
    (folder / "in" / "d.csv").write_text("id,text\n1,Ein Satz der Tabelle.\n2,BOOM im Satz.\n3,Noch ein Satz.\n")
    (folder / "in" / "z.txt").write_text("Am Dienstag tagte er wieder.")
    return folder / "in"


GOOD = {"a.txt", "c.zip/x.txt", "d.csv#1", "d.csv#3", "z.txt"}


def indexed(folder: Path, encoder: Encoder) -> tuple[set[str], dict[str, str]]:
    """The articles of a folder by their places, and the failures."""
    with Archive.open(folder.parent / "archive") as archive:
        report = archive.index([folder])
        paths = {article.path for article in archive.articles()}
    failures = {failure.path.removeprefix(f"{folder}/"): failure.reason for failure in report.failures}
    return {path.removeprefix(f"{folder}/") for path in paths}, failures


@pytest.mark.parametrize("error", RAISED, ids=NAMES)
def test_a_loader_that_raises(
    error: BaseException, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text and the row that it raises for have a line each, and all others are indexed."""
    folder = files(tmp_path)
    monkeypatch.setitem(loaders.MANY_IN_ONE, "text", failing(error, loaders.load_texts, lambda raw: b"BOOM" in raw))
    draft_from_row = failing(error, rows.draft_from_row, lambda row, *_: "BOOM" in row.cells["text"])
    monkeypatch.setattr(reading, "draft_from_row", draft_from_row)
    good, bad = GOOD, {"b.txt", "c.zip/y.txt", "d.csv#2"}
    if isinstance(error, MemoryError):
        # that costs all rows which were taken together
        (folder / "d.csv").unlink()
        good, bad = {"a.txt", "c.zip/x.txt", "z.txt"}, {"b.txt", "c.zip/y.txt"}
    paths, failures = indexed(folder, encoder)
    assert (paths, set(failures)) == (good, bad)
    cause = "too much memory" if isinstance(error, MemoryError) else type(error).__name__
    assert all(cause in reason and reason.endswith(".") for reason in failures.values())


@pytest.mark.parametrize("error", RAISED, ids=NAMES)
def test_a_file_that_cannot_be_taken_apart(
    error: BaseException, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised while a file is opened, unpacked or cut into rows costs that file, and the rows before stay."""
    folder = files(tmp_path)

    def table(file: Any, kind: str) -> Iterator[Any]:
        yield from [("line 2", {"id": "1", "text": "Ein Satz der Tabelle."})] * 150
        raise error

    monkeypatch.setitem(rows.TABLE_READERS, "csv", lambda file: table(file, "csv"))
    skip_reason = failing(error, containers._skip_reason, lambda path, _: path == "y.txt")
    monkeypatch.setattr(containers, "_skip_reason", skip_reason)
    monkeypatch.setattr(
        reading, "read_file", failing(error, reading.read_file, lambda path, most: path.name == "b.txt")
    )
    paths, failures = indexed(folder, encoder)
    assert {"a.txt", "z.txt", "c.zip/x.txt", "d.csv#1"} <= paths
    assert "b.txt" in failures
    assert "d.csv" in failures
    assert "c.zip" in failures


def test_an_entry_of_a_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that makes its reader raise is one flaw among the others."""
    item = "<item><guid>{0}</guid><description>Text der Meldung {0}.</description></item>"
    raw = f'<rss version="2.0"><channel><title>t</title>{"".join(map(item.format, "123"))}</channel></rss>'.encode()
    article = failing(OtherError("x"), feeds._article, lambda feed, name, entry: name == "2")
    monkeypatch.setattr(feeds, "_article", article)
    entries = [(draft.name, type(draft).__name__) for draft in feeds.load_feed(raw)]
    assert entries == [("1", "Draft"), ("2", "Flaw"), ("3", "Draft")]


@pytest.mark.parametrize("stage", ["load_texts", "read_file"])
def test_ctrl_c_passes(stage: str, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption stops the run at any stage."""
    folder = files(tmp_path)
    if stage == "load_texts":
        load = failing(KeyboardInterrupt(), loaders.load_texts, lambda raw: True)
        monkeypatch.setitem(loaders.MANY_IN_ONE, "text", load)
    else:
        monkeypatch.setattr(reading, "read_file", failing(KeyboardInterrupt(), reading.read_file, lambda *_: True))
    with pytest.raises(KeyboardInterrupt):
        indexed(folder, encoder)


def test_an_argument_that_cannot_be_sent() -> None:
    """It costs its own result, and the next one is read by the same process."""
    with Workers(1) as workers:
        results = [result for _, result in workers.map(str, ["a", lambda: None, "b"])]
    assert (results[0], results[2]) == ("a", "b")
    assert "pickle" in str(results[1])

"""`fundstelle check`: verdicts, places and differences in a terminal, in a pipe and as JSON."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from docx import Document
from factories import article_file
from paths import Run

DRAFT = """\
Die Kosten stiegen auf 84 Millionen Euro.

„Fußgänger und Radfahrer müssen sich noch gedulden“, hieß es. „Grund seien Altlasten im Hafen gewesen“, und
„das sagte nie ein Mensch irgendwo“.
"""


@pytest.fixture
def archive(fundstelle: Run, tmp_path: Path) -> Path:
    """A folder with an archive of one article and a draft."""
    (tmp_path / "bridge.md").write_text(article_file("Brücke frei", "2021-03-01", "Kurier"), "utf-8")
    (tmp_path / "draft.md").write_text(DRAFT, "utf-8")
    assert fundstelle("index", "bridge.md", "--archive", "archive").returncode == 0
    return tmp_path


def test_verdicts_are_printed(archive: Path, fundstelle: Run) -> None:
    """Each quotation with its verdict, its place, and the words that differ; the exit code says that some do."""
    done = fundstelle("check", "draft.md", "--archive", "archive")
    assert done.returncode == 1
    assert "same       84 Millionen Euro" in done.stdout
    assert "exact      “Fußgänger und Radfahrer müssen sich noch gedulden”" in done.stdout
    assert "Grund seien Altlasten im [-Hafen-] {+Baugrund+} gewesen" in done.stdout
    assert "missing    “das sagte nie ein Mensch irgendwo”" in done.stdout
    assert "Brücke frei · Kurier · 2021-03-01 · de" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr.splitlines()[-1] == "3 quotations (1 exact, 1 near, 1 missing), 1 figure (1 same)"


def test_json(archive: Path, fundstelle: Run) -> None:
    """Offsets are those of the draft, and of the article."""
    report = json.loads(fundstelle("check", "draft.md", "--archive", "archive", "--json", "--quotes-only").stdout)
    assert [quote["verdict"] for quote in report["quotes"]] == ["exact", "near", "missing"]
    assert (report["holds"], report["figures"]) == (False, [])
    for quote in report["quotes"]:
        assert DRAFT[quote["start"] : quote["end"]] == quote["text"]
    citation = report["quotes"][0]["citations"][0]
    assert citation["quote"] == "Fußgänger und Radfahrer müssen sich noch gedulden"


def test_a_draft_from_a_pipe(archive: Path, fundstelle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minus reads standard input; a draft whose quotations are all there ends with 0."""
    text = "„Fußgänger und Radfahrer müssen sich noch gedulden“"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    done = fundstelle("check", "-", "--archive", "archive")
    assert (done.returncode, done.stdout[:5]) == (0, "exact")


def test_a_document(archive: Path, fundstelle: Run) -> None:
    """A .docx is read by its loader."""
    document = Document()
    for paragraph in DRAFT.split("\n\n"):
        document.add_paragraph(paragraph)
    document.save(str(archive / "draft.docx"))
    done = fundstelle("check", "draft.docx", "--archive", "archive")
    assert done.stderr.splitlines()[-1] == "3 quotations (1 exact, 1 near, 1 missing), 1 figure (1 same)"


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("none.md", None, "none.md"),
        ("binary.txt", b"\x00\x01\x02\xff" * 100, "binary"),
        ("long.txt", b"a" * 2_000_001, "The draft has 2,000,001 characters"),
    ],
)
def test_drafts_that_cannot_be_checked(
    archive: Path, fundstelle: Run, name: str, raw: bytes | None, message: str
) -> None:
    """A sentence says why, and the exit code is 2."""
    if raw:
        (archive / name).write_bytes(raw)
    done = fundstelle("check", name, "--archive", "archive")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr

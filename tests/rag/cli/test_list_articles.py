"""The command `list`: all articles, as a person and as a program read them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from factories import article_file
from paths import Run

from rag.archive import Archive
from rag.cli.output import out


def test_a_program_reads_what_the_page_shows(fundstelle: Run, sample: Archive) -> None:
    """JSON, JSON lines and lines with tabs hold the same articles in the same order: those of the library's pages."""
    options = ("--archive", sample.folder, "--language", "de", "--sort", "published")
    whole = json.loads(fundstelle("list", *options, "--json").stdout)["articles"]
    lines = [json.loads(line) for line in fundstelle("list", *options, "--jsonl").stdout.splitlines()]
    cells = list(csv.reader(fundstelle("list", *options).stdout.splitlines(), "excel-tab", quoting=csv.QUOTE_NONE))
    assert whole == lines
    assert [line["published"] for line in lines] == sorted((line["published"] for line in lines), reverse=True)
    keys = ("id", "published", "language", "source", "author", "passages", "state", "label", "path")
    assert cells == [[str(row[key] or "") for key in keys] for row in whole]
    library = {row.id for row in sample.library_rows()}
    assert len(library) == sample.status().articles + sample.status().duplicates
    assert (
        {row["id"] for row in whole} == {row.id for row in sample.library_rows() if row.language[:2] == "de"} < library
    )


def test_order_and_limit(fundstelle: Run, sample: Archive) -> None:
    """Names go from A to Z; --reverse turns the order around, and --limit takes its beginning."""

    def titles(*options: str) -> list[str]:
        done = fundstelle("list", "--archive", sample.folder, "--jsonl", "--sort", "source", *options)
        return [json.loads(line)["source"] for line in done.stdout.splitlines()]

    assert titles() == titles("--reverse")[::-1]
    assert titles("--limit", "3") == titles()[:3]
    assert titles()[0] < titles()[-1]


def test_a_terminal_gets_lines_of_its_width(fundstelle: Run, sample: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each article is one line, however long or wide its headline is."""
    monkeypatch.setattr(type(out), "is_terminal", True)
    lines = fundstelle("list", "--archive", sample.folder, COLUMNS="80").stdout.splitlines()
    assert len(lines) == len(list(sample.library_rows()))
    assert all("…" in line or len(line) <= 120 for line in lines)


def test_names_cannot_break_a_line(fundstelle: Run, tmp_path: Path) -> None:
    """Tabs and control characters in headlines are escaped; of no article, a sentence says so."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(article_file('"A\\tB\\u001b[2J"', "2024-03-01", "Bote"))
    fundstelle("index", tmp_path / "in")
    (line,) = fundstelle("list").stdout.splitlines()
    assert len(line.split("\t")) == 9
    assert "\x1b" not in line
    nothing = fundstelle("list", "--search", "xyzzy")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "There is no such article.\n")
    assert json.loads(fundstelle("list", "--search", "xyzzy", "--json").stdout) == {"articles": []}


def test_articles_whose_files_are_gone(fundstelle: Run, tmp_path: Path) -> None:
    """--state missing lists them, whatever their number in the list; --limit counts them alone."""
    (tmp_path / "in").mkdir()
    for name in "abcd":
        (tmp_path / "in" / f"{name}.md").write_text(
            article_file(f"Titel {name}", "2024-03-01", "Bote", f"Text {name}.")
        )
    fundstelle("index", tmp_path / "in")
    for name in "ad":
        (tmp_path / "in" / f"{name}.md").unlink()
    lines = fundstelle("list", "--state", "missing", "--sort", "title").stdout.splitlines()
    assert [line.split("\t")[6:8] for line in lines] == [["missing", "Titel a"], ["missing", "Titel d"]]
    assert fundstelle("list", "--state", "missing", "--sort", "title", "--limit", "1").stdout.splitlines() == lines[:1]

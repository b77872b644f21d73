"""What `fundstelle index` is given for tables and archives: their columns, and how far archives are unpacked."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from bad_files.archives import packed, record, zipped
from bad_files.words import page
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ConfigError
from rag.loading.containers.limits import Limits, parse_limits
from rag.loading.tables.columns import parse_columns

BRIDGE = "Die Brücke über die Lahn bleibt bis zum Sommer gesperrt, weil ihre Träger morsch sind. " * 4
COUNCIL = "Der Rat der Stadt hat am Montag den Haushalt für das kommende Jahr beschlossen. " * 4


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Archive:
    return Archive.open(tmp_path / "archive", encoder=encoder)


def table(path: Path, header: Sequence[str], *rows: Sequence[str]) -> Path:
    """Write a table as the standard library does."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_the_columns_are_shown_and_can_be_given(fundstelle: Run, tmp_path: Path) -> None:
    """Each table has a line with its columns; with others it is read anew, and with the same ones it is not."""
    path = table(tmp_path / "export.csv", ("body", "headline", "date", "summary"), (BRIDGE, "T", "2022-01-14", COUNCIL))
    first = fundstelle("index", path)
    assert first.stdout == "1 new, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    assert "export.csv: text=body, title=headline, published=date\n" in first.stderr
    assert fundstelle("index", path).stdout == "0 new, 0 changed, 1 unchanged, 0 removed, 0 failed\n"
    arguments = ("index", path, "--columns", "text=Summary,title=headline")
    changed = fundstelle(*arguments)
    assert changed.stdout == "0 new, 1 changed, 0 unchanged, 0 removed, 0 failed\n"
    assert "export.csv: text=summary, title=headline, published=date\n" in changed.stderr
    assert json.loads(fundstelle("show", "T", "--json").stdout)["text"] == COUNCIL.strip()
    assert fundstelle(*arguments).stdout == "0 new, 0 changed, 1 unchanged, 0 removed, 0 failed\n"
    assert fundstelle("index", path).stdout == "0 new, 1 changed, 0 unchanged, 0 removed, 0 failed\n"


def test_limits_are_given(fundstelle: Run, tmp_path: Path) -> None:
    """A file that was too large for the usual limit is taken with another one, and the archive is read anew for it."""
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([("long.txt", (BRIDGE * 30).encode()), ("short.txt", COUNCIL.encode())]))
    less = fundstelle("index", path, "--limit", "max_bytes=1000", "--limit", "depth=1")
    assert less.stdout == "1 new, 0 changed, 0 unchanged, 0 removed, 1 failed\n"
    assert "a.zip/long.txt: It has more than" in less.stderr
    assert fundstelle("index", path).stdout == "1 new, 0 changed, 1 unchanged, 0 removed, 0 failed\n"


@pytest.mark.parametrize(
    "option", ["--limit=depht=5", "--limit=depth", "--limit=depth=many", "--limit=depth=0", "--limit=depth=-1"]
)
def test_limits_that_are_none(fundstelle: Run, tmp_path: Path, option: str) -> None:
    """It is one sentence that lists all limits, before an archive is made."""
    process = fundstelle("index", tmp_path, option)
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert process.stderr.startswith(f"A limit cannot be read from '{option.partition('=')[2]}': write NAME=VALUE")
    assert process.stderr.endswith(
        "max_bytes=20000000, many_bytes=100000000, total_bytes=2000000000, ratio=200, depth=3, members=100000.\n"
    )
    assert not (tmp_path / ".fundstelle").exists()


def test_columns_that_are_none(fundstelle: Run, tmp_path: Path) -> None:
    """A field that there is not is one sentence; a column that a table lacks is the table's flaw."""
    path = table(tmp_path / "export.csv", ("body", "headline"), (BRIDGE, "T"))
    process = fundstelle("index", path, "--columns", "words=body")
    assert (process.returncode, process.stderr.count("\n")) == (2, 1)
    assert "Columns cannot be read from 'words=body'" in process.stderr
    process = fundstelle("index", path, "--columns", "text=inhalt")
    assert process.returncode == 1
    assert "It has no column inhalt; its columns are body, headline: correct --columns." in process.stderr


def test_limits_from_words() -> None:
    """Those that are given take the place of the usual ones; the last one counts."""
    assert parse_limits([]) == Limits()
    assert parse_limits(["depth=5", " ratio = 7 ", "depth=6"]) == Limits(depth=6, ratio=7)
    with pytest.raises(ConfigError, match="'ratio=1e3'"):
        parse_limits(["ratio=1e3"])


def test_tables_wherever_they_lie(archive: Archive, tmp_path: Path) -> None:
    """Given columns count for tables in archives, in .gz and for JSON, too, and each has its columns in the report."""
    rows = [{"web": COUNCIL, "body": BRIDGE, "id": "7"}]
    raw, lines = json.dumps(rows).encode(), (json.dumps(rows[0]) + "\n").encode()
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.json").write_bytes(raw)
    (folder / "b.jsonl").write_bytes(lines)
    (folder / "c.jsonl.gz").write_bytes(packed(lines))
    (folder / "d.zip").write_bytes(zipped([("in.json", raw), ("deep.zip", zipped([("in.jsonl", lines)]))]))
    (folder / "e.json.gz").write_bytes(packed(raw))
    report = archive.index([folder], columns=parse_columns("text=web"))
    assert (report.new, report.failures) == (6, ())
    names = ("a.json", "b.jsonl", "c.jsonl.gz", "d.zip/in.json", "d.zip/deep.zip/in.jsonl", "e.json.gz")
    assert report.columns == {str(folder / name): {"text": "web", "id": "id"} for name in names}
    assert {archive.article(f"{folder / name}#7").text for name in names} == {COUNCIL.strip()}
    again = archive.index([folder], columns=parse_columns("text=web"))
    assert (again.unchanged, again.columns) == (6, {})
    assert archive.index([folder]).changed == 6


def test_rows_before_damage_are_taken(archive: Archive, tmp_path: Path) -> None:
    """Of a packed table that breaks off, the rows up to there are articles, and one line says that it is damaged."""
    path = tmp_path / "table.jsonl.gz"
    lines = [
        json.dumps({"text": f"{number}. {BRIDGE[:40]}", "id": f"n{number}", "more": "x" * 3000})
        for number in range(500)
    ]
    raw = gzip.compress("\n".join(lines).encode(), 0)
    path.write_bytes(raw[:-2000])
    report = archive.index([path])
    assert 400 < report.new < 500
    (failure,) = report.failures
    assert (failure.path, failure.reason) == (str(path), "It is damaged: save it again, or leave it out.")


def test_what_is_left_aside_in_archives(archive: Archive, tmp_path: Path) -> None:
    """Files in an archive that are of no readable kind are counted like those in folders."""
    names = ("a.txt", "b.jpg", "c.jpg", ".x", "README.md", "no_ending")
    (tmp_path / "a.zip").write_bytes(zipped([(name, b"\0" if "." not in name else BRIDGE.encode()) for name in names]))
    (tmp_path / "d.jpg").write_bytes(b"x")
    report = archive.index([tmp_path / "a.zip"])
    assert (report.new, report.failures) == (1, ())
    assert report.skipped == {".jpg": 2, "hidden": 1, "README": 1, "no ending": 1}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("sheet.numbers", "save the sheet as .xlsx or CSV."),
        ("all.tar", "unpack it, and index the folder, or pack the files as .zip."),
        ("all.tar.gz", "unpack it, and index the folder, or pack the files as .zip."),
        ("all.tgz", "unpack it, and index the folder, or pack the files as .zip."),
        ("old.doc", "save it as .docx, .odt or PDF."),
        ("photo.jpg", "save it as one of .txt, .text, .md,"),
    ],
)
def test_files_that_cannot_be_read_yet(archive: Archive, tmp_path: Path, name: str, advice: str) -> None:
    """A sheet, a tar archive and an old document get a line that says what to do with them."""
    (tmp_path / "a.txt").write_text(BRIDGE)
    path = tmp_path / name
    if ".t" in name:
        packed = shutil.make_archive(str(tmp_path / "made"), "gztar" if "gz" in name else "tar", tmp_path, "a.txt")
        Path(packed).rename(path)
    else:
        path.write_bytes(
            zipped([("[Content_Types].xml", b""), ("xl/workbook.xml", b"")]) if "x" in name else b"\xd0\xcf"
        )
    report = archive.index([path])
    (failure,) = report.failures
    assert failure.path == str(path)
    assert failure.reason.startswith(f"Files of this kind cannot be read: {advice}")


@pytest.mark.parametrize("raw", [zipped([]), zipped([("a/", b"")]), zipped([("a.jpg", b"x"), ("b.png", b"y")])])
def test_archives_without_articles(archive: Archive, tmp_path: Path, raw: bytes) -> None:
    """An archive with nothing to read in it has a line, too."""
    (tmp_path / "a.zip").write_bytes(raw)
    (failure,) = archive.index([tmp_path / "a.zip"]).failures
    assert failure.reason == "There is no article in it: check that it was saved whole, and what it holds."


def test_a_page_that_turned_bad_keeps_its_article(archive: Archive, tmp_path: Path) -> None:
    """The article of a page in a web archive stays when the page can be read no more, and is called as before."""
    path = tmp_path / "a.warc"
    pages = [record(f"https://x.example/{number}", page(f"{number}. {BRIDGE}").encode()) for number in (1, 2)]
    path.write_bytes(pages[0] + pages[1])
    assert archive.index([path]).new == 2
    path.write_bytes(pages[0] + pages[1][:-200])
    report = archive.index([path])
    assert (report.unchanged, report.removed, archive.status().articles) == (1, 0, 2)
    (failure,) = report.failures
    assert failure.path == f"{path}#https://x.example/2"

"""The commands `fundstelle dossier`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from factories import BRIDGE, article_file
from paths import Run

from rag.archive import Archive
from rag.workspace.dossiers import Dossiers

QUOTE = BRIDGE.split("\n\n")[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an archive and a dossier with one quotation, a heading and a note."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.md").write_text(article_file("Hubbrücke", "2021-03-12", "Bote"), "utf-8")
    with Archive.open(tmp_path / ".fundstelle") as archive:
        archive.index(tmp_path / "articles")
        dossiers = Dossiers(archive)
        dossier_id = dossiers.make("Brücke")
        dossiers.write(dossier_id, "heading", "Kosten")
        article, start = next(archive.articles()), BRIDGE.index(QUOTE)
        dossiers.save(dossier_id, article.id, (start, start + len(QUOTE)), "Was kostete sie?")
        dossiers.write(dossier_id, "note", "Nachfragen")
    return tmp_path


def test_dossiers_are_listed_and_shown(folder: Path, fundstelle: Run) -> None:
    """With their names and counts; one with its quotations, word for word."""
    assert "Brücke  (1 quotation, changed 20" in fundstelle("dossier", "list").stdout
    assert json.loads(fundstelle("dossier", "list", "--json").stdout)["dossiers"][0]["quotes"] == 1
    shown = fundstelle("dossier", "show", "Brücke").stdout
    assert f"“{QUOTE}”" in shown and "— Hubbrücke, Bote, 2021-03-12" in shown and "Nachfragen" in shown
    assert json.loads(fundstelle("dossier", "show", "Brücke", "--json").stdout)["name"] == "Brücke"


@pytest.mark.parametrize("ending", ["docx", "html", "md", "csv", "json"])
def test_a_dossier_is_exported(folder: Path, fundstelle: Run, ending: str) -> None:
    """In the format that the name of the file says."""
    done = fundstelle("dossier", "export", "Brücke", f"out.{ending}", "--style", "apa", "--language", "de")
    assert done.returncode == 0, done.stderr
    assert (folder / f"out.{ending}").stat().st_size > 200


def test_an_exported_dossier_is_imported(folder: Path, fundstelle: Run) -> None:
    """Under the next free name, with the same quotations."""
    fundstelle("dossier", "export", "Brücke", "out.json")
    assert fundstelle("dossier", "import", "out.json").stdout == "Brücke 2: 1 quotation\n"
    first, second = (
        json.loads(fundstelle("dossier", "show", name, "--json").stdout) for name in ("Brücke", "Brücke 2")
    )
    assert first["entries"] == second["entries"]


def test_verify_ends_with_0_while_sources_hold(folder: Path, fundstelle: Run) -> None:
    """An untouched file, and one in which the words moved."""
    done = fundstelle("dossier", "verify", "Brücke")
    assert (done.returncode, done.stdout.split()[0]) == (0, "unchanged")
    file = folder / "articles" / "bridge.md"
    file.write_text(file.read_text("utf-8").replace(BRIDGE, f"Ein Nachtrag.\n\n{BRIDGE}"), "utf-8")
    done = fundstelle("dossier", "verify", "Brücke")
    start = f"Ein Nachtrag.\n\n{BRIDGE}".index(QUOTE)
    assert (done.returncode, done.stdout.split()[0]) == (0, "moved")
    assert f"now at characters {start}-{start + len(QUOTE)}" in done.stdout


def test_verify_ends_with_1_where_one_does_not_hold(folder: Path, fundstelle: Run) -> None:
    """A changed number is shown in its sentence; a file that is gone is named."""
    file = folder / "articles" / "bridge.md"
    file.write_text(file.read_text("utf-8").replace("84 Millionen", "97 Millionen"), "utf-8")
    done = fundstelle("dossier", "verify", "Brücke")
    assert (done.returncode, done.stdout.split()[0]) == (1, "changed")
    assert "[-84-] {+97+} Millionen" in done.stdout
    file.unlink()
    done = fundstelle("dossier", "verify", "Brücke", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["quotes"][0]["state"] == "missing"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "Nirgends"), "There is no dossier 'Nirgends'"),
        (("export", "Brücke", "out.exe"), "choose docx, html, md, csv, json, ris or csl.json"),
        (("export", "Brücke", "out.md", "--style", "vancouver"), "choose iso690, chicago, apa or mla"),
        (("export", "Brücke", "out.md", "--language", "fr"), "choose de or en"),
        (("export", "Brücke", "no/where.md"), "cannot be written"),
        (("import", "nothing.json"), "cannot be read"),
        (("import", "articles/bridge.md"), "no dossier"),
        (("verify", "Nirgends"), "There is no dossier 'Nirgends'"),
    ],
)
def test_errors_are_sentences(folder: Path, fundstelle: Run, words: tuple[str, ...], sentence: str) -> None:
    """Each says what happened and what to do."""
    done = fundstelle("dossier", *words)
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.split())

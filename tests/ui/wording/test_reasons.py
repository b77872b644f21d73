"""Why files could not be read, in German: each sentence is one that the loaders write."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from paths import ROOT

from embeddings.encoder import Encoder
from rag.archive import Archive
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.reasons import _GERMAN_REASONS, reason_sentence


def test_bad_files_are_refused_in_german(tmp_path: Path, encoder: Encoder) -> None:
    """Of the reasons that a sample of the bad files meets, most are German, and what differs is filled in."""
    names = ("empty.txt", "leer.docx", "kaputt.pdf", "tabelle.csv")
    for name in names[:1]:
        (tmp_path / name).touch()
    (tmp_path / names[1]).write_bytes(b"PK\x03\x04 no document")
    (tmp_path / names[2]).write_bytes(b"%PDF-1.4\nnothing")
    (tmp_path / names[3]).write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        failures = archive.index([tmp_path / name for name in names]).failures
    sentences = [reason_sentence(failure.reason, GERMAN) for failure in failures]
    assert len(sentences) == len(names)
    assert {sentence.lang for sentence in sentences} == {"de"}, failures
    assert any("es gibt die Spalten a, b." in sentence.text for sentence in sentences)


def test_other_reasons_and_other_pages_stay_english() -> None:
    """A sentence that nobody translated is marked as English, and so are all on the English page."""
    empty = "It is empty: delete it, or save the article again."
    assert reason_sentence("Odd.", GERMAN) == ("Odd.", "en")
    assert reason_sentence(empty, ENGLISH) == (empty, "en")


@pytest.mark.parametrize("english", _GERMAN_REASONS)
def test_each_sentence_is_written_by_a_loader(english: str) -> None:
    """Its first words stand in the source of a loader, so that a change there is noticed here."""
    assert any(english.partition("{")[0][:24] in text for text in _written())


@cache
def _written() -> list[str]:
    """Return all literal texts of the rooms that read files, fetch pages and index them."""
    files = [file for room in ("loading", "fetching", "indexing") for file in (ROOT / "rag" / room).rglob("*.py")]
    return [
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

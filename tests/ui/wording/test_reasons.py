"""Why files could not be read, in German: each sentence is one that is written where files are read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from paths import ROOT

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.loading.common.file_types import CONVERSION_HINTS
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.reasons import GERMAN_REASONS, reason_sentence

DAMAGED = "It is damaged: save it again, or leave it out."
# what the sentences are filled in with
FILLINGS = (
    *(
        "3",
        "Line 3",
        "3 MB",
        "3 times its size",
        " in line 3",
        "3 cells instead of 4",
        "it has more than 3 MB",
        DAMAGED,
    ),
    *("save the article in another format.", "run a text recognition (OCR) over it, for example ocrmypdf"),
)
# these say what is wrong with a call or a command
OTHER_ERRORS = {"ArchiveError", "AssertionError", "ConfigError", "CorrectionError", "FundstelleError", "NotFound"}
OTHER_ERRORS |= {"RuntimeError", "TypeError", "ValueError"}


@pytest.mark.slow
def test_bad_files_are_refused_in_german(tmp_path: Path, encoder: Encoder) -> None:
    """The reasons that some bad files meet are German, and what differs is filled in."""
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


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (f"Line 12: {DAMAGED}", "Zeile 12: Sie ist beschädigt. Speichern Sie sie neu, oder lassen Sie sie weg."),
        (
            "Line 3 is not a row of the table (3 cells instead of 4): fix or delete it.",
            "Zeile 3 gehört nicht zur Tabelle (3 Zellen statt 4). Berichtigen oder löschen Sie sie.",
        ),
        (
            "Pages 2–4 were not read (damaged): open it in a viewer and save it again. "
            "Files inside were not read (Anhang. Teil 1.xlsx): save them beside it.",
            "Die Seiten 2–4 wurden nicht gelesen, sie sind beschädigt. Öffnen Sie sie in einem Betrachter, und "
            "speichern Sie sie neu. Eingebettete Dateien wurden nicht gelesen (Anhang. Teil 1.xlsx). Speichern Sie "
            "sie daneben.",
        ),
        (
            "The attachment Brief.doc was not read: save it as .docx, .odt or PDF.",
            "Der Anhang Brief.doc wurde nicht gelesen. Speichern Sie sie als .docx, .odt oder PDF.",
        ),
    ],
)
def test_a_reason_within_a_reason_is_german(english: str, german: str) -> None:
    """Lines, pages and attachments have a reason each, and several sentences may follow each other."""
    assert reason_sentence(english, GERMAN) == (german, "de")


def test_other_reasons_and_other_pages_stay_english() -> None:
    """A sentence that nobody translated is marked as English, and so are all on the English page."""
    empty = "It is empty: delete it, or save the article again."
    for odd in ("Odd.", "Not all of it was read. Odd.", f"{DAMAGED} Odd."):
        assert reason_sentence(odd, GERMAN) == (odd, "en")
    assert reason_sentence(empty, ENGLISH) == (empty, "en")


@pytest.mark.parametrize("english", GERMAN_REASONS)
def test_each_sentence_is_written_by_a_loader(english: str) -> None:
    """A piece of it stands in the source of a loader, so that a change there is noticed here."""
    # a page or pages, and a place or none, are put together
    pieces = re.split(r"\{\w+\}|\(a picture of text\)|\(damaged\)| in line | were | was ", english)
    longest = sorted((piece.strip(": ")[:24] for piece in pieces), key=len)[-2:]
    assert any(piece in text for piece in longest for _, text in _written())


def test_each_reason_has_a_german_sentence() -> None:
    """Whatever sentence stands in a room that reads files, pages or folders is German on the German page."""
    sentences = {place: text for place, text in _written() if re.match(r"[A-Z].{12,}(\.$|: )", text, re.DOTALL)}
    assert len(sentences) > 120
    without = {place: text for place, text in sentences.items() if not _is_translated(text)}
    assert without == {}
    assert all(_is_translated(f"It was not read: {hint}") for hint in CONVERSION_HINTS.values())


def _is_translated(text: str) -> bool:
    """Whether a sentence is German with one of the fillings in its last hole, and one in the others."""
    *others, last = re.split(r"\{\w*\}", text)
    filled = ((first.join(others), second) for first in ("3", "Line 3") for second in FILLINGS)
    return any(
        reason_sentence(f"{start}{end}{last}" if others else last, GERMAN).lang == GERMAN.code for start, end in filled
    )


@cache
def _written() -> list[tuple[str, str]]:
    """Return the literal texts of the rooms that read files, pages and folders, with {} for what is filled in."""
    rooms = [ROOT / "rag" / room for room in ("loading", "fetching", "indexing")]
    # arguments are those of programs, and the page has nothing done by a cluster
    files = [
        file for room in rooms for file in sorted(room.rglob("*.py")) if not re.search("arguments|ray_", file.name)
    ]
    return [
        (f"{file.name}:{line}", text)
        for file in files
        for line, text in _texts(ast.parse(file.read_text(encoding="utf-8")))
    ]


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        yield node.lineno, "".join(map(str, parts))
    elif not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in OTHER_ERRORS:
        for child in ast.iter_child_nodes(node):
            # a docstring is an expression by itself
            if not isinstance(child, ast.Expr) or not isinstance(child.value, ast.Constant):
                yield from _texts(child)

"""Errors of the library at the page: each in its language, with the file, the line and the folder that it names."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest
from page_parts import ARTICLE

from rag import errors
from rag.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveFull,
    ArchiveOutdated,
    ArchiveReadOnly,
    FundstelleError,
    NoRun,
    NotFound,
    Shortage,
)
from rag.evaluation.questions.faults import FAULTS, QuestionFileError
from rag.evaluation.questions.files import decoded, read_questions_text
from rag.evaluation.questions.judgements import judge
from rag.evaluation.runs.run_store import RunStore
from rag.storage.library import Library
from rag.storage.sqlite_database import SqliteDatabase
from rag.types import Article
from rag.types.library import LibraryQuery
from ui.wording.english import ENGLISH
from ui.wording.errors import ERRORS, error_sentence
from ui.wording.german import GERMAN

FOLDER = Path("zeitung") / "archiv"
ROW = '{"id": "a", "question": "Wer?", "answers": [{"article": "x"}]}\n'
WRONG = {
    "empty": ("f.jsonl", "\n", "f.jsonl enthält keine gültige Frage. Schreiben Sie in jede Zeile eine: {"),
    "invalid": ("f.jsonl", f"{ROW}{{\n", "f.jsonl, Zeile 2: Das ist keine gültige Frage. Schreiben Sie sie so: {"),
    "used twice": ("f.jsonl", ROW + ROW, "f.jsonl, Zeile 2: Die Kennung a wurde schon benutzt (f.jsonl, Zeile 1)."),
    "no column": ("f.csv", "question,x\n", "f.csv hat keine Spalte article."),
    "table": ("f.csv", 'question,article\nWer?,"x\n', "f.csv lässt sich nach Zeile 1 nicht lesen ("),
    "reworded": ("f.csv", "id,question,article\n1,Wer?,x\n1,Was?,x\n", "f.csv, Zeile 3: Die Kennung 1 gehört"),
    "no question": ("f.jsonl", '{"question": " "}', "f.jsonl, Zeile 1: Hier steht keine Frage."),
    "no answer": ("f.jsonl", '{"question": "Wer?", "answerable": true}', "f.jsonl, Zeile 1: Hier fehlt der Artikel"),
    "no article": ("f.jsonl", ROW, "f.jsonl, Zeile 1: Diesen Artikel gibt es nicht im Archiv"),
    "no quote": ("f.jsonl", ROW.replace('"x"', '"t", "quote": "Mars"'), "f.jsonl, Zeile 1: Im Artikel 57 Kilometer"),
}


def find(reference: str) -> Article:
    """Return the only article, t."""
    if reference != "t":
        raise NotFound(f"There is no article {reference!r}.")
    return ARTICLE


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_with_a_file_of_questions_is_said_in_german(fault: str) -> None:
    """With the line, and in English as the library says it."""
    name, text, sentence = WRONG[fault]
    with pytest.raises(QuestionFileError) as caught:
        for question in read_questions_text(text, name):
            judge(question, find)
    assert caught.value.fault == fault
    german, english = (error_sentence(caught.value, texts, FOLDER) for texts in (GERMAN, ENGLISH))
    assert german.text.startswith(sentence)
    assert (german.lang, english.lang) == ("de", "en")
    assert english.text == str(caught.value)


def test_a_file_in_another_encoding_is_named() -> None:
    """It cannot be read at all."""
    with pytest.raises(QuestionFileError) as caught:
        decoded(b"\xff\xff", "f.jsonl")
    assert error_sentence(caught.value, GERMAN, FOLDER).text.startswith("f.jsonl ist kein Text in UTF-8.")


def test_every_fault_is_tried_and_has_both_languages() -> None:
    """No fact of the English sentence is made up in the German one."""
    assert {*WRONG, "encoding"} == FAULTS.keys()
    for fault, english in FAULTS.items():
        german = ERRORS["de"].faults[fault]
        named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (german, english)]
        assert named[0] <= named[1], fault


def test_the_database_says_why_it_refuses(tmp_path: Path) -> None:
    """SQLite's own refusals: no room, no leave to write, not a database, no such run."""
    database = SqliteDatabase(tmp_path / "archive.sqlite")
    with database.lent() as connection:
        connection.execute("PRAGMA query_only = 1")
        check(lambda: database.set_meta("x", "y"), ArchiveReadOnly, "In das Archiv lässt sich nicht schreiben.")
        connection.execute("PRAGMA query_only = 0")
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        check(lambda: database.set_meta("x", "y" * 100_000), ArchiveFull, "Die Festplatte mit dem Archiv ist voll.")
    check(lambda: RunStore(database).load("x"), NoRun, "Diese Auswertung gibt es im Archiv nicht mehr.")
    database.close()
    (tmp_path / "archive.sqlite").write_bytes(b"not a database at all" * 500)
    check(lambda: SqliteDatabase(tmp_path / "archive.sqlite"), ArchiveDamaged, "Das Archiv ist beschädigt.")


def test_an_archive_of_an_earlier_version_that_cannot_be_written_has_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything but the list of its articles is there, and the sentence says what to do."""
    database = SqliteDatabase(tmp_path / "archive.sqlite")
    monkeypatch.setattr(SqliteDatabase, "version", 5)
    sentence = "Eine ältere Version hat dieses Archiv angelegt"
    check(lambda: Library(database).counts(LibraryQuery()), ArchiveOutdated, sentence)
    database.close()


def test_whatever_happens_to_an_archive_is_said_in_german() -> None:
    """Each kind of error of an archive or a computer has its sentence, and the page does not fall back to English."""
    general = (ArchiveError, Shortage)
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, general)]
    sentences = {kind: error_sentence(kind("x"), GERMAN, FOLDER) for kind in kinds if kind not in general}
    assert {kind for kind, sentence in sentences.items() if sentence.lang != "de"} == set()
    assert len(set(sentences.values())) == len(sentences) > 10


def check(action: object, kind: type[FundstelleError], sentence: str) -> None:
    """Expect the error of exactly that kind, and its German sentence with the folder where there is one."""
    with pytest.raises(kind) as caught:
        action()  # type: ignore[operator]
    text, lang = error_sentence(caught.value, GERMAN, FOLDER)
    assert text.startswith(sentence)
    assert lang == "de"
    assert text.endswith(str(FOLDER)) == (kind in (ArchiveReadOnly, ArchiveDamaged, ArchiveOutdated))


def test_what_nobody_translated_stays_english() -> None:
    """It is marked as such, and half a character is replaced."""
    assert error_sentence(FundstelleError("Odd \ud800."), GERMAN, FOLDER) == ("Odd ?.", "en")

"""Test questions from files: both formats, and what people get wrong in them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import QUESTIONS, QUESTIONS_FILE

from rag.errors import NotFound, QuestionError
from rag.evaluation.questions.files import Label, read_questions


def written(folder: Path, text: str, name: str = "questions.jsonl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sample_questions_are_read_whole() -> None:
    """Every field of the file, against plain JSON."""
    found = read_questions(QUESTIONS_FILE)
    assert [one.id for one in found] == [row["id"] for row in QUESTIONS]
    for one, row in zip(found, QUESTIONS, strict=True):
        assert (one.question, one.language, one.answerable) == (row["question"], row["language"], row["answerable"])
        assert list(one.tags) == row.get("tags", [])
        assert list(one.labels) == [Label(label["article"], label.get("quote")) for label in row.get("answers", [])]


def test_the_least_that_a_question_needs(tmp_path: Path) -> None:
    """A question with an answer is answerable, one without is not; ids are numbers where there are none."""
    path = written(
        tmp_path, '{"question": "Wer?", "answers": [{"url": "https://a.example/1"}]}\n\n{"question": "Wo?"}\n'
    )
    first, second = read_questions(path)
    assert (first.id, first.answerable, first.articles) == ("1", True, ("https://a.example/1",))
    assert (second.id, second.answerable, second.articles) == ("2", False, ())
    assert second.location == f"{path}, line 3"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_any_country(tmp_path: Path, delimiter: str) -> None:
    """Lines with one id are one question with several answers; a quote may hold a line break and the delimiter."""
    lines = [
        ["id", "question", "article", "quote", "tags", "answerable"],
        ["a", "Wer kam?", "eins.txt", f'"Er{delimiter} sie\nund es"', "wer leicht", ""],
        ["a", "", "zwei.txt", "", "", ""],
        ["b", "Wer ging?", "", "", "", "nein"],
    ]
    path = written(tmp_path, "\ufeff" + "\r\n".join(delimiter.join(line) for line in lines), "fragen.csv")
    first, second = read_questions(path)
    assert first.labels == (Label("eins.txt", f"Er{delimiter} sie\nund es"), Label("zwei.txt", None))
    assert (first.tags, first.answerable) == (("wer", "leicht"), True)
    assert (second.id, second.answerable, second.labels) == ("b", False, ())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.jsonl", "", "There is not a valid question"),
        ("q.jsonl", "\n \n", "There is not a valid question"),
        ("q.jsonl", '{"question": "Wer?"}\n{oops', "line 2 is not a valid question"),
        ("q.jsonl", '["Wer?"]', "line 1 is not a valid question"),
        ("q.jsonl", "[" * 100_000, "line 1 is not a valid question"),
        ("q.jsonl", '{"question": "Wer?", "tags": ["\\ud800"]}', "line 1 is not a valid question"),
        ("q.jsonl", '{"frage": "Wer?"}', "line 1 is not a valid question"),
        ("q.jsonl", '{"question": "Wer?", "answers": ["eins.txt"]}', "line 1 is not a valid question"),
        ("q.jsonl", '{"question": "Wer?", "answers": [{"quote": "Er"}]}', "line 1 is not a valid question"),
        ("q.jsonl", '{"question": "Wer?", "answers": 3}', "line 1 is not a valid question"),
        ("q.jsonl", '{"question": " "}', "line 1 asks nothing"),
        ("q.jsonl", '{"question": "Wer?", "answerable": true}', "line 1 names no article"),
        ("q.jsonl", '{"id": 7, "question": "Wer?"}\n{"id": "7", "question": "Wo?"}', "line 2: the id 7 was used"),
        ("q.csv", "frage,article\nWer?,a", "has no column question"),
        ("q.csv", "question\nWer?", "has no column article"),
        ("q.csv", "id,question,article\na,Wer?,x\na,Wo?,y", "line 3: the id a was used"),
        ("q.csv", 'question,article\nWer?,"a', "cannot be read after line 1"),
        ("q.csv", "question,article\n,a.txt", "line 2 is not a valid question"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    """One sentence with the file, the line, and what to do."""
    with pytest.raises(QuestionError) as caught:
        read_questions(written(tmp_path, text, name))
    assert said in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


def test_a_missing_file_and_a_wrong_encoding(tmp_path: Path) -> None:
    """Both are said in a sentence."""
    with pytest.raises(NotFound, match=r"cannot be read .* give a \.jsonl or \.csv file"):
        read_questions(tmp_path / "nowhere.jsonl")
    (tmp_path / "q.jsonl").write_bytes('{"question": "Wer kam über Köln?"}'.encode("latin-1"))
    with pytest.raises(QuestionError, match="not in UTF-8"):
        read_questions(tmp_path / "q.jsonl")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_tables_as_excel_saves_them(tmp_path: Path, encoding: str) -> None:
    """“CSV”, “Unicode text” and “CSV UTF-8” of a German Excel: letters, dashes and quotation marks are the same."""
    path = tmp_path / "fragen.csv"
    path.write_bytes("question;article;quote\r\nWer kam über Köln?;eins.txt;„Müßig – 5 €“\r\n".encode(encoding))
    (question,) = read_questions(path)
    assert (question.question, question.labels) == ("Wer kam über Köln?", (Label("eins.txt", "„Müßig – 5 €“"),))


@given(st.text(max_size=200), st.sampled_from(["q.jsonl", "q.csv"]))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    """Never another error than that of a bad question."""
    path = tmp_path_factory.mktemp("any") / name
    path.write_text(text, encoding="utf-8", errors="replace")
    with contextlib.suppress(QuestionError):
        read_questions(path)


@given(st.text(min_size=1).filter(lambda one: one.strip()), st.lists(st.text(min_size=1), max_size=3))
def test_json_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, question: str, articles: list[str]
) -> None:
    """Whatever a question and its articles are called."""
    row = {"question": question, "answers": [{"article": one, "quote": one} for one in articles]}
    path = written(tmp_path_factory.mktemp("round"), json.dumps(row))
    (found,) = read_questions(path)
    assert found.question == question
    assert [(label.article, label.quote) for label in found.labels] == [(one, one) for one in articles]

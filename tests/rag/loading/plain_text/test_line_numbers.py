"""A passage of a text file is found again in the file, line by line."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from paths import ARTICLES, Run

from rag.archive import Archive
from rag.loading.common.normalization import normalise
from rag.loading.plain_text.line_numbers import source_lines, spans_in_file


def only_letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if letter.isalnum())


def test_a_line_is_counted_as_an_editor_counts_it(fundstelle: Run, tmp_path: Path) -> None:
    """Windows line ends, front matter and indentation: the second paragraph is on line 7."""
    first, second = "Erster Absatz über die Brücke.", "Zweiter Absatz über den Fluss."
    lines = ["---", "title: Test", "---", "", f"  {first}", "", f"  {unicodedata.normalize('NFD', second)}", ""]
    file = tmp_path / "a.txt"
    file.write_bytes("\r\n".join(lines).encode())
    environment = {"FUNDSTELLE_ARCHIVE": str(tmp_path / "archive")}
    assert fundstelle("index", str(file), **environment).returncode == 0
    (passage,) = json.loads(fundstelle("show", "a.txt", "--json", **environment).stdout)["passages"]
    assert passage["lines"] == [5, 7]
    assert "lines 5-7⟧" in fundstelle("show", "a.txt", **environment).stdout
    file.write_bytes(b"\n" + file.read_bytes())
    (passage,) = json.loads(fundstelle("show", "a.txt", "--json", **environment).stdout)["passages"]
    assert passage["lines"] is None


def test_passages_of_the_sample_articles_are_found_in_their_files(sample: Archive) -> None:
    """The passage is on exactly the stated lines; HTML pages have no lines."""
    checked = 0
    for article in sample.articles():
        passages = sample.passages(article.id)
        for passage, lines in zip(
            passages, source_lines(article, [(passage.start, passage.end) for passage in passages]), strict=True
        ):
            if not article.path.endswith(".txt"):
                assert lines is None or article.path.endswith(".md")
                continue
            assert lines is not None
            file_text = Path(article.path).read_text("utf-8").split("\n")
            assert only_letters(passage.text) in only_letters("".join(file_text[lines[0] - 1 : lines[1]]))
            assert only_letters(passage.text) not in only_letters("".join(file_text[lines[0] : lines[1]]))
            checked += 1
    assert checked > 20
    assert any(ARTICLES.glob("*.txt"))


@given(st.text(max_size=80), st.data())
def test_a_span_has_the_same_letters_in_the_file(file_text: str, data: st.DataObject) -> None:
    """Spans of any text, however it is normalised, have the same letters in the file."""
    text = normalise(file_text).strip()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    (span,) = spans_in_file(file_text, text, [(start, end)])
    letters = only_letters(text[start:end])
    assert (span is None) == (not letters)
    if span:
        assert only_letters(file_text[slice(*span)]) == letters


def test_words_that_the_file_has_more_often_are_nowhere() -> None:
    """The headline in the front matter is not the one in the text."""
    assert spans_in_file("titel: Hallo Welt\nHallo Welt", "Hallo Welt", [(0, 10)]) == [None]
    assert spans_in_file("Hallo, Hallo", "Hallo, Hallo", [(7, 12)]) == [(7, 12)]

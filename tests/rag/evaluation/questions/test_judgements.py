"""Labels against the articles they name."""

from __future__ import annotations

import pytest
from factories import article
from hypothesis import given
from hypothesis import strategies as st
from paths import QUESTIONS_FILE

from rag.archive import Archive
from rag.errors import NotFound, QuestionError
from rag.evaluation.questions.files import Label, TestQuestion, read_questions
from rag.evaluation.questions.judgements import Judgement, judge
from rag.types import Article

TEXT = "Die Brücke wurde\n1998 eröffnet. Sie ist lang. Die Brücke wurde 1998 eröffnet, sagt man."


def find(reference: str) -> Article:
    if reference not in ("a", "b"):
        raise NotFound(f"There is no article {reference!r} in this archive: give its id, path or title.")
    return article(reference, TEXT)


def question(*labels: Label) -> TestQuestion:
    return TestQuestion("1", "Wann?", None, bool(labels), (), labels, "q.jsonl, line 4")


def test_a_quote_is_right_wherever_it_stands() -> None:
    """Twice in the text, once with a line break in it: both places are judged."""
    found = judge(question(Label("a", "Die Brücke wurde 1998 eröffnet")), find)
    assert found.answers == {"a": ((0, 30), (46, 76))}
    assert [" ".join(TEXT[start:end].split()) for start, end in found.answers["a"] or ()] == [
        "Die Brücke wurde 1998 eröffnet"
    ] * 2


def test_half_of_a_quote_is_enough() -> None:
    """Of a span of ten characters a passage must hold five, wherever it begins and ends."""
    judged = Judgement(question(Label("a", "x")), {"a": ((10, 20),), "b": None}, {})
    assert [judged.relevant("a", *span) for span in ((0, 15), (0, 14), (15, 40), (16, 40), (12, 17), (12, 16))] == [
        True, False, True, False, True, False,
    ]  # fmt: skip
    assert judged.relevant("b", 0, 1)
    assert not judged.relevant("c", 0, 100)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 60))
def test_relevance_by_counting(first: int, length: int, start: int, size: int) -> None:
    """Against the share of the quote's characters that are in the passage, counted one by one."""
    inside = sum(start <= place < start + size for place in range(first, first + length))
    judged = Judgement(question(Label("a", "x")), {"a": ((first, first + length),)}, {})
    assert judged.relevant("a", start, start + size) == (inside >= length / 2)


def test_a_whole_article_is_more_than_a_quote_of_it() -> None:
    """Whichever label comes first; quotes of one article add up."""
    quote, whole = Label("a", "Sie ist lang."), Label("a", None)
    assert judge(question(quote, whole), find).answers == {"a": None}
    assert judge(question(whole, quote), find).answers == {"a": None}
    assert judge(question(quote, Label("a", "sagt man")), find).answers == {"a": ((32, 45), (78, 86))}
    assert judge(question(), find).answers == {}


def test_a_wrong_quote_is_said_with_the_nearest_text() -> None:
    """The message names the line, the article, and what it does hold."""
    with pytest.raises(QuestionError) as caught:
        judge(question(Label("b", "Die Brücke wurde 1999 eröffnet, sagt er")), find)
    assert str(caught.value).startswith("q.jsonl, line 4: the article")
    assert "does not contain “Die Brücke wurde 1999 eröffnet, sagt er”; the nearest" in str(caught.value)
    assert "Die Brücke wurde 1998 eröffnet, sagt" in str(caught.value)


def test_an_unknown_article_is_said_with_its_line() -> None:
    """Not found by the archive, found in the file of questions."""
    with pytest.raises(QuestionError, match=r"q\.jsonl, line 4: There is no article 'zwei'"):
        judge(question(Label("zwei", None)), find)


def test_the_sample_questions_quote_the_sample_articles(sample: Archive) -> None:
    """Each quote stands in its article, word for word."""
    for asked in read_questions(QUESTIONS_FILE):
        judged = judge(asked, sample.article)
        assert len(judged.answers) == len(asked.articles)
        assert all(spans for spans in judged.answers.values())

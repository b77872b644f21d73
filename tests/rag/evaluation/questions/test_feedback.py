"""Feedback on passages and questions, and the test questions that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.archive import Archive
from rag.evaluation.questions.feedback import MARKED, FeedbackStore
from rag.evaluation.questions.files import Label, read_questions_text
from rag.evaluation.questions.synthetic import questions_json
from rag.evaluation.session import EvaluationSession
from rag.types import Article, Citation

TEXT = "Der Tunnel misst 57 Kilometer. Er liegt unter den Alpen."
QUESTION = "Wie lang ist der Tunnel?"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of one article of two sentences."""
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with Archive.open(tmp_path / "archive") as opened:
        opened.index(tmp_path / "a.txt")
        yield opened


@pytest.fixture
def feedback(archive: Archive) -> FeedbackStore:
    return EvaluationSession(archive).feedback


@pytest.fixture
def article(archive: Archive) -> Article:
    return next(archive.articles())


def sentence(article: Article, start: int, end: int) -> Citation:
    """Cite a span of the article."""
    return Citation(1, article, "p", start, end, article.text[start:end], (), (), (), 0.0, {})


def test_a_question_without_an_answer_is_a_test_question(feedback: FeedbackStore, article: Article) -> None:
    """Its right passage is right no more, a wrong one stays; marking one right again makes it answerable."""
    first, second = sentence(article, 0, 30), sentence(article, 31, len(TEXT))
    feedback.mark(QUESTION, first, answers=True)
    feedback.mark(QUESTION, second, answers=False)
    feedback.collect(f" {QUESTION} ", wording=QUESTION, tags=["tunnel"], answerable=False)
    assert (feedback.is_unanswerable(f"{QUESTION} "), feedback.is_unanswerable("Wer?")) == (True, False)
    (question,) = feedback.questions()
    assert (question.answerable, question.labels, question.tags) == (False, (), (MARKED, "tunnel"))
    assert question.wrong == (Label(article.id, second.quote),)
    feedback.mark(QUESTION, first, answers=True)
    (question,) = feedback.questions()
    assert (question.answerable, question.labels) == (True, (Label(article.id, first.quote),))
    assert question.tags == (MARKED, "tunnel")
    assert not feedback.is_unanswerable(QUESTION)


def test_wording_and_tags_are_changed_and_the_question_stays_the_same(
    feedback: FeedbackStore, article: Article
) -> None:
    """Who asks it as before finds the marks; the test question keeps its id, by which runs are compared."""
    feedback.mark(QUESTION, sentence(article, 0, 30), answers=True)
    (before,) = feedback.questions()
    feedback.collect(QUESTION, wording="Welche Länge hat der  Tunnel?", tags=["a", "b"], answerable=True)
    (after,) = feedback.questions()
    assert (after.id, after.question, after.tags) == (before.id, "Welche Länge hat der Tunnel?", (MARKED, "a", "b"))
    assert [mark.answers for mark in feedback.passages(QUESTION)] == [True]


def test_an_id_does_not_depend_on_other_questions(feedback: FeedbackStore, article: Article) -> None:
    """Deleting the first question leaves the second as it was."""
    for question in ("Erste?", "Zweite?"):
        feedback.mark(question, sentence(article, 0, 30), answers=True)
    first, second = feedback.questions()
    feedback.delete("Erste?")
    assert feedback.questions() == [second]
    assert first.id != second.id
    assert feedback.passages("Erste?") == []


def test_what_nothing_answers_any_more_is_forgotten(feedback: FeedbackStore, article: Article) -> None:
    """Taking the last right mark back takes wording and tags with it; so does taking back that nothing answers."""
    passage = sentence(article, 0, 30)
    feedback.mark(QUESTION, passage, answers=True)
    feedback.collect(QUESTION, wording="Anders?", tags=[], answerable=True)
    feedback.mark(QUESTION, passage, answers=None)
    assert feedback.collected() == []
    feedback.collect(QUESTION, wording="Anders?", tags=[], answerable=False)
    assert [question.wording for question in feedback.collected()] == ["Anders?"]
    feedback.collect(QUESTION, wording="Anders?", tags=[], answerable=True)
    assert feedback.collected() == []


def test_a_passage_that_is_gone_is_counted(feedback: FeedbackStore, article: Article, archive: Archive) -> None:
    """The question stays in the list, and is not asked."""
    feedback.mark(QUESTION, sentence(article, 0, 30), answers=True)
    archive.forget(article.path)
    (collected,) = feedback.collected()
    assert (collected.question, collected.missing, collected.test_question) == (QUESTION, 1, None)
    assert feedback.questions() == []


def test_what_was_collected_goes_out_and_comes_in(feedback: FeedbackStore, article: Article) -> None:
    """As a file of questions, with and without an answer."""
    feedback.mark(QUESTION, sentence(article, 0, 30), answers=True)
    feedback.collect("Wer baute ihn?", wording="Wer baute ihn?", tags=["Lücke"], answerable=False)
    back = read_questions_text(questions_json(feedback.questions()), "q.jsonl")
    assert [(one.question, one.answerable, one.tags, one.labels) for one in back] == [
        (QUESTION, True, (MARKED,), (Label(article.id, TEXT[:30]),)),
        ("Wer baute ihn?", False, (MARKED, "Lücke"), ()),
    ]

"""Test questions that are made while asking: what a card and an answer offer, and the list in the view Evaluate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rag.evaluation.questions.feedback import CollectedQuestion
from rag.storage.feedback_records import StoredMark
from rag.types import Citation
from ui.html.markup import escape, reader_address
from ui.wording.evaluation import words_of
from ui.wording.own_questions import OWN_QUESTIONS
from ui.wording.page import count_of, grouped
from ui.wording.texts import Texts

MAX_TAGS_CHARACTERS = 200


def question_button(citation: Citation, question: str, texts: Texts) -> str:
    """Return the button of a card that makes a test question of the question and this passage."""
    words = OWN_QUESTIONS[texts.code]
    passage: dict[str, object] = {"article": citation.article.id, "start": citation.start, "end": citation.end}
    if citation.highlights:
        passage["sentence"] = list(citation.highlights[0])
    sent = json.dumps({"question": question, "passage": passage})
    return (
        f'<span class="fs-make"><button type="button" data-fs-test-question="{escape(sent)}">{escape(words.make)}'
        f'</button> <span role="status"></span></span>'
    )


def no_answer_button(question: str, texts: Texts, *, pressed: bool) -> str:
    """Return the button of an answer that says that the archive has none.

    Args:
        pressed: whether that is stored.
    """
    words = OWN_QUESTIONS[texts.code]
    return (
        f'<p class="fs-make"><button type="button" aria-pressed="{json.dumps(pressed)}" '
        f'data-fs-no-answer="{escape(question)}">{escape(words.no_answer)}</button> <span role="status"></span></p>'
    )


def own_questions_html(questions: Sequence[CollectedQuestion], labels: Mapping[str, str], texts: Texts) -> str:
    """Return the list of test questions, each opens to its passages and can be changed and deleted.

    Args:
        labels: of articles, by id.
    """
    words = OWN_QUESTIONS[texts.code]
    heading = f"<summary>{escape(words.heading)} <small>{grouped(len(questions), texts)}</small></summary>"
    if questions:
        export = f'<a href="test-questions.jsonl" download>{escape(words.export)}</a>'
        rows = "".join(_question(question, labels, texts) for question in questions)
        body = f'<p class="fs-quiet">{escape(words.intro)}</p>{rows}<p class="fs-actions">{export}</p>'
    else:
        body = f'<p class="fs-quiet">{escape(words.none)}</p>'
    return (
        f'<section class="fs fs-run" lang="{texts.code}"><details id="fs-own" class="fs-own">{heading}{body}</details>'
        "</section>"
    )


def _question(question: CollectedQuestion, labels: Mapping[str, str], texts: Texts) -> str:
    words = OWN_QUESTIONS[texts.code]
    if not question.answerable:
        label, style = words.unanswerable, "fs-quiet"
    elif question.right:
        label, style = count_of(texts.passages, len(question.right), texts), "fs-good"
    else:
        label, style = words.missing, "fs-bad"
    notes = []
    if question.missing:
        notes.append(words.missing_hint.format(count=count_of(texts.passages, question.missing, texts)))
    if question.wording != question.question:
        notes.append(f"{words.first_wording}: {question.question}")
    passages = "".join(_passage(mark, labels, texts) for mark in (*question.right, *question.wrong))
    return (
        f'<details class="fs-question" id="fs-own-{question.id}"><summary>'
        f'<span class="fs-fate {style}">{escape(label)}</span><span class="fs-q" dir="auto">{escape(question.wording)}'
        f'</span><span class="fs-value">{escape(", ".join(question.tags))}</span></summary><div>'
        + (f'<ul class="fs-wanted">{passages}</ul>' if passages else "")
        + "".join(f'<p class="fs-quiet">{escape(note)}</p>' for note in notes)
        + f"{_form(question, texts)}</div></details>"
    )


def _passage(mark: StoredMark, labels: Mapping[str, str], texts: Texts) -> str:
    label = labels.get(mark.article, mark.article)
    address = reader_address(mark.article, texts, (mark.start, mark.end))
    style, judgement = ("fs-good" if mark.answers else "fs-bad"), words_of(texts).judgements[mark.answers]
    return (
        f'<li><p><a href="{escape(address)}" target="_blank" data-fs-reader="{escape(label)}">'
        f'<bdi>{escape(label)}</bdi></a> <span class="{style}">{escape(judgement)}</span></p>'
        f'<blockquote dir="auto">{escape(mark.quote)}</blockquote></li>'
    )


def _form(question: CollectedQuestion, texts: Texts) -> str:
    words = OWN_QUESTIONS[texts.code]
    sent = json.dumps({"question": question.question, "answerable": question.answerable})
    return (
        f'<form class="fs-edit" data-fs-edit="{escape(sent)}">'
        f'<label>{escape(words.wording)}<input name="wording" dir="auto" autocomplete="off" '
        f'value="{escape(question.wording)}"></label>'
        f"<label>{escape(words.tags)} <small>{escape(words.tags_hint)}</small>"
        f'<input name="tags" dir="auto" autocomplete="off" maxlength="{MAX_TAGS_CHARACTERS}" '
        f'value="{escape(", ".join(question.tags))}"></label>'
        f"<p><button>{escape(words.save)}</button> "
        f'<button type="button" data-fs-delete-question="{escape(words.confirm_delete)}" '
        f'title="{escape(words.delete_hint)}">{escape(words.delete)}</button> <span role="status"></span></p></form>'
    )

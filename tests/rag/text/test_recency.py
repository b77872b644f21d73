"""Which questions ask for the newest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.text.recency import asks_for_newest

SAMPLE = Path(__file__).parents[3] / "seeds" / "questions.jsonl"


@pytest.mark.parametrize(
    "question",
    [
        "What is the LATEST on the floods?",
        "Most recent decisions of the council",
        "Was ist das Neueste über Mali?",
        "Was geschah zuletzt in Vilnius?",
        "Wie ist der aktuelle Stand im Ahrtal?",
        "Quelles sont les dernières nouvelles du Mali ?",
        "últimas noticias de Colombia",
        "ultimas noticias de Colombia",
        "Quali sono le ultime notizie sul ponte?",
        "Co nowego: najnowsze wiadomości z Kosowa",
        "Какие последние новости о Луне-25?",
        "Які останні новини про зерно?",
        "Finlandiya hakkında en yeni haberler",
        "سوريا: آخر الأخبار",
        "马里最新消息",
        "月面探査機の最新情報は",
        "ข่าวล่าสุดเรื่องน้ำท่วม",
        "Tin mới nhất về lũ lụt",
        "말리에 대한 최신 소식",
        "माली पर ताज़ा समाचार",
    ],
)
def test_the_newest_in_many_languages(question: str) -> None:
    """With accents or without, in any case, and in scripts without spaces."""
    assert asks_for_newest(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who was the last emperor of Austria?",
        "Wer war der letzte Kaiser?",
        "Qui était le dernier empereur ?",
        "When must the work be done at the latest?",
        "Was ist neu? -aktuell",
        "Which was the first freighter to leave Ukraine?",
        "Il vit en son château",
        "Wer ist der jüngste Präsident?",
        "Who is currently president?",
    ],
)
def test_what_is_no_news(question: str) -> None:
    """What is last, first, young or so today; a deadline; an excluded word; one that means something else in French."""
    assert not asks_for_newest(question)


def test_none_of_the_sample_questions_asks_for_the_newest() -> None:
    """They are about what happened, in sixteen languages; a phrase that fits one of them is too wide."""
    questions = [json.loads(line)["question"] for line in SAMPLE.read_text("utf-8").splitlines()]
    assert [question for question in questions if asks_for_newest(question)] == []

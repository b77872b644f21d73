"""Test questions made by a rule, without a model: headlines, and who said what."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence

from rag.evaluation.questions.files import Label, TestQuestion
from rag.text.sentences import sentence_spans
from rag.types import Article, Passage, primary_language

SYNTHETIC = "synthetic"

# words of a quotation that is understood by itself
_MIN_WORDS, _MAX_WORDS = 6, 40
_QUOTATION = re.compile(r"[„“»«\"]([^„“”»«\"]{20,400})[“”«»\"]")
# who asks for what was said, in the language of the article
_WHO_SAID = {
    "de": "Wer sagte: {quote}?", "en": "Who said: {quote}?", "fr": "Qui a dit : {quote} ?",
    "es": "¿Quién dijo: {quote}?", "it": "Chi ha detto: {quote}?", "nl": "Wie zei: {quote}?",
    "pl": "Kto powiedział: {quote}?", "pt": "Quem disse: {quote}?", "tr": "Bunu kim söyledi: {quote}?",
    "uk": "Хто сказав: {quote}?", "ru": "Кто сказал: {quote}?", "sv": "Vem sade: {quote}?",
}  # fmt: skip
_MIN_HEADLINE_WORDS = 3


def synthetic_questions(
    readings: Iterable[tuple[Article, Sequence[Passage]]], limit: int = 200, seed: int = 0
) -> list[TestQuestion]:
    """Return questions with known answers: a headline asks for its article, a quotation for who said it.

    The quoted sentence is excluded from the search, so that the article must be found by its other sentences. All are
    tagged `synthetic`: they differ from what people ask, and are reported separately.

    Args:
        readings: articles with their passages.
        limit: the most questions of each kind; sampled at random, repeatably.
    """
    headlines: list[TestQuestion] = []
    quotations: list[TestQuestion] = []
    for article, passages in readings:
        headlines += _of_headline(article)
        quotations += _of_quotations(article, passages)
    random_source = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    sampled = [kind if len(kind) <= limit else random_source.sample(kind, limit) for kind in (headlines, quotations)]
    return [question for kind in sampled for question in kind]


def _of_headline(article: Article) -> Iterator[TestQuestion]:
    title = " ".join((article.title or "").split())
    # a headline taken from the first line of the text finds itself and measures nothing
    if len(title.split()) >= _MIN_HEADLINE_WORDS and title not in article.text:
        yield _question(f"{article.id}-headline", title, article, "headline")


def _of_quotations(article: Article, passages: Sequence[Passage]) -> Iterator[TestQuestion]:
    language = primary_language(article.language)
    article_parts = [part for part in article.parts() if part.kind == "article"]
    texts = [(part.start, article.text[part.start : part.end]) for part in article_parts]
    spans = [(at + start, at + end) for at, text in texts for start, end in sentence_spans(text, article.language)]
    for start, end in spans:
        sentence = article.text[start:end].strip()
        match = _QUOTATION.search(sentence)
        if match is None or all(passage.start < end and start < passage.end for passage in passages):
            # every passage would be excluded
            continue
        words = match[1].split()
        # the sentence must go on around the quotation, since it names the speaker
        if _MIN_WORDS <= len(words) <= _MAX_WORDS and len(sentence.split()) > len(words) + 1:
            text = _WHO_SAID.get(language, _WHO_SAID["en"]).format(quote=" ".join(words).strip(" ,.;:!?"))
            yield _question(f"{article.id}-said-{start}", text, article, "quotation", sentence)


def _question(name: str, text: str, article: Article, kind: str, excluded: str | None = None) -> TestQuestion:
    return TestQuestion(
        id=name,
        question=text,
        language=primary_language(article.language),
        answerable=True,
        tags=(SYNTHETIC, kind),
        labels=(Label(article.id, None),),
        location=article.path,
        excluded=(Label(article.id, excluded),) if excluded else (),
    )


def questions_json(questions: Sequence[TestQuestion]) -> str:
    """Return questions as lines of JSON, as `read_questions` reads them."""
    return "".join(json.dumps(_row(question), ensure_ascii=False) + "\n" for question in questions)


def _row(question: TestQuestion) -> dict[str, object]:
    row: dict[str, object] = {"id": question.id, "question": question.question}
    if question.language:
        row["language"] = question.language
    row |= {"answerable": question.answerable, "tags": list(question.tags), "answers": _labels(question.labels)}
    row |= {
        name: _labels(labels) for name, labels in (("wrong", question.wrong), ("hidden", question.excluded)) if labels
    }
    return row


def _labels(labels: Sequence[Label]) -> list[dict[str, str]]:
    return [{"article": label.article} | ({"quote": label.quote} if label.quote else {}) for label in labels]

"""The sample archive is what its README says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from paths import ARTICLES, QUESTIONS, QUESTIONS_FILE

from rag.loading.common.files import read_file
from rag.loading.reader import load
from rag.types import Article


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {f"articles/{path.name}": load(path, read_file(path)) for path in sorted(ARTICLES.iterdir())}


def test_languages_and_lengths(articles: dict[str, Article]) -> None:
    """At least thirty articles of 250 to 700 words, at least sixteen of all German, and eight languages beside."""
    lengths = [len(article.text.split()) for article in articles.values()]
    assert sum(250 <= length <= 700 for length in lengths) >= 30
    languages = Counter(article.language.partition("-")[0] for article in articles.values())
    assert languages["de"] >= 16
    assert len(languages) >= 9
    assert {Path(name).suffix for name in articles} == {".txt", ".md", ".html"}


def test_metadata_is_whole_and_invented(articles: dict[str, Article]) -> None:
    """Every article states title, outlet, author and date, and an address that can never exist."""
    for name, article in articles.items():
        assert article.title, name
        assert article.source, name
        assert article.author, name
        assert article.published, name
        assert article.url, name
        assert article.url.split("/")[2].endswith(".example"), name


def test_the_stated_language_is_the_language(articles: dict[str, Article]) -> None:
    """The file name begins with the language that is stated or detected."""
    for name, article in articles.items():
        assert Path(name).name.startswith(article.language.partition("-")[0] + "-"), name


def test_kinds_of_questions() -> None:
    """Of each kind enough to count: at least 150 in all, 60 German, 40 cross-lingual, 20 unanswerable, 20 with several.

    The last are those with two or more right articles.
    """
    assert len(QUESTIONS) >= 150
    assert sum(question["language"] == "de" for question in QUESTIONS) >= 60
    assert sum("cross-lingual" in question["tags"] for question in QUESTIONS) >= 40
    assert sum(not question["answerable"] for question in QUESTIONS) >= 20
    assert sum(len(question["answers"]) >= 2 for question in QUESTIONS) >= 20


def test_questions_differ() -> None:
    """No id and no question comes twice, and no article twice in one question."""
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({" ".join(question["question"].casefold().split()) for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert len({answer["article"] for answer in question["answers"]}) == len(question["answers"]), question["id"]


def test_tags_are_right(articles: dict[str, Article]) -> None:
    """Each tag is one that the README names, and those that follow from the answers follow from them."""
    asked_for = {"who", "what", "when", "where", "why", "how-many"}
    for question in QUESTIONS:
        tags = set(question["tags"])
        assert tags & asked_for, question["id"]
        assert tags <= asked_for | {"cross-lingual", "keywords", "typo", "unanswerable", "off-topic"}, question["id"]
        assert question["answerable"] == bool(question["answers"]) == ("unanswerable" not in tags), question["id"]
        assert "off-topic" not in tags or "unanswerable" in tags, question["id"]
        languages = {articles[answer["article"]].language.partition("-")[0] for answer in question["answers"]}
        crosses = bool(languages) and question["language"] not in languages
        assert crosses == ("cross-lingual" in tags), question["id"]


def test_the_readme_counts_the_questions() -> None:
    """The table of `seeds/README.md` holds the numbers that the file gives."""
    tags = Counter(tag for question in QUESTIONS for tag in question["tags"])
    languages = Counter(question["language"] for question in QUESTIONS)
    text = (QUESTIONS_FILE.parent / "README.md").read_text("utf-8")
    for row in (
        f"| in German | {languages['de']} | `cross-lingual` | {tags['cross-lingual']} |",
        f"| in English | {languages['en']} | `unanswerable` | {tags['unanswerable']} |",
        f"| {len(QUESTIONS) - languages['de'] - languages['en']} | of these `off-topic` | {tags['off-topic']} |",
        f"| **{len(QUESTIONS)}** | with two or three right articles "
        f"| {sum(len(question['answers']) in (2, 3) for question in QUESTIONS)} |",
    ):
        assert row in text


def test_quotes_are_verbatim(articles: dict[str, Article]) -> None:
    """Each gold quote stands in its article as the program reads it, exactly once."""
    for question in QUESTIONS:
        for answer in question["answers"]:
            assert articles[answer["article"]].text.count(answer["quote"]) == 1, question["id"]

"""The sample archive is what its README says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from places import ARTICLES, QUESTIONS

from rag.loading import load, read_file
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


def test_questions(articles: dict[str, Article]) -> None:
    """At least sixty questions; a third in another language than all their articles, a tenth unanswerable."""
    assert len(QUESTIONS) >= 60
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    unanswerable = [question for question in QUESTIONS if not question["answerable"]]
    assert len(unanswerable) >= len(QUESTIONS) / 10
    cross = 0
    for question in QUESTIONS:
        assert bool(question["answers"]) == question["answerable"]
        languages = {articles[answer["article"]].language.partition("-")[0] for answer in question["answers"]}
        crosses = bool(languages) and question["language"] not in languages
        assert crosses == ("cross-lingual" in question["tags"]), question["id"]
        cross += crosses
    assert cross >= len(QUESTIONS) / 3


def test_quotes_are_verbatim(articles: dict[str, Article]) -> None:
    """Each gold quote stands in its article as the program reads it, exactly once."""
    for question in QUESTIONS:
        for answer in question["answers"]:
            assert articles[answer["article"]].text.count(answer["quote"]) == 1, question["id"]

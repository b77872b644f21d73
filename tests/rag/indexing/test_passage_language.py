"""A passage in another language than its article is searched, filtered and shown in its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from factories import article
from filelock import FileLock
from page_parts import context
from paths import ARTICLES

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.lexical.index import LexicalIndex
from rag.loading.reader import load
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.store import Store
from rag.storage.vectors import input_hash
from rag.text.language import _tables, language_of, languages_of_parts, likeliest_languages
from rag.types import Article, ArticleResult, Filter, passage_at
from ui.html.card import article_card, passage
from ui.wording.german import GERMAN

GERMAN_PART = (
    "Der Stadtrat hat am Montag beschlossen, die alte Brücke über den Fluss noch in diesem Jahr zu sperren. Die "
    "Bewohner der Siedlung müssen künftig einen Umweg von zwölf Kilometern fahren. Bürgermeisterin Karla Wendt sprach "
    "von einer schweren Entscheidung, für die es aber keine Alternative gegeben habe. "
) * 3
ENGLISH_PART = (
    "The engineers found cracks in nine of the thirty pillars when they inspected the bridge last winter. Repairing "
    "them would have taken three years and cost more than a new bridge, their report says. The council had asked for "
    "a second opinion from a university abroad, which came to the same conclusions. "
) * 3
ARABIC = (
    "قال وزير الخارجية إن المحادثات بين البلدين ستستأنف الأسبوع المقبل في جنيف.\n\n"
    "وأضاف أن 12 دولة أعلنت استعدادها للمشاركة، بينها فرنسا (France) وألمانيا."
)
HEBREW = "שר החוץ אמר כי השיחות בין שתי המדינות יתחדשו בשבוע הבא בז׳נבה.\n\nלדבריו, 12 מדינות הודיעו כי ישתתפו."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def put(store: Store, article: Article, language: str | None = None) -> int:
    passage, key = passage_at(article, 0, len(article.text), language), input_hash(article.text)
    record = ArticleRecord(article=article, passages=[PassageRecord(passage, key)])
    store.put(record, fingerprint="", vectors={key: np.zeros(1, np.float16)})
    return passage.key


def test_what_is_clear() -> None:
    """A long part in another language has it; a short one, a name of the same language, and its own are the whole's."""
    assert language_of(GERMAN_PART) == "de"
    parts = [ENGLISH_PART, GERMAN_PART, ENGLISH_PART[:90], "12345 " * 50]
    assert languages_of_parts(parts, "de-AT") == ["en", "de-AT", "de-AT", "de-AT"]
    norwegian = (
        "Regjeringen sa mandag at den ikke ville stenge broen før sommeren, men innbyggerne tror ikke på det. " * 2
    )
    assert languages_of_parts([norwegian], "no") == ["no"]
    assert languages_of_parts([], "no") == []


def test_the_sample_articles_are_in_one_language() -> None:
    """No part of 500 characters of a sample article, in any of its sixteen languages, is taken for another one."""
    wrong = []
    for path in sorted(ARTICLES.iterdir()):
        article = load(path, path.read_bytes())
        parts = [article.text[at : at + 500] for at in range(0, len(article.text), 500)]
        wrong += [
            (path.name, language)
            for language in languages_of_parts(parts, article.language)
            if language != article.language
        ]
    assert wrong == []


def test_filter_and_stems_follow_the_passage(store: Store, tmp_path: Path) -> None:
    """An English passage of a German article is found by English stems and the filter for English, and no German one.

    When it turns out to be in the article's language after all, or the article in its, that is so at once.
    """
    mixed, plain = article("a", "The councils walked.", language="de-CH"), article("b", "Der Rat tagte.")
    key, plain_key = put(store, mixed, "en"), put(store, plain)
    view = LexicalIndex(tmp_path / "lexical", store, FileLock(tmp_path / "lock", timeout=0))

    def keys_for(question: str) -> list[int]:
        return [key for key, _ in view.catch_up().search(view.catch_up().analyse(question), 9)]

    def keys_allowed(*languages: str) -> list[int] | None:
        keys = store.filters.passage_keys(Filter(languages=languages))
        return None if keys is None else keys.tolist()

    assert store.article_with_passages("a")[1][0].language == "en"
    assert keys_for("walking council") == [key]
    assert (keys_allowed("en"), keys_allowed("de"), keys_allowed("de", "en")) == (
        [key],
        [plain_key],
        sorted([key, plain_key]),
    )
    assert keys_allowed("fr") == []
    put(store, mixed)
    assert store.article_with_passages("a")[1][0].language == "de-CH"
    assert (keys_for("walking"), keys_allowed("en"), keys_allowed("de")) == ([], [], sorted([key, plain_key]))
    put(store, replace(mixed, language="en"))
    assert (keys_for("walking"), keys_allowed("en")) == ([key], [key])
    put(store, replace(mixed, language="fr"), "en")
    assert (keys_for("walking"), keys_allowed("en"), keys_allowed("fr")) == ([key], [key], [])


def test_from_file_to_card(encoder: Encoder, tmp_path: Path) -> None:
    """The English end of a German article is cited as English: to the filter, in JSON, and on the card."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{GERMAN_PART}\n\n{GERMAN_PART}\n\n{ENGLISH_PART}\n", "utf-8")
    (folder / "b.txt").write_text("Im Garten blüht der Flieder, und die Bienen kommen aus dem Wald.", "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([folder])
        assert archive.status().languages == {"de": 2}
        answer = archive.ask("What did the engineers find in the pillars?", 1, filter=Filter(languages=("en",)))
        (cited,) = answer.citations
        assert "cracks in nine" in cited.quote
        assert (cited.language, cited.article.language) == ("en", "de")
        (as_json,) = answer.to_dict()["citations"]
        assert (as_json["language"], as_json["article"]["language"]) == ("en", "de")
        card = article_card(ArticleResult((cited,), 1), 1, context(GERMAN))
        assert '<blockquote lang="en" dir="auto">' in card
        assert "Englisch" in card
        assert "Deutsch" not in card
        german = archive.ask("Welchen Umweg müssen die Bewohner fahren?", 9, filter=Filter(languages=("de",)))
        assert {citation.language for citation in german.citations} == {"de"}
        assert not any("cracks" in citation.quote for citation in german.citations)


@pytest.mark.parametrize(("text", "language"), [(ARABIC, "ar"), (HEBREW, "he")])
def test_text_from_right_to_left(encoder: Encoder, tmp_path: Path, text: str, language: str) -> None:
    """It passes through loading and search letter by letter, and the card lets it run from right to left."""
    (tmp_path / "a.txt").write_text(text, "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([tmp_path / "a.txt"])
        assert [article.text for article in archive.articles()] == [text]
        (cited,) = archive.ask(text.partition(".")[0][:60]).citations
        assert cited.quote == text[cited.start : cited.end]
        assert cited.language == language
        assert f'<blockquote lang="{language}" dir="auto">' in passage(cited, context(GERMAN))


def test_unpacked_tables_say_what_the_library_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Languages and probabilities are those of py3langid's own model, with the cache and where it cannot be written."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    texts = [GERMAN_PART, ENGLISH_PART, ARABIC, HEBREW, "Qui a dit cela ?", "Wer?", "я", ""]
    try:
        for cache in (tmp_path, Path("/dev/null")):
            monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
            _tables.cache_clear()
            for (language, probability), text in zip(likeliest_languages(texts), texts, strict=True):
                expected = library.classify(text)
                assert (language, pytest.approx(probability, rel=1e-4)) == expected
                # a text by itself, and among others
                assert [(language, pytest.approx(probability))] == likeliest_languages([text])
    finally:
        _tables.cache_clear()

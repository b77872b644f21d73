"""Words that lost a letter are found, marked where they stand, and nothing else changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.lexical.index import LexicalIndex
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.store import Store
from rag.storage.vectors import input_hash
from rag.text.lost_letters import damaged_forms
from rag.text.words import fold, words
from rag.types import Article, passage_at

INVENTED = "Die Zeugen aus Raˆak sprachen in Genf.\n\nDer Rat wies alles zurück und vertagte die Sitzung auf Mai."
LATIN = st.text("abcxyzäöüßéčćžšłąę", min_size=2, max_size=12)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def put(store: Store, name: str, text: str) -> int:
    article = Article(id=name, text=text, language="de", path=name, sha256="")
    passage, key = passage_at(article, 0, len(text)), input_hash(text)
    record = ArticleRecord(article=article, passages=[PassageRecord(passage, key)])
    store.put(record, fingerprint="", vectors={key: np.zeros(1, np.float16)})
    return passage.key


def view_of(store: Store, tmp_path: Path) -> LexicalIndex:
    return LexicalIndex(tmp_path / "lexical", store, FileLock(tmp_path / "lock", timeout=0))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Raˆak Raˇak Ra?ak Ra\ufffdak Ra\ufffd\ufffdak Ra\xa4ak", ["raˆak"] * 6),
        ("Zuna¨chst L¨osungen", ["zunachst", "losungen"]),
        ("Wie?Nein 5? ?a 100\xa4 \ufffdWort\ufffd a ¨ b 東\ufffd京", ["wie", "nein", *"5a", "100", "wort", *"ab東京"]),
    ],
)
def test_signs_of_lost_letters(text: str, folded: list[str]) -> None:
    """Between letters they are one mark, and accents belong to the letter; between words they are nothing."""
    assert words(text) == folded


def test_forms_of_a_word() -> None:
    """One letter or all are gone, or an accent stands beside its letter; what may be another word is no form."""
    assert list(damaged_forms("Račak")) == ["Raˆak", "Raˆcak", "Racˆak"]
    assert list(damaged_forms("Übergröße"))[-1] == "bergrˆˆe"
    assert {"Übergrˆße", "Übergröˆe"} <= set(damaged_forms("Übergröße"))
    assert list(damaged_forms("Racak")) == list(damaged_forms("École")) == list(damaged_forms("5°")) == []


@given(LATIN, st.sampled_from(["?", "\ufffd", "\ufffd\ufffd", "ˆ", "\xa4"]), st.data())
def test_a_word_is_found_whichever_letter_it_lost(word: str, sign: str, data: st.DataObject) -> None:
    """A letter inside, or all letters that are not ASCII, are replaced by a sign: the rest of it is among the forms."""
    lossy = [offset for offset, letter in enumerate(word) if not letter.isascii()]
    inner = [offset for offset in lossy if 0 < offset < len(word) - 1]
    if not inner:
        return
    forms = {fold(form) for form in damaged_forms(word)}
    at = data.draw(st.sampled_from(inner))
    assert words(word[:at] + sign + word[at + 1 :]) == [fold(word[:at] + "ˆ" + word[at + 1 :])]
    assert fold(word[:at] + sign + word[at + 1 :]) in forms
    # a sign at an edge is no part of the word
    (rest,) = words("".join("\ufffd" if offset in lossy else letter for offset, letter in enumerate(word))) or [""]
    assert rest in forms or "ˆ" not in rest


@given(st.text())
def test_any_word(word: str) -> None:
    """No text is an error; every form has the mark; a word without letters beyond ASCII has no form."""
    forms = list(damaged_forms(word))
    assert all("ˆ" in form for form in forms)
    assert not forms or not word.isascii()
    assert forms == list(damaged_forms(unicodedata.normalize("NFD", word)))


def test_a_damaged_word_is_found_and_marked(store: Store, tmp_path: Path) -> None:
    """With the letter or without its accent; in a phrase and as what is excluded; its place is that of the text."""
    texts = (INVENTED, "Die Sch?lerin lief nach Hause.", "Ein Rat aus Bern tagte.", "Die LÖSUNG und die L¨osungen.")
    broken, pupil, other, solution = (put(store, str(number), text) for number, text in enumerate(texts))
    view = view_of(store, tmp_path)

    def search_keys(question: str) -> set[int]:
        return {key for key, _ in view.catch_up().search(view.catch_up().analyse(question), 9)}

    assert search_keys("Račak") == search_keys("Was geschah in RAČAK?") == search_keys("Raˆak") == {broken}
    assert search_keys("Schülerin") == {pupil}
    assert search_keys("Lösungen") == search_keys("Losung") == {solution}
    assert other not in search_keys("Račak")
    (match,) = view.catch_up().matches(view.catch_up().analyse("Račak"), INVENTED, "de")
    assert INVENTED[match.start : match.end] == "Raˆak"
    assert view.catch_up().containing("Zeugen aus Račak").tolist() == [broken]
    assert view.catch_up().containing("Zeugen in Račak").tolist() == []
    assert view.catch_up().analyse("Račak").unknown == 0
    # what the archive does not hold is not looked for
    assert [word.variants for word in view.catch_up().analyse("Müller Ćosić").words] == [("mull",), ("cosic",)]


def test_a_question_finds_a_damaged_name(encoder: Encoder, tmp_path: Path) -> None:
    """From file to citation: the quote holds the damaged name as it stands in the file, and marks it."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(INVENTED, "utf-8")
    (folder / "b.txt").write_text("Im Garten blüht der Flieder, und die Bienen kommen aus dem Wald.", "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([folder])
        for question in ("Was sagten die Zeugen aus Račak?", "What happened in Račak?", '"aus Račak"'):
            first = archive.ask(question).citations[0]
            assert "Raˆak" in {first.article.text[start:end] for start, end in first.matches}, question


def test_the_name_in_a_real_article(real_archive: Archive) -> None:
    """Of five articles, the two passages that name the place are found by its name alone, the place marked."""
    cited = real_archive.ask("Račak").citations[:2]
    assert ["Raˆak" in citation.quote for citation in cited] == [True, True]
    for citation in cited:
        assert {citation.article.text[start:end] for start, end in citation.matches} == {"Raˆak"}
    assert len(real_archive.ask('"Massaker von Račak"').citations) == 2

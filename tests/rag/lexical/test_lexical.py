"""The index of words: what a word is, what is found and how it is ranked, and that the index is always the store's."""

from __future__ import annotations

import logging
import math
import shutil
import signal
import threading
import unicodedata
from dataclasses import replace
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit

import numpy as np
import pytest
from factories import article
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from lexical_parts import TEXTS, put, put_passages, ranked, search_keys, shared_view_of, view_of

from rag.lexical import index as view_module
from rag.lexical.index import LexicalIndex
from rag.lexical.query import LexicalQuery
from rag.lexical.stopwords import content_word_flags, is_stop_word
from rag.lexical.view import LexicalView
from rag.storage.store import Store
from rag.text.compounds import compound_parts
from rag.text.words import fold, raw_words, term, word_spans, words
from rag.types import passage_at

DOCTOR = "Die Kinderarztpraxis zog um. Der Kinderarzt wartet."


@pytest.fixture(params=["tantivy", "milvus"])
def view(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> LexicalView:
    """The words of the store, in a folder and in Milvus: what is promised of one is promised of the other."""
    return view_of(store, tmp_path) if request.param == "tantivy" else shared_view_of(store, tmp_path)


def terms(text: str, language: str) -> list[str]:
    return [term(word, language) for word in raw_words(text)]


# -- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spellings",
    [
        "München Muenchen MUNCHEN MÜNCHEN Mu\u0308nchen",
        "Straße Strasse STRASSE",
        "Häuser Haeuser",
        "Öl Oel",
        "größte grösste",
    ],
)
@pytest.mark.parametrize("language", ["de", "de-CH", "en", "pl", "ja"])
def test_umlauts_meet(spellings: str, language: str) -> None:
    """However an umlaut or sharp s is written, and whatever the text's language, the term is the same."""
    assert len({term(word, language) for word in spellings.split()}) == 1
    assert len({fold(word) for word in spellings.split()}) == 1


def test_one_spelling() -> None:
    """Width, case and accents go; vowel signs that are letters stay."""
    assert words("ＡＢＣ Łódź İSTANBUL ısı Ёлка Ἀθῆναι Tromsø cœur ﬁn") == (
        ["abc", "lodz", "istanbul", "isi", "елка", "αθηναι", "tromso", "cour", "fin"]
    )
    assert fold("السَّلامُ") == fold("السلام")
    assert fold("שָׁלוֹם") == fold("שלום")
    assert fold("हिन्दी") == "हिन्दी" != fold("हनद")
    assert fold("Kin\u00adder\u00adarzt") == "kinderarzt"


@pytest.mark.parametrize(
    "spellings",
    [
        # tatweel, harakat, Persian and Urdu ye and kaf, hamza on its alef, teh marbuta
        "الوزير الوزيـــر الوَزِير", "علي علی على", "كريم کریم", "أحمد احمد", "مدرسة مدرسه", "١٩٩٨ ۱۹۹۸ 1998 １９９８",
        # what nobody sees
        "Altmoor Alt\u200bmoor Alt\u00admoor Alt\u200emoor Alt\ufeffmoor Alt\u2060moor", "כרמלי כר\u200fמלי",
        "تازه\u200cای تازهای",
        # accents left out, and letters that look alike
        "Nguyễn Nguyen NGUYỄN", "Đường Đuong Duong", "Țară Ţară Tara", "książka ksiazka", "Αθήνα ΑΘΗΝΑ Αθηνα",
        "João Joao",
        "İstanbul Istanbul istanbul", "об'єднання об’єднання обʼєднання", 'צה"ל צה״ל',
    ],
)  # fmt: skip
def test_one_word_for_all_its_spellings(store: Store, tmp_path: Path, spellings: str) -> None:
    """Each spelling finds every other, in quotes and without, and is marked from its first letter to its last."""
    each = spellings.split(" ")
    assert len({fold(spelling) for spelling in each}) == 1
    keys = [
        put(store, article(spelling, f"({spelling})", language="ar" if spelling.isascii() else "vi"))
        for spelling in each
    ]
    view = view_of(store, tmp_path)
    for spelling in each:
        assert view.catch_up().containing(spelling).tolist() == sorted(keys)
        assert set(search_keys(view, spelling)) == set(keys)
        for other in each:
            text = f"– {other}."
            assert [
                text[match.start : match.end]
                for match in view.catch_up().matches(view.catch_up().analyse(spelling), text, "vi")
            ] == [other]


@given(st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=8), st.sampled_from(["vi", "de", "ar", "tr"]))
def test_any_unicode_form_is_the_same_word(word: str, language: str) -> None:
    """Composed or decomposed, a word folds to the same, has the same terms, and lies at the places of its letters."""
    composed, decomposed = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    assert words(composed) == words(decomposed)
    assert [term(raw, language) for raw in raw_words(composed)] == [
        term(raw, language) for raw in raw_words(decomposed)
    ]
    for form in (composed, decomposed):
        for start, end, folded in word_spans(f"({form})"):
            assert fold(f"({form})"[start:end]) == folded


@pytest.mark.parametrize(
    ("language", "word"),
    [("pt", "educação"), ("fr", "réélection"), ("pl", "książkami"), ("ro", "cărților"), ("cs", "městečko"),
     ("tr", "kitaplığın"), ("es", "canciones"), ("hu", "könyveim"), ("vi", "khánh"), ("el", "εκλογές")],
)  # fmt: skip
def test_a_stem_without_its_accents(store: Store, tmp_path: Path, language: str, word: str) -> None:
    """A word typed without accents finds the one with them though a stemmer knows it no more, and the other way round;
    who types the accents gets those texts first.
    """
    bare = unicodedata.normalize("NFD", word).translate(dict.fromkeys(range(0x300, 0x370))).replace("ı", "i")
    with_accents = put(store, article("a", f"{word} a b c", language=language))
    without = put(store, article("b", f"{bare} a b c", language=language))
    view = view_of(store, tmp_path)
    assert set(search_keys(view, bare)) == set(search_keys(view, word)) == {with_accents, without}
    scores = dict(ranked(view, word))
    assert scores[with_accents] >= scores[without]


def test_stems_follow_the_language() -> None:
    """Forms of a word meet in their language; without a stemmer a word is itself."""
    assert terms("Die Häuser des Hauses", "de-AT") == [term(word, "de") for word in ("die", "Haus", "des", "Haus")]
    assert term("connections", "en") == term("connected", "en") != term("connections", "ja")
    assert term("Bücher", "xx") == "bucher"
    assert term("GELİŞİM", "tr") == term("gelişim", "tr") == "gelis"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京2020年", ["東京", "2020", "年"]),
        ("はやぶさ", ["はや", "やぶ", "ぶさ"]),
        ("ｶﾞｲﾄﾞ", ["ガイ", "イド"]),
        ("か\u3099ぎ", ["がぎ"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("l'homme d’État, 1.5 km", ["l", "homme", "d", "etat", "1.5", "km"]),
        ("\ud800 😀 \u0301 -- ...", []),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    """A run of letters, digits and marks is a word; without spaces between words, two characters are."""
    assert words(text) == expected


@given(st.text() | st.text(st.sampled_from("aÄßéİ1 .-\u00ad\u200d\u0308東京カｶﾞーไทยहिन्दी😀\ud800ﷺ½")))
def test_places_are_those_of_the_text(text: str) -> None:
    """Every span lies in the text, spans ascend, the word is the folded span, and none is lost or holds a space."""
    spans = list(word_spans(text))
    assert [word for _, _, word in spans] == words(text)
    last = 0
    for start, end, word in spans:
        assert last <= start < end <= len(text)
        last = start
        assert word == fold(text[start:end])
        assert word.split() == [word]
        assert len(word) <= 64
        for language in ("de", "tr", "ja"):
            assert " " not in term(text[start:end], language)


def test_stop_words() -> None:
    """The language whose list knows most words decides; a question of stop words alone keeps them all."""
    assert is_stop_word("Und", "de-CH")
    assert not is_stop_word("und", "en")
    assert not is_stop_word("und", "ja")
    assert content_word_flags(["What", "is", "the", "war", "about"], ["de", "en"]) == [True, False, False, True, True]
    assert content_word_flags(["Wie", "war", "die", "Ernte"], ["de", "en"]) == [False, False, False, True]
    assert content_word_flags(["wie", "ist", "das"], ["de"]) == [True, True, True]
    assert content_word_flags([], []) == []


# -- compounds --------------------------------------------------------------------------------------


def test_compounds_split_by_frequency() -> None:
    """Split where sqrt(left * right) is greatest and beats the whole; links go; rare and short parts do not count."""
    seen = {"kinder": 9, "arzt": 16, "kinderarzt": 5, "bahnhof": 5, "platz": 5, "eier": 50, "stock": 50, "auto": 2}

    def parts(word: str, **more: int) -> tuple[str, ...]:
        return compound_parts(word, lambda part: {**seen, **more}.get(part, 0))

    assert parts("kinderarzt") == ("kinder", "arzt")
    # sqrt(9 * 16) = 12
    assert parts("kinderarzt", kinderarzt=11) == ("kinder", "arzt")
    assert parts("kinderarzt", kinderarzt=12) == ()
    assert parts("bahnhofsplatz") == ("bahnhof", "platz")
    # with "kind" seen 36 times, kind + er + arzt is sqrt(36 * 16) = 24
    assert parts("kinderarzt", kind=36) == ("kind", "arzt")
    assert parts("autoarzt") == ()
    assert parts("platzei", ei=99) == ()
    assert parts("arzt") == parts("12345678") == ()


def test_a_part_of_a_compound_is_found(store: Store, view: LexicalView) -> None:
    """Kinderarzt is found by Arzt and by Ärzte, and Kinderarzt finds Arzt, once the archive knows both parts."""
    key = put(store, article("a", "Der Kinderarzt wartet."))
    others = [put(store, article(f"b{number}", f"Ein Arzt sieht Kinder, {number}.")) for number in range(3)]
    far = put(store, article("c", "Die Oder führt wenig Wasser."))
    assert set(search_keys(view, "Arzt")) == {key, *others}
    assert key in search_keys(view, "Welche Kinder?")
    assert search_keys(view, "Kinderarzt")[0] == key
    assert set(search_keys(view, "Kinderarzt")) == {key, *others}
    assert far not in search_keys(view, "Kinderarzt")


# -- ranking ----------------------------------------------------------------------------------------


def bm25(documents: list[list[str]], query: list[str]) -> list[float]:
    """BM25 in the formula of Robertson and Zaragoza, k1 = 1.2, b = .75, with the idf of Lucene."""
    average = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for term_of_query in query:
            holding = sum(term_of_query in other for other in documents)
            idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
            count = document.count(term_of_query)
            score += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(document) / average))
        scores.append(score)
    return scores


def test_scores_are_bm25(store: Store, view: LexicalView) -> None:
    """Scores agree with the formula, and passages come in its order; `scores` gives the same to chosen ones."""
    keys = [put(store, article(str(number), text)) for number, text in enumerate(TEXTS)]
    query = view.catch_up().analyse("Wie lang ist der Tunnel in den Alpen?")
    expected = bm25([terms(text, "de") for text in TEXTS], terms("lang Tunnel Alpen", "de"))
    assert [word.variants for word in query.words] == [(stem,) for stem in terms("lang Tunnel Alpen", "de")]
    order = sorted((number for number in range(4) if expected[number]), key=lambda number: -expected[number])
    result = view.catch_up().search(query, 10)
    assert [key for key, _ in result] == [keys[number] for number in order]
    # passages of up to 40 words have their exact length in the index
    assert [score for _, score in result] == pytest.approx([expected[number] for number in order], abs=1e-3)
    assert view.catch_up().scores(query, np.array([keys[3], keys[0]])) == {keys[0]: dict(result)[keys[0]]}
    assert view.catch_up().scores(query, np.array(keys)) == dict(result)
    assert view.catch_up().search(query, 1) == result[:1]


def test_what_a_question_could_score(store: Store, view: LexicalView) -> None:
    """By hand: of 4 passages, 2 hold Tunnel and none Kamel; the best possible score is 2.2 times the sum of the idf.

    One of the two words is unknown.
    """
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    query = view.catch_up().analyse("Der Tunnel, der Tunnel: ein Kamel!")
    tunnel, camel = query.words
    assert (tunnel.span, camel.span) == ((4, 10), (28, 33))
    assert tunnel.idf == pytest.approx(math.log(1 + 2.5 / 2.5))
    assert camel.idf == pytest.approx(math.log(1 + 4.5 / 0.5)) == query.max_idf
    assert query.best_possible == pytest.approx(2.2 * (tunnel.idf + camel.idf))
    assert query.unknown == 0.5
    assert LexicalQuery((), 4).unknown == 0


def test_only_what_is_allowed(store: Store, view: LexicalView) -> None:
    """Few allowed keys or many, the best of them are found, and nothing else; equal scores come by key."""
    keys = [put(store, article(str(number), f"Tunnel Nummer {number}")) for number in range(120)]
    query = view.catch_up().analyse("Tunnel")
    assert [key for key, _ in view.catch_up().search(query, 1000)] == sorted(keys)
    assert [key for key, _ in view.catch_up().search(query, 7)] == sorted(keys)[:7]
    for allowed in (sorted(keys)[90:], *([*sorted(keys)[90:], *range(more)] for more in (500, 6000))):
        assert [key for key, _ in view.catch_up().search(query, 7, np.array(allowed))] == sorted(keys)[90:97]
    longer = [put(store, article(f"longer {number}", "Die Brücke" + " hält" * number)) for number in range(40)]
    allowed = [*longer[1::2], *range(2000)]
    assert [
        key for key, _ in view.catch_up().search(view.catch_up().analyse("Brücke"), 3, np.array(allowed))
    ] == longer[1:6:2]
    assert view.catch_up().search(query, 7, np.empty(0, np.int64)) == []
    assert view.catch_up().search(query, 0) == []


def test_titles_count(store: Store, view: LexicalView) -> None:
    """A title is context, as for the encoder, and holds phrases; none begins in the text and ends in the title."""
    key = put(store, article("a", "Er wurde zwölf Jahre lang gebaut.", title="Der Gotthardtunnel"))
    assert search_keys(view, "Gotthardtunnel") == [key]
    assert view.catch_up().containing("der GOTTHARDTUNNEL").tolist() == [key]
    assert view.catch_up().containing("zwölf Jahre lang gebaut").tolist() == [key]
    assert view.catch_up().containing("gebaut der Gotthardtunnel").tolist() == []


def test_what_is_said_of_an_article_holds_for_all_of_it(store: Store, view: LexicalView) -> None:
    """A headline and an author are found in quotes with every passage of the article, so that they leave out all."""
    text = "Der Rat tagte. Es regnete."
    whole = replace(article("a", text, title="Otter stiehlt 1.500 Forellen"), author="Jule Hark")
    passages = [passage_at(whole, 0, 14), passage_at(whole, 15, 26)]
    put_passages(store, whole, passages)
    put(store, article("b", "Der Otter schläft."))
    keys = sorted(passage.key for passage in passages)
    for phrase in ("otter stiehlt", "1500 Forellen", "Jule Hark"):
        assert view.catch_up().containing(phrase).tolist() == keys
    assert view.catch_up().containing("Forellen Jule").tolist() == []
    assert len(view.catch_up().containing("Otter")) == 3


def test_numbers_are_found_by_value(store: Store, view: LexicalView) -> None:
    """A quoted number finds all ways of writing it, alone and with its unit, no other number; all of it is marked."""
    ways = ("300.000 Euro", "300 000 Euro", "300,000 Euro", "300\u202f000 Euro", "0,3 Millionen Euro", "300'000 Euro")
    keys = [put(store, article(amount, f"Es fehlen {amount} im Haushalt.")) for amount in ways]
    other = [
        put(store, article(amount, f"Es fehlen {amount}.")) for amount in ("30.000 Euro", "3.000.000 Euro", "300 Euro")
    ]
    for way in ways:
        assert view.catch_up().containing(way).tolist() == sorted(keys), way
        assert set(search_keys(view, way.removesuffix(" Euro"))) == set(keys), way
    assert view.catch_up().containing("300 Euro").tolist() == sorted([other[2]])
    query = view.catch_up().analyse("Wo fehlen 300000 Euro?")
    for way in ways:
        marked = [way[match.start : match.end] for match in view.catch_up().matches(query, way, "de")]
        assert marked[0] == way.removesuffix(" Euro")


def test_phrases(store: Store, view: LexicalView) -> None:
    """Words one after the other, in any case and form of letters, unstemmed; of any script; nothing without words."""
    keys = [put(store, article(str(number), text)) for number, text in enumerate(TEXTS)]
    japanese = put(store, article("ja", "小惑星リュウグウの砂が届いた。", language="ja"))
    assert view.catch_up().containing("STADT MUENCHEN").tolist() == [keys[1]]
    assert view.catch_up().containing("München Stadt").tolist() == []
    assert view.catch_up().containing("Tunnels").tolist() == []
    assert view.catch_up().containing("„Tunnel“").tolist() == sorted([keys[1], keys[2]])
    assert view.catch_up().containing("リュウグウの砂").tolist() == [japanese]
    assert view.catch_up().containing("砂のリュウグウ").tolist() == []
    assert view.catch_up().containing(" … ").tolist() == []


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("zh", "昨天北京下了大雪。", "北京的雪"),
        ("ja", "小惑星リュウグウの砂が届いた。", "リュウグウはどこですか"),
        ("th", "น้ำท่วมใหญ่ในกรุงเทพมหานคร", "กรุงเทพ"),
        ("hi", "दिल्ली में भारी बारिश हुई।", "दिल्ली की बारिश"),
        ("ar", "فازت الأرجنتين بكأس العالم", "كَأْس"),
        ("uk", "Угоду підписали в Стамбулі.", "Де підписали угоду?"),
        ("ko", "서울에서 회의가 열렸다.", "서울에서"),
    ],
)
def test_words_of_every_script_are_found(store: Store, tmp_path: Path, language: str, text: str, question: str) -> None:
    """A question finds the passage that shares its words, and no German one; the words are marked."""
    key = put(store, article("there", text, language=language))
    for number, other in enumerate(TEXTS):
        put(store, article(str(number), other))
    view = view_of(store, tmp_path)
    query = view.catch_up().analyse(question)
    assert [key_of_hit for key_of_hit, _ in view.catch_up().search(query, 5)] == [key]
    assert view.catch_up().matches(query, text, language)


def test_matched_words(store: Store, view: LexicalView) -> None:
    """Marked are words with the same stem and compounds with the same part, where they stand; no stop words."""
    for number in range(3):
        put(store, article(str(number), f"Ein Arzt, {number} Kinder und der Tunnel."))
    query = view.catch_up().analyse("Was sagt der Arzt über die Tunnel?")
    text = "Der Kinderarzt, die Ärzte\u0308 und der Bau des Tunnels."
    marked = [text[match.start : match.end] for match in view.catch_up().matches(query, text, "de")]
    assert marked == ["Kinderarzt", "Ärzte\u0308", "Tunnels"]
    assert {match.term for match in view.catch_up().matches(query, text, "de")} == {
        term("Arzt", "de"),
        term("Tunnel", "de"),
    }
    assert view.catch_up().matches(view.catch_up().analyse("wie ist der"), "Wie ist der Bau?", "de") == ()


@pytest.mark.parametrize(
    "question",
    [
        "", "   ", "wie ist das", "😀👍🏽", '"unbalanced', "a AND (b OR", "terms:x^2 ~1 *:* [a TO b] \\", "-x +y",
        "\ud800\udfff",
        "x" * 10_000, "Wort " * 2_000, "\x00\x1f\u200d", "東" * 10_000, "ü" * 10_000, " ".join(map(str, range(2_000))),
    ],
    ids=repr,
)  # fmt: skip
def test_every_question_is_safe(store: Store, tmp_path: Path, question: str) -> None:
    """No text is an error or matches everything."""
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    view = view_of(store, tmp_path)
    query = view.catch_up().analyse(question)
    assert len(view.catch_up().search(query, 5)) <= 3
    assert math.isfinite(query.best_possible)
    view.catch_up().matches(query, question, "de")
    assert len(view.catch_up().containing(question)) == 0


# -- keeping up -------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive is taken for a large one, whose index is not made anew with every change."""
    monkeypatch.setattr(view_module, "MAX_REBUILT_PASSAGES", 0)
    monkeypatch.setattr(view_module, "_MAX_DELETED_SHARE", 0.9)


def test_an_empty_archive(store: Store, view: LexicalView) -> None:
    """Finds nothing, and finds what comes."""
    assert search_keys(view, "Tunnel") == []
    assert len(view.catch_up().containing("Tunnel")) == 0
    key = put(store, article("a", TEXTS[1]))
    assert search_keys(view, "Tunnel") == [key]


@pytest.mark.usefixtures("large")
def test_catching_up_is_as_good_as_a_fresh_build(store: Store, tmp_path: Path) -> None:
    """After articles came, changed and went, the same questions find the same passages as in an index built anew."""
    view = view_of(store, tmp_path)
    keys = [put(store, article(str(number), text)) for number, text in enumerate([*TEXTS, *TEXTS])]
    view.catch_up()
    before = next(iter((tmp_path / "lexical").glob("index-*")))
    changed = put(store, article("0", "Der Kanal in München."[:47].ljust(47, "!")))
    assert changed == keys[0]
    store.remove_file("1")
    new = put(store, article("new", "Ein Kanal statt eines Tunnels."))
    assert search_keys(view, "Kanal") == sorted(
        [changed, new], key=search_keys(view_of(store, tmp_path, "fresh"), "Kanal").index
    )
    assert list((tmp_path / "lexical").glob("index-*")) == [before]
    fresh = view_of(store, tmp_path, "fresh")
    for question in ("Kanal", "Tunnel", "Gotthard", "München", "Wasser der Oder", "57 Kilometer"):
        assert set(search_keys(view, question)) == set(search_keys(fresh, question)), question
        assert view.catch_up().containing(question).tolist() == fresh.catch_up().containing(question).tolist()
    reopened = view_of(store, tmp_path)
    assert ranked(reopened, "Tunnel") == ranked(view, "Tunnel")


@pytest.mark.usefixtures("large")
def test_deleted_passages_do_not_count(store: Store, tmp_path: Path) -> None:
    """In a large archive, how rare a word is follows from the passages that are there: as in an index built anew."""
    view = view_of(store, tmp_path)
    for number in range(12):
        put(
            store,
            article(str(number), f"Tunnel Nummer {number}, Kanal und Brücke." if number < 6 else "Nur ein Kanal."),
        )
    view.catch_up()
    for number in range(5):
        store.remove_file(str(number))
    fresh = view_of(store, tmp_path, "fresh")
    for question in ("Tunnel Kanal", "Brücke"):
        assert view.catch_up().analyse(question) == fresh.catch_up().analyse(question)
        expected = dict(ranked(fresh, question))
        # the average length of a passage still counts those that are gone
        assert dict(ranked(view, question)) == pytest.approx(expected, rel=0.2)
        assert [key for key, _ in ranked(view, question)] == [key for key, _ in ranked(fresh, question)]


def test_a_tenth_deleted(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large index is made anew once more than a tenth of what its files hold was deleted, and not before."""
    monkeypatch.setattr(view_module, "MAX_REBUILT_PASSAGES", 0)
    view = view_of(store, tmp_path)
    for number in range(40):
        put(store, article(str(number), f"Tunnel Nummer {number}."))
    view.catch_up()
    (before,) = (tmp_path / "lexical").glob("index-*")
    for number in range(4):
        store.remove_file(str(number))
        view.catch_up()
        assert before.is_dir()
    store.remove_file("4")
    view.catch_up()
    assert not before.is_dir()
    assert len(search_keys(view, "Tunnel", 50)) == 35


def test_a_doubled_archive_is_decided_anew(store: Store, tmp_path: Path) -> None:
    """Compounds stored before their parts were known are split once the archive has doubled."""
    view = view_of(store, tmp_path)
    key = put(store, article("a", "Der Kinderarzt wartet."))
    assert search_keys(view, "Arzt") == []
    for number in range(3):
        put(store, article(f"b{number}", f"Ein Arzt sieht Kinder, {number}."))
    assert key in search_keys(view, "Arzt")
    assert len(list((tmp_path / "lexical").glob("index-*"))) == 1


def test_a_crash_before_the_manifest(store: Store, tmp_path: Path) -> None:
    """When Tantivy has committed and the manifest has not, the changes are made once more and nothing is twice."""
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    view_of(store, tmp_path).catch_up()
    manifest = tmp_path / "lexical" / "manifest.json"
    before = manifest.read_bytes()
    new = put(store, article("new", "Ein Kanal."))
    store.remove_file("0")
    view_of(store, tmp_path).catch_up()
    manifest.write_bytes(before)
    assert search_keys(view_of(store, tmp_path), "Kanal Gotthard") == [new]
    assert manifest.read_bytes() != before


def exchange(path: Path, content: bytes) -> None:
    """Put another file in the place of one: whoever has mapped the old one would be killed if that were cut short."""
    new = path.with_name("new")
    new.write_bytes(content)
    new.replace(path)


FILES = ("manifest.json", "meta.json", ".term", ".idx", ".pos", ".fieldnorm", ".fast", ".store", ".del")


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("damage", ["deleted", "cut short", "altered", "empty"])
@pytest.mark.parametrize("name", FILES)
def test_damage_is_survived(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, damage: str
) -> None:
    """Whatever happens to whichever file, the next question finds what it found before."""
    for number, text in enumerate([*TEXTS, *TEXTS]):
        put(store, article(str(number), text))
    view_of(store, tmp_path).catch_up()
    store.remove_file("7")
    before = view_of(store, tmp_path)
    expected = ranked(before, "Tunnel Gotthard"), before.catch_up().containing("neuen Tunnel").tolist()
    path = next(path for path in sorted((tmp_path / "lexical").rglob("*")) if path.name.endswith(name))
    content = path.read_bytes()
    match damage:
        case "deleted":
            path.unlink()
        case "cut short":
            exchange(path, content[: len(content) // 2])
        case "altered":
            exchange(path, content[:5] + bytes([content[5] ^ 0xFF]) + content[6:])
        case "empty":
            exchange(path, b"")
    after = view_of(store, tmp_path)
    assert [key for key, _ in ranked(after, "Tunnel Gotthard")] == [key for key, _ in expected[0]]
    assert after.catch_up().containing("neuen Tunnel").tolist() == expected[1]
    # without a manifest there was never an index, as far as one can tell
    assert "rebuilt" in caplog.text or (name, damage) == ("manifest.json", "deleted")
    assert len(list((tmp_path / "lexical").glob("index-*"))) == 1


@pytest.mark.parametrize("name", ["*.idx", "*.store", "meta.json"])
def test_every_file_is_read_through(name: str, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file of which one bit was changed is noticed when the index is opened, and the index is rebuilt."""
    key = put(store, article("a", TEXTS[1]))
    view_of(store, tmp_path).catch_up()
    path = next((tmp_path / "lexical").rglob(name))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    assert search_keys(view_of(store, tmp_path), "Isar") == [key]
    assert "was altered. It is rebuilt now." in caplog.text


def test_a_deleted_folder(store: Store, tmp_path: Path) -> None:
    """It is made again, silently."""
    key = put(store, article("a", TEXTS[1]))
    view_of(store, tmp_path).catch_up()
    shutil.rmtree(tmp_path / "lexical")
    assert search_keys(view_of(store, tmp_path), "Isar") == [key]


@pytest.mark.usefixtures("large")
def test_an_index_that_lost_passages(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whole files of an earlier state below the present manifest are noticed, and the index is rebuilt."""
    for number, text in enumerate(TEXTS):
        put(store, article(str(number), text))
    view = view_of(store, tmp_path)
    view.catch_up()
    shutil.copytree(tmp_path / "lexical", tmp_path / "older")
    new = put(store, article("new", "Ein Kanal."))
    view.catch_up()
    manifest = (tmp_path / "lexical" / "manifest.json").read_bytes()
    shutil.rmtree(tmp_path / "lexical")
    (tmp_path / "older").rename(tmp_path / "lexical")
    (tmp_path / "lexical" / "manifest.json").write_bytes(manifest)
    assert search_keys(view_of(store, tmp_path), "Kanal") == [new]
    assert "rebuilt" in caplog.text


def test_the_index_of_another_archive_is_refused(store: Store, tmp_path: Path) -> None:
    """An index copied from another archive, even of as many passages, is replaced."""
    other = Store(tmp_path / "other.sqlite")
    put(other, article("a", "Ein Kanal."))
    view_of(other, tmp_path, "other").catch_up()
    key = put(store, article("a", TEXTS[1]))
    shutil.copytree(tmp_path / "other", tmp_path / "lexical")
    view = view_of(store, tmp_path)
    assert search_keys(view, "Kanal") == []
    assert search_keys(view, "Isar") == [key]
    other.close()


def test_an_older_archive_put_back(store: Store, tmp_path: Path) -> None:
    """When the database is restored from a backup, an index of later revisions is replaced."""
    key = put(store, article("a", TEXTS[1]))
    store.close()
    shutil.copy(tmp_path / "archive.sqlite", tmp_path / "backup.sqlite")
    later = Store(tmp_path / "archive.sqlite")
    put(later, article("b", "Ein Kanal."))
    later.remove_file("a")
    view_of(later, tmp_path).catch_up()
    later.close()
    restored = Store(tmp_path / "backup.sqlite")
    assert search_keys(view_of(restored, tmp_path), "Kanal Isar") == [key]
    restored.close()


def test_while_another_process_indexes(store: Store, tmp_path: Path) -> None:
    """Without the lock, questions see what was written last, but no passage that has changed since or is gone."""
    keys = [put(store, article(str(number), text)) for number, text in enumerate(TEXTS)]
    view = view_of(store, tmp_path)
    view.catch_up()
    with FileLock(tmp_path / "lock"):
        assert search_keys(view_of(store, tmp_path), "Tunnel") == search_keys(view, "Tunnel") == [keys[2], keys[1]]
        put(store, article("1", "Ein Kanal.".ljust(len(TEXTS[1]), "!")))
        new = put(store, article("new", "Ein Tunnel."))
        store.remove_file("3")
        for reader in (view, view_of(store, tmp_path)):
            assert search_keys(reader, "Tunnel") == [keys[2]]
            assert search_keys(reader, "Kanal") == []
            assert search_keys(reader, "Oder") == []
            assert reader.catch_up().containing("Tunnel").tolist() == [keys[2]]
        assert search_keys(view_of(store, tmp_path, "none"), "Tunnel") == []
    writer = view_of(store, tmp_path)
    assert set(search_keys(writer, "Tunnel")) == set(search_keys(view, "Tunnel")) == {keys[2], new}
    assert search_keys(view, "Kanal") == [keys[1]]


def test_a_reader_follows_the_writer(store: Store, tmp_path: Path) -> None:
    """What another process wrote and built anew is seen with the next question, while the lock is still held."""
    put(store, article("a", TEXTS[1]))
    reader = view_of(store, tmp_path)
    reader.catch_up()
    lock = FileLock(tmp_path / "lock", timeout=0)
    writer = LexicalIndex(tmp_path / "lexical", store, lock)
    with lock:
        for number in range(5):
            key = put(store, article(f"new{number}", f"Kanal Nummer {number}."))
            assert key not in search_keys(reader, "Kanal")
            writer.catch_up()
            assert set(search_keys(reader, "Kanal")) == set(search_keys(writer, "Kanal"))
            assert key in search_keys(reader, "Kanal")


@pytest.mark.usefixtures("large")
def test_without_room(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """On a full disk one warning says so; what was written before is found, or all in memory, and later the rest."""
    key = put(store, article("a", TEXTS[1]))
    view = view_of(store, tmp_path)
    view.catch_up()
    new = put(store, article("b", "Ein Kanal."))
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (20, limits[1]))
    try:
        assert search_keys(view, "Isar Kanal") == [key]
        assert search_keys(view, "Isar Kanal") == [key]
        assert set(search_keys(view_of(store, tmp_path, "none"), "Isar Kanal")) == {key, new}
    finally:
        setrlimit(RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.message.startswith("The index of words cannot be written") for record in warnings] == [True] * 2
    assert set(search_keys(view_of(store, tmp_path), "Isar Kanal")) == {key, new}


def test_two_threads(store: Store, view: LexicalView) -> None:
    """While articles come in, threads ask through one view, and each finds what was stored before it asked."""
    failures: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            number = len(stored) - 1
            if number >= 0 and stored[number] not in search_keys(view, f"Stichwort{number}x"):
                failures.append(number)

    stored: list[int] = []
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(25):
            stored.append(put(store, article(str(number), f"Stichwort{number}x steht hier.")))  # noqa: PERF401
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert [search_keys(view, f"Stichwort{number}x") for number in range(25)] == [[key] for key in stored]


# -- names ------------------------------------------------------------------------------------------


def test_a_name_is_found_in_other_spellings(store: Store, view: LexicalView) -> None:
    """In other languages and scripts; it is still unknown as it is spelled, and marks are where it stands."""
    german = put(store, article("a", "Am Abend sprach Selenskyj in Kiew.", language="de"))
    ukrainian = put(store, article("b", "Увечері виступив Зеленський.", language="uk"))
    put(store, article("c", "Niemand sprach am Abend.", language="de"))
    words = view.catch_up()
    question = words.analyse("Was sagte Zelensky?")
    assert {key for key, _ in words.search(question, 5)} == {german, ukrainian}
    assert not words.search(question.spelled, 5)
    assert question.unknown == 1
    assert [match.start for match in words.matches(question, "Увечері виступив Зеленський.", "uk")] == [17]
    spelled = words.analyse("Selenskyj in Kiew")
    assert [key for key, _ in words.search(spelled, 5)] == [german, ukrainian]


def test_a_name_in_one_spelling_is_searched_as_it_is(store: Store, view: LexicalView) -> None:
    """Where no text spells what sounds alike in another way, the terms of a question are as without sounds."""
    put(store, article("a", "Am Abend sprach Selenskyj in Kiew.", language="de"))
    words = view.catch_up()
    question = words.analyse("Was sagte Selenskyj?")
    assert question == question.spelled

"""What a question states and passages are preferred for, its numbers and its time; and what is said without them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from factories import article

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.search.preferences import Preferences, preferences_of
from rag.types import passage_at

COUNCIL = "Der Stadtrat von Wiesenau hat am Abend beschlossen, {}. Bürgermeisterin Lohse dankte allen für ihre Geduld."
DECISIONS = {
    "1994-05-17": "die Hallenmiete zu senken",
    "1995-02-14": "das Museum an die Mühle zu verlegen",
    "1995-05-16": "eine Partnerschaft mit Ostrava einzugehen",
    "1996-05-14": "den Marktplatz neu zu pflastern",
    "1999-05-18": "eine Bücherei zu bauen",
}
THEFTS = {
    "a": "Aus dem Tresor der Bank in Hellbach wurden 210.000 Euro gestohlen, die Täter flohen über das Dach.",
    "b": "Beim Überfall auf einen Geldtransporter in Wiesenau erbeuteten drei Männer 200.000 Euro.",
    "c": "Die Kassiererin des Turnvereins in Rode soll 20.000 Euro gestohlen haben.",
    "d": "Ein Dieb nahm in Sandau Münzen im Wert von 120.000 Euro mit, die er aus dem Museum gestohlen hatte.",
}


@pytest.fixture(scope="module")
def archive(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Five reports of one council, which only their days tell apart, and four thefts of different sums."""
    folder = tmp_path_factory.mktemp("preferences")
    for day, decision in DECISIONS.items():
        text = f"---\ntitle: Aus dem Stadtrat\ndate: {day}\n---\n\n{COUNCIL.format(decision)}\n"
        (folder / f"{day}.md").write_text(text, encoding="utf-8")
    for name, text in THEFTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    opened = Archive.open(folder / "archive", encoder=encoder)
    opened.index([folder])
    return opened


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("im Mai 1995", "1995-05-16"),
        ("am 14. Februar 1995", "1995-02-14"),
        ("1996", "1996-05-14"),
        ("seit 1998", "1999-05-18"),
        ("vor 1995", "1994-05-17"),
        ("in May 1995", "1995-05-16"),
    ],
)
def test_an_article_of_the_time_comes_first(archive: Archive, time: str, day: str) -> None:
    """The texts are alike and name no time: the day of publication decides."""
    answer = archive.ask(f"Was beschloss der Stadtrat von Wiesenau {time}?", 1)
    assert Path(answer.citations[0].article.path).stem == day
    assert answer.absent_times == ()


@pytest.mark.parametrize("time", ["1997", "Mai 1997", "13. Mai 1995"])
def test_nothing_of_the_time(archive: Archive, time: str) -> None:
    """The answer says so in the question's words, and is not sure; the passages are still there."""
    answer = archive.ask(f"Was beschloss der Stadtrat von Wiesenau im {time}?", 3)
    assert answer.absent_times == (time,)
    assert not answer.answerable
    assert len(answer.citations) == 3


@pytest.mark.parametrize("number", ["200000", "200.000", "200 000", "200,000", "200'000", "0,2 Millionen"])
def test_the_right_number_comes_first(archive: Archive, number: str) -> None:
    """Whatever way it is written; all of it is marked."""
    answer = archive.ask(f"Wo wurden {number} Euro gestohlen?", 1)
    cited = answer.citations[0]
    assert Path(cited.article.path).stem == "b"
    assert "200.000" in [cited.article.text[start:end] for start, end in cited.matches]


def test_another_number_is_no_answer(archive: Archive) -> None:
    """Nobody stole 450,000 Euro here: the nearest theft is not taken for it."""
    right, wrong = (archive.ask(f"Wo wurden {number} Euro gestohlen?", 1) for number in ("210.000", "450.000"))
    assert not wrong.answerable
    assert wrong.confidence < right.confidence


def test_the_newest_comes_first_where_it_is_asked_for(archive: Archive) -> None:
    """Five reports of one council fit alike: the order is that of their days, and thefts are no news of the council."""
    answer = archive.ask("Was ist das Neueste aus dem Stadtrat von Wiesenau?", 5)
    stems = [Path(citation.article.path).stem for citation in answer]
    assert stems == sorted(DECISIONS, reverse=True)
    assert answer.prefers_newest
    assert not archive.ask("Was beschloss der Stadtrat von Wiesenau?", 5).prefers_newest


def test_the_only_one_that_fits_stays_first(archive: Archive) -> None:
    """Only one decision was about the market place: later ones about something else are not the newest of it."""
    answer = archive.ask("Was ist das Neueste vom Marktplatz in Wiesenau?", 1)
    assert Path(answer.citations[0].article.path).stem == "1996-05-14"


def test_new_passages_pass_none_that_fits_much_better() -> None:
    """An old passage on the subject stays above a new one on another; of two that fit alike the newer one gains."""
    days = [date(1994, 5, 17), date(1999, 5, 18), date(2024, 1, 1), None]
    articles = [article("a", "Der Stadtrat tagt.", published=day) for day in days]
    passages = [(dated, passage_at(dated, 0, len(dated.text))) for dated in articles]
    scores = np.array([0.5, 0.49, 0.4, 0.5])
    gains = Preferences(newest=True).gains_of_newest(passages, scores)
    assert (scores + gains).argmax() == 1
    assert (scores + gains).argmin() == 2
    assert gains[3] == 0
    assert not Preferences().gains_of_newest(passages, scores).any()


def test_which_numbers_count() -> None:
    """Small ones may be written in words; ordinals, names and times are none."""
    assert preferences_of("Wer stahl 300.000 Euro?").numbers == (frozenset({"300000"}),)
    assert preferences_of("Wer stahl 1,5 Millionen?").numbers == (frozenset({"1.5", "1500000"}),)
    for text in ("die 3 Täter", "im 18. Jahrhundert", "eine Mi-25", "im Mai 1995", "zwischen 1990 und 1995"):
        assert preferences_of(text).numbers == (), text


@pytest.mark.parametrize(
    "question",
    [
        "Ai là vua của nước ấy vào thế kỷ 15?",
        "Cine a domnit în secolului 15?",
        "Quién gobernó en el siglo 15?",
        "谁在15世纪统治?",
        "20世紀70年代に何が起きた?",
        "15세기에는 누가 다스렸나?",
        "ใครปกครองในศตวรรษที่ 15",
        "15वीं शताब्दी में किसने शासन किया?",
        "Кто правил в 15 веке?",
        "Τι έγινε τη δεκαετία του '70;",
        "Which networks use X.25?",
    ],
)
def test_centuries_and_names_are_no_numbers(question: str) -> None:
    """A German article on it says 15. Jahrhundert or fünfzehntes: it would seem to lack what was asked for."""
    assert preferences_of(question).numbers == ()


@pytest.mark.parametrize("question", ["Где собралось 300000 человек?", "Who sold 300000 apples in Islamabad?"])
def test_words_that_hold_a_century_are_none(question: str) -> None:
    """The Russian for people ends like the one for a century."""
    assert preferences_of(question).numbers == (frozenset({"300000"}),)


def test_a_question_without_accents_is_read_with_those_of_the_archive(encoder: Encoder, tmp_path: Path) -> None:
    """A Vietnamese question without accents is as sure of its answer as with them, nearly."""
    texts = {
        "vi": "Bà Trần Thị Lụa, hiệu trưởng trường Đông Hải, nói rằng thư viện mới sẽ mở cửa vào tuần tới.",
        "de": "Die Schulleiterin sagte, die neue Bücherei werde in der nächsten Woche geöffnet.",
        "en": "The head of the school said the new library would open next week.",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([tmp_path])
        accented, bare = (
            archive.ask(question, 1)
            for question in ("Hiệu trưởng trường Đông Hải là ai?", "Hieu truong truong Dong Hai la ai?")
        )
    assert [Path(answer.citations[0].article.path).stem for answer in (accented, bare)] == ["vi", "vi"]
    assert bare.citations[0].signals["late"] == pytest.approx(accented.citations[0].signals["late"], abs=0.08)

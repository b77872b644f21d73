"""Answers on real and on sample articles: the right file first, verbatim, and an honest no."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from paths import QUESTIONS, QUESTIONS_FILE

from rag.archive import Archive
from rag.errors import QuestionError
from rag.evaluation.questions.files import read_questions
from rag.evaluation.runs.calibrate import calibrate
from rag.loading.common.files import read_file
from rag.loading.reader import load
from rag.search.answer import UNRELATED
from rag.search.confidence import RERANKED, TABLES
from rag.search.query import parse
from rag.types import Answer, Filter

REAL = [
    ("Wie viele Albaner wurden in Račak ermordet?", ("000",)),
    ("How many refugees fled the violence in Kyrgyzstan?", ("001",)),
    ("Qui a remplacé Jens Stoltenberg à la tête de l'OTAN ?", ("002", "003")),
    ("Putin NATO üyeliği konusunda ne istiyor?", ("004",)),
    ("Was sagt Kallas über die Front?", ("003",)),
]


@pytest.mark.parametrize(("question", "files"), REAL)
def test_real_articles_as_they_reach_users(real_archive: Archive, question: str, files: tuple[str, ...]) -> None:
    """Questions in five languages to five German newspaper articles find the right one among the first two.

    Four of the articles are about NATO and name Stoltenberg or Putin. Which of two of them says who replaced the one
    or what the other wants is beyond this encoder across languages: the cosine has it right by a hair, late
    interaction has it wrong by a hair.
    """
    citations = real_archive.ask(question).citations
    names = list(dict.fromkeys(Path(citation.article.path).name for citation in citations))
    assert any(name.startswith(files) for name in names[:2])
    assert all(citation.quote == citation.article.text[citation.start : citation.end] for citation in citations)


@pytest.mark.parametrize(("question", "files"), [REAL[0], REAL[1], REAL[4]])
def test_real_articles_that_differ_in_their_subject(
    real_archive: Archive, question: str, files: tuple[str, ...]
) -> None:
    """Where one article alone is about what is asked, it comes first."""
    assert Path(real_archive.ask(question).citations[0].article.path).name.startswith(files)


@pytest.fixture(scope="module")
def sample_answers(sample: Archive) -> Callable[[bool], list[Answer]]:
    """Return the answers to all sample questions, in their order, `fast` or re-ranked; each is asked once."""
    return cache(lambda fast: [sample.ask(question["question"], fast=fast) for question in QUESTIONS])


@pytest.fixture(params=[False, True], ids=["re-ranked", "fast"])
def answers(
    sample_answers: Callable[[bool], list[Answer]], request: pytest.FixtureRequest
) -> tuple[bool, list[Answer]]:
    """Whether without re-ranking, and the answers to all sample questions, in their order."""
    return request.param, sample_answers(request.param)


@pytest.mark.slow
def test_sample_questions(answers: tuple[bool, list[Answer]]) -> None:
    """Of 147 answerable questions in sixteen languages, how many find an answering article first and among five.

    Measured: 135 first and 145 among five; `fast` 131 and 145. An answer without citations counts as a miss.
    """
    fast, given = answers
    first = among = 0
    for question, answer in zip(QUESTIONS, given, strict=True):
        expected = {Path(label["article"]).name for label in question["answers"]}
        names = [Path(citation.article.path).name for citation in answer.citations]
        assert len(names) <= 5
        first += bool(expected & set(names[:1]))
        among += bool(expected & set(names))
    assert first >= (129 if fast else 132)
    assert among >= 142


@pytest.mark.slow
def test_yes_and_no_on_sample_questions(answers: tuple[bool, list[Answer]]) -> None:
    """A question whose subject is not in the archive gets a no, always; the other noes are counted.

    Measured: of 25 unanswerable questions 10 get a no, of 147 answerable ones 17; `fast` 8 and 14. Most of the
    unanswerable ones are about an article's very event, and passages about it are near whether they answer or not.
    The answerable ones are among those that the confidence was learnt from.
    """
    fast, given = answers
    refused = [question for question, answer in zip(QUESTIONS, given, strict=True) if not answer.answerable]
    off_topic = [question["id"] for question in QUESTIONS if "off-topic" in question["tags"]]
    assert off_topic
    assert set(off_topic) <= {question["id"] for question in refused}
    wrongly = sum(question["answerable"] for question in refused)
    assert len(refused) - wrongly >= (7 if fast else 8)
    assert wrongly <= (28 if fast else 21)


@pytest.mark.slow
def test_a_highlight_is_a_sentence_of_the_quote(sample_answers: Callable[[bool], list[Answer]]) -> None:
    """Whatever is asked, at most one sentence is highlighted, within the quote, and words are marked whole.

    Where the answer is a no, none is.
    """
    highlighted = 0
    for answer in sample_answers(False):
        assert answer.answerable or not any(citation.highlights for citation in answer.citations)
        for citation in answer.citations:
            text = citation.article.text
            highlighted += len(citation.highlights)
            assert len(citation.highlights) <= 1
            for start, end in (*citation.highlights, *citation.matches):
                assert citation.start <= start < end <= citation.end
            for start, end in citation.highlights:
                assert text[start:end] == text[start:end].strip()
            for start, end in citation.matches:
                whole = not (text[max(start - 1, 0)].isalnum() and start) and not text[end : end + 1].isalnum()
                assert whole or citation.article.language in ("ja", "zh")
    assert highlighted > 2


def test_the_answering_sentence(real_archive: Archive) -> None:
    """The sentence that says how many refugees fled is chosen, in German for an English question."""
    best = real_archive.searcher().search(parse("How many refugees fled the violence in Kyrgyzstan?"), 5).hits[0]
    ((start, end),) = best.highlights
    assert "Flüchtling" in best.article.text[start:end] or "geflohen" in best.article.text[start:end]


def test_fast_answers_have_no_highlight_and_say_so_by_their_signals(sample: Archive) -> None:
    """Without re-ranking there are two signals and no answering sentence, and the matching words all the same."""
    question = "Wie viele Menschen starben im Ahrtal?"
    fast, full = sample.ask(question, fast=True).citations[0], sample.ask(question).citations[0]
    assert set(fast.signals) == {"dense", "lexical"}
    assert set(full.signals) == {"late", "dense", "lexical"}
    assert fast.highlights == ()
    assert fast.matches


# -- what narrows a question ------------------------------------------------------------------------


def test_filters_narrow_before_ranking(sample: Archive) -> None:
    """With any filter every citation fits it, and there are as many citations as without."""
    question = "Was geschah bei der Flut?"
    for chosen in (
        Filter(languages=("en",)),
        Filter(since=date(2022, 1, 1)),
        Filter(until=date(2015, 12, 31)),
        Filter(paths=("/de-",)),
    ):
        citations = sample.ask(question, filter=chosen).citations
        assert len(citations) == 5
        for article in (citation.article for citation in citations):
            assert not chosen.languages or article.language == "en"
            assert not chosen.since or (article.published and article.published >= chosen.since)
            assert not chosen.until or (article.published and article.published <= chosen.until)
            assert not chosen.paths or Path(article.path).name.startswith("de-")


def test_a_filter_that_leaves_nothing_is_said_so(sample: Archive) -> None:
    """No citation, no error, and a sentence that says what to do, or which sources there are."""
    for narrowing, reason in (
        (Filter(since=date(2031, 1, 1)), "remove one of them"),
        (Filter(sources=("Gibt-es-nicht",)), "No article has the source 'Gibt-es-nicht': there are Telmaris, "),
    ):
        answer = sample.ask("Was geschah bei der Flut?", filter=narrowing)
        assert (answer.citations, answer.answerable, answer.confidence) == ((), False, 0.0)
        assert reason in answer.reason


def test_names_in_typographic_quotes_ask_for_nothing_that_would_leave_nothing(sample: Archive) -> None:
    """A Russian question writes «Луна-25», the English article Luna-25; in straight quotes nothing is found."""
    question = "Когда и из-за чего разбилась российская лунная станция {}?"
    citations = sample.ask(question.format("«Луна-25»")).citations
    assert Path(citations[0].article.path).name == "en-chandrayaan-3-south-pole.md"
    assert sample.ask(question.format('"Луна-25"')).citations == ()
    # a name that passages hold narrows
    assert all("Luna-25" in citation.quote for citation in sample.ask("What happened to “Luna-25”?", k=20).citations)


def test_phrases_must_stand_there_and_excluded_words_must_not(sample: Archive) -> None:
    """By the words of passage and headline, whatever their case; another word that begins like it is another word."""
    word = re.compile(r"\bahrtal\b", re.IGNORECASE)
    with_phrase = sample.ask('Was geschah im "ahrtal"?', k=20).citations
    assert with_phrase
    assert all(word.search(f"{citation.article.title}\n{citation.quote}") for citation in with_phrase)
    without = sample.ask("Was geschah bei der Flut? -Ahrtal", k=20).citations
    assert without
    assert not any(word.search(f"{citation.article.title}\n{citation.quote}") for citation in without)


# -- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "der die das",
        "a",
        "Ω",
        "🙂 Flut 🙂",
        "xqzv blorf grunk",
        'Wer sagte "das?',
        "title:(Flut AND [a TO b]) OR *:* ~2 ^3 \\ /x/",
        "-5 Grad",
        "wer " * 200,
        "洪水",
        "\u202eFlut\u202c",
    ],
)
@pytest.mark.parametrize("fast", [False, True])
def test_odd_questions_get_an_answer(sample: Archive, question: str, fast: bool) -> None:
    """Stop words, one letter, signs, no language, open quotes, query syntax: passages and a probability, no error."""
    answer = sample.ask(question, fast=fast)
    assert len(answer.citations) == 5
    assert 0 <= answer.confidence <= 1


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("🙂", "empty"),
        ("", "empty"),
        ('""', "empty"),
        ("x" * 10_000, "10000 characters"),
        ("-Flut", "only excludes words"),
    ],
)
def test_questions_that_ask_nothing_are_refused_in_a_sentence(sample: Archive, question: str, message: str) -> None:
    """Nothing but signs, nothing, ten thousand characters, exclusions alone."""
    with pytest.raises(QuestionError, match=message):
        sample.ask(question)


# -- neighbours and copies --------------------------------------------------------------------------


def test_words_that_languages_share_by_chance_are_not_marked(tmp_path: Path) -> None:
    """The Polish stem of "many" is that of the Spanish "mano", a hand; a name and its forms are marked everywhere."""
    texts = {
        "en": "How many goals has Messi scored in finals? Two in Lusail, and many more in the cups of the clubs.",
        "es": "Una mano de Gonzalo Montiel permitió el empate de Francia. Messi marcó dos goles en la final de Lusail.",
        "pl": "Messi strzelił dwa gole w finale w Katarze, a Francja przegrała dopiero po rzutach karnych.",
    }
    for language, text in texts.items():
        (tmp_path / f"{language}.txt").write_text(f"---\nlanguage: {language}\n---\n{text}", encoding="utf-8")
    archive = Archive.open(tmp_path / "archive")
    archive.index([tmp_path])
    answer = archive.ask("How many goals has Messi scored in Lusail?")
    marked = {
        citation.article.language: {citation.article.text[start:end] for start, end in citation.matches}
        for citation in answer.citations
    }
    archive.close()
    assert marked["es"] == {"Messi", "Lusail"}
    assert {"Messi", "goals"} <= marked["en"]


def test_wire_copy_is_cited_once(tmp_path: Path) -> None:
    """Three papers print an agency's report; the earliest is cited, and the others are named with it."""
    report = (
        "Der Ministerpräsident Hinnerk Aldenhoven hat am Dienstag im Landtag seinen Rücktritt erklärt. Er zog damit "
        "die Folgen aus der Affäre um gefälschte Abrechnungen, die das Land seit Monaten beschäftigt.\n"
    )
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, day in (("abend", "2024-05-03"), ("morgen", "2024-05-01"), ("mittag", "2024-05-02")):
        text = f"---\ntitle: Rücktritt\nsource: {name}\ndate: {day}\n---\n\n{report}"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "other.txt").write_text("Im Hafen wurde am Montag ein neuer Kran aufgestellt.\n", encoding="utf-8")
    with Archive.open(tmp_path / "archive") as archive:
        archive.index([folder])
        citations = archive.ask("Warum trat Ministerpräsident Aldenhoven zurück?").citations
    assert citations[0].article.source == "morgen"
    assert [article.source for article in citations[0].also] == ["mittag", "abend"]
    assert len(citations) == 2


# -- calibration ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.heavy)])
def test_calibration_learns_from_the_users_questions(
    sample: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """A confidence that is far too sure becomes right, on questions it has not seen; the archive keeps it until reset.

    The usual table was fitted to these questions, too; one that is off shows whether they are learnt from.
    """
    monkeypatch.setitem(TABLES, "reranked", replace(RERANKED, intercept=RERANKED.intercept + 3))
    shutil.copytree(sample.folder, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as archive:
        questions = read_questions(QUESTIONS_FILE)[::every]
        question = questions[0].question
        before = archive.ask(question).confidence
        steps: list[tuple[int, int]] = []
        report = calibrate(archive, questions, lambda *step: steps.append(step))
        after = archive.ask(question).confidence
        assert steps[-1] == (len(questions), len(questions))
        assert report.questions == len(questions)
        # of a quarter of the questions, six have no answer, and AUROC is known to a tenth only
        assert report.after.auroc > report.before.auroc - (0.05 if every > 1 else 0)
        assert report.after.error < report.before.error / 2
        assert report.after.right > report.before.right + 0.1
        assert after < before
    with Archive.open(tmp_path / "archive") as again:
        assert again.ask(question).confidence == pytest.approx(after)
        again.reset_calibration()
        assert again.ask(question).confidence == pytest.approx(before)


def test_every_citation_can_be_checked(sample: Archive) -> None:
    """Whatever is asked, each quote is the text at its place, in its file, and markers count from 1."""
    for question in QUESTIONS[::8]:
        answer = sample.ask(question["question"], k=8)
        assert [citation.marker for citation in answer.citations] == list(range(1, 9))
        for citation in answer.citations:
            path = Path(citation.article.path)
            again = load(path, read_file(path))
            assert again.text[citation.start : citation.end] == citation.quote
            assert again.sha256 == citation.article.sha256


def test_nonsense_is_not_answerable(sample: Archive) -> None:
    """A question about nothing in the archive gets its nearest passages, and a clear no."""
    answer = sample.ask("Which spark plug gap does a 1974 lawn mower need?")
    assert not answer.answerable
    assert answer.confidence < 0.25
    assert (answer.outcome, answer.reason) == ("unrelated", UNRELATED)
    assert len(answer.citations) == 5


def test_an_empty_archive_answers_nothing(tmp_path: Path) -> None:
    """Before anything is indexed, an answer has no citations and says how to add articles."""
    with Archive.open(tmp_path / "archive") as archive:
        answer = archive.ask("Wer war dort?")
    assert (answer.citations, answer.outcome, answer.confidence) == ((), "empty", 0.0)
    assert not answer.answerable
    assert "fundstelle index" in answer.reason

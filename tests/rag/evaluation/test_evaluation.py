"""Evaluations of the sample archive: real questions, real search, and other tools' figures beside ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from factories import article
from paths import ARTICLES, QUESTIONS_FILE

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.config import DEFAULT_RANKING, Config, with_setting
from rag.errors import ArchiveError, ConfigError, QuestionError
from rag.evaluation.measures.summary import summarise
from rag.evaluation.measures.trec_measures import MEASURES
from rag.evaluation.questions.files import Label, TestQuestion, read_questions, read_questions_text
from rag.evaluation.questions.judgements import Judgement, judge
from rag.evaluation.questions.synthetic import questions_json, synthetic_questions
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.evaluation.runs.evaluate import evaluate
from rag.evaluation.runs.sweep import Setup, grid, sweep_runs
from rag.evaluation.runs.trec import QRELS, RUN, write_trec
from rag.evaluation.session import EvaluationSession
from rag.evaluation.types import FIRST, WRONGLY_REFUSED, Run
from rag.search.confidence import THRESHOLD
from rag.types import Article, passage_at

FAST = replace(DEFAULT_RANKING, fast=True)


@pytest.fixture(scope="module")
def judgements(sample: Archive) -> list[Judgement]:
    return [judge(one, sample.article) for one in read_questions(QUESTIONS_FILE)[:40]]


@pytest.fixture(scope="module")
def run(sample: Archive, judgements: list[Judgement]) -> Run:
    return evaluate(sample, judgements, name="sample", questions="questions.jsonl")


def test_results_are_what_a_person_is_shown(sample: Archive, run: Run, judgements: Sequence[Judgement]) -> None:
    """The first results of questions, their scores and the confidence, against `ask`."""
    for one in run.results[:12]:
        answer = sample.ask(one.question, 10)
        cited = [(citation.article.id, citation.start, citation.end) for citation in answer.citations]
        places = [(item.article, item.start, item.end) for item in one.shown]
        assert set(places) <= set(cited)
        assert places[0] == cited[0]
        assert one.shown[0].score == pytest.approx(answer.citations[0].score, abs=2e-3)
        assert one.confidence == pytest.approx(answer.confidence, abs=0.02)
    assert [one.id for one in run.results] == [one.question.id for one in judgements]


def test_right_results_hold_the_quote(sample: Archive, run: Run) -> None:
    """Read in the article itself: at least half of the quote's characters; and the fate says so."""
    right = 0
    for one in run.results:
        quotes = {place.article: place.spans or () for place in one.wanted}
        for item in one.shown:
            if item.grade:
                right += 1
                spans = quotes[item.article]
                assert any(
                    sum(item.start <= at < item.end for at in range(*span)) * 2 >= span[1] - span[0] for span in spans
                )
        if one.answerable:
            grades, sure = [item.grade for item in one.shown], one.confidence >= THRESHOLD
            assert (one.fate == FIRST) == bool(sure and grades and grades[0])
            assert (one.fate == WRONGLY_REFUSED) == (not sure and any(grades))
    assert right > 40


def test_means_are_those_of_ir_measures_command_line(run: Run, tmp_path: Path) -> None:
    """From the files of TREC that we write, to the sixth digit."""
    write_trec(tmp_path, run.name, run.results)
    command = [sys.executable, "-m", "ir_measures", "--places", "6", tmp_path / QRELS, tmp_path / RUN, *MEASURES]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    truth = {name: float(value) for name, value in (line.split("\t") for line in told.splitlines())}
    found = {name: one.mean for name, one in summarise(run.results).measures.items()}
    assert found == pytest.approx(truth, abs=1e-6)


def test_an_interrupted_run_keeps_what_was_asked(sample: Archive, judgements: Sequence[Judgement]) -> None:
    """Ctrl-C after three questions: three results, as they are in a whole run."""

    def stop(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    kept = evaluate(sample, judgements[:10], name="cut", questions="q", ranking=FAST, on_progress=stop)
    whole = evaluate(sample, judgements[:10], name="whole", questions="q", ranking=FAST)
    assert (len(kept.results), kept.asked_of, kept.latency_ms) == (3, 10, {})
    assert kept.results == whole.results[:3]


def test_settings_change_the_ranking(sample: Archive, judgements: Sequence[Judgement]) -> None:
    """Without words the lexical share decides nothing; with cosine alone the order is that of the cosine.

    Questions that state a number or a year prefer passages that hold it, and are left out.
    """
    asked = [one for one in judgements if not any(sign.isdigit() for sign in one.question.question)][:15]
    alone = evaluate(sample, asked, name="a", questions="q", ranking=replace(FAST, lexical_weight=0.0))
    for one in alone.results:
        cosines = [item.signals["dense"] for item in one.shown]
        assert cosines == sorted(cosines, reverse=True)
    assert alone.config["lexical_weight"] == 0.0
    assert alone.config["fast"] is True


@pytest.mark.folder
@pytest.mark.slow
def test_a_sweep_cuts_articles_otherwise(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judgements: Sequence[Judgement]
) -> None:
    """Shorter passages in an archive of their own, made once; labels by place stay right; the archive itself stays."""
    monkeypatch.setattr("rag.evaluation.runs.scratch_archives.cache_folder", lambda: tmp_path / "cache")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(sorted(ARTICLES.glob("de-a*")))
        passages = archive.status().passages
        asked = [
            judge(one, archive.article)
            for one in read_questions(QUESTIONS_FILE)
            if one.labels and all(label.article.startswith("articles/de-a") for label in one.labels)
        ][:5]
        setups = {name: Setup(Config(passage_tokens=tokens), FAST) for name, tokens in (("180", 180), ("60", 60))}
        usual, short = sweep_runs(archive, asked, setups, questions="q")
        assert len(list((tmp_path / "cache" / "evaluation").iterdir())) == 1
        longest = [max(item.end - item.start for one in of.results for item in one.shown) for of in (usual, short)]
        assert longest[1] < longest[0]
        assert summarise(short.results).measures["R@10"].mean > 0.5
        done: list[int] = []
        (again,) = sweep_runs(archive, asked, {"60": setups["60"]}, questions="q", on_article=done.append)
        assert again.results == short.results
        assert archive.status().passages == passages


def test_the_grid_is_every_combination() -> None:
    """Three values by two; too many are refused."""
    points = grid({"passage_tokens": ["120", "180", "240"], "lexical_weight": ["0", "0.3"]})
    assert len(points) == 6
    assert points[1] == {"passage_tokens": "120", "lexical_weight": "0.3"}
    assert grid({}) == [{}]
    with pytest.raises(ConfigError, match="500 combinations"):
        grid({"lexical_weight": [str(number) for number in range(500)]})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("lexical", "0.3", "Unknown setting 'lexical': choose one of passage_tokens"),
        ("lexical_weight", "viel", "lexical_weight must be a number, such as 0.35, not 'viel'"),
        ("lexical_weight", "nan", "must be between 0 and"),
        ("lexical_weight", "-1", "must be between 0 and"),
        ("candidates", "1.5", "candidates must be a whole number"),
        ("candidates", "0", "candidates must be between 1 and 1000"),
        ("fast", "perhaps", "fast must be true or false"),
        ("passage_tokens", "9999", "passage_tokens must be between 16 and 500"),
    ],
)
def test_wrong_settings_are_refused(name: str, value: str, said: str) -> None:
    """With what can be chosen."""
    with pytest.raises(ConfigError, match=said):
        with_setting(Config(), DEFAULT_RANKING, name, value)


def test_settings_are_read_as_they_are_written() -> None:
    """Whole numbers, numbers, yes and no."""
    config, ranking = with_setting(Config(), DEFAULT_RANKING, "passage_tokens", "120")
    assert config.passage_tokens == 120
    assert with_setting(config, ranking, "fast", "True")[1].fast is True
    assert with_setting(config, ranking, "dense_weight", "2")[1].dense_weight == 2.0


def test_questions_that_cannot_be_asked_are_named_before_any_is(sample: Archive) -> None:
    """By their line."""
    wrong = Judgement(TestQuestion("x", "-nur -weg", "de", False, (), (), "q.jsonl, line 7"), {}, {})
    with pytest.raises(QuestionError, match=r"q\.jsonl, line 7: The question only excludes words"):
        evaluate(sample, [wrong], name="n", questions="q")


def test_an_empty_archive_has_nothing_to_evaluate(tmp_path: Path) -> None:
    """It says what to do."""
    with Archive.open(tmp_path / "archive") as archive, pytest.raises(ArchiveError, match="still empty"):
        evaluate(archive, [], name="n", questions="q")


def test_a_remembering_encoder_gives_the_same_vectors(bundled_encoder: Encoder) -> None:
    """Read now, remembered, or forgotten meanwhile: of a question, of a passage, and token by token."""
    encoder = bundled_encoder
    small = CachingEncoder(encoder, most_tokens=10)
    texts = ["Wer kam nach Wien?", "Der Minister kam mit dem Zug nach Wien und blieb bis Montag."]
    for _ in range(2):
        for role in ("query", "passage"):
            for one, truth in zip(small.token_vectors(texts, role), encoder.token_vectors(texts, role), strict=True):  # type: ignore[arg-type]
                assert np.abs(one.vectors - truth.vectors).max() < 2e-3
                assert (one.spans == truth.spans).all()
        assert np.abs(small.encode_query(texts[0]) - encoder.encode_query(texts[0])).max() < 2e-3
        assert np.abs(small.encode_passages(texts) - encoder.encode_passages(texts)).max() < 2e-3
    assert small.count_tokens(texts) == encoder.count_tokens(texts)
    assert small.token_vectors([], "passage") == []
    assert (small.dim, small.fingerprint, small.name) == (encoder.dim, encoder.fingerprint, encoder.name)


# -- questions without an author --------------------------------------------------------------------

SAID = "„Wir haben zwölf Jahre lang auf diesen Tag gewartet und nie gezweifelt“, sagte Anna Kolb am Freitag."


def of_article(text: str, title: str | None = "Die neue Brücke steht") -> Article:
    return article("a1", text, title=title)


def test_headlines_and_quotations_become_questions() -> None:
    """Who said it asks without the sentence that tells; a headline that stands in the text asks nothing."""
    article = of_article(f"{SAID} " + "Danach wurde gefeiert. " * 20)
    passages = [passage_at(article, 0, 200), passage_at(article, 200, 500)]
    headline, quotation = synthetic_questions([(article, passages)])
    assert (headline.question, headline.labels) == ("Die neue Brücke steht", (Label("a1", None),))
    assert quotation.question == "Wer sagte: Wir haben zwölf Jahre lang auf diesen Tag gewartet und nie gezweifelt?"
    assert quotation.excluded == (Label("a1", SAID),)
    assert {one.tags for one in (headline, quotation)} == {("synthetic", "headline"), ("synthetic", "quotation")}
    assert [
        one.id for one in synthetic_questions([(of_article(article.text, "Danach wurde gefeiert."), passages)])
    ] == ["a1-said-0"]
    assert len(synthetic_questions([(article, passages[:1])])) == 1
    assert read_questions_text(questions_json([headline, quotation]), "q.jsonl")[1].excluded == quotation.excluded


def test_what_is_hidden_is_not_found(sample: Archive) -> None:
    """The passage that holds the quoted sentence is no result, its neighbours are."""
    question = read_questions(QUESTIONS_FILE)[0]
    plain = judge(question, sample.article)
    hidden = judge(replace(question, excluded=question.labels), sample.article)
    seen, unseen = (
        evaluate(sample, [one], name="n", questions="q", ranking=FAST).results[0].shown for one in (plain, hidden)
    )
    assert any(one.grade for one in seen)
    assert not any(one.grade for one in unseen)
    assert {one.article for one in unseen} & set(plain.answers)


def test_of_many_suggestions_the_same_are_drawn() -> None:
    """At most as many of each kind as are asked for, repeatably."""
    articles = [
        replace(of_article("Text. " * 50, f"Die Brücke Nummer {number}"), id=f"a{number}") for number in range(30)
    ]
    first, again = (
        synthetic_questions([(article, [passage_at(article, 0, 9)]) for article in articles], limit=5) for _ in range(2)
    )
    assert first == again
    assert len(first) == 5


def test_marks_become_questions(encoder: Encoder, tmp_path: Path) -> None:
    """A right passage asks with its highlighted sentence, a wrong one is judged wrong; taken back, it is gone."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([ARTICLES / "de-gotthard-basistunnel-eroeffnung.md", ARTICLES / "it-galleria-base-gottardo.md"])
        marks = EvaluationSession(archive).feedback
        answer = archive.ask("Wie viele Arbeiter starben beim Bau des Gotthardtunnels?")
        first, second = answer.citations[:2]
        revision = archive.status().revision
        marks.mark(answer.question, second, answers=False)
        assert marks.questions() == []
        assert [(one.article, one.answers) for one in marks.passages(answer.question)] == [(second.article.id, False)]
        marks.mark(f" {answer.question} ", first, answers=True)
        marks.mark(answer.question, first, answers=True)
        (asked,) = marks.questions()
        place = first.highlights[0] if first.highlights else (first.start, first.end)
        assert asked.labels == (Label(first.article.id, first.article.text[slice(*place)]),)
        assert asked.wrong == (Label(second.article.id, second.quote),)
        (result,) = evaluate(archive, [judge(asked, archive.article)], name="n", questions="marks").results
        grades = {item.item: item.grade for item in result.shown}
        assert grades[first.article.id] == 1
        assert 0 in grades.values()
        assert archive.status().revision == revision
        assert read_questions_text(questions_json([asked]), "m.jsonl")[0].wrong == asked.wrong
        marks.mark(answer.question, first, answers=None)
        assert marks.questions() == []


def test_a_mark_of_a_text_that_changed_is_left_out(encoder: Encoder, tmp_path: Path) -> None:
    """A quote that its article no longer holds cannot be asked for; the others can."""
    file = tmp_path / "a.txt"
    file.write_text("Die Brücke wurde am 3. Mai 1998 eröffnet.\n\nSie ist lang.", encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([file])
        answer = archive.ask("Wann wurde die Brücke eröffnet?")
        EvaluationSession(archive).feedback.mark(answer.question, answer.citations[0], answers=True)
        assert len(EvaluationSession(archive).feedback.questions()) == 1
        file.write_text("Die Brücke wurde am 4. Mai 1998 eröffnet.\n\nSie ist lang.", encoding="utf-8")
        archive.index([file])
        assert EvaluationSession(archive).feedback.questions() == []


def test_the_sample_questions_can_be_read_as_json_lines() -> None:
    """What we write ourselves is what we read: the sample file, through our own writer."""
    asked = read_questions(QUESTIONS_FILE)
    back = read_questions_text(questions_json(asked), "again.jsonl")
    assert [replace(one, location="") for one in back] == [replace(one, location="") for one in asked]
    assert json.loads(questions_json(asked).splitlines()[0])["id"] == asked[0].id

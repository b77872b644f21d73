"""A run as HTML: nothing from outside becomes markup, and every number is written as the language does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_parts import ARTICLE, Parts, citation
from run_parts import RIGHT, WANTED, changed, result, run

from rag.evaluation.measures.comparison import compare_runs
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import SLICES
from rag.evaluation.measures.trec_measures import MAIN, MEASURES
from rag.evaluation.types import FATES, FUSION, REFUSED, WRONGLY_REFUSED
from ui.html.comparison import comparison_html, verdict
from ui.html.feedback_buttons import feedback_buttons
from ui.html.notices import progress_bar
from ui.html.questions import LISTED, outcome_groups, question_row
from ui.html.run import bar, report_address, run_html
from ui.wording.english import ENGLISH
from ui.wording.evaluation import bounds, fixed, percent, report_texts, words_of
from ui.wording.german import GERMAN

DE, EN = words_of(GERMAN), words_of(ENGLISH)
HOSTILE = (
    "<script>alert(1)</script>",
    "</details></section><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "${7*7} {{7*7}} @children `x` &lt;",
)
ANYTHING = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40))


@given(st.tuples(*[ANYTHING] * 4))
def test_text_from_outside_never_becomes_markup(outside: tuple[str, ...]) -> None:
    """Whatever a question, an article, a tag or a name holds, the page has the tags that it has for plain words."""

    def parts_of(question_text: str, label: str, tag: str, name: str) -> Parts:
        answer = replace(WANTED, label=label, quote=label, source=label, language=label)
        passage = replace(RIGHT, label=label, article=label, beginning=label, end=RIGHT.start + 500)
        hostile = replace(
            result(question=question_text), tags=(tag,), wanted=(answer,), shown=(passage,), id=tag, language=label
        )
        whole_run = replace(run(hostile), name=name, questions=name, made=name)
        return Parts(run_html(whole_run, DE) + comparison_html(whole_run, changed(whole_run, 0.5, f"{name}2"), DE))

    vile, plain = parts_of(*outside), parts_of("q", "l", "t", "n")
    assert (vile.tags, vile.names) == (plain.tags, plain.names)
    for value in outside:
        assert value in vile.text


@pytest.mark.parametrize(
    ("words", "mean", "interval", "share", "waited"),
    [(DE, "0,750", "0,500–1,000", "100,0\u00a0%", "1.234 ms"), (EN, "0.750", "0.500–1.000", "100.0%", "1,234 ms")],
)
def test_numbers_are_right_for_the_language(words: type[DE], mean: str, interval: str, share: str, waited: str) -> None:
    """Two questions, one of 1 and one of .5: a mean of .75 between them, in German with a comma."""
    text = Parts(run_html(run(), words)).text
    for written in (mean, interval, share, waited):
        assert written in text
    for name in MEASURES:
        assert name in text


def test_small_numbers_by_hand() -> None:
    """Signs are real minus signs, percent has a space in German, and an interval with signs has a word between."""
    assert fixed(-0.0415, GERMAN, "+") == "−0,042"
    assert fixed(0.5, ENGLISH, "+") == "+0.500"
    assert (percent(0.825, GERMAN), percent(0.825, ENGLISH)) == ("82,5\u00a0%", "82.5%")
    interval = Interval(0.0, -0.25, 0.25)
    assert (bounds(interval, GERMAN, "+"), bounds(interval, ENGLISH, "+")) == ("−0,250 bis +0,250", "−0.250 to +0.250")


def test_the_bar_shows_mean_and_interval() -> None:
    """The bar is as long as the mean says and never longer than the whole."""
    assert 'style="--mean:82.5%;--low:71.0%;--high:100.0%"' in bar(Interval(0.825, 0.71, 1.2))


def test_every_fate_and_dimension_has_words() -> None:
    """What the library may say of a question is said in both languages."""
    for words in (DE, EN):
        assert report_texts(words).outcomes.keys() == FATES.keys()
        assert words.slices.keys() <= SLICES.keys()
        assert words.measure_meanings.keys() == set(MEASURES)


def test_each_outcome_opens_to_its_questions() -> None:
    """In the order of the library, with their number; nothing is open before it is opened."""
    groups = [Parts(part).text for part in outcome_groups(run().results, DE).split("</details></details>")]
    assert groups[0].startswith("1Antwort auf Rang 1 die erste Fundstelle beantwortet die Frage")
    assert "Wie lang?" in groups[0]
    fused = next(group for group in groups if "überholt" in group)
    assert "Wie hoch?" in fused
    assert "Wie lang?" not in fused
    assert "<details open" not in outcome_groups(run().results, DE)


def test_that_nothing_was_wrongly_refused_is_said() -> None:
    """The line stands there with a nought; where a question was, it opens. Without a question that can be refused by
    mistake there is none.
    """
    assert "0wrongly refused" in Parts(outcome_groups(run().results, EN)).text
    refused = outcome_groups([result(fate=WRONGLY_REFUSED)], EN)
    assert '<details class="fs-outcome fs-bad"><summary><span class="fs-count">1</span><strong>wrongly ref' in refused
    unanswerable = replace(result(), answerable=False, values={}, wanted=(), fate=REFUSED)
    text = Parts(outcome_groups([unanswerable], EN)).text
    assert "wrongly refused" not in text
    assert "0wrongly answered" in text


def test_a_question_opens_to_what_was_wanted_and_what_came() -> None:
    """Fate and winning signal in words, the wanted article with its rank, each result with its judgement and link."""
    html = question_row(result("q-2", 0.5, FUSION), DE)
    text = Parts(html).text
    for expected in (
        report_texts(DE).outcomes[FUSION].meaning[1:],
        f"{DE.beaten_by}: Wortabgleich.",
        "Rang 2",
        "Kandidat: anfangs Rang 3, am Ende Rang 2",
        "unbewertet",
    ):
        assert expected in text
    for expected in ("richtig", "Wortabgleich 0,75", "Bedeutung −0,50", "Sicherheit 87,5\u00a0%"):
        assert expected in text
    assert 'href="article/abc123?start=26&amp;end=72&amp;lang=de#passage"' in html
    assert 'data-fs-reader="Die Brücke"' in html


def test_only_so_many_questions_are_listed() -> None:
    """Of more than fifty questions of an outcome fifty are shown, and how many are left is said."""
    many = [result(f"q-{number}", fate=FUSION) for number in range(LISTED + 3)]
    html = outcome_groups([*many, result()], EN)
    assert html.count('<details class="fs-question">') == LISTED + 1
    assert "Not listed here: 3 questions" in html
    assert f'<span class="fs-count">{LISTED + 3}</span>' in html


def test_an_interrupted_run_says_so() -> None:
    """The figures of a run that was cancelled are those of the questions that were asked."""
    assert "Abgebrochen nach 2 von 172 Fragen" in Parts(run_html(run(asked_of=172), DE)).text
    assert "Abgebrochen" not in Parts(run_html(run(), DE)).text


def test_questions_without_an_answer_alone_have_no_measures() -> None:
    """A run of unanswerable questions shows what became of them, and no empty table."""
    unanswerable = replace(result(), answerable=False, values={}, wanted=(), shown=(), fate=REFUSED, sentence=None)
    text = Parts(run_html(run(unanswerable), EN)).text
    assert "Nothing answers, and the archive said so." in text
    assert EN.no_results in text
    assert MAIN not in text


def test_synthetic_questions_are_told_apart() -> None:
    """Questions that a rule made have measures of their own."""
    synthetic = replace(result("s-1"), tags=("synthetic",))
    text = Parts(run_html(run(result(), synthetic), DE)).text
    assert DE.human_questions in text
    assert DE.synthetic_questions in text
    assert DE.human_questions not in Parts(run_html(run(), DE)).text


@pytest.mark.parametrize(
    ("first_value", "second_value", "german", "english"),
    [
        (0.5, 0.5, "Kein Unterschied", "No difference"),
        (0.25, 0.75, "neu ist um 0,500 besser (+0,500 bis +0,500; p", "neu is better by 0.500 (+0.500 to +0.500; p"),
        (0.75, 0.25, "neu ist um 0,500 schlechter (−0,500", "neu is worse by 0.500 (−0.500"),
    ],
)
def test_the_verdict_is_said_in_both_languages(
    first_value: float, second_value: float, german: str, english: str
) -> None:
    """Ten questions that all differ by the same are no chance: 2 of 1,024 ways to set the signs are as far apart."""
    first = run(*(result(f"q-{number}", first_value) for number in range(10)), name="alt")
    difference = compare_runs([first, changed(first, second_value, "neu")]).compared[0].differences[MAIN]
    assert verdict("neu", difference, DE).startswith(german)
    assert verdict("neu", difference, EN).startswith(english)
    if first_value != second_value:
        assert "p\u00a0=\u00a0" + fixed(2 / 1024, GERMAN) in verdict("neu", difference, DE)


def test_an_uncertain_difference_is_not_called_better() -> None:
    """Two questions cannot tell chance from skill."""
    text = Parts(comparison_html(changed(run(), 0.9, "neu"), run(), EN)).text
    assert "No significant difference (+0.150" in text


def test_questions_that_changed_are_listed_by_loss_and_gain() -> None:
    """Both are .9 now: the one of 1 lost, the one of .5 gained; each opens to both runs."""
    parts = Parts(comparison_html(changed(run(), 0.9, "neu"), run(), DE))
    losses, gains = (parts.text.partition(f"{heading} 1")[2] for heading in (DE.losses, DE.gains))
    assert losses.index("Wie lang?") < losses.index("−0,100") < losses.index(DE.gains)
    assert gains.index("Wie hoch?") < gains.index("+0,400")
    assert parts.tags.count("details") == 2
    assert parts.text.count(DE.results) == 4


def test_runs_without_a_question_in_common_are_not_compared() -> None:
    """The library refuses, and so does the page."""
    with pytest.raises(ValueError, match="no question"):
        comparison_html(run(result("a")), run(result("b"), name="other"), DE)


def test_the_address_of_a_report_is_one_path() -> None:
    """A name may hold any sign: in the address it is quoted whole."""
    assert report_address("a/../b c?#.html", GERMAN) == "evaluation/a%2F..%2Fb%20c%3F%23.html.html?lang=de"


def test_the_buttons_say_what_was_marked() -> None:
    """Exactly the button of what was said is pressed, and a card of an answer carries both."""
    for answers, pressed in ((True, ["true", "false"]), (False, ["false", "true"]), (None, ["false", "false"])):
        html = feedback_buttons(citation(), "Wie lang?", answers, DE)
        assert [part.partition('"')[0] for part in html.split('aria-pressed="')[1:]] == pressed
    bar_html = progress_bar(3, 8, GERMAN)
    assert 'max="8" value="3"' in bar_html
    assert "3 von 8 Fragen" in bar_html
    assert ARTICLE.id in feedback_buttons(citation(), "Wie lang?", None, DE)

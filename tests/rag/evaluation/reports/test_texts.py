"""The texts of reports: what is said in one language is said in the other, with the same facts in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from string import Formatter

import pytest
from babel.numbers import format_decimal, format_percent
from lxml import html
from results import result, run

from rag.evaluation.measures.comparison import CautionKind, compare_runs
from rag.evaluation.measures.summary import SLICES
from rag.evaluation.measures.trec_measures import MEASURES
from rag.evaluation.reports.english import ENGLISH
from rag.evaluation.reports.german import GERMAN
from rag.evaluation.reports.html import html_report
from rag.evaluation.reports.markdown import markdown_report
from rag.evaluation.reports.texts import ReportTexts
from rag.evaluation.reports.wording import bounds, caution_sentence, verdict
from rag.evaluation.types import FATES, Result


def sentences(texts: ReportTexts) -> Iterator[tuple[str, str]]:
    """Every text, by its field and its place in it."""
    for field in fields(texts):
        value = getattr(texts, field.name)
        if isinstance(value, str):
            yield field.name, value
        elif isinstance(value, Mapping):
            for key, item in value.items():
                parts = item if isinstance(item, tuple) else (item,)
                yield from ((f"{field.name} {key} {number}", str(part)) for number, part in enumerate(parts))
        else:
            yield from ((f"{field.name} {number}", part) for number, part in enumerate(value))


def names_in(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_fill_in_the_same_facts() -> None:
    """A number that one language names, the other names too."""
    german = dict(sentences(GERMAN))
    own = {"signs", "values", "dimensions", "no_rank"}
    for name, text in sentences(ENGLISH):
        if name.split()[0] not in own:
            assert names_in(german[name]) == names_in(text), name


@pytest.mark.parametrize("texts", [ENGLISH, GERMAN], ids=["en", "de"])
def test_whatever_a_run_holds_has_words(texts: ReportTexts) -> None:
    """Outcomes, measures, dimensions and cautions are complete."""
    assert texts.outcomes.keys() == FATES.keys()
    assert texts.measure_meanings.keys() == set(MEASURES)
    assert texts.dimensions.keys() == SLICES.keys()
    assert texts.cautions.keys() == set(CautionKind.__args__)  # type: ignore[attr-defined]
    assert texts.signals.keys() == ENGLISH.signals.keys()


def test_german_names_every_value_that_is_a_word_of_ours() -> None:
    """Questions of 1 to 20 words, in and across languages, from unknown outlets, have no English value."""
    wanted = replace(asked("a").wanted[0], language="en", source=None, year=None)
    crossing = replace(asked("b"), wanted=(wanted,), language="de")
    results = [replace(asked(str(words)), question="Wort " * words) for words in range(1, 21)] + [crossing]
    for dimension in ("crossing", "length", "source", "year"):
        values = {value for result in results for value in SLICES[dimension](result)}
        assert {value for value in values if not value.isdigit()} - {"Blatt"} <= GERMAN.values.keys(), dimension


def asked(name: str) -> Result:
    """A question with its answer second."""
    return result(name, ["x", "A"], ["A"])


@pytest.mark.parametrize(
    ("number", "form"), [(1234567, ","), (0.825, ".3f"), (-0.25, "+.3f"), (0.5, "g"), (1234.4, ",.0f")]
)
def test_numbers_are_those_of_babel(number: float, form: str) -> None:
    """Signs between digits are as in the CLDR; Python's plus stays where a difference has a sign."""
    pattern = {",": "#,##0", ".3f": "0.000", "+.3f": "+0.000;-0.000", "g": "0.#", ",.0f": "#,##0"}[form]
    expected = format_decimal(number, pattern, locale="de").replace("-", "−")
    assert GERMAN.number(number, form) == expected
    assert ENGLISH.number(number, form) == format(number, form)


def test_shares_are_written_with_a_space_in_german() -> None:
    """As the CLDR has it."""
    assert GERMAN.number(0.825, ".1%") == format_percent(0.825, "0.0\u00a0%", locale="de") == "82,5\u00a0%"


def test_a_german_report_is_german_throughout() -> None:
    """Its numbers have commas, its language is declared, and no sentence of the English report is in it."""
    results = [asked("a"), result("b", ["A"], ["A"]), result("c", ["x"], [])]
    first, second = run("eins", results), run("zwei", [replace(item, confidence=0.9) for item in results], asked_of=9)
    comparison = compare_runs([first, second])
    page = html_report(second, comparison, "de")
    root = html.document_fromstring(page)
    assert root.get("lang") == "de"
    for element in root.xpath("//header/dl/dd[5] | //style"):
        element.drop_tree()
    text = root.text_content() + " ".join(root.xpath("//@aria-label"))
    assert not re.search(r"\d\.\d", text.replace("fundstelle", ""))
    english = {sentence for name, sentence in sentences(ENGLISH) if len(sentence.split()) > 2 and "{" not in sentence}
    assert not [sentence for sentence in english if sentence in text]
    assert caution_sentence(comparison.cautions[0], GERMAN) in text
    assert verdict(comparison.compared[0].differences["nDCG@10"], comparison.questions, GERMAN) in text
    assert markdown_report(second, comparison, "de").startswith("## Auswertung zwei")


def test_an_interval_says_its_ends_in_either_language() -> None:
    """With a word between them."""
    interval = compare_runs([run("x", [asked("a")]), run("y", [asked("a")])]).compared[0].differences["R@5"].mean
    assert (bounds(interval, ENGLISH), bounds(interval, GERMAN)) == ("0.000 to 0.000", "0,000 bis 0,000")

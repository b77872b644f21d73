"""The report of a run: its figures, its page in a real browser, its Markdown. All values are made by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html
from markdown_it import MarkdownIt

from rag.config import DEFAULT_RANKING, Config, settings
from rag.evaluation.measures.comparison import Comparison, compare_runs
from rag.evaluation.measures.statistics import Interval
from rag.evaluation.measures.summary import Slice, summarise
from rag.evaluation.measures.trec_measures import MEASURES
from rag.evaluation.reports.charts import (
    difference_bars,
    gap_matrix,
    measure_bars,
    rank_histogram,
    risk_coverage_curve,
    slice_bars,
)
from rag.evaluation.reports.english import ENGLISH
from rag.evaluation.reports.html import html_report
from rag.evaluation.reports.markdown import markdown_report
from rag.evaluation.reports.wording import caution_sentence, verdict
from rag.evaluation.types import (
    ANSWERED,
    DOUBTFUL,
    FATES,
    FIRST,
    FUSION,
    NO_CANDIDATE,
    REFUSED,
    RERANKING,
    SPLIT,
    WRONGLY_REFUSED,
    ExpectedAnswer,
    RankedResult,
    Result,
    Run,
)

CHROMIUM = shutil.which("chromium", path=f"/usr/bin{os.pathsep}{os.environ.get('PATH', '')}")

HOSTILE = "<script>alert(1)</script>"
LABELS = [
    HOSTILE,
    "$x$ & $\\frac{1}$",
    "a|b `c` *d*",
    "&lt;b&gt;",
    '" onload="x',
    "صحيفة الشرق",
    "朝日新聞の記事",
    "id=@0@",
]
# what is wider than the window, except in boxes that scroll
STICKING_OUT = """width => [...document.querySelectorAll("main *")].filter(one => {
    const box = one.getBoundingClientRect();
    return (box.left < 0 || box.right > width) && !one.closest(".scroll > *, .wide > *");
}).map(one => one.outerHTML.slice(0, 200))"""
SVG = "{http://www.w3.org/2000/svg}"


def result(number: int, question: str, fate: str, rank: int | None, confidence: float, *tags: str) -> Result:
    """A question whose answer came at a rank, among three results with hostile labels."""
    answerable = fate not in (REFUSED, ANSWERED)
    shown = tuple(
        RankedResult(
            item=f"article-{number}" if place == rank else f"{number}:{place}",
            article=f"article-{number}",
            label=LABELS[(number + place) % len(LABELS)],
            start=place * 10,
            end=place * 10 + 400,
            beginning=f"{HOSTILE} {place}",
            score=1 / place,
            signals={"dense": 0.5, "lexical": 0.25},
            grade=1 if place == rank else 0 if place == 3 else None,
        )
        for place in (1, 2, 3)
    )
    label = LABELS[number % len(LABELS)]
    wanted = ExpectedAnswer(f"article-{number}", label, "ar", label, 2020, 1, ((0, 9),), HOSTILE, rank, rank, rank)
    return Result(
        id=f"q-{number}",
        question=question,
        language="de",
        answerable=answerable,
        tags=tags,
        wanted=(wanted,) if answerable else (),
        shown=shown,
        values=dict.fromkeys(MEASURES, 1 / rank if rank else 0.0) if answerable else {},
        confidence=confidence,
        sentence=rank == 1 if rank else None,
        fate=fate,
        beaten_by="lexical" if fate == FUSION else None,
    )


RESULTS = (
    result(0, "Wer leitete die Verhandlungen?", FIRST, 1, 0.9, HOSTILE),
    result(1, "من قاد المفاوضات؟", FUSION, 2, 0.8, "$x$"),
    result(2, "誰が交渉を主導しましたか？", RERANKING, 2, 0.7, "a|b"),
    result(3, f"Who said {HOSTILE}?", NO_CANDIDATE, None, 0.6),
    result(4, "a|b `c` *d* [e](f) ~g~ $h$ \\| &lt;", SPLIT, None, 0.4),
    result(5, f"{'Unbreakable' * 12}?", DOUBTFUL, 3, 0.3),
    result(6, "What did nobody say?", REFUSED, None, 0.2),
    result(7, "What did nobody write?", ANSWERED, None, 0.95),
    result(8, "What was made by a rule?", FIRST, 1, 0.85, "synthetic"),
    result(9, "What was denied by a rule?", WRONGLY_REFUSED, 1, 0.45, "synthetic"),
)
RUN = Run(
    name=f"{HOSTILE} | one",
    made="2026-11-25T02:54:33+00:00",
    questions="seeds/<questions>.jsonl",
    asked_of=11,
    archive="archive-id",
    archive_revision=47,
    encoder="an encoder",
    fingerprint="0123",
    config={**settings(Config(), DEFAULT_RANKING), "dense_weight": 0.8},
    latency_ms={"p50": 387.1, "p95": 446.2},
    results=RESULTS,
)
INTERVALS = {label: Interval(number / 10, number / 20, 0.9) for number, label in enumerate(LABELS)}
SLICES = {label: Slice(100 + number, INTERVALS[label]) for number, label in enumerate(LABELS)}


def better() -> Run:
    """The run again, with every answer first."""
    alike = [replace(one, values=dict.fromkeys(one.values, 1.0)) for one in RUN.results]
    return replace(RUN, name="two <b>", config=settings(Config(), DEFAULT_RANKING), results=tuple(alike))


def comparison() -> Comparison:
    """The run beside a better one."""
    return compare_runs([RUN, better()])


def differences() -> str:
    """The figure of the comparison."""
    return difference_bars(comparison().compared[0].differences, HOSTILE)


FIGURES: dict[str, Callable[[], str]] = {
    "measures": lambda: measure_bars(INTERVALS),
    "slices": lambda: slice_bars(HOSTILE, SLICES),
    "ranks": lambda: rank_histogram(RESULTS),
    "risk": lambda: risk_coverage_curve(RESULTS),
    "gaps": lambda: gap_matrix({f"{label} → de": one for label, one in SLICES.items()}),
    "differences": differences,
}


def texts(svg: str) -> list[str]:
    """What is written in a figure, as an XML parser reads it."""
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_stands_in_any_page(name: str) -> None:
    """A figure is well-formed, has a title and a label, takes the page's ink, and no id, style sheet or address."""
    svg = FIGURES[name]()
    root = ElementTree.fromstring(svg)  # noqa: S314
    title = root.find(f"{SVG}title")
    assert root.get("role") == "img"
    assert title is not None
    assert (root.get("aria-label") or "").startswith(f"{title.text}. ")
    assert not [one for one in root.iter() if "id" in one.attrib or one.tag in {f"{SVG}style", f"{SVG}use"}]
    for outer in ("http", "url(", "href", "<!", "#010203", "DejaVu", "<?xml"):
        assert outer not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "currentColor" in svg
    assert "system-ui, sans-serif" in svg


@pytest.mark.parametrize("name", FIGURES)
def test_equal_values_give_equal_figures(name: str) -> None:
    """Two drawings of the same values are the same bytes."""
    assert FIGURES[name]() == FIGURES[name]()


def test_labels_from_outside_are_texts_as_they_were() -> None:
    """Markup, formulas, signs and scripts of all kinds are read by an XML parser as they were; the numbers beside them.

    The means are 0 to .7 in steps of .1, and of the slices, there are 100 questions and more.
    """
    assert texts(measure_bars(INTERVALS)) == [
        *("0", "0.25", "0.5", "0.75", "1"),
        *(text for number, label in enumerate(LABELS) for text in (shortened(label), f"{number / 10:.3f}")),
    ]
    written = texts(slice_bars("tag", SLICES))
    assert [one for one in written if one.startswith("10")] == [str(100 + number) for number in range(len(LABELS))]
    assert "<script" not in measure_bars(INTERVALS)
    label = ElementTree.fromstring(measure_bars(INTERVALS)).get("aria-label") or ""  # noqa: S314
    assert all(one in label for one in LABELS)


def shortened(label: str) -> str:
    """The one label that is too long is cut after nineteen letters."""
    return "<script>alert(1)</s…" if label == HOSTILE else label


def test_what_xml_cannot_hold_is_replaced() -> None:
    """Control characters and halves of pairs, which no XML may hold, become the replacement character."""
    assert texts(measure_bars({"a\x00b\ud800c\x1b": Interval(0.5, 0.4, 0.6)}))[-2:] == [
        "a\ufffdb\ufffdc\ufffd",
        "0.500",
    ]


def test_the_histogram_counts_first_answers() -> None:
    """By hand: of eight answerable questions, three have their answer first, two second, one third, two none."""
    written = texts(rank_histogram(RESULTS))
    assert written[1::2][:10] == [str(rank) for rank in range(1, 11)]
    assert written[:20:2] == ["3", "2", "1", "0", "0", "0", "0", "0", "0", "0"]
    assert written[20:22] == ["2", "not among 10"]


def test_the_curve_marks_the_threshold() -> None:
    """By hand: six of ten questions have a confidence of .5 or more, and two of these have no answer among five."""
    assert texts(risk_coverage_curve(RESULTS))[-1] == "60% answered, 33% wrong"
    unsure = [replace(one, confidence=0.1) for one in RESULTS]
    assert "answered" not in texts(risk_coverage_curve(unsure))[-1].split()


def test_many_values_are_left_aside() -> None:
    """Of thirty values of a dimension the first twelve are drawn; the matrix has the sixteen most asked languages."""
    many = {f"tag-{number}": Slice(99 - number, Interval(0.5, 0.4, 0.6)) for number in range(30)}
    assert sum(text.startswith("tag-") for text in texts(slice_bars("tag", many))) == 12
    pairs = {f"l{number} → de": one for number, one in enumerate(many.values())}
    assert [text for text in texts(gap_matrix(pairs)) if text.startswith("l")] == [f"l{one}" for one in range(16)]


def test_a_difference_shows_its_sign() -> None:
    """By hand: the other run is better by 3.667 / 6 (1/2, 1/2, 1, 1 and 2/3, of six questions that people wrote)."""
    assert texts(differences()).count("+0.611") == len(MEASURES)
    assert f"{(0.5 + 0.5 + 1 + 1 + 2 / 3) / 6:+.3f}" == "+0.611"


def test_the_page_is_whole_and_loads_nothing() -> None:
    """An HTML parser finds each question once, each id once, the policy, and nothing that runs or is fetched."""
    page = html_report(RUN, comparison())
    root = html.document_fromstring(page)
    asked = [one.text_content() for one in root.xpath("//details[@class='question']/summary/*[@class='asked']")]
    assert sorted(asked) == sorted(one.question for one in RUN.results)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {one.removeprefix("#") for one in root.xpath("//@href")} <= set(ids)
    assert not root.xpath("//script | //link | //img | //iframe | //@src | //@onload")
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; font-src 'self'"]
    assert root.xpath("//h1")[0].text_content() == RUN.name
    assert html_report(RUN, comparison()) == page


def test_the_page_tells_what_happened() -> None:
    """Every fate stands with its explanation, failures first; what was chosen is strong; the verdict is compare's."""
    root = html.document_fromstring(html_report(RUN, comparison()))
    fates = [one.text_content() for one in root.xpath("//summary/*[contains(@class, 'fate')]")]
    lost = (FUSION, RERANKING, NO_CANDIDATE, SPLIT, DOUBTFUL, ANSWERED, WRONGLY_REFUSED)
    assert set(fates[:7]) == {ENGLISH.outcomes[fate].label for fate in lost}
    assert sorted(fates[7:]) == ["answer at rank 1", "answer at rank 1", "rightly refused"]
    text = " ".join(root.text_content().split())
    assert all(explanation in text for explanation in FATES.values())
    assert [one.text_content() for one in root.xpath("//header//strong")] == ["dense_weight 0.8"]
    assert "10 questions of 11 (interrupted)" in text
    assert "387 ms (p50), 446 ms (p95)" in text
    assert "6 of 8 questions have an answer" in text
    assert "2 of 2 questions have an answer" in text
    both = comparison()
    assert verdict(both.compared[0].differences["nDCG@10"], both.questions) in text
    assert all(caution_sentence(caution) in text for caution in both.cautions)
    cells = root.xpath("//h2[@id='measures']/..//table")[0].xpath(".//tbody/tr[1]/td")
    # by hand: (1 + 1/2 + 1/2 + 0 + 0 + 1/3) / 6; the synthetic question stands apart
    assert [one.text_content() for one in cells][:2] == ["nDCG@10", "0.389"]
    assert (
        root.xpath("//h2[@id='synthetic-measures']/..//table")[0].xpath(".//tbody/tr[1]/td")[1].text_content()
        == "1.000"
    )


@pytest.mark.parametrize("kept", [slice(0, 0), slice(6, 8), slice(8, 9)])
def test_a_run_without_some_kinds_of_questions_has_a_report(kept: slice) -> None:
    """Without questions, answerable ones, or such that people wrote, links lead somewhere and numbers are left out."""
    run = replace(RUN, results=RESULTS[kept], latency_ms={})
    root = html.document_fromstring(html_report(run))
    assert {one.removeprefix("#") for one in root.xpath("//@href")} <= set(root.xpath("//@id"))
    assert len(root.xpath("//details[@class='question']")) == len(run.results)
    assert "Not measured." in root.text_content()
    assert markdown_report(run).startswith("## Evaluation ")


def test_markdown_shows_everything_literally() -> None:
    """markdown-it, another reader of Markdown, finds even tables, each question's words as they were, and no markup."""
    page = markdown_report(RUN, comparison())
    root = html.fromstring(MarkdownIt("commonmark", {"html": True}).enable("table").render(page))
    for table in root.xpath("//table"):
        assert len({len(row.xpath("./td | ./th")) for row in table.xpath(".//tr")}) == 1
    for block in page.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in rows}) <= 1
    worst = [[cell.text_content() for cell in row.xpath("./td")] for row in root.xpath("(//table)[last()]//tr")][1:]
    failures = {one.id: one.question for one in RUN.results if one.fate not in (FIRST, REFUSED)}
    assert {row[0]: row[1] for row in worst} == failures
    assert not root.xpath("//script | //td//* | //th//* | //a | //code")
    assert root.xpath("//h2")[0].text_content() == f"Evaluation {RUN.name}"
    assert "dense_weight 0.8 (default 1.2)" in root.text_content()


def test_numbers_agree_with_the_summary() -> None:
    """The Markdown has the summary's means and intervals of the questions that people wrote."""
    interval = summarise([one for one in RESULTS if not one.synthetic]).measures["R@5"]
    line = next(line for line in markdown_report(RUN).splitlines() if line.startswith("| R@5"))
    expected = f"| R@5 | {interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f}) | 1.000 (1.000 to 1.000) |"
    assert line == expected


@pytest.mark.slow
def test_a_browser_shows_it(tmp_path: Path) -> None:
    """A real browser complains of nothing, asks for the file alone, and nothing sticks out, all questions opened."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install fundstelle[test]"
    )
    if CHROMIUM is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    file = tmp_path / "report.html"
    file.write_text(html_report(RUN, comparison()), encoding="utf-8")
    asked: list[str] = []
    faults: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(file.as_uri())
        page.locator("summary").last.click()
        assert page.locator("details[open] .results li").count() == 3
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for width, scheme in product((400, 1200), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.evaluate(STICKING_OUT, width) == []
            ink, ground = page.evaluate(
                "(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))"
            )
            # figures take the page's ink
            assert page.locator("svg text").first.evaluate("text => getComputedStyle(text).fill") == ink
            assert (sum(channels(ink)) < sum(channels(ground))) == (scheme == "light")
        browser.close()
    assert asked == [file.as_uri()]
    assert faults == []


def channels(colour: str) -> list[int]:
    """Red, green and blue of `rgb(…)`."""
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]

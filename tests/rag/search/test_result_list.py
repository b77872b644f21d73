"""The results of a page: the citations of an answer by article, noise marked, counted by what filters look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from factories import BRIDGE, PAGE_AS_TEXT, article_file
from paths import QUESTIONS

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.config import RankingConfig
from rag.errors import QuestionError
from rag.types import Article, Filter, ResultList

QUESTION = "Was kostet eine Fahrkarte der Kleinbahn nach Moorwerder?"
TRAIN = "Die Kleinbahn nach Moorwerder fährt seit Freitag wieder. Eine Fahrkarte kostet zwei Euro und fünfzig Cent."
BUS = "Der Bus nach Moorwerder fällt im Mai an sechs Tagen aus, weil die Straße am Deich gesperrt ist."
# file: title, day, outlet, text; the first two have the same text
FILES = {
    "bote": ("Kleinbahn fährt wieder", "2021-03-12", "Bote", TRAIN),
    "kurier": ("Kleinbahn fährt wieder", "2021-03-13", "Kurier", TRAIN),
    "bus": ("Bus fällt aus", "2022-05-02", "Bote", BUS),
    "bridge": ("Brücke offen", "2023-05-02", "Kurier", BRIDGE),
}


@pytest.fixture(scope="module")
def archive(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Four articles of two outlets, two of them of the same text, and a page with comments."""
    folder = tmp_path_factory.mktemp("articles")
    for name, (title, day, outlet, text) in FILES.items():
        (folder / f"{name}.md").write_text(article_file(title, day, outlet, text), "utf-8")
    (folder / "page.txt").write_text(PAGE_AS_TEXT, "utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as opened:
        opened.index(folder)
        yield opened


def names(results: ResultList) -> list[str]:
    """Return the file names of the articles in their order."""
    return [Path(result.article.path).stem for result in results]


@pytest.mark.slow
@pytest.mark.parametrize("fast", [False, True])
def test_the_first_five_citations_are_those_of_an_answer(sample: Archive, fast: bool) -> None:
    """With the same confidence, reason and marks; a longer list adds to a shorter one and changes nothing in it."""
    for question in (question["question"] for question in QUESTIONS[::12]):
        answer = sample.ask(question, 5, fast=fast)
        results = sample.search(question, fast=fast)
        assert replace(results.answer, citations=results.answer.citations[:5], took_ms={}) == replace(
            answer, took_ms={}
        )
        longer = sample.search(question, limit=45, fast=fast)
        assert longer.answer.citations[:20] == results.answer.citations
        assert results.more == (len(longer.answer.citations) > 20)


def test_more_candidates_are_put_below_the_others(sample: Archive, encoder: Encoder) -> None:
    """With six candidates of each index a list grows to all passages of the archive, and keeps its beginning."""
    question = QUESTIONS[0]["question"]
    searcher = sample.searcher(RankingConfig(candidates=6))
    shorter, longer = searcher.results(question, 12), searcher.results(question, 1000)
    of_longer = longer.answer.citations
    assert of_longer[:12] == shorter.answer.citations
    assert (shorter.more, longer.more) == (True, False)
    assert [citation.score for citation in of_longer] == sorted((c.score for c in of_longer), reverse=True)
    cited = {citation.passage_id for citation in of_longer}
    assert len(cited) == len(of_longer)
    for passage in (passage for article in sample.articles() for passage in sample.passages(article.id)):
        assert any(
            (article.id == passage.article_id and start <= passage.start and passage.end <= end)
            or passage.article_id in {copy.id for copy in also}
            for article, start, end, also in (
                (citation.article, citation.start, citation.end, citation.also) for citation in of_longer
            )
        ), passage


def test_citations_are_grouped_by_article(sample: Archive) -> None:
    """Each article once, in the order of its best citation; each citation is in one article."""
    results = sample.search(QUESTIONS[1]["question"])
    ids = [result.article.id for result in results]
    assert len(set(ids)) == len(ids)
    assert ids == list(dict.fromkeys(citation.article.id for citation in results.answer))
    assert all(citation.article == result.article for result in results for citation in result.citations)
    markers = sorted(citation.marker for result in results for citation in result.citations)
    assert markers == [citation.marker for citation in results.answer]


@pytest.mark.slow
@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.heavy)])
def test_noise_seldom_hides_an_article_that_answers(sample: Archive, step: int) -> None:
    """Of the articles that answer at most 3 % are noise, or two of a few; of the others nearly half."""
    hidden: dict[bool, list[bool]] = {True: [], False: []}
    for question in QUESTIONS[::step]:
        answers = [(Path(answer["article"]).name, answer["quote"]) for answer in question.get("answers", [])]
        for result in sample.search(question["question"]):
            spans = [(citation.start, citation.end) for citation in result.citations]
            hidden[any(_quotes(result.article, spans, *answer) for answer in answers)].append(not result.likely)
    assert len(hidden[True]) > 150 / step
    assert sum(hidden[True]) <= max(2, 0.03 * len(hidden[True]))
    assert sum(hidden[False]) / len(hidden[False]) >= 0.45


def _quotes(article: Article, spans: list[tuple[int, int]], file: str, quote: str) -> bool:
    at = article.text.find(quote)
    return (
        Path(article.path).name == file
        and at >= 0
        and any(start < at + len(quote) and at < end for start, end in spans)
    )


def test_likely_citations_come_first(sample: Archive) -> None:
    """In an article of many passages the noise is below; the best citation of a sure answer is no noise."""
    results = sample.search(QUESTIONS[0]["question"])
    first = results.results[0]
    assert results.answer.answerable
    assert first.likely
    assert first.citations[0] == results.answer.citations[0]
    assert 0 < first.likely_count <= len(first.citations)
    assert all(result.likely == (result.likely_count > 0) for result in results)


def test_sorted_by_date(sample: Archive) -> None:
    """The newest article first, and those without a date last; the answer stays in the order of relevance."""
    question = QUESTIONS[0]["question"]
    results = sample.search(question, limit=60, sort="date")
    days = [result.article.published for result in results]
    dated = [day for day in days if day]
    assert dated == sorted(dated, reverse=True)
    assert len(set(dated)) > 3
    assert days[: len(dated)] == dated
    assert results.answer.citations == sample.search(question, limit=60).answer.citations
    with pytest.raises(QuestionError, match="cannot be sorted by 'size': choose among relevance, date"):
        sample.search(question, sort="size")  # type: ignore[arg-type]


def test_articles_are_counted_by_what_filters_look_at(archive: Archive) -> None:
    """Articles of the same text count once, and in each of their outlets; all passages of an article count as one; the
    noise at the end of the list does not count.
    """
    results = archive.search(QUESTION)
    assert [result.likely for result in results] == [True, True, True, False]
    assert names(results)[-1] == "bridge"
    facets = results.facets
    assert facets.sources == {"Bote": 2, "Kurier": 1}
    assert facets.languages == {"de": 3}
    assert facets.authors == {"Hanne Lüders": 1}
    assert facets.kinds == {"article": 3, "comment": 1}
    assert facets.months == {"2021-03": 2, "2022-05": 1}
    assert list(facets.months) == sorted(facets.months)


def test_a_facet_ignores_its_own_filter_and_follows_the_others(archive: Archive) -> None:
    """Whoever chose an outlet sees how many articles the others have, and of which months are those of this outlet."""
    results = archive.search(QUESTION, filter=Filter(exact_sources=("Kurier",)))
    assert sorted(names(results)) == ["bridge", "kurier"]
    assert results.facets.sources == {"Bote": 2, "Kurier": 1}
    assert results.facets.months == {"2021-03": 1}
    both = archive.search(QUESTION, filter=Filter(exact_sources=("Kurier",), since=date(2023, 1, 1)))
    assert names(both) == ["bridge"]
    assert both.facets.sources == {"Kurier": 1}
    assert both.facets.months == {"2021-03": 1, "2023-05": 1}


def test_comments_alone(archive: Archive) -> None:
    """Comments can be searched without articles, and count as the kind that they are."""
    results = archive.search("Wem ist die Kleinbahn für eine Familie zu teuer?", filter=Filter(kinds=("comment",)))
    assert {citation.kind for citation in results.answer} == {"comment"}
    assert results.facets.kinds == {"article": 4, "comment": 1}


def test_nothing_with_these_filters(archive: Archive) -> None:
    """An empty list says how many articles there are without filters, and what each filter could be instead."""
    results = archive.search(QUESTION, filter=Filter(exact_sources=("Bote",), since=date(2024, 1, 1)))
    assert (len(results), results.more, results.without_filters) == (0, False, 4)
    assert results.answer.outcome == "nothing_fits"
    assert results.facets.months == {"2021-03": 1, "2022-05": 1}
    assert archive.search(QUESTION).without_filters == 0
    unknown = archive.search(QUESTION, filter=Filter(exact_sources=("bote",)))
    assert unknown.answer.reason.startswith("No article has the source 'bote': there are Bote, Kurier.")


def test_an_empty_archive_has_an_empty_list(tmp_path: Path, encoder: Encoder) -> None:
    """Nothing is counted, and the answer says that there is no article."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as empty:
        results = empty.search(QUESTION)
        assert (len(results), results.more, results.answer.outcome) == (0, False, "empty")


def test_impossible_limits_are_refused(archive: Archive) -> None:
    """The number of citations is a whole number from 1 on."""
    with pytest.raises(QuestionError, match="limit must be at least 1, not 0"):
        archive.search(QUESTION, limit=0)
    with pytest.raises(TypeError, match="limit must be a whole number, not str"):
        archive.search(QUESTION, limit="5")  # type: ignore[arg-type]

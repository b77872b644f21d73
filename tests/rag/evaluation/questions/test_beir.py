"""Retrieval sets and TREC's files, in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from results import result

from rag.errors import NotFound, QuestionError
from rag.evaluation.questions.beir import corpus_articles, judge_queries, read_beir, write_beir
from rag.evaluation.runs.trec import QRELS, RUN, read_trec_run, trec_results, write_trec
from rag.types import Article

CORPUS = [
    {"_id": "d 1", "title": "Die Brücke", "text": "Sie steht.\r\nSie hält.", "lang": "de"},
    {"_id": "d2", "text": "The bridge stands. It was built by many people over many years."},
    {"_id": "d3", "title": "", "text": "  "},
]
QUERIES = [{"_id": "q1", "text": "Steht sie?", "lang": "de"}, {"_id": "q2", "text": "Who built it?"}]
QRELS_TSV = "query-id\tcorpus-id\tscore\nq1\td 1\t2\nq1\td2\t0\nq2\td2\t1\n"


def beir(folder: Path, corpus: object = CORPUS, queries: object = QUERIES, qrels: str = QRELS_TSV) -> Path:
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)  # type: ignore[attr-defined]
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_set_is_read_whole(tmp_path: Path) -> None:
    """Documents become articles under their ids; grades are kept, 0 is a wrong document; empty texts are left out."""
    folder = beir(tmp_path)
    found = read_beir(folder)
    documents = {one.id: one for one in corpus_articles(folder)}
    assert [(one.id, one.title, one.text, one.language) for one in documents.values()] == [
        ("d 1", "Die Brücke", "Sie steht.\nSie hält.", "de"),
        ("d2", None, CORPUS[1]["text"], "en"),
    ]
    first, second = judge_queries(found, documents.__getitem__)
    assert (first.question.question, dict(first.answers), dict(first.grades)) == (
        "Steht sie?",
        {"d 1": None},
        {"d 1": 2},
    )
    assert dict(first.wrong) == {"d2": None}
    assert (first.grade("d 1", 0, 5), first.grade("d2", 0, 5), first.grade("d3", 0, 5)) == (2, 0, None)
    assert dict(second.answers) == {"d2": None}


def test_documents_with_the_same_text_are_one_answer(tmp_path: Path) -> None:
    """Whichever of two copies a judgement names, the article that is cited answers, with the better grade of both.

    It is not wrong by the other copy; a wrong document that has no text is left out.
    """
    qrels = "q1\td 1\t1\nq1\tcopy\t2\nq2\tcopy\t1\nq2\td 1\t0\nq2\td2\t0\nq2\td3\t0\n"
    folder = beir(tmp_path, qrels=qrels)
    documents = {one.id: one for one in corpus_articles(folder)}

    def cited(document: str) -> Article:
        try:
            return documents["d 1" if document == "copy" else document]
        except KeyError as error:
            raise NotFound(document) from error

    first, second = judge_queries(read_beir(folder), cited)
    assert (list(first.answers), dict(first.grades), list(first.articles)) == (["d 1"], {"d 1": 2}, ["d 1"])
    assert (list(second.answers), list(second.articles), second.grade("d 1", 0, 5)) == (["d 1"], ["d 1"], 1)
    assert (second.grade("d2", 0, 5), second.grade("d3", 0, 5)) == (0, None)


def test_judgements_in_trecs_columns(tmp_path: Path) -> None:
    """Four columns with spaces, as trec_eval reads them."""
    folder = beir(tmp_path, qrels="q1 0 d2 1\nq2 0 d2 0\n")
    assert [query.id for query in read_beir(folder).queries] == ["q1"]


def test_what_goes_out_comes_in_again(tmp_path: Path) -> None:
    """Queries, grades and texts of a set that was written anew."""
    folder = beir(tmp_path)
    documents = {one.id: one for one in corpus_articles(folder)}
    judgements = judge_queries(read_beir(folder), documents.__getitem__)
    (tmp_path / "out").mkdir()
    write_beir(tmp_path / "out", judgements, documents.values())
    back = read_beir(tmp_path / "out")
    again = {one.id: one for one in corpus_articles(tmp_path / "out")}
    assert again == documents
    assert back.grades == {"q1": {"d 1": 2, "d2": 0}, "q2": {"d2": 1}}
    assert [(one.id, one.question, one.language) for one in back.queries] == [
        ("q1", "Steht sie?", "de"),
        ("q2", "Who built it?", None),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"corpus": '{"_id": "d"}\n'}, "corpus.jsonl, line 1 cannot be read"),
        ({"queries": '{"_id": "q", "text": "x"}\n[1]\n'}, "queries.jsonl, line 2 cannot be read"),
        ({"qrels": "q1\td2\n"}, "No query in"),
        ({"qrels": "query\tdoc\tscore\nq1\td2\tgood\n"}, "qrels.tsv, line 2 is not a judgement"),
        ({"qrels": "x\td2\t1\n"}, "No query in"),
        ({"qrels": "q1\tgone\t1\n"}, "a document that answers q1 is not in"),
        ({"qrels": "q1\td3\t1\n"}, "or has no text"),
    ],
)
def test_what_is_wrong_with_a_set_is_said_with_its_place(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    """One sentence with the file, and the line where there is one."""
    folder = beir(tmp_path, **changed)

    def find(name: str) -> object:
        known = {one.id: one for one in corpus_articles(folder)}
        if name not in known:
            raise NotFound(name)
        return known[name]

    with pytest.raises(QuestionError, match=said):
        judge_queries(read_beir(folder), find)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match=r"There is no corpus\.jsonl"):
        read_beir(tmp_path / "nowhere")


names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r"), min_size=1, max_size=8)


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=8, unique=True), names)
def test_any_name_survives_trecs_columns(
    tmp_path_factory: pytest.TempPathFactory, items: list[str], query: str
) -> None:
    """White space and percent signs too; the order is that of the ranks, whatever the names are."""
    folder = tmp_path_factory.mktemp("trec")
    write_trec(folder, "a run", [result(query, items, [items[0]])])
    assert read_trec_run(folder / RUN) == {query: items}
    (first, *_) = (folder / QRELS).read_text("utf-8").splitlines()
    assert len(first.split()) == 4


def test_another_programs_run_is_measured_by_its_scores(tmp_path: Path) -> None:
    """In whatever order its lines are; a query that it lacks counts 0."""
    folder = beir(tmp_path)
    documents = {one.id: one for one in corpus_articles(folder)}
    judgements = judge_queries(read_beir(folder), documents.__getitem__)
    (tmp_path / "run").write_text("q1 Q0 d2 1 0.5 x\nq1 Q0 d%201 2 0.9 x\n", encoding="utf-8")
    first, second = trec_results(read_trec_run(tmp_path / "run"), judgements)
    assert [one.item for one in first.shown] == ["d 1", "d2"]
    assert (first.values["nDCG@10"], second.values["nDCG@10"]) == (1.0, 0.0)
    for text, said in (
        ("q1 Q0 d2 1\n", "line 1 is not a result"),
        ("q Q0 d 1 2 x\nq Q0 d 2 1 x\n", "line 2: d occurs twice"),
    ):
        (tmp_path / "run").write_text(text, encoding="utf-8")
        with pytest.raises(QuestionError, match=said):
            read_trec_run(tmp_path / "run")
    with pytest.raises(NotFound, match="cannot be read"):
        read_trec_run(tmp_path / "nowhere")

"""Exports, read back by the programs that people use: csv, json, pandas and pyarrow, the reader of retrieval sets."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from factories import BRIDGE, article_file
from hypothesis import given
from hypothesis import strategies as st
from paths import QUESTIONS_FILE, Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import FundstelleError
from rag.evaluation.questions.beir import corpus_articles, read_beir
from rag.exporting.export import export_table, table_parts, whole_file
from rag.exporting.tables import SUBJECTS, Subject
from rag.exporting.writers import csv_parts, jsonl_parts
from rag.text.spreadsheet import cell
from rag.types import Filter
from rag.types.library import LibraryQuery


@pytest.fixture
def exported(fundstelle: Run, sample: Archive, tmp_path: Path) -> Any:
    """Export the sample archive, and return the file."""

    def run(name: str, *options: str | Path) -> Path:
        done = fundstelle("export", name, *options, "--archive", sample.folder)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        return tmp_path / name

    return run


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_articles_come_back(exported: Any, sample: Archive, name: str) -> None:
    """Pandas reads from each format the articles as the archive has them, with every character of their texts."""
    file = exported(name)
    readers = {
        ".jsonl": lambda: pd.DataFrame(map(json.loads, file.read_text("utf-8").splitlines())),
        ".csv": lambda: pd.read_csv(file, dtype=str, keep_default_na=False),
        ".parquet": lambda: pd.read_parquet(file),
    }
    rows = readers[file.suffix]().to_dict("records")
    assert len(rows) == sample.status().articles + sample.status().duplicates
    for row in rows:
        article = sample.article(row["id"])
        assert row["text"] == (article.text if file.suffix != ".csv" else cell(article.text))
        assert row["sha256"] == article.sha256
        assert str(row["published"] or "") == (article.published.isoformat() if article.published else "")
        assert row["title"] == (article.title or ("" if file.suffix == ".csv" else None))
    assert not list(file.parent.glob(".*a.*"))


def test_passages_are_the_words_at_their_offsets(exported: Any, sample: Archive) -> None:
    """Each passage is `text[start:end]` of its article, in all formats alike."""
    rows = [json.loads(line) for line in exported("p.jsonl", "--what", "passages").read_text("utf-8").splitlines()]
    assert len(rows) == sample.status().passages
    for row in rows:
        assert row["text"] == sample.article(row["article_id"]).text[row["start"] : row["end"]]
    table = pq.read_table(exported("p.parquet", "--what", "passages")).to_pylist()
    assert [{**row, "published": row["published"] and row["published"].isoformat()} for row in table] == rows
    with exported("p.csv", "--what", "passages").open(encoding="utf-8-sig", newline="") as file:
        assert [row["passage_id"] for row in csv.DictReader(file)] == [row["passage_id"] for row in rows]


def test_vectors_are_those_that_are_searched(exported: Any, sample: Archive) -> None:
    """Of length 1, equal in both formats; the best product with a question's vector is what the index finds first."""
    table = pq.read_table(exported("v.parquet", "--what", "vectors"))
    status = sample.status()
    assert table.schema.metadata[b"fundstelle.fingerprint"].decode() == status.fingerprint
    assert table.schema.metadata[b"fundstelle.archive"].decode() == sample.id
    vectors = np.stack(table["vector"].to_numpy(zero_copy_only=False))
    assert vectors.shape == (status.passages, sample.encoder.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)
    lines = exported("v.jsonl", "--what", "vectors").read_text("utf-8").splitlines()
    assert (np.array([json.loads(line)["vector"] for line in lines], np.float16) == vectors.astype(np.float16)).all()
    question = sample.encoder.encode_query("Wie lang ist der Gotthard-Basistunnel?")
    best = table["article_id"][int(np.argmax(vectors @ question))].as_py()
    assert "Gotthard" in sample.article(best).label


def test_filters_are_those_of_the_list(sample: Archive) -> None:
    """Only what the query asks for is written, in its order."""
    file = io.BytesIO()
    query = LibraryQuery(filter=Filter(languages=("fr",)), sort="title", descending=False)
    counts: list[tuple[int, int | None]] = []
    export_table(sample, file, "jsonl", "articles", query=query, on_count=lambda *count: counts.append(count))
    ids = [json.loads(line)["id"] for line in file.getvalue().splitlines()]
    assert ids == [row.id for row in sample.library_rows(query)]
    assert counts == [(number, len(ids)) for number in range(1, len(ids) + 1)]


def test_a_retrieval_set_is_evaluated_again(exported: Any, fundstelle: Run, sample: Archive, tmp_path: Path) -> None:
    """`eval beir` and any reader of BEIR sets finds the same articles, questions and judgements."""
    few = tmp_path / "few.jsonl"
    few.write_text("".join(QUESTIONS_FILE.read_text("utf-8").splitlines(keepends=True)[::30]), "utf-8")
    folder = exported("set", "--format", "beir", "--questions", few)
    corpus = {row["_id"]: row for row in map(json.loads, (folder / "corpus.jsonl").read_text("utf-8").splitlines())}
    assert {name: row["text"] for name, row in corpus.items()} == {a.id: a.text for a in sample.articles()}
    assert {article.id for article in corpus_articles(folder)} == set(corpus)
    retrieval_set = read_beir(folder)
    assert retrieval_set.queries
    for query in retrieval_set.queries:
        assert retrieval_set.grades[query.id].keys() <= corpus.keys()
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    assert {row["query-id"] for row in rows} == {query.id for query in retrieval_set.queries}
    without = fundstelle("export", "bare", "--format", "beir", "--archive", sample.folder)
    assert (without.returncode, "It has no questions yet" in without.stderr) == (0, True)


def test_what_exists_is_not_replaced(exported: Any, fundstelle: Run, sample: Archive, tmp_path: Path) -> None:
    """A file, a folder or a set in its place is refused in a sentence, and replaced by --force alone."""
    archive = ("--archive", sample.folder)
    (tmp_path / "a.csv").write_text("mine")
    (tmp_path / "corpus.jsonl").write_text("mine")
    (tmp_path / "b.csv").mkdir()
    for name, *options in (("a.csv",), ("b.csv",), (tmp_path, "--format", "beir"), ("nowhere/a.csv",)):
        done = fundstelle("export", name, *options, *archive)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "corpus.jsonl").read_text() == "mine"
    exported("a.csv", "--force")
    assert (tmp_path / "a.csv").stat().st_size > 100_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("a.txt",), "a.txt has no ending of a format"),
        (("a.csv", "--what", "vectors"), "A vector does not fit into cells"),
        (("-", "--format", "parquet"), "Parquet cannot be written to a pipe"),
        (("a", "--format", "beir", "--since", "2020"), "A BEIR set has all articles"),
        (("a.csv", "--questions", "q.jsonl"), "Only a BEIR set has questions"),
    ],
)
def test_what_cannot_be_exported(
    fundstelle: Run, sample: Archive, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """One sentence says so, and nothing is written."""
    done = fundstelle("export", *arguments, "--archive", sample.folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert not list(tmp_path.iterdir())


def test_standard_output(fundstelle: Run, sample: Archive) -> None:
    """- writes into a pipe, and nothing else beside it."""
    done = fundstelle("export", "-", "--format", "jsonl", "--archive", sample.folder, "--language", "fr")
    assert (done.returncode, done.stderr) == (0, "")
    assert {json.loads(line)["language"] for line in done.stdout.splitlines()} == {"fr"}


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """What ends with an error leaves nothing behind, and what stood there stays."""
    target = tmp_path / "a.csv"
    target.write_text("mine")

    def broken() -> None:
        with whole_file(target, overwrite=True) as file:
            file.write(b"half")
            raise FundstelleError("stop")

    with pytest.raises(FundstelleError, match="stop"):
        broken()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert target.read_text() == "mine"


def test_formulas_in_tables(fundstelle: Run, tmp_path: Path) -> None:
    """A headline that a spreadsheet program would compute is text in CSV, and verbatim in JSON."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(
        article_file("'=HYPERLINK(\"http://evil.example\")'", "2024-03-01", "Bote", BRIDGE)
    )
    fundstelle("index", tmp_path / "in")
    fundstelle("export", "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["title"].startswith("'=HYPERLINK")
    assert json.loads(fundstelle("export", "-", "--format", "jsonl").stdout)["title"].startswith("=HYPERLINK")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_removed_meanwhile_is_left_out(tmp_path: Path, encoder: Encoder, subject: Subject) -> None:
    """Of three articles, the one that another program forgets while the first is written; the last one follows."""
    files = [tmp_path / f"{name}.md" for name in "abc"]
    for file in files:
        file.write_text(article_file(f"Brücke {file.stem}", "2024-03-01", "Bote", f"{file.stem}: {BRIDGE}"), "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(files)
        ids = [archive.article(file.name).id for file in files]
        parts = table_parts(archive, "jsonl", subject)
        first = next(parts)
        with Archive.open(tmp_path / "archive", encoder=encoder) as other:
            other.forget(files[1])
        written = [json.loads(part) for part in (first, *parts)]
        assert [row.get("id") or row["article_id"] for row in written] == [ids[0], ids[2]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_any_text_comes_back(texts: list[str]) -> None:
    """JSON lines give back every text as it was, CSV but for the apostrophe before formulas; newlines do not split."""
    rows = [{"text": text} for text in texts]
    lines, table = b"".join(jsonl_parts(rows)), b"".join(csv_parts(["text"], rows))
    assert [json.loads(line) for line in lines.decode().split("\n")[:-1]] == rows
    read = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert [(row or [""])[0] for row in read[1:]] == [cell(text) for text in texts]

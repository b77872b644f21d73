"""Retrieval sets in the BEIR layout (Thakur et al., 2021), in and out.

A folder holds `corpus.jsonl` (`_id`, `title`, `text`, perhaps `lang`), `queries.jsonl` (`_id`, `text`, perhaps `lang`)
and `qrels.tsv` or `qrels/test.tsv`: query, document and grade with tabs between them, or the four columns of TREC.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import NotFound, QuestionError
from rag.evaluation.questions.files import Label, TestQuestion
from rag.evaluation.questions.judgements import Judgement
from rag.loading.common.normalization import normalise
from rag.text.language import language_of
from rag.types import Article

CORPUS, QUERIES = "corpus.jsonl", "queries.jsonl"
QRELS = "qrels.tsv"
_QRELS = (QRELS, "qrels/test.tsv", "qrels.trec", "qrels")


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A folder in the BEIR layout: its judged queries with the grades of their documents."""

    folder: Path
    queries: tuple[TestQuestion, ...]
    grades: dict[str, dict[str, int]]


def read_beir(folder: Path) -> RetrievalSet:
    """Read the queries and their judgements; the corpus is read by `corpus_articles`.

    A query without a document of a grade above 0 is skipped: it cannot be measured.

    Raises:
        NotFound: a file is missing.
        QuestionError: a line cannot be understood; the message names the file and the line.
    """
    for name in (CORPUS, QUERIES):
        if not (folder / name).is_file():
            raise NotFound(f"There is no {name} in {folder}: give a folder with {CORPUS}, {QUERIES} and {QRELS}.")
    grades = _grades(folder)
    queries = []
    for row, location in _rows(folder / QUERIES):
        name, language = str(row["_id"]), row.get("lang")
        relevant = [document for document, grade in grades.get(name, {}).items() if grade > 0]
        if relevant:
            labels = tuple(Label(document, None) for document in relevant)
            queries.append(TestQuestion(name, row["text"], language, True, (), labels, location))
    if not queries:
        raise QuestionError(f"No query in {folder / QUERIES} has a judgement: its ids must be those of the qrels.")
    return RetrievalSet(folder, tuple(queries), grades)


def corpus_articles(folder: Path) -> Iterator[Article]:
    """Yield the documents of a corpus as articles: the id and the path of each are its document's id."""
    for row, _ in _rows(folder / CORPUS):
        text = normalise(row["text"]).strip()
        if not any(character.isalnum() for character in text):
            # without letters or digits, nothing can be retrieved
            continue
        name, title = row["_id"], normalise(str(row.get("title") or "")).strip() or None
        language = str(row.get("lang") or "") or language_of(text)
        sha256 = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
        yield Article(id=name, title=title, text=text, language=language, path=name, sha256=sha256)


def judge_queries(retrieval_set: RetrievalSet, find: Callable[[str], Article]) -> list[Judgement]:
    """Return the judgements of a set's queries over the articles made from its documents.

    Where several documents are one article, it has the best grade among them.

    Args:
        find: returns the article that is cited for a document: its own, or the one that it duplicates.

    Raises:
        QuestionError: a query's document is not in the corpus.
    """
    judgements = []
    for query in retrieval_set.queries:
        articles: dict[str, Article] = {}
        grades: dict[str, int] = {}
        wrong: dict[str, None] = {}
        for document, grade in retrieval_set.grades[query.id].items():
            try:
                article = find(document)
            except NotFound as error:
                if grade <= 0:
                    continue
                raise QuestionError(
                    f"{query.location}: a document that answers {query.id} is not in {retrieval_set.folder / CORPUS}, "
                    "or has no text: remove it from the qrels."
                ) from error
            if grade > 0:
                articles[article.id], grades[article.id] = article, max(grade, grades.get(article.id, 0))
            else:
                wrong[article.id] = None
        judgements.append(Judgement(query, dict.fromkeys(articles), articles, wrong, grades=grades))
    return judgements


def write_beir(folder: Path, judgements: Sequence[Judgement], corpus: Iterable[Article]) -> None:
    """Write judged questions and articles as a set that other tools can read; quotes become whole articles.

    Raises:
        NotFound: the folder cannot be written.
    """
    documents = (
        {"_id": article.id, "title": article.title or "", "text": article.text, "lang": article.language}
        for article in corpus
    )
    questions = [judgement.question for judgement in judgements]
    queries = ({"_id": query.id, "text": query.question, "lang": query.language} for query in questions)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in ((CORPUS, documents), (QUERIES, queries)):
            with (folder / name).open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        with (folder / QRELS).open("w", encoding="utf-8") as file:
            file.write("query-id\tcorpus-id\tscore\n")
            for judgement in judgements:
                grades = {article: judgement.grades.get(article, 1) for article in judgement.answers} | {
                    article: 0 for article in judgement.wrong if article not in judgement.answers
                }
                file.writelines(f"{judgement.question.id}\t{article}\t{grade}\n" for article, grade in grades.items())
    except OSError as error:
        raise NotFound(f"{folder} cannot be written ({error.strerror}): choose another folder.") from error


def _grades(folder: Path) -> dict[str, dict[str, int]]:
    path = next((folder / name for name in _QRELS if (folder / name).is_file()), None)
    if path is None:
        raise NotFound(f"There is no {QRELS} in {folder}: write query, document and grade, with tabs between them.")
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(path).splitlines(), 1):
        cells = line.split("\t") if "\t" in line else line.split()
        if not cells:
            continue
        try:
            query, *_, document, grade = cells
            value = int(grade)
        except ValueError as error:
            if number == 1:
                # the names of the columns
                continue
            raise QuestionError(
                f"{path}, line {number} is not a judgement: write query, document and grade."
            ) from error
        grades.setdefault(query, {})[document] = value
    return grades


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            location = f"{path}, line {number}"
            try:
                row = json.loads(line)
                row["_id"], row["text"] = str(row["_id"]), str(row["text"])
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise QuestionError(f'{location} cannot be read: write {{"_id": "…", "text": "…"}}.') from error
            yield row, location


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFound(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not in UTF-8: save it in that encoding.") from error

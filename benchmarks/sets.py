"""Retrieval sets as archives: documents become articles, cut, encoded and indexed as in real use."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from benchmarks.beir import RetrievalSet, read_set
from embeddings.encoder import Encoder
from rag.config import Config
from rag.dense.index import DenseIndex
from rag.dense.token_vectors import TokenStores
from rag.indexing.article_indexer import ArticleIndexer
from rag.indexing.splitting import split
from rag.lexical.index import LexicalIndex
from rag.search.query import ParsedQuestion
from rag.search.searcher import Searcher
from rag.storage.store import Store
from rag.types import Article, Filter

# the language of the documents; the licences of the first five let weights be learnt from them
FREE = {
    "mlqa_de": "de",
    "belebele/de-de": "de",
    "belebele/en-de": "de",
    "belebele/de-en": "en",
    "belebele/en-en": "en",
}
CHECKED = {"qam_de/dev": "de", "wikinews_de": "de", "qa4mre_de": "de"}
# questions in six languages about the same documents
FREE_ACROSS = {f"xquad_dev/{language}-de": "de" for language in ("el", "hi", "ro", "th", "vi", "zh")}
# with gold answers, which marks are fitted on
ANSWERED = {"mlqa_de": "de", "squad2_dev/en": "en"} | FREE_ACROSS
LANGUAGES = FREE | CHECKED | ANSWERED
# archives in two languages: every second document of the first set, the others of the second
MIXED = {
    "belebele/de-mixed": ("belebele/de-de", "belebele/de-en"),
    "belebele/en-mixed": ("belebele/en-de", "belebele/en-en"),
}
NAMES = tuple(dict.fromkeys((*FREE, *CHECKED, *ANSWERED, *MIXED)))
# articles of our own in many languages, with questions
SAMPLE = Path(__file__).parents[1] / "seeds"


@dataclass(frozen=True)
class SearchableSet:
    """A set with what its documents are found with; the path of an article is its document's id."""

    questions: RetrievalSet
    searcher: Searcher

    def judged_queries(self) -> list[tuple[str, ParsedQuestion]]:
        """Return the ids and texts of the judged questions; their quotes and dashes are no operators."""
        queries = self.questions.queries
        return [(query, ParsedQuestion(queries[query], (), ())) for query in self.questions.judgements]

    def articles(self) -> dict[str, str]:
        """Return the id of each document's article."""
        return {
            document(self.searcher.store.article(article_id)): article_id
            for article_id in self.searcher.store.article_ids()
        }

    def only(self, document: str) -> Filter:
        """Return the filter that leaves one document."""
        return Filter(paths=(_path(document),))


def cut_passages(data: Path, name: str, encoder: Encoder) -> list[str]:
    """Return the texts of a set's documents, cut into passages as in real use."""
    passages: list[str] = []
    for _, text in read_set(data / name).documents.values():
        article = Article(id="0" * 12, text=text, language=LANGUAGES[name], path="/", sha256="")
        passages += [passage.text for passage in split(article, encoder.count_tokens, Config())]
    return passages


@contextmanager
def searchable(data: Path, name: str, encoder: Encoder) -> Iterator[SearchableSet]:
    """Open a set of NAMES below the folder `data` in an archive that lasts as long as the block."""
    questions, languages = _read(data, name)
    with tempfile.TemporaryDirectory() as temporary:
        store = Store(Path(temporary) / "archive.sqlite")
        articles = [
            Article(id=f"{number:012x}", text=text, language=languages[document], path=_path(document), sha256="")
            for number, (document, (_, text)) in enumerate(questions.documents.items())
        ]
        keeper = TokenStores(Path(temporary) / "tokens", store)
        keep = keeper.for_encoder(encoder.fingerprint)
        ArticleIndexer(store, encoder, encoder.name, Config(), loaders="benchmark", token_store=keep).index(articles)
        lock = FileLock(Path(temporary) / "lock", timeout=0)
        dense = DenseIndex(Path(temporary) / "dense", store, lock)
        lexical = LexicalIndex(Path(temporary) / "lexical", store, lock)
        yield SearchableSet(questions, Searcher(Path(temporary), store, dense, lexical, encoder, keeper))
        store.close()


def _read(data: Path, name: str) -> tuple[RetrievalSet, dict[str, str]]:
    """Return a set and the language of each of its documents."""
    halves = MIXED.get(name, (name, name))
    first, second = (read_set(data / half) for half in halves)
    take = {document: number % 2 for number, document in enumerate(first.documents)}
    documents = {document: (first, second)[half].documents[document] for document, half in take.items()}
    languages = {document: LANGUAGES[halves[half]] for document, half in take.items()}
    return RetrievalSet(documents, first.queries, first.judgements), languages


def document(article: Article) -> str:
    """Return the id of the document that an article was made of."""
    return article.path.strip("/")


def _path(document: str) -> str:
    return f"/{document}/"


def answers(data: Path, name: str) -> dict[str, list[str]]:
    """Return the gold answers of the questions that have some."""
    rows = [json.loads(line) for line in (data / name / "queries.jsonl").read_text("utf-8").splitlines()]
    return {row["_id"]: row["answers"] for row in rows if row.get("answers")}


def near_misses(data: Path, name: str) -> list[str]:
    """Return the questions about a set's documents that these do not answer."""
    rows = (data / name / "queries_unanswerable.jsonl").read_text("utf-8").splitlines()
    return [json.loads(row)["text"] for row in rows]


def vague(data: Path, name: str) -> set[str]:
    """Return the questions that make no sense without their document ("What does the author think?")."""
    rows = [json.loads(line) for line in (data / name / "queries.jsonl").read_text("utf-8").splitlines()]
    return {row["_id"] for row in rows if row.get("context_dependent")}

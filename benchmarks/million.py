"""What does a large archive on real servers cost: PostgreSQL with articles and tokens, FAISS and Tantivy, or Milvus?

    python -m benchmarks.million fill ARCHIVE postgresql://… [PASSAGES]
    python -m benchmarks.million indexes postgresql://…
    python -m benchmarks.million questions postgresql://… QUESTIONS.jsonl
    python -m benchmarks.million move postgresql://… milvus:http://HOST:19530/NAME QUESTIONS.jsonl

`fill` stores a million passages, if no number is given, by the calls that indexing makes. Their vectors and tokens are
those of 2,500 real texts, two passages of ARCHIVE each, with noise; of every second word, another of as many letters is
drawn. Five passages are an article, of 40 outlets. `indexes` makes the indexes of this computer, `questions` asks one
and 32 at once. `move` takes vectors to Milvus, and compares what is nearest there with all vectors.
Adds to benchmarks/results/million.json what was measured.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.growth import AN_ARTICLE, passage_records, warm, with_noise
from benchmarks.latency import commit, machine
from embeddings.encoder import BUNDLED, open_encoder
from embeddings.types import TokenVectors
from embeddings.vectors.language_neutral import language_neutral
from rag.archive import Archive
from rag.config import Config
from rag.dense.token_vectors import TokenStores, encode_words
from rag.indexing.settle import settle
from rag.indexing.writer import ArticleWriter
from rag.loading.finish import article_id
from rag.loading.reader import READER_VERSION
from rag.storage.articles import ArticleRecord
from rag.storage.file_records import FileFingerprint, FileRecord
from rag.storage.layout import bytes_on_disk
from rag.storage.postgres.opening import open_database
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord
from rag.text.encoder_input import legible
from rag.types import Article

RESULT = Path(__file__).parent / "results" / "million.json"
PASSAGES, TEXTS, OUTLETS, STEPS, TOKENS_AT_A_TIME = 1_000_000, 2_500, 40, 10, 512
QUESTIONS, AT_ONCE, NEAREST = 96, 32, 50
_FIRST_DAY, _DAYS = date(2000, 1, 1), 9_000


def texts_of(archive: Path) -> list[str]:
    """Return texts of the usual length: two passages of an archive of short ones each."""
    with closing(Store(archive / DATABASE)) as store:
        passages = [legible(passage.text) for _, passage in store.passages.sample(2 * TEXTS)]
    return [f"{first} {second}" for first, second in zip(passages[::2], passages[1::2], strict=True)]


class Words:
    """Draws for every second word of a text another one of as many letters, so that tokens stay where they are."""

    def __init__(self, texts: Sequence[str], random: np.random.Generator) -> None:
        self._random = random
        self._parts = [re.split(r"(\s+)", text) for text in texts]
        by_length: dict[int, list[str]] = {}
        for parts in self._parts:
            for word in parts[::2]:
                by_length.setdefault(len(word), []).append(word)
        self._words = {length: np.array(words, object) for length, words in by_length.items()}

    def text(self, number: int) -> str:
        """Return the text of a number with other words."""
        parts = list(self._parts[number])
        for at, share in zip(range(0, len(parts), 2), self._random.random(len(parts)).tolist(), strict=False):
            if share < 0.5:
                words = self._words[len(parts[at])]
                parts[at] = words[int(2 * share * len(words))]
        return "".join(parts)


def articles(texts: Sequence[str], size: int, random: np.random.Generator) -> Iterator[tuple[Article, list[int]]]:
    """Yield articles with the numbers of the real texts that their passages are made of."""
    words = Words(texts, random)
    for number in range(size // AN_ARTICLE):
        of = random.integers(0, len(texts), AN_ARTICLE).tolist()
        path = f"/large/{number // 500:04d}/{number:07d}.txt"
        text = "\n\n".join(map(words.text, of))
        day = _FIRST_DAY + timedelta(number % _DAYS)
        facts: dict[str, Any] = {
            "language": "de",
            "path": path,
            "sha256": f"{number:064x}",
            "source": f"Zeitung {number % OUTLETS}",
        }
        yield Article(id=article_id(path), title=f"Meldung {number:07d}", text=text, published=day, **facts), of


def fill(archive: str, address: str, passages: str = str(PASSAGES)) -> dict[str, Any]:
    """Store articles; return the rate and the memory of the process for each tenth, and the seconds of the rest."""
    size, encoder, random = int(passages), open_encoder(), np.random.default_rng(1)
    texts = texts_of(Path(archive))
    read = [in_article(tokens) for tokens in encode_words(encoder, texts)]
    vectors = np.stack([tokens.pooled for tokens in read])
    steps: list[dict[str, float]] = []
    with closing(Store(open_database(address))) as store:
        keeping = TokenStores(Path(), store).for_encoder(encoder.fingerprint)
        assert keeping is not None
        codes = keeping.encode(read)
        read.clear()
        writer = ArticleWriter(store, encoder, BUNDLED, Config(), loaders=str(READER_VERSION))
        tokens: dict[bytes, bytes] = {}
        seconds, begun, done = 0.0, time.perf_counter(), 0
        for article, of in articles(texts, size, random):
            records = passage_records(article, [len(texts[source]) for source in of])
            noisy = with_noise(vectors[of], random)
            record = ArticleRecord(
                article=article, recipe=writer.recipe, passages=records, bands=random.integers(0, 2**62, 12).tolist()
            )
            by_hash = {record.input_hash: vector for record, vector in zip(records, noisy, strict=True)}
            tokens |= {each.input_hash: codes[source] or b"" for each, source in zip(records, of, strict=True)}
            start = time.perf_counter()
            store.put(record, fingerprint=encoder.fingerprint, vectors=by_hash)
            file = FileRecord(article.path, FileFingerprint(article.sha256), writer.recipe, 1)
            store.finish_file(file, [article.id])
            if len(tokens) >= TOKENS_AT_A_TIME:
                keeping.cache.put(tokens)
                tokens = {}
            seconds += time.perf_counter() - start
            done += len(of)
            if done * STEPS // size > len(steps):
                memory = psutil.Process().memory_info().rss
                steps.append({"passages a second": round(size / STEPS / seconds), "MB": round(memory / 1e6)})
                print(steps[-1], round(time.perf_counter() - begun), flush=True)
                seconds = 0.0
        keeping.cache.put(tokens)
        rest = {}
        last: dict[str, Callable[[], object]] = {
            "encoder": lambda: store.vectors.set_encoder(EncoderRecord(BUNDLED, encoder.fingerprint, encoder.dim)),
            "tokens": lambda: keeping.cache.set_complete(store.changes.state),
            "tested": store.vectors.set_tested,
            "settling": lambda: settle(store, writer),
        }
        for name, work in last.items():
            start = time.perf_counter()
            work()
            rest[name] = round(time.perf_counter() - start, 1)
            print(name, rest[name], flush=True)
        rest["MB"] = round(psutil.Process().memory_info().rss / 1e6)
        sizes = store.database.rows(
            "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace AND pg_total_relation_size(oid) > 1e7"
        )
        writer.__exit__(None, None, None)
    return {
        "passages": size,
        "steps": steps,
        "afterwards, s": rest,
        "bytes of tables, indexes": {n: s for n, *s in sizes},
    }


def in_article(tokens: TokenVectors) -> TokenVectors:
    """Return the tokens of a text as those of a passage, which the encoder reads after the headline."""
    return TokenVectors(tokens.vectors, tokens.spans + len("Meldung 0000000\n"), tokens.pooled)


def indexes(address: str) -> dict[str, Any]:
    """Make the indexes of this computer; return seconds, bytes and the memory of the process."""
    figures: dict[str, Any] = {}
    with Archive.open(address, create=False) as archive:
        dense, words = archive._dense, archive._lexical
        parts: dict[str, Callable[[], object]] = {
            "vectors": dense.catch_up, "groups": dense.speed_up, "words": words.catch_up
        }  # fmt: skip
        for name, work in parts.items():
            start = time.perf_counter()
            work()
            memory = psutil.Process().memory_info().rss
            figures[name] = {"s": round(time.perf_counter() - start, 1), "MB": round(memory / 1e6)}
            print(name, figures[name], flush=True)
        return figures | {"bytes": bytes_on_disk(archive.folder), "recall": dense.recall}


def read_questions(file: str) -> list[str]:
    """Return different questions."""
    lines = Path(file).read_text("utf-8").splitlines()
    return list(dict.fromkeys(json.loads(line)["text"] for line in lines))[:QUESTIONS]


def questions(address: str, file: str) -> dict[str, Any]:
    """Ask; return milliseconds, and answers a second."""
    asked = read_questions(file)
    figures: dict[str, Any] = {}
    with Archive.open(address, create=False) as archive:
        start = time.perf_counter()
        archive.warm_up()
        figures["opened, s"] = round(time.perf_counter() - start, 1)
        for fast in (True, False):
            for at_once in (1, AT_ONCE):
                name = f"{'fast' if fast else 're-ranked'}, {at_once} at once"
                figures[name] = warm(archive, asked, fast=fast, at_once=at_once)
                print(name, figures[name], flush=True)
        figures["MB"] = round(psutil.Process().memory_info().rss / 1e6)
    return figures


def move(address: str, milvus: str, file: str) -> dict[str, Any]:
    """Take the vectors to Milvus; return the seconds, and which share of the nearest vectors it finds."""
    asked = read_questions(file)
    start = time.perf_counter()
    with Archive.open(address, create=False, vectors_at=milvus) as archive:
        archive._dense.catch_up()
        figures: dict[str, Any] = {"written, s": round(time.perf_counter() - start, 1)}
        print(figures, flush=True)
        encoder, store = archive.encoder, archive._store
        neutral = language_neutral(encoder.fingerprint)
        texts = neutral.project(encoder.token_vectors(asked, "query"), "query")
        queries = np.stack([text.pooled for text in texts])
        best: tuple[Any, Any] = np.zeros((len(asked), 0)), np.zeros((len(asked), 0), np.int64)
        record = store.vectors.encoder
        assert record is not None
        for batch in store.changes.vectors_since(0, record):
            if not len(batch.added):
                continue
            scores = queries @ neutral.project_texts(batch.vectors.astype(np.float32), "passage").T
            scores = np.hstack([best[0], scores])
            ids = np.hstack([best[1], np.broadcast_to(batch.added, (len(asked), len(batch.added)))])
            nearest = np.argsort(-scores, axis=1)[:, :NEAREST]
            best = np.take_along_axis(scores, nearest, 1), np.take_along_axis(ids, nearest, 1)
        for seconds in (0, 60):
            time.sleep(seconds)
            took, shares = [], []
            for query, ids in zip(queries, best[1], strict=True):
                start = time.perf_counter()
                hits = archive._dense.search(query, NEAREST)
                took.append(1000 * (time.perf_counter() - start))
                shares.append(np.isin(ids, [hit.id for hit in hits]).mean())
            figures[f"after {seconds} s"] = {
                "recall at 50": round(float(np.mean(shares)), 4),
                "ms": round(float(np.median(took)), 1),
            }
            print(figures, flush=True)
    return figures


def main(step: str, *arguments: str) -> None:
    """Do a step, and write its result."""
    steps: dict[str, Callable[..., dict[str, Any]]] = {
        "fill": fill, "indexes": indexes, "questions": questions, "move": move
    }  # fmt: skip
    figures = {"commit": commit(), "date": date.today().isoformat(), "machine": machine()} | steps[step](*arguments)
    print(json.dumps(figures, indent=1))
    result = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(result | {step: figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

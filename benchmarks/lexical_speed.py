"""How long does the index of words take for a question in a large archive?

    python -m benchmarks.lexical_speed DATA [PASSAGES]

Builds an archive of 400,000 passages in a temporary folder. They are the German texts of the sets in DATA, over and
over, each time with a third of the words replaced by others in their frequency, and one in fifty by a word that is
nowhere else, as in real archives. Asks the sets' own questions. Writes benchmarks/results/lexical_speed.json.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock

from benchmarks.latency import machine, percentiles
from rag.lexical.index import LexicalIndex
from rag.lexical.query import LexicalQuery
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.store import Store
from rag.storage.vectors import input_hash
from rag.types import Article, passage_at

ROOT = Path(__file__).parent.parent
CORPORA = ("mlqa_de", "belebele/de-de", "wikinews_de", "qam_de/dev", "gnad10k")
QUESTIONS = ("mlqa_de", "belebele/de-de", "qam_de/dev")
PASSAGE_WORDS = 100
ARTICLE_PASSAGES = 50
QUESTIONS_ASKED = 1000


def texts(data: Path, names: tuple[str, ...], file: str) -> list[str]:
    """Return the texts of one file of several sets."""
    return [json.loads(line)["text"] for name in names for line in (data / name / file).open(encoding="utf-8")]


def passages(data: Path) -> Iterator[str]:
    """Yield passages without end, no two the same."""
    chance = random.Random(0)  # noqa: S311
    words = " ".join(texts(data, CORPORA, "corpus.jsonl")).split()
    number = 0
    while True:
        for start in range(0, len(words) - PASSAGE_WORDS, PASSAGE_WORDS):
            passage = words[start : start + PASSAGE_WORDS]
            for position in range(PASSAGE_WORDS):
                if chance.random() < 1 / 3:
                    passage[position] = chance.choice(words)
                if chance.random() < 1 / 50:
                    number += 1
                    passage[position] = f"{chance.choice(words)}{number:x}"
            yield " ".join(passage)


def fill(store: Store, data: Path, count: int) -> None:
    """Store so many passages; their vectors do not matter here."""
    source = passages(data)
    nothing = np.zeros(1, np.float16)
    for number in range(0, count, ARTICLE_PASSAGES):
        parts = [next(source) for _ in range(min(ARTICLE_PASSAGES, count - number))]
        article = Article(id=f"{number:012x}", text="\n".join(parts), language="de", path=str(number), sha256="")
        cuts, start = [], 0
        for part in parts:
            cuts.append(passage_at(article, start, start + len(part)))
            start += len(part) + 1
        records = [PassageRecord(passage, input_hash(passage.text)) for passage in cuts]
        vectors = dict.fromkeys((record.input_hash for record in records), nothing)
        store.put(ArticleRecord(article=article, passages=records), fingerprint="", vectors=vectors)


def timed(run: Callable[[], object]) -> float:
    """Return milliseconds."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    data = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 400_000
    chance = random.Random(1)  # noqa: S311
    questions = chance.sample(texts(data, QUESTIONS, "queries.jsonl"), QUESTIONS_ASKED)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        store = Store(folder / "archive.sqlite")
        fill(store, data, count)
        lock = FileLock(folder / "lock", timeout=0)
        build = timed(LexicalIndex(folder / "lexical", store, lock).catch_up)
        index = LexicalIndex(folder / "lexical", store, lock)
        open_ms = timed(index.catch_up)
        view = index.catch_up()
        keys = np.array(
            sorted({key for question in questions for key, _ in view.search(view.analyse(question), 1000)}), np.int64
        )
        steps: dict[str, Callable[[LexicalQuery, list[int]], object]] = {
            "search_100": lambda query, _: view.search(query, 100),
            "search_10": lambda query, _: view.search(query, 10),
            "scores_100": lambda query, some: view.scores(query, np.array(some, np.int64)),
            "search_100_of_1000": lambda query, _: view.search(query, 100, keys[:1000]),
            "search_100_of_5000": lambda query, _: view.search(query, 100, keys[:5000]),
            "search_100_of_50000": lambda query, _: view.search(query, 100, keys[:50_000]),
            "matched": lambda query, _: view.matches(query, "Ein Satz über Bundesligavereine. " * 20, "de"),
        }
        queries = [view.analyse(question) for question in questions]
        some = [chance.sample(keys.tolist(), min(100, len(keys))) for _ in queries]
        milliseconds = {
            "analyse": percentiles([timed(lambda question=question: view.analyse(question)) for question in questions])
        }
        for name, step in steps.items():
            milliseconds[name] = percentiles(
                [timed(lambda step=step, a=a, b=b: step(a, b)) for a, b in zip(queries, some, strict=True)]
            )
        milliseconds["containing_rare"] = percentiles([timed(lambda: view.containing("Bundesliga")) for _ in range(20)])
        milliseconds["containing_common"] = percentiles([timed(lambda: view.containing("in der")) for _ in range(20)])
        article = Article(
            id="f" * 12, text="Ein neuer Artikel über Zwölfspindelpumpen.", language="de", path="new", sha256=""
        )
        passage = passage_at(article, 0, len(article.text))
        record = ArticleRecord(article=article, passages=[PassageRecord(passage, b"new")])
        store.put(record, fingerprint="", vectors={b"new": np.zeros(1, np.float16)})
        caught_up = timed(index.catch_up)
        size = sum(path.stat().st_size for path in (folder / "lexical").rglob("*") if path.is_file())
    result = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "passages": count,
        "words_a_passage": PASSAGE_WORDS,
        "build_passages_per_second": round(count / build * 1000),
        "open_ms": round(open_ms),
        "catch_up_one_article_ms": round(caught_up),
        "megabytes": round(size / 1e6),
        "milliseconds": milliseconds,
    }
    text = json.dumps(result, indent=2)
    (ROOT / "benchmarks" / "results" / "lexical_speed.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

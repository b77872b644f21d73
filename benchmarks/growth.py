"""What do asking and changing cost in archives of 1,000 to 1,000,000 passages?

    python -m benchmarks.growth DATA [PASSAGES …]

DATA is a folder with wikinews_de in BEIR layout, whose passages, vectors and kept tokens are real; an archive of many
passages repeats them, each copy of a vector with noise (cosine to the real one about .95). An article has five
passages and a title of its own. At most 10,000 articles have a file in the folder that is indexed again; the others
stand for other folders.

For each size: how long the indexes of vectors and words take to be made, and the groups of a large one; a question in
a new process; questions in a warm process, alone and eight at once; indexing the folder again without a change, with
a sentence added to one article, and with 1% of all passages deleted. Time in seconds or milliseconds, memory as the
peak of the process, mapped files included.
Adds to benchmarks/results/growth.json what was measured.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from benchmarks.latency import commit, machine, percentiles
from benchmarks.sets import cut_passages
from embeddings.encoder import BUNDLED, Encoder, open_encoder
from embeddings.types import HalfVectors, TokenVectors, Vectors
from rag.archive import Archive
from rag.config import Config
from rag.dense.index import DenseIndex
from rag.dense.token_vectors import TokenStores, encode_words
from rag.indexing.writer import ArticleWriter
from rag.lexical.index import LexicalIndex
from rag.loading.finish import article_id
from rag.loading.reader import READER_VERSION
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.file_records import FileFingerprint, FileRecord
from rag.storage.layout import DENSE, LEXICAL, TOKENS, bytes_on_disk, make_archive_folder
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord, input_hash
from rag.text.encoder_input import encoder_input
from rag.types import Article, passage_at

RESULT = Path(__file__).parent / "results" / "growth.json"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
AN_ARTICLE, MOST_FILES = 5, 10_000
AT_A_TIME = 5_000
NOISE = 0.33
QUESTIONS, AT_ONCE = 60, 8
CLI = [sys.executable, "-c", "from rag.cli.app import main; main()"]


def articles(size: int, texts: Sequence[str], files: Path) -> Iterator[tuple[Article, list[int]]]:
    """Yield articles with the numbers of the real passages that they are made of."""
    random = np.random.default_rng(size)
    for number in range(size // AN_ARTICLE):
        of = random.integers(0, len(texts), AN_ARTICLE).tolist()
        folder = files if number < MOST_FILES else files.with_name("elsewhere")
        path = folder / f"{number // 500:04d}" / f"{number:07d}.txt"
        text = "\n\n".join(texts[number] for number in of)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        name = path.as_posix()
        yield (
            Article(id=article_id(name), title=f"Meldung {number}", text=text, language="de", path=name, sha256=sha256),
            of,
        )


def passage_records(article: Article, lengths: Sequence[int]) -> list[PassageRecord]:
    """Return the passages of an article that is made of texts of these lengths, with a blank line between them."""
    records, at = [], 0
    for length in lengths:
        passage = passage_at(article, at, at + length)
        records.append(PassageRecord(passage, input_hash(encoder_input(article, passage))))
        at += length + 2
    return records


def with_noise(vectors: Vectors, random: np.random.Generator) -> HalfVectors:
    """Return vectors, of shape (texts, dim), that are as far from these as one text is from a similar one."""
    noise = random.standard_normal(vectors.shape, dtype=np.float32) * NOISE / vectors.shape[1] ** 0.5
    noisy = vectors + noise
    return (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float16)


def make(
    folder: Path, files: Path, size: int, encoder: Encoder, texts: Sequence[str], *, read: Sequence[TokenVectors]
) -> float:
    """Make an archive of so many passages with files of its first articles; return the seconds that storing took.

    `read` has the tokens of each text, or of another of the same length.
    """
    vectors = np.stack([text.pooled for text in read])
    make_archive_folder(folder)
    store = Store(folder / DATABASE)
    keeper = TokenStores(folder / TOKENS, store)
    keeping = keeper.for_encoder(encoder.fingerprint)
    assert keeping is not None
    codes = keeping.encode(read)
    tokens: dict[bytes, bytes] = {}
    recipe = ArticleWriter(store, encoder, BUNDLED, Config(), loaders=str(READER_VERSION)).recipe
    random = np.random.default_rng(1)
    start = time.perf_counter()
    for number, (article, of) in enumerate(articles(size, texts, files)):
        passages = passage_records(article, [len(texts[source]) for source in of])
        noisy = with_noise(vectors[of], random)
        of_hashes = {passage.input_hash: vector for passage, vector in zip(passages, noisy, strict=True)}
        record = ArticleRecord(article=article, recipe=recipe, passages=passages)
        store.put(record, fingerprint=encoder.fingerprint, vectors=of_hashes)
        store.finish_file(FileRecord(article.path, FileFingerprint(article.sha256), recipe, 1), [article.id])
        tokens |= {
            passage.input_hash: code for passage, source in zip(passages, of, strict=True) if (code := codes[source])
        }
        if len(tokens) >= AT_A_TIME:
            keeping.cache.put(tokens)
            tokens = {}
        if number < MOST_FILES:
            path = Path(article.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(article.text, encoding="utf-8")
    store.vectors.set_encoder(EncoderRecord(BUNDLED, encoder.fingerprint, encoder.dim))
    keeping.cache.put(tokens)
    keeping.cache.set_complete(store.changes.state)
    keeper.close()
    store.recurring_lines.settle()
    store.facts.set_settled()
    seconds = time.perf_counter() - start
    store.close()
    return seconds


def views(folder: Path) -> dict[str, float]:
    """Return the seconds that it takes to make the indexes of vectors, its groups, and the index of words."""
    store, lock = Store(folder / DATABASE), FileLock(folder / "benchmark.lock", timeout=0)
    dense, words = DenseIndex(folder / DENSE, store, lock), LexicalIndex(folder / LEXICAL, store, lock)
    seconds = {}
    for name, work in {"vectors": dense.catch_up, "groups": dense.speed_up, "words": words.catch_up}.items():
        start = time.perf_counter()
        work()
        seconds[name] = round(time.perf_counter() - start, 1)
    store.close()
    return seconds


def process(*arguments: str, rounds: int = 1, before: Callable[[], object] = lambda: None) -> dict[str, float]:
    """Return the median seconds of a command and its greatest peak of memory in MB; `before` is done before each."""
    durations, peaks = [], [0]
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        with subprocess.Popen([*CLI, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            while running.poll() is None:
                peaks.append(_peak(running.pid))
                time.sleep(0.01)
        durations.append(time.perf_counter() - start)
        if running.returncode:
            raise RuntimeError(f"{arguments} ended with {running.returncode}.")
    return {"seconds": round(statistics.median(durations), 2), "peak MB": round(max(peaks) / 1000)}


def _peak(process: int) -> int:
    """Return the most memory that a process has had, in kilobytes; the system counts its parent's to a child."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def warm(archive: Archive, questions: Sequence[str], *, fast: bool, at_once: int = 1) -> dict[str, float]:
    """Return milliseconds of questions, so many at once, and how many are answered in a second."""

    def ask(question: str) -> float:
        start = time.perf_counter()
        archive.ask(question, fast=fast)
        return (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(ask, questions[: 2 * at_once]))
        start = time.perf_counter()
        durations = list(pool.map(ask, questions))
        seconds = time.perf_counter() - start
    return percentiles(durations) | {"a second": round(len(durations) / seconds, 1)}


def measure(folder: Path, files: Path, size: int, questions: Sequence[str]) -> dict[str, Any]:
    """Return what an archive costs to ask and to change."""
    figures: dict[str, Any] = {"views": views(folder), "bytes": bytes_on_disk(folder)}
    at = ("--archive", str(folder))
    figures["cold"] = process("ask", questions[0], *at, rounds=3)
    figures["cold, fast"] = process("ask", questions[0], "--fast", *at, rounds=3)
    with Archive.open(folder, create=False) as archive:
        archive.warm_up()
        for fast in (True, False):
            name = "fast" if fast else "re-ranked"
            figures[name] = warm(archive, questions, fast=fast)
            figures[f"{name}, {AT_ONCE} at once"] = warm(archive, questions, fast=fast, at_once=AT_ONCE)
    figures["unchanged"] = process("index", str(files), *at, rounds=3)
    paths = sorted(files.rglob("*.txt"))

    def change() -> None:
        with paths[0].open("a", encoding="utf-8") as file:
            file.write("\n\nEin Satz ist dazugekommen.")

    # its passages were put together, not cut: the first change has all of them cut, the others what they change
    process("index", str(files), *at, before=change)
    figures["one changed"] = process("index", str(files), *at, rounds=3, before=change)
    for path in paths[1 : 1 + size // AN_ARTICLE // 100]:
        path.unlink()
    figures["1% deleted"] = process("index", str(files), *at)
    return figures


def main(data: Path, sizes: Sequence[int]) -> None:
    encoder = open_encoder()
    texts = cut_passages(data, "wikinews_de", encoder)
    queries = (data / "wikinews_de" / "queries.jsonl").read_text("utf-8").splitlines()[:QUESTIONS]
    questions = [json.loads(line)["text"] for line in queries]
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder, files = Path(temporary) / "archive", Path(temporary) / "files"
            stored = make(folder, files, size, encoder, texts, read=encode_words(encoder, texts))
            figures = {"stored in": round(stored, 1)} | measure(folder, files, size, questions)
        print(size, json.dumps(figures), flush=True)
        result = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
        about = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit()}
        result[str(size)] = about | figures
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]] or SIZES)

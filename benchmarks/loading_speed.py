"""How quickly are files read, before anything is encoded?

    python -m benchmarks.loading_speed DATA

DATA holds `pages` as for benchmarks.extraction, `gnad10k` and `hipe2022_de` (corpus.jsonl). Measured are

- `html`: saved pages of the web to articles, one after the other in one process, and by the workers that indexing uses
- `pdf`: a PDF of 500 pages to an article, made by ReportLab of the texts of gnad10k
- `ocr`: the newspaper pages of hipe2022_de, up to 133,000 characters long, to articles and on to passages

CPU seconds are those of all processes; they say what one core does, whatever else the machine is busy with. Writes
benchmarks/results/loading_speed.json.
"""

from __future__ import annotations

import gzip
import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from benchmarks.latency import commit, machine
from embeddings.encoder import open_encoder
from rag.config import Config
from rag.errors import LoadError
from rag.indexing.splitting import split
from rag.loading.isolation.pool import Workers
from rag.loading.reader import Piece, articles_in, load, pieces
from rag.types import Article

RESULT = Path(__file__).parent / "results" / "loading_speed.json"
PDF_PAGES = 500
_WARM = 20


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return what a function returns, and the seconds that it took: of the clock, and of all cores."""
    start, cpu_start = time.perf_counter(), _cpu()
    result = work()
    return result, {"seconds": round(time.perf_counter() - start, 2), "cpu seconds": round(_cpu() - cpu_start, 2)}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def html(data: Path, folder: Path) -> dict[str, Any]:
    """Return how many pages are read in a second."""
    files = []
    for packed in sorted(data.glob("*/*.html.gz")):
        files.append(folder / packed.name.removesuffix(".gz"))
        files[-1].write_bytes(gzip.decompress(packed.read_bytes()))

    def one_by_one(some: list[Path]) -> None:
        for file in some:
            with suppress(LoadError):
                load(file, file.read_bytes())

    def by_workers() -> int:
        with Workers() as workers:
            results = [articles for _, articles in workers.map(articles_in, _parts(files))]
        return sum(
            isinstance(article, Article) for articles in results if isinstance(articles, list) for article in articles
        )

    one_by_one(files[:_WARM])
    _, alone = timed(lambda: one_by_one(files))
    articles, together = timed(by_workers)
    for figures in (alone, together):
        figures["pages a second"] = round(len(files) / figures["seconds"], 1)
        figures["pages a cpu second"] = round(len(files) / figures["cpu seconds"], 1)
    together["cores used"] = round(together["cpu seconds"] / together["seconds"], 2)
    return {"pages": len(files), "articles": articles, "one process": alone, "workers": together}


def pdf(data: Path, folder: Path) -> dict[str, Any]:
    """Return how long a long document takes."""
    file = folder / "long.pdf"
    file.write_bytes(_document([row["text"] for row in _corpus(data)]))
    articles_in(next(pieces(file, "")))
    (article,), figures = timed(lambda: articles_in(next(pieces(file, ""))))
    if not isinstance(article, Article):
        raise TypeError(article)
    return {"pages": len(article.pages), "letters": len(article.text), "megabytes": _megabytes(file), **figures}


def _document(texts: list[str]) -> bytes:
    """Return a PDF of so many pages, with as much text on each as fits."""
    style = getSampleStyleSheet()["BodyText"]
    buffer = io.BytesIO()
    story: list[Any] = []
    for text in texts[:PDF_PAGES]:
        shown = text[:4000].replace("&", "und").replace("<", "")
        story += [*(Paragraph(part, style) for part in (shown[:1500], shown[1500:]) if part), PageBreak()]
    SimpleDocTemplate(buffer, pagesize=A4).build(story)
    return buffer.getvalue()


def ocr(data: Path) -> dict[str, Any]:
    """Return how long pages read by a machine take, and into what passages they are cut."""
    file = data / "corpus.jsonl"
    encoder = open_encoder()

    def read() -> list[Article]:
        return [article for part in _parts([file]) for article in articles_in(part) if isinstance(article, Article)]

    articles, reading = timed(read)
    cut, cutting = timed(lambda: [split(article, encoder.count_tokens, Config()) for article in articles])
    passages = [passage.text for of_one in cut for passage in of_one]
    return {
        "articles": len(articles),
        "longest article in letters": max(len(article.text) for article in articles),
        "passages": len(passages),
        "longest passage in letters": max(map(len, passages)),
        "longest passage in tokens": max(encoder.count_tokens(passages)),
        "reading": reading,
        "cutting": cutting,
    }


def _parts(files: list[Path]) -> Iterator[Piece]:
    for file in files:
        yield from pieces(file, "")


def _corpus(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]


def _megabytes(file: Path) -> float:
    return round(file.stat().st_size / 1e6, 1)


def main(data: Path) -> None:
    result: dict[str, Any] = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit()}
    with tempfile.TemporaryDirectory() as folder:
        result["html"] = html(data / "pages", Path(folder))
        result["pdf"] = pdf(data / "gnad10k", Path(folder))
    result["ocr"] = ocr(data / "hipe2022_de")
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

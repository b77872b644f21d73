"""How much of a saved page is the article, and are headline, date and author right?

    pip install inscriptis
    python -m benchmarks.extraction DATA

DATA is a folder with `trafilatura` (pages with segments that the article must hold, `with`, or must not, `without`, and
segments of readers' `comments`) and `fundus` (pages with their whole text), each with gzipped pages and gold.jsonl.

Segments are counted as trafilatura's own evaluation does: found where they should be is right, found where they should
not be is wrong; precision, recall and F1 over all segments (Barbaresi, 2021). Whole texts are compared by their words,
each counted as often as it stands there, F1 in the mean over pages. Headlines are compared without regard to case,
quotes and the name of the outlet behind them. Rows:

- `html`: our loader, pages as they are
- `trafilatura`: its own extraction with its usual options, comments left out
- `text`: our loader, the same pages as plain text, made by inscriptis, as a person saves a page
- `text, whole`: that text as it is

Writes benchmarks/results/extraction.json and prints a table.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from inscriptis import get_text
from trafilatura import bare_extraction
from trafilatura.utils import decode_file

from benchmarks.latency import commit, machine
from rag.errors import LoadError
from rag.evaluation.measures.statistics import bootstrap
from rag.loading.common.draft import Block, Draft, iso_or_german_day
from rag.loading.common.normalization import normalise
from rag.loading.plain_text.text import load_text
from rag.loading.web.html import load_html

_RESAMPLES = 2000
RESULT = Path(__file__).parent / "results" / "extraction.json"
_QUOTES = re.compile(r"[\"'„“”‚‘’«»‹›]")
_OUTLET = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,40}$")

_BETWEEN_NAMES = frozenset({"und", "and", "et", "y", "e", "by", "von", "par"})

Read = Callable[[bytes], Draft]


@dataclass(frozen=True)
class Page:
    """A saved page and what is known of it."""

    raw: bytes
    gold: dict[str, Any]


def pages(folder: Path) -> list[Page]:
    """Return the pages of a folder."""
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    return [Page(gzip.decompress((folder / row["file"]).read_bytes()), row) for row in rows]


def trafilatura_alone(raw: bytes) -> Draft:
    """Read a page by trafilatura, without anything of ours."""
    extracted = bare_extraction(raw, include_comments=False, with_metadata=True)
    if extracted is None:
        return Draft(())
    day = iso_or_german_day(extracted.date) if extracted.date else None
    return Draft((Block(extracted.text or ""),), title=extracted.title, author=extracted.author, published=day)


def as_text(raw: bytes) -> bytes:
    """Return a page as the plain text that a browser would save."""
    return get_text(decode_file(raw).replace("\0", "")).encode()


def whole_text(raw: bytes) -> Draft:
    """Return the text as it is."""
    return Draft((Block(raw.decode()),))


def _loaded(load: Read, raw: bytes) -> Draft:
    try:
        return load(raw)
    except LoadError:
        return Draft(())


def flat(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(normalise(text).split())


def segments(drafts: Sequence[Draft], pages: Sequence[Page]) -> dict[str, Any]:
    """Return precision, recall and F1 of segments, with intervals over pages, and how many comments are in articles."""
    kinds = ("with", "without", "comments")
    counts = np.zeros((len(pages), 4))
    for number, (draft, page) in enumerate(zip(drafts, pages, strict=True)):
        text = flat(draft.text)
        counts[number, :3] = [sum(flat(segment) in text for segment in page.gold[kind]) for kind in kinds]
        counts[number, 3] = len(page.gold["with"])
    random = np.random.default_rng(0)
    samples = random.integers(len(pages), size=(_RESAMPLES, len(pages)))
    resampled = _rates(counts[samples].sum(axis=1))
    low, high = np.percentile(resampled, [2.5, 97.5], axis=1)
    rates = zip(("precision", "recall", "f1"), _rates(counts.sum(axis=0)), low, high, strict=True)
    return {
        **{name: [round(float(value), 4) for value in values] for name, *values in rates},
        "comments": int(counts[:, 2].sum()),
        "all comments": sum(len(page.gold["comments"]) for page in pages),
    }


def _rates(counts: np.ndarray) -> np.ndarray:
    """Precision, recall and F1 of counts, of which the last axis holds with, without, comments, all with."""
    right, wrong, _, expected = np.moveaxis(counts, -1, 0)
    precision, recall = right / np.maximum(1, right + wrong), right / np.maximum(1, expected)
    return np.array([precision, recall, 2 * precision * recall / np.maximum(1e-9, precision + recall)])


def texts(drafts: Sequence[Draft], pages: Sequence[Page]) -> list[float]:
    """Return the F1 of words of each page."""
    return [_words_f1(draft.text, page.gold["text"]) for draft, page in zip(drafts, pages, strict=True)]


def _words_f1(extracted: str, truth: str) -> float:
    extracted_words, true_words = (Counter(re.findall(r"\w+", flat(text).casefold())) for text in (extracted, truth))
    common = (extracted_words & true_words).total()
    return 2 * common / max(1, extracted_words.total() + true_words.total())


def metadata(drafts: Sequence[Draft], pages: Sequence[Page]) -> dict[str, list[float]]:
    """Return for each page that states it whether headline, day and author are right."""
    right: dict[str, list[float]] = {"title": [], "date": [], "author": []}
    for draft, page in zip(drafts, pages, strict=True):
        gold = page.gold
        if gold.get("title"):
            right["title"].append(float(_headline(draft.title or "") == _headline(gold["title"])))
        if gold.get("date"):
            right["date"].append(float(draft.published == iso_or_german_day(gold["date"])))
        if gold.get("authors"):
            right["author"].append(float(_names(draft.author or "") == _names(" ".join(gold["authors"]))))
    return right


def _headline(title: str) -> str:
    plain = _QUOTES.sub("", flat(title)).casefold()
    return " ".join(_OUTLET.sub("", plain).split())


def _names(names: str) -> frozenset[str]:
    """Return the words of names, without accents and small words between them."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", names) if not unicodedata.combining(letter))
    return frozenset(re.findall(r"\w+", plain.casefold())) - _BETWEEN_NAMES


def measured(folder: Path, name: str) -> dict[str, Any]:
    """Return the figures of all rows over one folder of pages."""
    saved = pages(folder)
    plain = [as_text(page.raw) for page in saved]
    rows: dict[str, tuple[Read, Sequence[bytes]]] = {
        "html": (load_html, [page.raw for page in saved]),
        "trafilatura": (trafilatura_alone, [page.raw for page in saved]),
        "text": (load_text, plain),
        "text, whole": (whole_text, plain),
    }
    result: dict[str, Any] = {}
    for row, (load, raws) in rows.items():
        start = time.perf_counter()
        drafts = [_loaded(load, raw) for raw in raws]
        figures: dict[str, Any] = {"pages a second": round(len(raws) / (time.perf_counter() - start), 1)}
        if name == "trafilatura":
            figures |= segments(drafts, saved)
        else:
            figures["text"] = _interval(texts(drafts, saved))
        figures |= {key: _interval(values) for key, values in metadata(drafts, saved).items()}
        result[row] = figures
        print(f"{name:<12} {row:<12} {json.dumps(figures)}", flush=True)
    return result


def _interval(values: Sequence[float]) -> list[float]:
    interval = bootstrap(values)
    return [round(value, 4) for value in (interval.mean, interval.low, interval.high)]


def main(data: Path) -> None:
    result: dict[str, Any] = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "commit": commit()}
    result |= {name: measured(data / name, name) for name in ("trafilatura", "fundus")}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

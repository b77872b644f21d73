"""Times a page of the library in an archive of a million articles: `python -m benchmarks.library_speed [ARTICLES]`.

The articles have made-up facts and a short text each, and are inserted by SQL. Nothing is encoded.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.latency import machine
from rag.storage.library import Library
from rag.storage.listing import FILL_LISTING
from rag.storage.sqlite_database import SqliteDatabase
from rag.types import Filter
from rag.types.library import SORT_FACTS, LibraryQuery

RESULT = Path(__file__).parent / "results" / "library_speed.json"
_TOPICS = ("Hafen", "Brücke", "Schule", "Wahl", "Deich", "Markt", "Theater", "Bahn", "Klinik", "Museum", "Fähre")
_PLACES = [f"{stem}{ending}" for stem in ("Alt", "Neu", "Ober", "Unter") for ending in ("moor", "fleth", "au")]
_ACTS = ("öffnet", "schließt", "bleibt", "wächst", "brennt", "streitet", "feiert", "plant", "verliert", "gewinnt")
_LANGUAGES = ("de", "de", "de", "de", "de", "en", "en", "fr", "uk", "ar")


def facts(count: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows of made-up articles: outlets that existed for some years, authors of an outlet."""
    draw = random.Random(20)  # noqa: S311
    first = date(1990, 1, 1)
    for number in range(count):
        outlet = draw.randrange(300)
        day = first + timedelta(days=draw.randrange(outlet * 20, outlet * 20 + 7000))
        headline = (
            f"{draw.choice(_TOPICS)} {draw.choice(_PLACES)} {draw.choice(_ACTS)}: {draw.choice(_TOPICS)} {number}"
        )
        yield (
            f"{number:012x}",
            f"/archive/{outlet}/{number}.txt",
            headline,
            "Ein kurzer Text." * 20,
            _LANGUAGES[outlet % len(_LANGUAGES)],
            f"{draw.choice(_PLACES)} Zeitung {outlet}" if draw.random() < 0.98 else None,
            f"Autorin {outlet * 40 + draw.randrange(40)}" if draw.random() < 0.8 else None,
            day.isoformat() if draw.random() < 0.97 else None,
            (first + timedelta(seconds=number * 7)).isoformat() + "T00:00:00+00:00",
        )


def fill(database: SqliteDatabase, count: int) -> None:
    """Store the articles and list them."""
    with database.transaction() as (connection, _):
        connection.executemany(
            "INSERT INTO articles (id, path, sha256, recipe, title, text, language, source, author, published, added, "
            "file) VALUES (?1, ?2, '', '', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?2)",
            facts(count),
        )
        for statement in FILL_LISTING.split(";"):
            connection.execute(statement)


def queries() -> Iterator[tuple[str, LibraryQuery]]:
    """Yield queries with their names: every sort order, with much, little and nothing that fits."""
    filters = {
        "all": LibraryQuery(),
        "one outlet": LibraryQuery(filter=Filter(sources=("Zeitung 299",))),
        "outlets of a place": LibraryQuery(filter=Filter(sources=("Altmoor",))),
        "an author": LibraryQuery(filter=Filter(authors=("Autorin 4711",))),
        "a language": LibraryQuery(filter=Filter(languages=("ar",))),
        "a year": LibraryQuery(filter=Filter(since=date(2012, 1, 1), until=date(2012, 12, 31))),
        "a day": LibraryQuery(filter=Filter(since=date(2012, 5, 1), until=date(2012, 5, 1))),
        "duplicates": LibraryQuery(state="duplicate"),
        "common word": LibraryQuery(search="hafen"),
        "rare word": LibraryQuery(search="999999"),
        "no such word": LibraryQuery(search="xyzzy"),
        "words and filters": LibraryQuery(
            search="deich moor", filter=Filter(since=date(2010, 1, 1), languages=("de",))
        ),
    }
    for name, query in filters.items():
        for sort in SORT_FACTS:
            for descending in (False, True):
                direction = "descending" if descending else "ascending"
                changed = LibraryQuery(query.search, query.filter, query.state, sort, descending)
                yield f"{name}, by {sort} {direction}", changed
    for page in (2, 100, 10_000, 20_000):
        yield f"page {page}", LibraryQuery(page=page)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that work takes: of the processor, which others do not lengthen, and on the wall."""
    start, started = time.process_time(), time.perf_counter()
    work()
    return (time.process_time() - start) * 1000, (time.perf_counter() - started) * 1000


def summary(milliseconds: Mapping[str, float], counts: float) -> dict[str, object]:
    """Return the figures of all pages, and of the counts, in milliseconds."""
    slowest = sorted(milliseconds.items(), key=lambda item: -item[1])[:10]
    return {
        "median_ms": round(statistics.median(milliseconds.values()), 1),
        "p95_ms": round(statistics.quantiles(milliseconds.values(), n=20)[-1], 1),
        "counts_ms": round(counts, 1),
        "slowest_ms": {name: round(value, 1) for name, value in slowest},
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder, "archive.sqlite"))
        start = time.perf_counter()
        fill(database, count)
        filled = time.perf_counter() - start
        with database.lent() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # a new library for each: nothing is remembered
        times = {name: timed(lambda query=query: Library(database).page(query)) for name, query in queries()}
        counts = timed(lambda: Library(database).counts(LibraryQuery()))
        size = Path(folder, "archive.sqlite").stat().st_size
        database.close()
    result = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "articles": count,
        "seconds_to_fill": round(filled, 1),
        "megabytes": round(size / 1e6),
        "pages": len(times),
        **summary({name: processor for name, (processor, _) in times.items()}, counts[0]),
        "wall": summary({name: wall for name, (_, wall) in times.items()}, counts[1]),
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))
    if count >= 1_000_000:
        RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()

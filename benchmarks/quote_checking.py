"""Measures the check of quotations: `python -m benchmarks.quote_checking DATA [QUOTES]`.

Quotations are cut at random from the documents of a set and damaged. Those that the candidates of the index lead to are
compared with brute force, which aligns a quotation with every text; those of other sets must be missing. DATA holds
retrieval sets; see `benchmarks/sets.py`.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.latency import machine
from rag.archive import Archive
from rag.checking import matching
from rag.checking.marks import DraftQuote
from rag.checking.matching import SearchedText, match_quote
from rag.checking.pieces import pieces_of
from rag.checking.quotes import check_quotes
from rag.types import Article, CheckedQuote

RESULT = Path(__file__).parent / "results" / "quote_checking.json"
SETS = {"wikinews_de": "de", "belebele/en-en": "en"}
FOREIGN = ("gnad10k", "hipe2022_de", "squad2_dev/en", "qa4mre_de")
_LENGTHS = (4, 6, 8, 12, 20, 40)
_BRUTE = 60
_WORD = re.compile(r"\w+")
_OTHERS = ("nicht", "niemals", "hundert", "Berlin", "kaum", "mehrere", "never", "several", "morgen", "Regierung")


def documents(folder: Path) -> list[tuple[str, str]]:
    """Return the titles and texts of a set."""
    rows = map(json.loads, (folder / "corpus.jsonl").read_text("utf-8").splitlines())
    return [(row.get("title") or "", row["text"]) for row in rows]


def articles(data: Path) -> Iterator[Article]:
    """Yield the documents of the sets as articles."""
    for name, language in SETS.items():
        for number, (title, text) in enumerate(documents(data / name)):
            path = f"/{name}/{number}"
            identity = f"{len(name):02x}{number:010x}"
            yield Article(id=identity, text=text, title=title or None, language=language, path=path)


def cut(texts: Sequence[str], draw: random.Random) -> tuple[int, str]:
    """Return the number of a text and a run of its words."""
    while True:
        number, length = draw.randrange(len(texts)), draw.choice(_LENGTHS)
        words = list(re.finditer(r"\S+", texts[number]))
        if len(words) >= length:
            first = draw.randrange(len(words) - length + 1)
            quote = texts[number][words[first].start() : words[first + length - 1].end()]
            if len(_WORD.findall(quote)) >= 4 and "…" not in quote and "..." not in quote and "[" not in quote:
                return number, quote


def changed_word(quote: str, draw: random.Random) -> str:
    """Return a quotation with another word in place of one of four letters or more."""
    long = [match for match in _WORD.finditer(quote) if len(match[0]) > 3] or list(_WORD.finditer(quote))
    match, other = draw.choice(long), draw.choice(_OTHERS)
    return quote[: match.start()] + other + quote[match.end() :]


def typographic(quote: str, _draw: random.Random) -> str:
    """Return a quotation with other spaces, quotation marks and dashes, and another case at its beginning."""
    quote = re.sub(r"[„“”\"»«]", "'", quote).replace(" – ", "—").replace("'", "’").replace(" ", "\u00a0", 1)
    return quote[:1].swapcase() + quote[1:]


def hyphenated(quote: str, draw: random.Random) -> str:
    """Return a quotation with a word that is hyphenated at the end of a line."""
    long = list(re.finditer(r"[^\W\d_]{6,}", quote))
    if not long:
        return quote.replace(" ", "\n", 1)
    at = draw.choice(long).start() + 3
    return quote[:at] + ("-\n" if not quote[at].isupper() else "\u00ad") + quote[at:]


def omitted(quote: str, draw: random.Random) -> str:
    """Return a quotation with […] in place of some words in its middle."""
    words = quote.split(" ")
    if len(words) < 6:
        return quote
    first = draw.randrange(2, len(words) - 3)
    last = draw.randrange(first + 1, len(words) - 1)
    return " ".join([*words[:first], "[…]", *words[last:]])


DAMAGES: dict[str, Callable[[str, random.Random], str]] = {
    "none": lambda quote, _: quote,
    "typography": typographic,
    "hyphenation": hyphenated,
    "words omitted": omitted,
    "one word changed": changed_word,
}


def is_right(quote: CheckedQuote, article_id: str) -> bool:
    """Whether the article from which a quotation was cut is among those that are cited."""
    ids = {article.id for citation in quote.citations for article in (citation.article, *citation.also)}
    return article_id in ids or quote.more


def main() -> None:
    """Measure and print."""
    data, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300
    draw = random.Random(21)  # noqa: S311
    own = list(articles(data))
    texts = [article.text for article in own]
    foreign = [text for name in FOREIGN for _, text in documents(data / name)]
    matching.NEAR = 0.0
    with tempfile.TemporaryDirectory() as temporary, Archive.open(Path(temporary) / "archive") as archive:
        archive.fill(own, "benchmark")
        searched = [SearchedText(article) for article in archive.articles()]
        results: dict[str, object] = {"articles": len(own), "passages": archive.status().passages, "quotes": count}
        print(results)
        similarities: dict[str, list[float]] = {}
        with archive.searcher().snapshot() as snapshot:

            def check(quotes: Sequence[str]) -> list[CheckedQuote]:
                return list(check_quotes([DraftQuote(0, len(quote), quote) for quote in quotes], snapshot))

            for name, damage in DAMAGES.items():
                cuts = [cut(texts, draw) for _ in range(count)]
                quotes = [damage(quote, draw) for _, quote in cuts]
                started = time.perf_counter()
                checked = check(quotes)
                milliseconds = (time.perf_counter() - started) * 1000 / count
                right = [is_right(quote, own[number].id) for quote, (number, _) in zip(checked, cuts, strict=True)]
                lost = 0
                for quote, words in list(zip(checked, quotes, strict=True))[:_BRUTE]:
                    best = [place.order for text in searched for place in match_quote(pieces_of(words), text)]
                    lost += bool(best) and min(best) < (_order(quote))
                verdicts = {verdict: sum(quote.verdict == verdict for quote in checked) for verdict in matching._ORDER}
                similarities[name] = sorted(
                    quote.similarity if hit else 0.0 for quote, hit in zip(checked, right, strict=True)
                )
                results[name] = {
                    "right": round(sum(right) / count, 4),
                    **verdicts,
                    "worse than brute force": lost,
                    "of": min(_BRUTE, count),
                    "ms": round(milliseconds, 1),
                }
                print(name, results[name])
            started = time.perf_counter()
            strangers = check([cut(foreign, draw)[1] for _ in range(2 * count)])
            milliseconds = (time.perf_counter() - started) * 1000 / len(strangers)
            verbatim = [quote for quote in strangers if quote.holds]
            similarities["foreign"] = sorted(quote.similarity for quote in strangers if not quote.holds)
            results["foreign"] = {"quotes": len(strangers), "verbatim": len(verbatim), "ms": round(milliseconds, 1)}
            print("foreign", results["foreign"], [quote.text for quote in verbatim])
        thresholds = {}
        for threshold in (0.6, 0.65, 0.7, 0.75, 0.8, 0.85):
            changed, stranger = similarities["one word changed"], similarities["foreign"]
            thresholds[threshold] = {
                "changed quotations that are near": round(statistics.mean(s >= threshold for s in changed), 4),
                "foreign quotations that are near": round(statistics.mean(s >= threshold for s in stranger), 4),
            }
            print(threshold, thresholds[threshold])
        for quote in sorted(strangers, key=lambda quote: -quote.similarity)[:12]:
            print(f"  {quote.similarity:.2f} {quote.text!r} {quote.citations[0].quote if quote.citations else ''!r}")
    results |= {"thresholds": thresholds, "machine": machine()}
    RESULT.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _order(quote: CheckedQuote) -> tuple[int, float]:
    return matching._ORDER.index(quote.verdict), -quote.similarity


if __name__ == "__main__":
    main()

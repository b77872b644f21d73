"""No text keeps a regular expression busy: each takes half a second at most for 100,000 hostile characters."""

from __future__ import annotations

import ast
import re
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import regex
from test_names import sources

MAX_SECONDS = 0.5
USES = {"match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"}
OWN_TEXTS = {"rag/evaluation/reports/svg.py": "reads what matplotlib has just written"}
"""Where no text of others comes in."""
BOUNDS = {
    "rag/loading/documents/mail_quotes.py:_ORIGINAL_MESSAGE": 300,
    "rag/loading/exports/factiva.py:_OUTLET_CODE": 500,
    "rag/loading/exports/genios.py:_SOURCE_AND_DATE": 500,
    "rag/loading/tables/table_dates.py": 100,
    "rag/loading/web/people.py:_NOISE": 1_000,
    "rag/loading/web/people.py": 200,
    "rag/text/full_stops.py": 60,
    "rag/text/headings.py:_NO_HEADING": 100,
    "rag/text/numbers.py:_MYRIAD_PARTS": 40,
}
"""The most characters of a text that are looked at, by the beginning of the place."""
FEW_PUMPS = ("a", " ", "\n", "1", "[", "1,", "<!--")
PUMPS = (
    *FEW_PUMPS,
    *("<", "a ", " \n", "a\n", "\u4e2d"),
    *(
        "A",
        "\u00e9",
        "\t",
        "\u00a0",
        "-",
        ".",
        ",",
        "/",
        ">",
        '"',
        "'",
        "(",
        "{",
        "\\",
        "Aa ",
        "1 ",
        "1.",
        "1-",
        "\n ",
        "Aa\n",
    ),
    *(
        "a,",
        "a.",
        "A. ",
        "a-",
        "-\n",
        "a/",
        "/a",
        "a@",
        "a: ",
        "a:\n",
        " |",
        "1|",
        "<a",
        "<a>",
        "<p>a</p>",
        "&amp;",
        '="',
    ),
    *("[a", "(a", "a=1&", "https://a", "von ", "Von Anna ", "und ", "am 1. ", "1. Mai ", "2020-", "12:00 ", "(dpa) "),
    *(
        "\u3042",
        "\u0627 ",
        "\u00ad",
        "\u200b",
        "a\u00ad",
        "a\u0301",
        "\u0301",
        "\u00bc",
        "\\'e4",
        "\\row ",
        "\u201d",
        "\u201ea",
    ),
    *("\u00bb", "* ", "# ", "- ", "a--", "1.000.", "1 000 ", "\u4e07", "1\u4e07", "[a](", "</", "a ; ", "\u2014 "),
)
"""Each is repeated."""
ENDINGS = ("", "\x00")
"""What keeps a match from ending well."""


def objects(value: object, depth: int = 0) -> Iterator[Any]:
    """Yield the patterns in a value of a module: a pattern, or what a collection or a frozen value holds."""
    if isinstance(value, re.Pattern | regex.Pattern):
        yield value
    elif depth < 3 and isinstance(value, Mapping):
        for item in (*value.keys(), *value.values()):
            yield from objects(item, depth + 1)
    elif depth < 3 and isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from objects(item, depth + 1)
    elif depth < 3 and type(value).__module__.startswith(("rag.", "ui.", "embeddings.")):
        names = getattr(type(value), "__dataclass_fields__", ())
        for name in names:
            yield from objects(getattr(value, name, None), depth + 1)


@cache
def patterns() -> dict[tuple[str, Any], frozenset[str]]:
    """Return every pattern of the packages with the methods that are called on it, by the place where it is."""
    uses = defaultdict(set)
    for path, tree in sources():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in USES:
                    uses[path, name].add(method)
    collected: dict[tuple[str, Any], frozenset[str]] = {}
    seen = set()
    for path, tree in sources():
        module = import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        for name, value in vars(module).items():
            for pattern in objects(value):
                if (key := (pattern.pattern, pattern.flags)) not in seen:
                    seen.add(key)
                    collected[f"{path}:{name}", pattern] = frozenset(uses.get((path, name), {"finditer"}))
        for place, pattern, method in inline(path, tree):
            collected[place, pattern] = frozenset({method})
    return collected


def inline(path: Path, tree: ast.Module) -> Iterator[tuple[str, Any, str]]:
    """Yield the constant patterns that are used where they are written: `re.sub("…", …)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re" | "regex" as library), attr=method),
                args=[ast.Constant(value=str() | bytes() as text), *_],
            ) if method in USES:
                yield f"{path}:{node.lineno}", {"re": re, "regex": regex}[library].compile(text), method


def adversaries(length: int, pumps: Sequence[str], *, is_text: bool) -> Iterator[Any]:
    """Yield long texts in which something repeats."""
    for pump in pumps:
        body = (pump * (length // len(pump) + 1))[:length]
        for ending in ENDINGS:
            yield body + ending if is_text else (body + ending).encode("utf-8")[:length]


def seconds(pattern: Any, method: str, text: Any, most: float) -> float:
    """Return the processor time that a method of a pattern takes for a text, or infinity if it takes far too long."""
    calls: dict[str, Callable[[], object]] = {
        "match": lambda: pattern.match(text),
        "fullmatch": lambda: pattern.fullmatch(text),
        "search": lambda: pattern.search(text),
    }
    call = calls.get(method, lambda: sum(1 for _ in pattern.finditer(text)))

    def give_up(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2 * most)
    started = time.process_time()
    try:
        call()
    except TimeoutError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        # a signal that comes late must not end the process
        signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
    return time.process_time() - started


def slow_patterns(length: int, pumps: Sequence[str], most: float) -> dict[str, tuple[str, str, float]]:
    """Return the patterns that take longer than `most` seconds for a text, with the method, the text and the time."""
    slow = {}
    for (place, pattern), methods in patterns().items():
        if place.partition(":")[0] in OWN_TEXTS:
            continue
        searched = {method if method in ("match", "fullmatch", "search") else "finditer" for method in methods}
        bound = next((bound for beginning, bound in BOUNDS.items() if place.startswith(beginning)), length)
        texts = adversaries(min(length, bound), pumps, is_text=isinstance(pattern.pattern, str))
        for method, text in ((method, text) for text in texts for method in searched):
            taken = seconds(pattern, method, text, most)
            if taken > most:
                slow[place] = (method, text[:8], taken)
                break
    return slow


@pytest.mark.slow
def test_hostile_texts() -> None:
    """Ten thousand characters take a tenth of a second at most: what grows with the square takes longer."""
    assert len(patterns()) > 300
    assert slow_patterns(10_000, FEW_PUMPS, 0.1) == {}


@pytest.mark.heavy
def test_long_hostile_texts() -> None:
    """A hundred thousand characters of each kind."""
    assert slow_patterns(100_000, PUMPS, MAX_SECONDS) == {}


def test_what_is_slow_is_noticed() -> None:
    """A pattern that tries every white space again takes too long for ten thousand of them."""
    # without a limit that would end it: the signal that does so ended the whole process now and then
    assert seconds(re.compile(r"\s*x"), "finditer", " " * 10_000, 60) > 0.1
    assert seconds(re.compile(r"(?<!\s)\s*x"), "finditer", " " * 10_000, 60) < 0.1

"""Names say what a value is: no bare pronouns, participles or adverbs, and no spelling with two meanings."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from paths import ROOT

PACKAGES = ("rag", "ui", "embeddings")

BANNED = {"one", "found", "told", "said", "kept", "held", "place", "places", "asked"}
"""Never a name."""
FILLERS = BANNED | {
    *(
        "ones",
        "other",
        "others",
        "another",
        "each",
        "some",
        "this",
        "that",
        "it",
        "most",
        "more",
        "rest",
        "own",
        "whole",
    ),
    *("thing", "things", "here", "there", "where", "why", "now", "then", "alone", "apart", "inside", "around", "of"),
    *("near", "before", "after", "above", "below", "given", "made", "known", "seen", "shown", "stated", "named"),
    *("chosen", "wanted", "written", "left", "done", "gone", "opened", "judged", "marked", "read", "hashed", "taken"),
    *("got", "came", "went", "put", "changed", "missed", "used", "credited", "turned", "gathered", "called", "drawn"),
    *("added", "built", "started", "ended", "tried", "counted", "needed", "allowed", "hidden", "shared"),
}
"""Names that say little; now and then such a word is the right one."""
MAX_FILLER_SHARE = 0.015

DATELINES = {Path("rag/schemas/article.py"), Path("rag/types/article.py"), Path("rag/loading/common/draft.py")}
"""Where `place` is a fact of an article: where it was written, as its dateline says."""
SAME_MEANING = {
    **dict.fromkeys(
        ("calibrate", "delete_runs", "export_run", "list_runs", "write_marked"),
        "a command, and the function that does its work",
    ),
    "FundstelleRetriever": "an archive as a retriever, for each library that has retrievers",
    "bounds": "the ends of an interval, in the words of the report and of the page",
    "embedded_files": "the names of the files that a document contains, by format",
    "main": "the entry point of the package, and of its command line",
    "parse_day": "text to a day, as files write it and as people type it",
    "verdict": "a sentence on a comparison, in the words of the command line and of the page",
}
"""Public names that several modules define, and why they mean the same everywhere."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield all modules of the packages, by their paths in the project."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def bound_names(tree: ast.Module) -> Iterator[str]:
    """Yield every name that a module binds: functions, classes, parameters, variables, attributes, aliases."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
                yield name


@pytest.fixture(scope="module")
def names() -> dict[Path, Counter[str]]:
    """The names that each module binds, without leading and trailing underscores."""
    return {
        path: Counter(name.strip("_") for name in bound_names(tree) if name not in ("self", "cls", "_"))
        for path, tree in sources()
    }


def test_banned_names_are_not_bound(names: dict[Path, Counter[str]]) -> None:
    """`one`, `found`, `told` and the like name nothing: say passage, candidates, language and so on."""
    bound = {
        str(path): BANNED & counts.keys() - ({"place"} if path in DATELINES else set())
        for path, counts in names.items()
    }
    assert {path: banned for path, banned in bound.items() if banned} == {}


def test_filler_names_are_rare(names: dict[Path, Counter[str]]) -> None:
    """Fewer than 1.5 % of all bound names are pronouns, participles or adverbs."""
    total = sum(counts.total() for counts in names.values())
    fillers: Counter[str] = Counter()
    for counts in names.values():
        fillers.update({name: count for name, count in counts.items() if name in FILLERS})
    assert fillers.total() < MAX_FILLER_SHARE * total, fillers.most_common()


def test_a_public_name_has_one_meaning() -> None:
    """No two modules define a public function or class of the same name, unless both mean the same."""
    modules: dict[str, list[str]] = defaultdict(list)
    for path, tree in sources():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                modules[node.name].append(str(path))
    ambiguous = {name for name, paths in modules.items() if len(paths) > 1}
    assert {name: modules[name] for name in ambiguous - SAME_MEANING.keys()} == {}


def test_the_names_of_a_module_are_seen() -> None:
    """All kinds of binding count, and mere uses do not."""
    code = "import a as found\ndef told(said, *, kept=used): asked.held = one = 1\ntry: pass\nexcept E as it: places"
    assert set(bound_names(ast.parse(code))) == {"found", "told", "said", "kept", "held", "one", "it"}

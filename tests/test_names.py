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

NOT_YET = {"rag", "ui"}
"""Folders, relative to the project, that still have names of the old kind; to be emptied."""
SAME_MEANING: dict[str, str] = {}
"""Public names that several modules define, and why they mean the same everywhere."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules of the rooms that are done."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT)
            if not any(relative.is_relative_to(room) for room in NOT_YET):
                yield relative, ast.parse(path.read_text("utf-8"))


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
    bound = {str(path): sorted(BANNED & counts.keys()) for path, counts in names.items() if BANNED & counts.keys()}
    assert bound == {}


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
    ambiguous = {name: paths for name, paths in modules.items() if len(paths) > 1 and name not in SAME_MEANING}
    assert ambiguous == {}


def test_the_names_of_a_module_are_seen() -> None:
    """All kinds of binding count, and mere uses do not."""
    code = "import a as found\ndef told(said, *, kept=used): asked.held = one = 1\ntry: pass\nexcept E as it: places"
    assert set(bound_names(ast.parse(code))) == {"found", "told", "said", "kept", "held", "one", "it"}

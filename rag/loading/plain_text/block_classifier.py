"""A plain text → blocks: what is the article, and what stands around it where a page was saved as text."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from functools import cache

import numpy as np

from rag.loading.common.draft import Block
from rag.loading.plain_text.cues import APPEAL, CUES, US
from rag.loading.plain_text.line_features import FloatArray, feature_matrix
from rag.types import TextKind

WEIGHTS_FILE = "blocks.npz"
KINDS: tuple[TextKind, ...] = ("boilerplate", "article", "comment")
"""The columns of the table."""

# an article that is cut short is worse than a line too many: so much more likely than by the table is it
_FAVOURED = 0.7
# a heading of comments above the article is but a link to them
_READ = 0.4
_CERTAIN = 0.9
_LABEL = 80
_APPEAL, _APPEALS, _OURS = 100, 3, 2


def classify_blocks(text: str) -> tuple[Block, ...]:
    """Return the text in blocks: the article, teasers of others, readers' comments, and what is none of these.

    Each line is judged by itself and by its neighbours, by a table that benchmarks/fit_blocks.py made. Where nothing
    would be left, all of it is the article. The texts of the blocks add up to the text.
    """
    lines = text.splitlines(keepends=True)
    full = [number for number, line in enumerate(lines) if line.strip()]
    if not full:
        return (Block(text),)
    kinds = classify_lines([lines[number].rstrip() for number in full])
    if "article" not in kinds:
        return (Block(text),)
    starts = [0, *full[1:], len(lines)]
    parts = [("".join(lines[start:end]), kind) for start, end, kind in zip(starts, starts[1:], kinds, strict=False)]
    found: list[Block] = []
    for part, kind in parts:
        if found and found[-1].kind == kind:
            found[-1] = Block(found[-1].text + part, kind)
        else:
            found.append(Block(part, kind))
    return tuple(found)


def classify_lines(lines: Sequence[str]) -> list[TextKind]:
    """Return the kind of each line, none of which is empty; they have their indentation."""
    rows, names = feature_matrix(lines)
    likely = log_probabilities(rows, names)
    texts = [line.strip() for line in lines]
    chosen = [KINDS[number] for number in (likely + _FAVOURED * (np.array(KINDS) == "article")).argmax(axis=1)]
    chosen = [
        "boilerplate" if kind == "article" and _is_appeal(one) else kind
        for one, kind in zip(texts, chosen, strict=True)
    ]
    chosen = _with_thread(texts, chosen, likely)
    # a heading belongs to what it heads
    for number in range(len(texts) - 2, -1, -1):
        if chosen[number] == "article" and chosen[number + 1] != "article" and _is_label(texts[number]):
            chosen[number] = "boilerplate"
    return _with_teasers(texts, chosen)


def log_probabilities(rows: FloatArray, names: Sequence[str]) -> FloatArray:
    """Return for each row of features the logarithm of the probability of each of KINDS."""
    table = _table()
    if list(names) != table["names"].tolist():
        raise AssertionError("The table of blocks is one of other features: run benchmarks/fit_blocks.py.")
    scores = rows @ table["weights"].astype(np.float64) + table["intercepts"].astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    logarithms: FloatArray = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return logarithms


@cache
def _table() -> dict[str, np.ndarray]:
    with (
        importlib.resources.files("rag.loading.plain_text").joinpath(WEIGHTS_FILE).open("rb") as file,
        np.load(file) as table,
    ):
        return dict(table)


def _is_appeal(text: str) -> bool:
    words = {found[0].casefold() for found in APPEAL.finditer(text)}
    return len(text) >= _APPEAL and len(words) >= _APPEALS and len(US.findall(text)) >= _OURS


def _is_label(text: str) -> bool:
    return len(text) < _LABEL and text[-1] not in '.!?…:"“”'


def _with_thread(texts: Sequence[str], kinds: Sequence[TextKind], likely: FloatArray) -> list[TextKind]:
    """Return the kinds with comments below their heading, down to the last line that may be one, and nowhere else."""
    article = np.exp(likely[:, KINDS.index("article")]) * [len(text) for text in texts]
    read = np.cumsum(article) / max(article.sum(), 1e-9)
    heads = (number for number, text in enumerate(texts) if len(text) < _LABEL and CUES["comments"].search(text))
    head = next((number for number in heads if read[number] > _READ), len(texts))
    certain = likely[:, KINDS.index("boilerplate")] > np.log(_CERTAIN)
    told = [number for number in range(head + 1, len(texts)) if not certain[number]]
    end = told[-1] + 1 if told else head
    if head == len(texts):
        return list(kinds)
    around: list[TextKind] = ["boilerplate" if kind == "comment" else kind for kind in kinds]
    thread: list[TextKind] = ["comment"] * (end - head)
    return [*around[:head], *thread, *around[end:]]


def _with_teasers(texts: Sequence[str], kinds: Sequence[TextKind]) -> list[TextKind]:
    """Return the kinds with boilerplate below a hint at other articles told as teasers."""
    found: list[TextKind] = []
    below = False
    for text, kind in zip(texts, kinds, strict=True):
        below = kind == "boilerplate" and (below or bool(CUES["related"].search(text)))
        found.append("teaser" if below else kind)
    return found

"""Boilerplate classifier: splits the text of a page that was saved as plain text into article, teasers and comments."""

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
"""The classes, in the order of the columns of weights."""

# added to the log-probability of the article class: a line lost from the article is worse than a line too many
_ARTICLE_BONUS = 0.7
# a heading of comments above 40 % of the article's letters is only a link to them
_MIN_SHARE_READ = 0.4
# a line that is boilerplate with a probability above 0.9 cannot end a thread of comments
_CERTAIN_PROBABILITY = 0.9
_MAX_LABEL_CHARACTERS = 80
# an appeal has at least 100 characters, three different words of appeals and two words like "we" and "our"
_MIN_APPEAL_CHARACTERS, _MIN_APPEAL_WORDS, _MIN_FIRST_PERSON = 100, 3, 2


def classify_blocks(text: str) -> tuple[Block, ...]:
    """Return the text in blocks: article, teasers of other articles, readers' comments, and boilerplate.

    Each line is classified by itself and its neighbours, with weights fitted by benchmarks/fit_blocks.py. If no line
    is classified as article, all of them are. The texts of the blocks add up to the text.
    """
    lines = text.splitlines(keepends=True)
    full_lines = [number for number, line in enumerate(lines) if line.strip()]
    if not full_lines:
        return (Block(text),)
    line_kinds = classify_lines([lines[number].rstrip() for number in full_lines])
    if "article" not in line_kinds:
        return (Block(text),)
    block_starts = [0, *full_lines[1:], len(lines)]
    blocks: list[Block] = []
    for start, end, kind in zip(block_starts, block_starts[1:], line_kinds, strict=False):
        part = "".join(lines[start:end])
        if blocks and blocks[-1].kind == kind:
            blocks[-1] = Block(blocks[-1].text + part, kind)
        else:
            blocks.append(Block(part, kind))
    return tuple(blocks)


def classify_lines(lines: Sequence[str]) -> list[TextKind]:
    """Return the kind of each line; the lines have their indentation, and none is empty."""
    log_likelihoods = log_probabilities(*feature_matrix(lines))
    texts = [line.strip() for line in lines]
    scores = log_likelihoods + _ARTICLE_BONUS * (np.array(KINDS) == "article")
    line_kinds = [KINDS[column] for column in scores.argmax(axis=1)]
    line_kinds = [
        "boilerplate" if kind == "article" and _is_appeal(text) else kind
        for text, kind in zip(texts, line_kinds, strict=True)
    ]
    line_kinds = _with_thread(texts, line_kinds, log_likelihoods)
    # a heading belongs to what it heads
    for number in range(len(texts) - 2, -1, -1):
        if line_kinds[number] == "article" and line_kinds[number + 1] != "article" and _is_label(texts[number]):
            line_kinds[number] = "boilerplate"
    return _with_teasers(texts, line_kinds)


def log_probabilities(rows: FloatArray, names: Sequence[str]) -> FloatArray:
    """Return the log-probability of each of KINDS for each row of features, shape (rows, kinds)."""
    table = _table()
    if list(names) != table["names"].tolist():
        raise AssertionError("blocks.npz was fitted with other features: run benchmarks/fit_blocks.py.")
    scores = rows @ table["weights"].astype(np.float64) + table["intercepts"].astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    logarithms: FloatArray = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return logarithms


@cache
def _table() -> dict[str, np.ndarray]:
    path = importlib.resources.files("rag.loading.plain_text").joinpath(WEIGHTS_FILE)
    with path.open("rb") as file, np.load(file) as table:
        return dict(table)


def _is_appeal(text: str) -> bool:
    return (
        len(text) >= _MIN_APPEAL_CHARACTERS
        and len(set(APPEAL.matches(text))) >= _MIN_APPEAL_WORDS
        and len(US.matches(text)) >= _MIN_FIRST_PERSON
    )


def _is_label(text: str) -> bool:
    return len(text) < _MAX_LABEL_CHARACTERS and text[-1] not in '.!?…:"“”'


def _with_thread(texts: Sequence[str], kinds: Sequence[TextKind], log_likelihoods: FloatArray) -> list[TextKind]:
    """Return the kinds with comments only below their heading, down to the last line that may be one."""
    article_letters = np.exp(log_likelihoods[:, KINDS.index("article")]) * [len(text) for text in texts]
    share_read = np.cumsum(article_letters) / max(article_letters.sum(), 1e-9)
    headings = (
        number
        for number, text in enumerate(texts)
        if len(text) < _MAX_LABEL_CHARACTERS and CUES["comments"].is_in(text)
    )
    heading = next((number for number in headings if share_read[number] > _MIN_SHARE_READ), None)
    if heading is None:
        return list(kinds)
    is_boilerplate = log_likelihoods[:, KINDS.index("boilerplate")] > np.log(_CERTAIN_PROBABILITY)
    possible_comments = [number for number in range(heading + 1, len(texts)) if not is_boilerplate[number]]
    end = possible_comments[-1] + 1 if possible_comments else heading
    outside: list[TextKind] = ["boilerplate" if kind == "comment" else kind for kind in kinds]
    thread: list[TextKind] = ["comment"] * (end - heading)
    return [*outside[:heading], *thread, *outside[end:]]


def _with_teasers(texts: Sequence[str], kinds: Sequence[TextKind]) -> list[TextKind]:
    """Return the kinds with boilerplate that follows a hint at other articles reclassified as teasers."""
    updated_kinds: list[TextKind] = []
    is_below_hint = False
    for text, kind in zip(texts, kinds, strict=True):
        is_below_hint = kind == "boilerplate" and (is_below_hint or CUES["related"].is_in(text))
        updated_kinds.append("teaser" if is_below_hint else kind)
    return updated_kinds

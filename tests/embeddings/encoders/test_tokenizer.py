"""Offsets that are added up letter by letter are those of the full tokenizer."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ARTICLES

from embeddings.encoders.openvino_encoder import compiled_graph
from embeddings.encoders.tokenizer import ModelTokenizer

SAMPLES = sorted(ARTICLES.glob("*"))
ODD = [
    "Die Straßenbahn fährt … um ½ 8 nach Nürnberg.",
    "ﬁne ligatures, ＦＵＬＬ width",
    "東京都は、二〇二四年に新しい駅を開いた。次の駅は２０２６年に開く。",
    "وقال الوزير إن الحكومة ستقرر غدا.",
    "Ta\u0308glich, a decomposed umlaut",
    "one\n\ntwo  three \u00a0 four\u3000five ",
    "",
    " ",
]


@pytest.fixture(scope="module")
def tokenizer() -> ModelTokenizer:
    return ModelTokenizer(compiled_graph())


def without_spaces(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The full tokenizer counts the space before a word to its first token; no user of offsets cares for it."""
    trimmed = []
    for start, end in offsets:
        while start < end - 1 and text[start].isspace():
            start += 1  # noqa: PLW2901
        trimmed.append((start, end))
    return trimmed


def full_offsets(tokenizer: ModelTokenizer, text: str) -> list[tuple[int, int]]:
    """Return what the library tokenizers says."""
    encoding = tokenizer._full.encode(text, add_special_tokens=False)
    return list(encoding.offsets)


def same(tokenizer: ModelTokenizer, text: str) -> bool:
    """Whether both ways agree, spaces before words left out."""
    (found,) = tokenizer.offsets([text], tokenizer.ids([text]))
    return without_spaces(text, found) == without_spaces(text, full_offsets(tokenizer, text))


@pytest.mark.parametrize("text", ODD)
def test_odd_texts(tokenizer: ModelTokenizer, text: str) -> None:
    """Ligatures, fractions, scripts without spaces and from right to left, and spaces of all kinds."""
    assert same(tokenizer, "passage: " + text)


def test_articles(tokenizer: ModelTokenizer) -> None:
    """In the sample articles that are texts both ways agree, and all but a few need no full tokenizer."""
    texts = ["passage: " + file.read_text("utf-8").strip()[:3000] for file in SAMPLES if file.suffix in (".txt", ".md")]
    assert len(texts) == 30
    assert all(same(tokenizer, text) for text in texts)
    by_letter = [tokenizer._offsets_by_letter(text, ids) for text, ids in zip(texts, tokenizer.ids(texts), strict=True)]
    assert sum(offsets is None for offsets in by_letter) <= len(texts) / 20


@settings(deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=60))
def test_any_text(text: str) -> None:
    """Where letters are added up at all, the sum is right, whatever letters the text is made of."""
    tokenizer = _opened()
    prompted = "passage: " + text
    ids = tokenizer.ids([prompted])[0]
    if ids == tokenizer._full.encode(prompted, add_special_tokens=False).ids:
        assert same(tokenizer, prompted)


def _opened(kept: list[ModelTokenizer] = []) -> ModelTokenizer:  # noqa: B006
    """Hypothesis may not use fixtures of the module, and opening takes most of a second."""
    if not kept:
        kept.append(ModelTokenizer(compiled_graph()))
    return kept[0]


def test_threads_may_come_and_go() -> None:
    """A thread that opens the encoder may end: others can use it, as those of a server do."""
    code = """
from threading import Thread
from embeddings.encoder import open_encoder
encoders = []
def ask():
    encoders[:] = encoders or [open_encoder()]
    encoders[0].token_vectors(["Wer fand das Teilchen?"], "query")
    encoders[0].token_vectors(["Am Cern wurde es gefunden. " * 9] * 3, "passage")
for _ in range(12):
    thread = Thread(target=ask)
    thread.start()
    thread.join()
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")

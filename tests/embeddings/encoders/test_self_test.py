"""A graph that computes wrongly is not used: a length, a precision, or OpenVINO at all."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.encoder import Encoder, open_encoder
from embeddings.encoders.graph import Batch, CompiledGraph, precisions
from embeddings.encoders.openvino_encoder import CompiledEncoder, compiled_graph, graph_verdict
from embeddings.encoders.padding import PADDED_LENGTHS, padded_length
from embeddings.encoders.processor import Processor, this_processor
from embeddings.encoders.reference import ReferenceText, read_reference, texts_of_all_lengths, write_reference
from embeddings.encoders.self_test import (
    FILE,
    MIN_TEXT_COSINE,
    MIN_TOKEN_COSINE,
    BatchRun,
    Verdict,
    choose_precision,
    load_or_test,
    read_verdict,
)
from embeddings.types import Vectors

HERE = Processor("A processor", "flags", 2)
GOOD = Verdict("A processor", "f32", (), 0.999, 0.998)
DIM = 8


def unit(vectors: Vectors) -> Vectors:
    length: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return length


def toy(tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
    """A graph that is right: a token's vector follows from its id, and a text's is their mean."""
    angles = np.arange(1, DIM + 1, dtype=np.float32)
    states = unit(np.cos(tokens[..., None] * angles * 0.37) + 2).astype(np.float32)
    return unit((states * mask[..., None]).sum(axis=1)), states


@pytest.fixture(scope="module")
def texts() -> list[ReferenceText]:
    """Texts of all lengths, with what the toy graph makes of each by itself."""
    lines = [([7, 8], [*range(100 * number, 100 * number + 60)]) for number in range(1, 9)]
    found = []
    for ids in texts_of_all_lengths(lines, [0], [2], PADDED_LENGTHS):
        row = np.array([ids])
        (whole,), (tokens,) = toy(row, np.ones_like(row))
        found.append(ReferenceText(row[0], whole, tokens))
    return found


def slow(tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
    """Run the toy graph, and take a fiftieth of a second more than it does."""
    time.sleep(0.02)
    return toy(tokens, mask)


def wrong_at(*lengths: int, of_tokens: float = 0.7, nan: bool = False) -> BatchRun:
    """Return the toy graph made wrong at some padded lengths: tokens with about this cosine to the right ones."""

    def run(tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        wholes, states = toy(tokens, mask)
        if tokens.shape[1] in lengths:
            noise = unit(np.random.default_rng(0).standard_normal(states.shape))
            states = (
                np.float32(np.nan) * states if nan else unit(of_tokens * states + (1 - of_tokens**2) ** 0.5 * noise)
            )
            wholes = unit((states * mask[..., None]).sum(axis=1))
        return wholes, states.astype(np.float32)

    return run


def verdict(runs: dict[str, BatchRun], texts: list[ReferenceText]) -> Verdict:
    return choose_precision(runs, runs.__getitem__, texts, HERE)


def test_a_right_graph_is_used_as_it_is(texts: list[ReferenceText]) -> None:
    """At all lengths."""
    found = verdict({"f32": toy}, texts)
    assert (found.precision, found.wrong_lengths, found.wrong_precisions, found.lengths) == (
        "f32",
        (),
        (),
        PADDED_LENGTHS,
    )
    assert found.text_cosine == found.token_cosine == pytest.approx(1)
    assert found.is_clean
    assert found.sentence == "OpenVINO computes right in f32 on this processor (A processor)."


@pytest.mark.parametrize(("f32", "bf16", "quickest"), [(slow, toy, "bf16"), (toy, slow, "f32"), (slow, slow, "f32")])
def test_of_precisions_that_are_right_the_quickest_is_used(
    texts: list[ReferenceText], f32: BatchRun, bf16: BatchRun, quickest: str
) -> None:
    """The most exact one, where another is no quicker."""
    found = verdict({"f32": f32, "bf16": bf16}, texts)
    assert (found.precision, found.wrong_precisions) == (quickest, ())


@pytest.mark.parametrize("nan", [False, True])
@pytest.mark.parametrize("length", [32, 16, 480])
def test_a_wrong_length_is_left_out(texts: list[ReferenceText], length: int, nan: bool) -> None:
    """That one alone, whether numbers are wrong or none at all; its texts are padded to the next."""
    found = verdict({"f32": wrong_at(length, nan=nan)}, texts)
    assert (found.precision, found.wrong_lengths) == ("f32", (length,))
    assert padded_length(length, found.lengths) > length
    assert f"padded to {length} tokens" in found.sentence
    assert not found.is_clean


@pytest.mark.parametrize("lengths", [PADDED_LENGTHS, PADDED_LENGTHS[::2], PADDED_LENGTHS[-1:]])
def test_a_wrong_precision_is_not_used(texts: list[ReferenceText], lengths: tuple[int, ...]) -> None:
    """Wrong everywhere, at every second length, or at the longest, whose texts have nowhere to go: the next one is."""
    found = verdict({"f32": wrong_at(*lengths), "bf16": wrong_at(48)}, texts)
    assert (found.precision, found.wrong_precisions, found.wrong_lengths) == ("bf16", ("f32",), (48,))
    assert "wrongly in f32 on this processor (A processor): bf16 is used" in found.sentence


def test_where_no_precision_is_right_there_is_none(texts: list[ReferenceText]) -> None:
    """Nothing is used, and it is said of which processor."""
    found = verdict(dict.fromkeys(["f32", "bf16"], wrong_at(*PADDED_LENGTHS)), texts)
    assert (found.precision, found.wrong_precisions) == (None, ("f32", "bf16"))
    assert found.sentence == "OpenVINO computes wrongly on this processor (A processor)."


def test_every_length_is_tried_in_small_or_large_batches(texts: list[ReferenceText]) -> None:
    """With and without padding, a text alone, two, or as many as a batch has; each length in one shape."""
    shapes, shares = [], set()

    def run(tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        shapes.append(tokens.shape)
        shares.update(mask.mean(axis=1).tolist())
        return toy(tokens, mask)

    verdict({"f32": run}, texts)
    assert [length for _, length in shapes] == list(PADDED_LENGTHS)
    # 512 tokens are 32 texts of 16, and nearly 8 of 80
    assert [rows for rows, _ in shapes[:8]] == [32, 1, 2, 2, 8, 1, 2, 2]
    assert 1.0 in shares
    assert min(shares) < 0.9


@given(st.integers(1, 512), st.sets(st.sampled_from(PADDED_LENGTHS[:-1])))
def test_a_text_is_padded_to_the_least_length_that_is_left(tokens: int, left_out: set[int]) -> None:
    """It fits, nothing shorter that is allowed does, and what is left out is never used."""
    lengths = replace(GOOD, wrong_lengths=tuple(left_out)).lengths
    found = padded_length(tokens, lengths)
    assert found >= tokens
    assert found not in left_out
    assert not [one for one in lengths if tokens <= one < found]


def test_a_text_that_fits_nowhere_is_an_error() -> None:
    """Rather than cut in silence."""
    with pytest.raises(ValueError, match="513 tokens"):
        padded_length(513, PADDED_LENGTHS)


def test_the_texts_come_back_from_their_file(texts: list[ReferenceText], tmp_path: Path) -> None:
    """With the same ids, and vectors as near as half precision is."""
    write_reference(tmp_path, texts)
    for text, again in zip(texts, read_reference(tmp_path), strict=True):
        assert np.array_equal(text.ids, again.ids)
        assert float(text.pooled @ again.pooled) == pytest.approx(1, abs=1e-3)
        assert np.allclose(text.tokens, again.tokens, atol=1e-3)


# -- what was found is kept ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "graph").mkdir()
    return tmp_path / "graph"


def test_one_test_a_processor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second start finds the verdict; another processor, or more cores, tests again; the first is still kept."""
    tests: list[str] = []

    def test() -> Verdict:
        tests.append("")
        return replace(GOOD, wrong_lengths=(32,), wrong_precisions=("bf16",))

    assert read_verdict(folder) is None
    assert load_or_test(folder, test) == load_or_test(folder, test) == read_verdict(folder)
    for number, other in enumerate((replace(this_processor(), flags="amx"), replace(this_processor(), cores=77)), 2):
        monkeypatch.setattr("embeddings.encoders.self_test.this_processor", lambda other=other: other)
        load_or_test(folder, test)
        assert len(tests) == number
    monkeypatch.undo()
    assert load_or_test(folder, test) == test()
    assert len(tests) == 4


def test_of_several_that_start_at_once_one_tests(folder: Path) -> None:
    """The others wait for it."""
    tests: list[str] = []
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load_or_test(folder, lambda: tests.append("") or GOOD), range(8)))  # type: ignore[func-returns-value]
    assert found == [GOOD] * 8
    assert len(tests) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"x": 1}', '{"KEY": {"precision": "f32"}}', '{"KEY": 3}'])
def test_a_damaged_verdict_is_made_anew(folder: Path, content: str) -> None:
    """Cut short, of another kind, or without some facts."""
    load_or_test(folder, lambda: GOOD)
    (key,) = json.loads((folder / FILE).read_text("utf-8"))
    (folder / FILE).write_text(content.replace("KEY", key), encoding="utf-8")
    assert read_verdict(folder) is None
    assert load_or_test(folder, lambda: GOOD) == read_verdict(folder) == GOOD


@pytest.mark.parametrize("blocked", [FILE, ".lock"])
def test_where_nothing_can_be_kept_each_start_tests(
    folder: Path, blocked: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The verdict holds all the same, and a line says why it takes longer."""
    (folder / FILE if blocked == FILE else folder.with_name("graph.lock")).mkdir()
    tests: list[str] = []
    for _ in range(2):
        assert load_or_test(folder, lambda: tests.append("") or GOOD) == GOOD  # type: ignore[func-returns-value]
    assert len(tests) == 2
    assert caplog.text.count("tested at every start") == 2


def test_what_was_found_is_said_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line when it is found, none when it is known; none where all is right."""
    for _ in range(2):
        load_or_test(folder, lambda: replace(GOOD, wrong_lengths=(32,)))
    assert [record.message for record in caplog.records] == [replace(GOOD, wrong_lengths=(32,)).sentence]
    caplog.clear()
    (folder / FILE).unlink()
    load_or_test(folder, lambda: GOOD)
    assert not caplog.records


@pytest.mark.parametrize(
    ("flags", "has_tiles"),
    [
        ("x86_64 fpu amx_bf16 amx_tile amx_int8", True),
        ("x86_64 fpu avx512_vnni avx512_bf16", False),
        ("x86_64 amx_int8 ONEDNN_MAX_CPU_ISA=AVX512_CORE_VNNI", False),
        ("arm64", False),
    ],
)
def test_a_processor_has_tiles_if_it_says_so_and_nothing_forbids_them(flags: str, has_tiles: bool) -> None:
    """By the flags of Linux, which are those of Intel's manual."""
    assert Processor("A processor", flags, 2).has_tiles == has_tiles


# -- the real graph ---------------------------------------------------------------------------------


def test_the_bundled_encoder_computes_right_here(encoder: Encoder) -> None:
    """In each precision and at all lengths, far from the bounds; this is what CI runs on its processor."""
    found = graph_verdict()
    assert found is not None
    assert found.is_clean, found.sentence
    assert found.precision in precisions()
    assert (found.text_cosine, found.token_cosine) > (0.99, 0.98)
    assert found.text_cosine > (1 + MIN_TEXT_COSINE) / 2
    assert found.token_cosine > (1 + MIN_TOKEN_COSINE) / 2


@pytest.fixture
def wrong_graph(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Make the real graph wrong on purpose, where a test says; the verdict goes to a file of its own.

    Five lengths are tested, which takes a tenth of the time.
    """
    name = f"self-test-{uuid.uuid4().hex}.json"
    monkeypatch.setattr("embeddings.encoders.self_test.FILE", name)
    monkeypatch.setattr("embeddings.encoders.self_test.PADDED_LENGTHS", PADDED_LENGTHS[:5])
    right = CompiledGraph.run

    def make(wrong: Callable[[str, int], bool]) -> None:
        def run(self: CompiledGraph, batches: Iterable[Batch]) -> Iterator[tuple[Vectors, Vectors]]:
            for tokens, mask in batches:
                wholes, states = next(right(self, [(tokens, mask)]))
                if not wrong(self.precision, tokens.shape[1]):
                    yield wholes, states
                    continue
                noise = np.random.default_rng(0).standard_normal(states.shape).astype(np.float32)
                # a cosine of tokens of .7, as it was measured
                mixed = unit(states + unit(noise))
                yield unit((mixed * mask[..., None]).sum(axis=1) / 2 + wholes), mixed

        monkeypatch.setattr(CompiledGraph, "run", run)

    yield make
    (compiled_graph() / name).unlink(missing_ok=True)


def test_a_graph_that_is_wrong_at_one_length_answers_right(
    encoder: Encoder, wrong_graph: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    """As on processors with AMX, at 32 tokens: short questions get the vectors that a right graph gives."""
    question = "Wie viele Menschen starben bei dem Hochwasser in der Nacht, und wo?"
    right = encoder.encode_query(question)
    wrong_graph(lambda _, length: length == 32)
    assert float(right @ encoder.encode_query(question)) < 0.99
    found = open_encoder()
    assert isinstance(found, CompiledEncoder)
    verdict = graph_verdict()
    assert verdict is not None
    assert verdict.wrong_lengths == (32,)
    assert "padded to 32 tokens" in caplog.text
    assert 16 < found.count_tokens([question])[0] + 4 <= 32
    assert float(found.encode_query(question) @ right) > 0.999


def test_a_graph_that_is_wrong_in_f32_runs_in_bf16(
    encoder: Encoder,
    wrong_graph: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the processor offers it; where not, OpenVINO computes in 32 bits whatever it is told."""
    right = encoder.encode_query("Wer?")
    wrong_graph(lambda precision, _: precision == "f32")
    monkeypatch.setattr("embeddings.encoders.openvino_encoder.precisions", lambda: ("f32", "bf16"))
    found = open_encoder()
    assert isinstance(found, CompiledEncoder)
    verdict = graph_verdict()
    assert verdict is not None
    assert (verdict.precision, verdict.wrong_precisions) == ("bf16", ("f32",))
    assert "bf16 is used" in caplog.text
    assert float(found.encode_query("Wer?") @ right) > 0.998


@pytest.mark.slow
def test_a_graph_that_is_wrong_everywhere_is_not_run(
    encoder: Encoder, wrong_graph: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    """sentence-transformers takes over, and says why, each time."""
    right = encoder.encode_query("Wer?")
    wrong_graph(lambda *_: True)
    for _ in range(2):
        caplog.clear()
        found = open_encoder()
        assert found.name.endswith("(sentence-transformers, cpu)")
        (line,) = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
        assert line.startswith("OpenVINO computes wrongly on this processor")
        assert "runs on sentence-transformers instead" in line
    assert found.fingerprint == encoder.fingerprint
    assert float(found.encode_query("Wer?") @ right) > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("precision", precisions())
def test_a_text_has_the_same_vector_whatever_it_is_read_with(encoder: Encoder, precision: str) -> None:
    """Of every padded length, alone, among shorter ones, and padded to more: cosines of at least .999."""
    reference = read_reference(compiled_graph())
    graph = CompiledGraph(compiled_graph(), precision)
    longer = [*PADDED_LENGTHS[1:], PADDED_LENGTHS[-1]]
    for number, (length, more) in enumerate(zip(PADDED_LENGTHS, longer, strict=True)):
        full, shorter = (one.ids for one in reference[2 * number : 2 * number + 2])
        alone = run_alone(graph, full, length)
        together = run_together(graph, [full, shorter], length)
        padded = run_alone(graph, full, more)
        for whole, tokens in (together, padded):
            assert float(whole @ alone[0]) > 0.999
            assert float(np.einsum("ij,ij->i", tokens, alone[1]).min()) > 0.99


def run_alone(graph: BatchRun, ids: NDArray[np.int64], length: int) -> tuple[Vectors, Vectors]:
    return run_together(graph, [ids], length)


def run_together(graph: BatchRun, texts: list[NDArray[np.int64]], length: int) -> tuple[Vectors, Vectors]:
    """Return the vectors of the first text and of its tokens, in a batch."""
    tokens, mask = np.ones((len(texts), length), np.int64), np.zeros((len(texts), length), np.int64)
    for row, ids in enumerate(texts):
        tokens[row, : len(ids)], mask[row, : len(ids)] = ids, 1
    wholes, states = graph(tokens, mask)
    return wholes[0].copy(), states[0, : len(texts[0])].copy()

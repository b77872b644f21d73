"""The bundled model: unpacked right, compiled right, and the same whichever engine runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import ARTICLES

from embeddings.encoder import Encoder, open_encoder
from embeddings.encoders.bundled import _dequantise, bundled_model
from embeddings.encoders.export import calibration_texts
from embeddings.encoders.padding import PADDED_LENGTHS, batches
from embeddings.encoders.sentence_transformer import SentenceTransformerEncoder
from embeddings.errors import EncoderError
from embeddings.testing import EncoderContract
from rag.loading.common.files import read_file
from rag.loading.reader import load


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    """The bundled weights, run by sentence-transformers in float32."""
    return SentenceTransformerEncoder(str(bundled_model()), "cpu")


class TestCompiled(EncoderContract):
    """The compiled graph keeps the contract."""

    @pytest.fixture(autouse=True)
    def _give(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encoder(self) -> Encoder:
        return self._encoder


@pytest.mark.slow
class TestSentenceTransformer(EncoderContract):
    """sentence-transformers keeps the contract."""

    @pytest.fixture(autouse=True)
    def _give(self, reference: Encoder) -> None:
        self._encoder = reference

    def encoder(self) -> Encoder:
        return self._encoder


def _paragraphs() -> list[str]:
    texts = [load(path, read_file(path)).text for path in sorted(ARTICLES.iterdir())]
    return [paragraph for text in texts for paragraph in text.split("\n\n") if len(paragraph) > 80]


@pytest.mark.slow
@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.heavy)])
def test_compiled_vectors_are_those_of_sentence_transformers(encoder: Encoder, reference: Encoder, every: int) -> None:
    """On paragraphs in a dozen languages the mean cosine of the two engines is at least 0.998."""
    paragraphs = _paragraphs()[::every]
    cosines = (encoder.encode_passages(paragraphs) * reference.encode_passages(paragraphs)).sum(axis=1)
    assert cosines.mean() >= 0.998
    assert cosines.min() >= 0.98


@pytest.mark.slow
def test_token_vectors_are_those_of_sentence_transformers(encoder: Encoder, reference: Encoder) -> None:
    """Token by token, both engines see the same places and nearly the same directions."""
    paragraphs = _paragraphs()[:12]
    pairs = zip(
        encoder.token_vectors(paragraphs, "passage"), reference.token_vectors(paragraphs, "passage"), strict=True
    )
    for compiled, exact in pairs:
        assert np.array_equal(compiled.spans, exact.spans)
        assert (compiled.vectors * exact.vectors).sum(axis=1).mean() > 0.98


@pytest.mark.slow
def test_both_engines_share_the_fingerprint(encoder: Encoder, reference: Encoder) -> None:
    """An archive made with one engine can be read with the other."""
    assert encoder.fingerprint == reference.fingerprint
    assert (encoder.dim, encoder.max_tokens) == (reference.dim, reference.max_tokens) == (384, 507)


def test_token_ids_are_those_of_xlm_roberta() -> None:
    """The ids of "Hello world" stand in the documentation of XLM-RoBERTa, whose vocabulary E5 uses."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled_model() / "tokenizer.json"))
    assert tokenizer.encode("Hello world").ids == [0, 35378, 8999, 2]
    assert tokenizer.encode("Hello   world").ids == [0, 35378, 8999, 2]


def test_packed_and_full_tokenizer_agree(encoder: Encoder) -> None:
    """On the sample articles, and on odd white space and signs, both give as many tokens at the same places."""
    from tokenizers import Tokenizer

    full = Tokenizer.from_file(str(bundled_model() / "tokenizer.json"))
    odd = ["a\tb\n\nc  d", "ﬁne ½ Ⅳ ①", "x\u00ad\u200by\u3000東京🙂👍🏽", "Račak e\u0301 ﷺ", "", " ", "▁x ▁▁"]
    texts = [*_paragraphs(), *odd]
    assert encoder.count_tokens(texts) == [len(one.ids) for one in full.encode_batch(texts, add_special_tokens=False)]


def test_four_bit_blocks_by_hand() -> None:
    """Scale 0.5 and nibbles 0, 8, 15 give -4, 0 and 3.5; low nibbles are the first sixteen weights."""
    block = np.float16(0.5).tobytes() + bytes([0xF0, 0x88] + [0x88] * 14)
    weights = _dequantise(block + block)
    assert weights.shape == (64,)
    assert (weights[0], weights[16], weights[1], weights[17], weights[32]) == (-4.0, 3.5, 0.0, 0.0, -4.0)


def test_the_running_program_imports_no_torch(encoder: Encoder) -> None:
    """A process that opens the prepared encoder and encodes has loaded neither torch nor transformers."""
    code = (
        "import sys; from embeddings.encoder import open_encoder; open_encoder().encode_query('Wer?');"
        "print([name for name in ('torch', 'transformers', 'nncf', 'openvino_telemetry') if sys.modules.get(name)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.heavy
def test_without_openvino_sentence_transformers_takes_over(encoder: Encoder) -> None:
    """Where OpenVINO cannot be imported, a warning says so, and the vectors are nearly the same."""
    code = (
        "import sys, logging, json; sys.modules['openvino'] = None; logging.basicConfig(format='%(message)s');"
        "from embeddings.encoder import open_encoder; encoder = open_encoder();"
        "print(json.dumps([encoder.name, encoder.fingerprint, encoder.encode_query('Wer war dort?').tolist()]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    name, fingerprint, vector = json.loads(done.stdout)
    assert "OpenVINO cannot be loaded" in done.stderr
    assert "sentence-transformers instead" in done.stderr
    assert name.endswith("(sentence-transformers, cpu)")
    assert fingerprint == encoder.fingerprint
    assert float(np.array(vector) @ encoder.encode_query("Wer war dort?")) > 0.99


def test_threads_get_their_own_results(encoder: Encoder) -> None:
    """Questions asked from eight threads at once get the vectors that they get alone."""
    questions = [f"Was geschah im Jahr {year} in der Stadt?" for year in range(1980, 2020)]
    alone = [encoder.encode_query(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(encoder.encode_query, questions))
    assert np.allclose(alone, together, atol=1e-5)


@given(st.lists(st.integers(1, 512), max_size=60), st.integers(1, 5000))
def test_batches_hold_every_row_once_near_the_budget(lengths: list[int], budget: int) -> None:
    """Each row is in one batch of 1, 2, 4 ... rows; a padded batch is above the budget by less than half of it."""
    groups = list(batches(lengths, budget))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group).bit_count() == 1
        assert len(group) == 1 or max(lengths[row] for row in group) * len(group) <= 2**0.5 * budget


def test_batches_have_few_shapes() -> None:
    """However many texts of whatever lengths there are, since memory for each shape is never given back."""
    shapes = {
        (len(group), length)
        for length in PADDED_LENGTHS
        for count in range(1, 200)
        for group in batches([length] * count)
    }
    assert len(shapes) < 90


def test_calibration_covers_many_scripts() -> None:
    """The calibration texts are at least sixty, a third of them questions, in five scripts."""
    texts = calibration_texts("query: ", "passage: ")
    assert len(texts) >= 60
    assert 0.25 < sum(text.startswith("query: ") for text in texts) / len(texts) < 0.5
    for letter in "äжعの中":
        assert any(letter in text for text in texts)


@pytest.mark.slow
def test_a_missing_model_is_one_sentence() -> None:
    """A name that is neither a folder nor on a reachable hub says what to give instead."""
    with pytest.raises(EncoderError, match="give the folder of a sentence-transformers model"):
        open_encoder("no/such-model-anywhere")


@pytest.mark.slow
def test_a_model_without_prompts_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A model whose configuration names no prompts, and that is no E5, is used as it is, with a warning."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for path in bundled_model().iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "config_sentence_transformers.json").unlink()
    SentenceTransformerEncoder(str(folder), "cpu")
    assert "declares no prompts" in caplog.text
    named_e5 = tmp_path / "my-e5"
    folder.rename(named_e5)
    assert SentenceTransformerEncoder(str(named_e5), "cpu")._prompts == {"query": "query: ", "passage": "passage: "}

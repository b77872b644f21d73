"""How long does a question wait in an archive of 20,000 passages?

    python -m benchmarks.question_speed DATA

DATA is a folder with qam_de/dev in BEIR layout, whose 19,925 documents are passages of 65 tokens in the mean: with
longer ones, re-ranking takes longer in proportion. A second measurement asks the questions of wikinews_de, whose
passages are of usual length. Warm, one question at a time, five citations. Writes
benchmarks/results/question_speed.json: median and 95th percentile in milliseconds.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.latency import machine, percentiles
from benchmarks.sets import searchable
from embeddings.encoder import open_encoder
from rag.config import RankingConfig

RESULT = Path(__file__).parent / "results" / "question_speed.json"
QUESTIONS = 200
WARM_UP = 10


def main(data: Path) -> None:
    encoder = open_encoder()
    result: dict[str, object] = {"machine": machine(), "date": datetime.now(UTC).date().isoformat()}
    for name in ("qam_de/dev", "wikinews_de"):
        with searchable(data, name, encoder) as dataset:
            measured: dict[str, object] = {"passages": dataset.searcher.store.passages.count()}
            for row, ranking in (("fast", RankingConfig(fast=True)), ("re-ranked", RankingConfig())):
                searcher = replace(dataset.searcher, ranking=ranking)
                durations = []
                for _, question in dataset.judged_queries()[: QUESTIONS + WARM_UP]:
                    start = time.perf_counter()
                    searcher.search(question, 5)
                    durations.append((time.perf_counter() - start) * 1000)
                measured[row] = percentiles(durations[WARM_UP:])
            result[name] = measured
            print(name, measured, flush=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

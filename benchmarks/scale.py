"""What would archives of ten and of a hundred million passages need, and which part gives way first?

    python -m benchmarks.scale

Nothing above a million passages was measured. This extends what was, by what is known of how each part grows, and says
so: `ASSUMPTIONS` has every number, with its source. Prints the tables of docs/scaling.md and draws
docs/images/scale.svg.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.figure import Figure

from benchmarks.plots import COLOURS, IMAGES, plain

SIZES = (1_000_000, 10_000_000, 100_000_000)
CORES = (2, 4, 8, 16, 32, 64)
# milliseconds: who asks does not wait for less
_NOTICED = 250.0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a passage, a question and a machine cost.

    Attributes:
        cores: of a machine.
        encode_ms: of one core, for a passage of 142 tokens with its tokens (benchmarks.indexing: 14 to 27).
        read_ms: of one core, to read and split a passage (benchmarks.indexing_parts).
        store_ms: of the one process that stores, for a passage in PostgreSQL, with its tokens and its share of what is
            noted of a file (benchmarks.million: 700,000 passages on a busy machine, 1.3 to 2.9).
        words_ms: of one core, to write the words of a passage (benchmarks.growth).
        question_ms: of one core of a server, without what grows (benchmarks.growth, --fast, up to 200,000 passages).
        words_of_question_ms: for a million passages, proportional to their number (benchmarks.growth, from 200,000 to
            1,000,000; benchmarks.lexical_speed has a fifth of it with 400,000 passages that repeat less).
        vectors_of_question_ms: for a million vectors in groups, as the root of their number (benchmarks.growth).
        database_ms: of one core of PostgreSQL, for a re-ranked question (24 to 31 statements).
        row_bytes, token_bytes: of a passage in PostgreSQL, with indexes (benchmarks.million).
        word_bytes: of a passage in the index of words, with sounds (docs/performance.md).
        vector_bytes: of a passage in an HNSW index of 32-bit vectors with 32 links; on the disk of FAISS it is 768.
    """

    cores: int = 16
    encode_ms: float = 20.0
    read_ms: float = 2.0
    store_ms: float = 2.05
    words_ms: float = 0.39
    question_ms: float = 35.0
    words_of_question_ms: float = 27.0
    vectors_of_question_ms: float = 1.1
    database_ms: float = 5.7
    row_bytes: int = 2_760
    token_bytes: int = 5_350
    word_bytes: int = 750
    vector_bytes: int = 4 * 384 + 32 * 8


ASSUMPTIONS = Assumptions()


def words_ms(passages: int, machines: int = 1, known: Assumptions = ASSUMPTIONS) -> float:
    """Return the time of a question in the index of words, if machines share it evenly."""
    return known.words_of_question_ms * passages / 1e6 / machines


def vectors_ms(passages: int, known: Assumptions = ASSUMPTIONS) -> float:
    """Return the time of a question in the groups of vectors."""
    return known.vectors_of_question_ms * math.sqrt(passages / 1e6)


def indexing_hours(passages: int, cores: int, known: Assumptions = ASSUMPTIONS) -> tuple[float, float]:
    """Return the hours that cores read and encode, and those that the one process stores; the longer ones count."""
    return passages * (known.encode_ms + known.read_ms) / cores / 3.6e6, passages * known.store_ms / 3.6e6


def questions_a_second(known: Assumptions = ASSUMPTIONS) -> tuple[float, float]:
    """Return how many questions a machine answers with a process for each core, and PostgreSQL on one machine."""
    return 1000 / known.question_ms * known.cores, 1000 / known.database_ms * known.cores


def table(known: Assumptions = ASSUMPTIONS) -> str:
    """Return what sizes need, as Markdown."""
    per_machine, per_database = questions_a_second(known)
    rows: dict[str, list[float]] = {
        "PostgreSQL on disk, GB": [passages * (known.row_bytes + known.token_bytes) / 1e9 for passages in SIZES],
        "vectors in memory (HNSW), GB": [passages * known.vector_bytes / 1e9 for passages in SIZES],
        "index of words, GB, on each machine that asks, or in Milvus": [
            passages * known.word_bytes / 1e9 for passages in SIZES
        ],
        "… hours of a core to write it": [passages * known.words_ms / 3.6e6 for passages in SIZES],
        "a question: ms of a core, whatever the size": [known.question_ms for _ in SIZES],
        "… ms in the groups of vectors": [vectors_ms(passages, known) for passages in SIZES],
        "… ms in the index of words, on one machine": [words_ms(passages, known=known) for passages in SIZES],
        "machines among which words are divided, for a quarter of a second": [
            math.ceil(words_ms(passages, known=known) / _NOTICED) for passages in SIZES
        ],
        "indexing: hours of 16 cores to read and encode": [
            indexing_hours(passages, 16, known)[0] for passages in SIZES
        ],
        "… hours of the one process that stores": [indexing_hours(passages, 16, known)[1] for passages in SIZES],
        "questions a second, at most: a machine that asks": [per_machine for _ in SIZES],
        "… what PostgreSQL on one machine serves": [per_database for _ in SIZES],
    }
    head = f"| | {' | '.join(f'{passages // 1_000_000} million' for passages in SIZES)} |\n|---|{'---|' * len(SIZES)}\n"
    return head + "\n".join(
        f"| {name} | {' | '.join(_short(value) for value in values)} |" for name, values in rows.items()
    )


def draw(known: Assumptions = ASSUMPTIONS) -> Figure:
    """Draw the time of a question by part, and the hours of indexing by the number of machines."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    question, indexing = figure.subplots(1, 2)
    sizes = [10**exponent for exponent in range(5, 9)]
    parts = {
        "encoding, reading, re-ranking": [known.question_ms for _ in sizes],
        "PostgreSQL": [known.database_ms for _ in sizes],
        "vectors, in groups": [vectors_ms(passages, known) for passages in sizes],
        "words, on one machine": [words_ms(passages, known=known) for passages in sizes],
        "words, on sixteen": [words_ms(passages, 16, known) for passages in sizes],
    }
    for colour, (name, milliseconds) in zip(COLOURS, parts.items(), strict=False):
        question.plot(sizes, milliseconds, "o-", color=colour, label=name, markersize=4)
    question.set(xscale="log", yscale="log", xlabel="passages in the archive", ylabel="milliseconds of a question")
    for colour, passages in zip(COLOURS, SIZES, strict=False):
        hours = [indexing_hours(passages, cores, known) for cores in CORES]
        label = f"{passages // 1_000_000} million passages"
        indexing.plot(CORES, [max(both) for both in hours], "o-", color=colour, label=label, markersize=4)
        indexing.plot(CORES, [cluster for cluster, _ in hours], ":", color=colour, linewidth=1)
    indexing.set(xscale="log", yscale="log", xlabel="cores that read and encode", ylabel="hours to index all")
    indexing.set_xticks(CORES, [str(cores) for cores in CORES])
    indexing.minorticks_off()
    for axes in (question, indexing):
        plain(axes)
    return figure


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def main() -> None:
    print(table())
    draw().savefig(IMAGES / "scale.svg", metadata={"Date": None}, facecolor="white")


if __name__ == "__main__":
    main()

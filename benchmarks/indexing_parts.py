"""What does indexing cost beside the encoder's graph?

    python -m benchmarks.indexing_parts DATA

DATA is a folder with gnad10k and wikinews_de in BEIR layout; 200 articles of each are written to plain text files. The
graph is replaced by noise of the same shape, so that the rest is measured alone. Prints the milliseconds of the
processor, all threads together, that a passage takes: these change less than seconds by the clock where other programs
run. Each part is the least of three rounds; the words and the whole, for which words are cached, are measured once.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from embeddings.encoders.graph import Batch
from embeddings.encoders.openvino_encoder import CompiledEncoder, compiled_graph
from embeddings.types import Vectors
from embeddings.vectors.language_neutral import language_neutral
from embeddings.vectors.token_codec import token_codec
from rag.archive import Archive
from rag.config import Config
from rag.dense.token_cache import TokenCache
from rag.dense.token_vectors import TokenStore, encode_words
from rag.indexing.splitting import split
from rag.lexical.documents import count_words, entries, term_maker
from rag.loading.plain_text.line_features import feature_matrix
from rag.loading.reader import load
from rag.storage.change_feed import PassageChanges
from rag.text.encoder_input import encoder_input
from rag.text.language import language_of, languages_of_parts
from rag.text.similarity import minhash_bands
from rag.types.archive_state import NOTHING_YET

SETS, ARTICLES_OF_A_SET, ROUNDS = ("gnad10k", "wikinews_de"), 200, 3


def encoder_without_graph() -> CompiledEncoder:
    """Return the bundled encoder with noise in place of what its graph computes."""
    encoder = CompiledEncoder(compiled_graph())
    noise = np.random.default_rng(0).standard_normal((1 << 14, encoder.dim)).astype(np.float32)
    # tokens of a text are alike
    noise += 2 * noise[:1]
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)

    def run(batches: Iterable[Batch]) -> Iterator[tuple[Vectors, Vectors]]:
        for tokens, _ in batches:
            yield noise[: len(tokens)], noise[: tokens.size].reshape(*tokens.shape, -1)

    encoder._graph.run = run  # type: ignore[method-assign]
    return encoder


def write_articles(data: Path, folder: Path) -> list[Path]:
    """Write articles as plain text files, and return their paths."""
    for name in SETS:
        for line in (data / name / "corpus.jsonl").read_text("utf-8").splitlines()[:ARTICLES_OF_A_SET]:
            row = json.loads(line)
            (folder / f"{name}-{row['_id']}.txt".replace("/", "-")).write_text(f"{row['title']}\n\n{row['text']}\n")
    return sorted(folder.iterdir())


def parts_of(paths: list[Path], encoder: CompiledEncoder) -> tuple[int, dict[str, Callable[[], object]]]:
    """Return how many passages the articles have, and what is done with them."""
    files = {path: path.read_bytes() for path in paths}
    lines = [[line for line in raw.decode().splitlines() if line.strip()] for raw in files.values()]
    articles = [load(path, raw) for path, raw in files.items()]
    cut = {article: split(article, encoder.count_tokens, Config()) for article in articles}
    added = [(article, passage) for article, passages in cut.items() for passage in passages]
    inputs = [encoder_input(article, passage) for article, passage in added]
    tokens = encode_words(encoder, inputs)
    codec = token_codec(encoder.fingerprint)
    assert codec, "The bundled encoder has a codec."
    store = TokenStore(language_neutral(encoder.fingerprint), codec, TokenCache(Path("/nowhere"), ""))
    changes = [PassageChanges(NOTHING_YET, len(added), np.empty(0, np.int64), tuple(added))]

    def words() -> object:
        frequencies, _ = count_words(changes)
        return list(entries(changes, term_maker(lambda word: frequencies[word])))

    return len(added), {
        "words: terms, sounds, positions": words,
        "reading": lambda: [load(path, raw) for path, raw in files.items()],
        "  of these: features of lines": lambda: [feature_matrix(of_file) for of_file in lines],
        "  of these: languages of articles": lambda: [language_of(article.text) for article in articles],
        "cutting": lambda: [split(article, encoder.count_tokens, Config()) for article in articles],
        "  of these: languages of passages": lambda: [
            languages_of_parts([passage.text for passage in passages], article.language)
            for article, passages in cut.items()
        ],
        "bands of near-duplicates": lambda: [minhash_bands(article) for article in articles],
        "tokens: ids, offsets, selection": lambda: encode_words(encoder, inputs),
        "tokens: neutral map and codec": lambda: store.encode(tokens),
    }


def seconds(function: Callable[[], object]) -> float:
    """Return the processor's time that a function takes, all threads together."""
    start = time.process_time()
    function()
    return time.process_time() - start


def main(data: Path) -> None:
    encoder = encoder_without_graph()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "articles"
        folder.mkdir()
        passages, parts = parts_of(write_articles(data, folder), encoder)
        taken = {
            name: min(seconds(part) for _ in range(1 if name.startswith("words") else ROUNDS))
            for name, part in parts.items()
        }
        with Archive.open(Path(temporary) / "archive", encoder=encoder) as archive:
            taken |= {"the whole, with storing and imports": seconds(lambda: archive.index(folder))}
    print(f"{passages} passages, milliseconds of the processor a passage")
    for name, value in taken.items():
        print(f"{name:36s} {value / passages * 1000:6.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Makes embeddings/vectors/tokens.npz: how token vectors are kept in a few bytes.

    python -m benchmarks.fit_tokens DATA

DATA is a folder with Belebele and MLQA in BEIR layout. What is learnt from are the passages of Belebele in German and
English, of MLQA in German, and of the sample articles in many languages, without their commonest words: what is rare
decides, and is harder to keep. Prints how near the tokens of other texts come to themselves: the cosine on wikinews_de.
What that costs in ranking is measured by benchmarks/tokens.py.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

import embeddings.vectors.token_codec
from benchmarks.sets import SAMPLE, cut_passages
from embeddings.encoder import Encoder, open_encoder
from embeddings.types import TokenVectors, Vectors
from embeddings.vectors.language_neutral import language_neutral
from embeddings.vectors.token_codec import TokenCodec
from rag.config import Config
from rag.dense.token_vectors import encode_words
from rag.indexing.splitting import split
from rag.loading.common.files import read_file
from rag.loading.reader import load
from rag.text.encoder_input import encoder_input

SETS, OTHERS = ("belebele/de-de", "belebele/de-en", "mlqa_de"), "wikinews_de"
PARTS, WIDTH, BITS = 36, 8, 8
COMMON = 200


def tokens(texts: Sequence[str], encoder: Encoder) -> list[TokenVectors]:
    """Return the token vectors of passages, as they are kept: without punctuation and what tells the language."""
    return language_neutral(encoder.fingerprint).project(encode_words(encoder, texts), "passage")


def learnt_from(data: Path, encoder: Encoder) -> list[TokenVectors]:
    """Return the token vectors that a codec is made from."""
    texts = [text for name in SETS for text in cut_passages(data, name, encoder)]
    for path in sorted((SAMPLE / "articles").iterdir()):
        article = load(path, read_file(path))
        texts += [encoder_input(article, passage) for passage in split(article, encoder.count_tokens, Config())]
    return uncommon(texts, tokens(texts, encoder))


def uncommon(texts: Sequence[str], read: Sequence[TokenVectors]) -> list[TokenVectors]:
    """Leave out the tokens that are spelled most often: two in five are of these words, and they decide nothing."""
    spelled = [
        [text[start:end] for start, end in tokens.spans.tolist()] for text, tokens in zip(texts, read, strict=True)
    ]
    common = {word for word, _ in Counter(word for of_text in spelled for word in of_text).most_common(COMMON)}
    return [
        tokens.select(np.array([word not in common for word in of_text], bool))
        for of_text, tokens in zip(spelled, read, strict=True)
    ]


def balanced(variances: Vectors, parts: int) -> list[int]:
    """Return an order of directions in which equal stretches have about the same product of variances.

    Each direction, the widest first, goes to the part with the least so far (Ge et al., "Optimized product
    quantization", 2013).
    """
    groups: list[list[int]] = [[] for _ in range(parts)]
    filled = np.zeros(parts)
    for number, gain in enumerate(np.log(variances / variances[-1]) + 0.01):
        open_parts = [part for part in range(parts) if len(groups[part]) < len(variances) // parts]
        least = min(open_parts, key=lambda part: filled[part])
        groups[least].append(number)
        filled[least] += gain
    return [number for group in groups for number in group]


def fit(texts: list[TokenVectors], parts: int = PARTS, width: int = WIDTH) -> TokenCodec:
    """Return the codec that keeps these tokens best in so many parts."""
    vectors = np.concatenate([text.vectors for text in texts])
    wholes = np.repeat([text.pooled for text in texts], [len(text.vectors) for text in texts], axis=0)
    mean, of_wholes = vectors.mean(0), wholes.mean(0)
    share = float(((wholes - of_wholes) * (vectors - mean)).sum() / ((wholes - of_wholes) ** 2).sum())
    offset = mean - share * of_wholes
    residuals = vectors - (offset + share * wholes)
    left = (residuals**2).sum() / ((vectors - mean) ** 2).sum()
    print(f"share {share:.3f}; {left:.3f} of the variance is within texts")
    variances, directions = np.linalg.eigh(residuals.T @ residuals / len(residuals))
    order = np.argsort(-variances)
    coded = order[: parts * width]
    coded = coded[balanced(variances[coded], parts)]
    directions = np.ascontiguousarray(directions[:, [*coded, *order[parts * width :]]], np.float32)
    quantiser = faiss.ProductQuantizer(parts * width, parts, BITS)
    quantiser.train(np.ascontiguousarray(residuals @ directions[:, : parts * width], np.float32))
    words = faiss.vector_to_array(quantiser.centroids).reshape(parts, 1 << BITS, width)
    return TokenCodec(share, offset @ directions, directions, words)


def main(data: Path) -> None:
    encoder = open_encoder()
    codec = fit(learnt_from(data, encoder))
    target = Path(embeddings.vectors.token_codec.__file__).with_name(embeddings.vectors.token_codec.TABLE)
    arrays = {name: getattr(codec, name).astype(np.float16) for name in ("offset", "directions", "words")}
    np.savez_compressed(target, fingerprint=np.array(encoder.fingerprint), share=np.array(codec.share), **arrays)
    print(f"{target}: {PARTS} bytes a token, {target.stat().st_size / 1000:.0f} kB")
    others = tokens(cut_passages(data, OTHERS, encoder), encoder)
    turned = map(codec.rotate, others)
    nearness = [
        (text.vectors * decoded.vectors).sum(1) for text, decoded in zip(turned, codec.round_trip(others), strict=True)
    ]
    size = np.mean([len(code) for code in codec.encode(others) if code is not None])
    print(f"{OTHERS}: cosine {np.concatenate(nearness).mean():.3f}, {size:.0f} bytes a passage")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

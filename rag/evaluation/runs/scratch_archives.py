"""Archives that are made to be measured, and kept in the user's cache so that the second time costs no encoding."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from embeddings.cache import cache_folder
from embeddings.encoder import BUNDLED
from embeddings.types import OnStep
from rag.archive import Archive
from rag.config import Config
from rag.evaluation.questions.beir import CORPUS, corpus_articles

OnArticle = Callable[[int], None]
"""Called with the number of articles done."""

# raised whenever the same document gives another article
_LOADERS = "set 1"


def archive_of_set(
    folder: Path,
    config: Config,
    encoder: str | None = None,
    *,
    on_step: OnStep | None = None,
    on_article: OnArticle | None = None,
    cross_encoder: str | None = None,
) -> Archive:
    """Return an archive of the documents of a set in BEIR layout; the folder in the cache is named by their content."""
    digest = hashlib.sha256((folder / CORPUS).read_bytes())
    digest.update(repr((config, encoder)).encode())
    archive_folder, name = _folder(digest.hexdigest()), encoder or BUNDLED
    archive = Archive.open(archive_folder, encoder_name=name, config=config, on_step=on_step, reranker=cross_encoder)
    return _fill_or_close(archive, lambda: archive.fill(corpus_articles(folder), _LOADERS, on_article))


def rechunked_archive(archive: Archive, config: Config, on_article: OnArticle | None = None) -> Archive:
    """Return an archive of the same articles as another one, cut by other numbers, with the same encoder."""
    name = hashlib.sha256(repr((archive.id, config)).encode()).hexdigest()
    copy = Archive.open(_folder(name), encoder_name=archive.encoder_name, config=config, encoder=archive.encoder)
    return _fill_or_close(copy, lambda: copy.fill(archive.articles(), f"copy of {archive.id}", on_article))


def _fill_or_close(archive: Archive, fill: Callable[[], None]) -> Archive:
    try:
        fill()
    except BaseException:
        archive.close()
        raise
    return archive


def _folder(name: str) -> Path:
    return cache_folder() / "evaluation" / name[:16]

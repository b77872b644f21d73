"""A map of an archive: passages as points in a plane, where what lies close together is about similar things."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.permissions import make_file
from embeddings.vectors.language_neutral import language_neutral
from rag.archive import Archive
from rag.dense.projection import MIN_POINTS, project_to_plane
from rag.storage.layout import MAP
from rag.storage.passages import StoredPassage
from rag.types import primary_language

_log = logging.getLogger(__name__)

_MAX_POINTS = 3000
# the resolution of the points
_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class ArchiveMap:
    """The map of an archive, kept in its folder until the archive changes.

    It is JSON with the `state` of the archive, `articles` with id, headline, year, outlet and language, and `points`
    with two coordinates from 0 to 10,000, the number of the article, and the start and end of the passage.
    """

    archive: Archive

    @property
    def _path(self) -> Path:
        return self.archive.folder / MAP

    @property
    def _state(self) -> str:
        return str(self.archive._store.changes.state)

    def cached(self) -> str | None:
        """Return the map of the archive as it is now; None if it is to be computed."""
        try:
            text = self._path.read_text("utf-8")
            return text if json.loads(text)["state"] == self._state else None
        except (OSError, ValueError, KeyError, TypeError):
            # none yet, or damaged: it is computed
            return None

    def compute(self) -> str:
        """Compute the map and store it; with too few passages it has no points."""
        store, state = self.archive._store, self._state
        encoder = store.vectors.encoder
        # keys are hashes, so those that come first are a sample
        keys = store.passages.all_keys()[:_MAX_POINTS].tolist()
        passages = store.passages.with_keys(keys, encoder.fingerprint) if encoder else []
        text = json.dumps({"state": state, **self._points(passages)}, ensure_ascii=False, separators=(",", ":"))
        try:
            if not self._path.exists():
                make_file(self._path)
            self._path.write_text(text, "utf-8")
        except OSError as error:
            _log.info("The map is not stored: %s", error)
        return text

    def _points(self, passages: list[StoredPassage]) -> dict[str, list[object]]:
        encoder = self.archive._store.vectors.encoder
        if encoder is None or len(passages) < MIN_POINTS:
            return {"articles": [], "points": []}
        vectors = np.stack([passage.vector for passage in passages]).astype(np.float32)
        neutral = language_neutral(encoder.fingerprint).project_texts(vectors, "passage")
        points = np.rint(project_to_plane(neutral) * _SCALE).astype(int).tolist()
        numbers: dict[str, int] = {}
        articles: list[object] = []
        rows: list[object] = []
        for (x, y), stored in zip(points, passages, strict=True):
            article = stored.article
            if article.id not in numbers:
                numbers[article.id] = len(articles)
                year = article.published.year if article.published else None
                articles.append([article.id, article.label, year, article.source, primary_language(article.language)])
            rows.append([x, y, numbers[article.id], stored.passage.start, stored.passage.end])
        return {"articles": articles, "points": rows}

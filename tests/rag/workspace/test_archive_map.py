"""The map of an archive: its points are passages, and neighbours in it are neighbours among the vectors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from rag.archive import Archive
from rag.dense.projection import project_to_plane
from rag.workspace import archive_map
from rag.workspace.archive_map import ArchiveMap


def test_neighbours_stay_neighbours() -> None:
    """Three clusters in 64 dimensions are three clusters in the plane; the same vectors give the same points."""
    draw = np.random.default_rng(3)
    centres = draw.normal(size=(3, 64)) * 4
    vectors = np.concatenate([centre + draw.normal(size=(20, 64)) for centre in centres]).astype(np.float32)
    points = project_to_plane(vectors)
    assert points.shape == (60, 2)
    assert (points.min(), points.max()) == (0, 1)
    assert trustworthiness(vectors, points) > 0.9
    assert np.array_equal(points, project_to_plane(vectors))


@pytest.mark.folder
def test_the_map_is_kept_until_the_archive_changes(
    sample: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each point is a passage of an article of the archive; a map that is damaged is computed again."""
    monkeypatch.setattr(archive_map, "_MAX_POINTS", 40)
    shutil.copytree(sample.folder, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as archive:
        the_map = ArchiveMap(archive)
        assert the_map.cached() is None
        text = the_map.compute()
        assert the_map.cached() == text
        facts = json.loads(text)
        assert len(facts["points"]) == 40
        for x, y, number, start, end in facts["points"]:
            assert 0 <= x <= 10_000
            assert 0 <= y <= 10_000
            article_id, label, year, source, language = facts["articles"][number]
            article = archive.article(article_id)
            assert (label, source, language) == (article.label, article.source, article.language.partition("-")[0])
            assert year == (article.published.year if article.published else None)
            assert (start, end) in {(passage.start, passage.end) for passage in archive.passages(article_id)}
        (archive.folder / "map.json").write_text("{", "utf-8")
        assert the_map.cached() is None
        the_map.compute()
        archive.correct(facts["articles"][0][0], title="Neu")
        assert the_map.cached() is None


def test_too_few_passages_make_no_map(tmp_path: Path) -> None:
    """An empty archive has one without points."""
    with Archive.open(tmp_path / "archive") as archive:
        assert json.loads(ArchiveMap(archive).compute())["points"] == []

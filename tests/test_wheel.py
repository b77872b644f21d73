"""The package as it is installed, built as `pip` builds it."""

from __future__ import annotations

import zipfile
from contextlib import chdir
from pathlib import Path

from hatchling.build import build_wheel
from paths import ARTICLES, ROOT


def test_the_sample_articles_are_in_the_package(tmp_path: Path) -> None:
    """Each of them, byte by byte, so that an empty archive can be tried wherever Fundstelle is installed."""
    with chdir(ROOT):
        name = build_wheel(str(tmp_path))
    with zipfile.ZipFile(tmp_path / name) as wheel:
        packed = {
            Path(member).name: wheel.read(member) for member in wheel.namelist() if member.startswith("rag/sample/")
        }
    assert packed == {path.name: path.read_bytes() for path in ARTICLES.iterdir()}

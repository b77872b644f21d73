"""Whatever happens to a file of an archive, nothing is shown that was not stored."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from damage import Archives, Damage, damaged_copy, make_archives, reason, shown_in_child, verdict

from embeddings.encoder import Encoder

_FEW, _MANY = 30, 2_000

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a damaged archive is read in a process of its own")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Archives:
    """Archives of ten short articles."""
    return make_archives(tmp_path_factory.mktemp("archives"), encoder)


def outcomes(archives: Archives, encoder: Encoder, seeds: range, folder: Path) -> Counter[tuple[str, str]]:
    """Damage an archive once for each seed; return how often a kind of file had an outcome, and fail at a wrong one."""
    counts: Counter[tuple[str, str]] = Counter()
    bad: list[tuple[str, Damage, str]] = []
    for seed in seeds:
        copy = folder / "copy"
        damage = damaged_copy(archives, seed, copy)
        now = shown_in_child(copy, encoder)
        outcome = verdict(now, archives.expected)
        counts[damage.kind, outcome] += 1
        if outcome in ("wrong", "crash"):
            bad.append((outcome, damage, reason(now, archives.expected)))
        shutil.rmtree(copy)
    for (kind, outcome), count in sorted(counts.items()):
        sys.stdout.write(f"{kind}: {count} {outcome}\n")
    assert not bad, "\n".join(map(str, bad))
    return counts


def test_nothing_is_shown_that_was_not_stored(archives: Archives, encoder: Encoder, tmp_path: Path) -> None:
    """Of thirty damages, each is harmless, healed by rebuilding, said, or refused in one sentence."""
    counts = outcomes(archives, encoder, range(_FEW), tmp_path)
    assert sum(counts.values()) == _FEW


@pytest.mark.heavy
def test_nothing_is_shown_that_was_not_stored_after_thousands_of_damages(
    archives: Archives, encoder: Encoder, tmp_path: Path
) -> None:
    """The same of two thousand damages, with seeds that are printed."""
    first = int(os.environ.get("FUNDSTELLE_SEED", secrets.randbelow(1 << 30)))
    sys.stdout.write(f"FUNDSTELLE_SEED={first}\n")
    outcomes(archives, encoder, range(first, first + _MANY), tmp_path)

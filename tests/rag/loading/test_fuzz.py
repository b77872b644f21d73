"""Damaged files of all kinds: nothing comes out but articles in order, flaws, and LoadError.

They are the same few at every run, and the same many under `-m heavy`; FUNDSTELLE_FUZZ_MINUTES=10 tries new ones there
for so long.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

import pytest
from fuzzing import DAMAGES, Damage, check, damaged, read, valid
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import LoadError

VALID = valid()
MINUTES = float(os.environ.get("FUNDSTELLE_FUZZ_MINUTES", "0"))


@pytest.mark.parametrize("name", VALID)
def test_valid_files(name: str) -> None:
    """Undamaged, each of them gives articles."""
    kind, raw = VALID[name]
    for content in read(name, kind, raw):
        check(content)
        assert content


@pytest.mark.parametrize("examples", [25, pytest.param(250, marks=pytest.mark.heavy)])
@pytest.mark.parametrize("name", VALID)
def test_damaged_files(name: str, examples: int) -> None:
    """Bytes that are turned, left out, repeated, moved or put in do no more than make a file unreadable."""
    kind, raw = VALID[name]

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=not MINUTES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(DAMAGES, st.floats(0, 1, exclude_max=True))
    def do_no_harm(damages: list[Damage], member: float) -> None:
        with suppress(LoadError):
            for content in read(name, kind, damaged(raw, damages, member)):
                check(content)

    end = time.monotonic() + 60 * MINUTES / len(VALID)
    do_no_harm()
    while time.monotonic() < end:
        do_no_harm()

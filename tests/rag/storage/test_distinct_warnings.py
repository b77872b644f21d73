"""Warnings that are logged once."""

from __future__ import annotations

import logging
import threading

import pytest

from rag.storage.distinct_warnings import DistinctWarnings


def test_a_warning_is_logged_once_for_each_subject(caplog: pytest.LogCaptureFixture) -> None:
    """By the logger that was given, as it is, whichever of several threads comes first."""
    caplog.set_level(logging.WARNING, "archive")  # whatever the root logger lets through
    warnings = DistinctWarnings(logging.getLogger("archive"))
    begin = threading.Barrier(8)

    def warn() -> None:
        begin.wait()
        for subject in ("a", "b", "a"):
            warnings.warn(subject, f"{subject} is 100 % wrong.")

    threads = [threading.Thread(target=warn) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caplog.record_tuples == [
        ("archive", logging.WARNING, f"{subject} is 100 % wrong.") for subject in ("a", "b")
    ]

"""A limit of memory that is too low."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from rag.archive import Archive

_SENTENCE = "There is not enough memory: end other programs, or raise the limit that `ulimit -v` shows."


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of addresses has no effect")
def test_a_question_with_too_little_memory(encoder: Encoder, tmp_path: Path) -> None:
    """With a gigabyte of addresses, the last line says that memory is short."""
    (tmp_path / "a.md").write_text("# Brücke\n\nDie Brücke kostete 84 Millionen Euro.\n", encoding="utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(tmp_path / "a.md")
    code = "from rag.cli.app import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code, "ask", "Was kostete die Brücke?", "--archive", tmp_path / "archive"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert " ".join(run.stderr.split()).endswith(_SENTENCE)

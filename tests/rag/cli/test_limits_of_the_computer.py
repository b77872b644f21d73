"""Limits of memory and of open files that are too low."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import NotEnoughMemory, TooManyOpenFiles

_MEMORY, _FILES = NotEnoughMemory.sentence, TooManyOpenFiles.sentence


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of addresses has no effect")
@pytest.mark.parametrize(
    ("command", "limit", "most", "sentence"),
    [
        ("ask", resource.RLIMIT_AS, 10**9, _MEMORY),
        *(
            pytest.param(*values, marks=pytest.mark.heavy)
            for values in (
                ("index", resource.RLIMIT_AS, 10**9, _MEMORY),
                ("ask", resource.RLIMIT_AS, 2 * 10**9, _MEMORY),
                ("index", resource.RLIMIT_AS, 2 * 10**9, _MEMORY),
                ("ask", resource.RLIMIT_AS, 3 * 10**9, None),
                ("index", resource.RLIMIT_AS, 3 * 10**9, None),
                ("ask", resource.RLIMIT_NOFILE, 12, _FILES),
                ("index", resource.RLIMIT_NOFILE, 12, _FILES),
                ("ask", resource.RLIMIT_NOFILE, 64, ""),
                ("index", resource.RLIMIT_NOFILE, 64, ""),
            )
        ),
    ],
)
def test_a_tight_limit(
    encoder: Encoder, tmp_path: Path, command: str, limit: int, most: int, sentence: str | None
) -> None:
    """With too few addresses or open files the last line says so, and the next run does it; with enough, it is done.

    None: whether there are enough depends on the processor and its cores.
    """
    archive, files = tmp_path / "archive", tmp_path / "files"
    files.mkdir()
    (files / "a.md").write_text("# Brücke\n\nDie Brücke kostete 84 Millionen Euro.\n", encoding="utf-8")
    with Archive.open(archive, encoder=encoder) as opened:
        opened.index(files)
    (files / "b.md").write_text("# Deich\n\nDer Deich wurde um 70 Zentimeter erhöht.\n", encoding="utf-8")
    words = ["ask", "Was kostete die Brücke?"] if command == "ask" else ["index", str(files)]
    run = subprocess.run(
        [sys.executable, "-c", "from rag.cli.app import main; main()", *words, "--archive", archive],
        preexec_fn=lambda: resource.setrlimit(limit, (most, most)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in run.stderr
    if sentence is None:
        sentence = _MEMORY if run.returncode else ""
    assert run.returncode == (2 if sentence else 0), run.stderr
    assert " ".join(run.stderr.split()).endswith(sentence)
    with Archive.open(archive, encoder=encoder) as opened:
        opened.index(files)
        assert opened.status().articles == 2
        assert "84" in opened.ask("Was kostete die Brücke?").citations[0].quote

"""What the shell completes, in a real bash."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT

from rag.archive import Archive

Complete = Callable[..., list[str]]


@pytest.fixture(scope="module")
def complete(sample: Archive, tmp_path_factory: pytest.TempPathFactory) -> Complete:
    """Complete the last of the words of a command in bash, and return what it would insert."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "fundstelle"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom rag.__main__ import main\nmain()\n"
    )
    program.chmod(0o755)
    script = subprocess.run(
        [program], env={"_FUNDSTELLE_COMPLETE": "source_bash"}, capture_output=True, text=True, check=True
    ).stdout

    def run(*words: str, archive: Path = sample.folder) -> list[str]:
        typed = ["fundstelle", *words]
        quoted = " ".join(map(shlex.quote, typed))
        bash = (
            f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _fundstelle_completion {program}\n"
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        environment = {"PATH": "/usr/bin:/bin", "FUNDSTELLE_ARCHIVE": str(archive)}
        done = subprocess.run(
            ["bash", "--norc", "-c", bash], env=environment, capture_output=True, text=True, check=True, cwd=folder
        )
        assert done.stderr == ""
        return [line for line in done.stdout.splitlines() if line]

    return run


def test_articles_complete_by_headline_and_id(complete: Complete, sample: Archive) -> None:
    """A headline comes quoted for the shell, so that it is one word of the command; so does the beginning of an id."""
    article = sample.article("de-higgs-boson-cern.html")
    assert article.title
    (word,) = complete("show", article.title.split()[0])
    assert shlex.split(word) == [article.title]
    (word,) = complete("show", article.title[:20].replace(" ", "\\ "))
    assert shlex.split(word) == [article.title]
    assert complete("show", article.id[:11]) == [article.id]
    assert complete("correct", article.id[:11], "--archive") != [article.id]


def test_outlets_and_authors_complete_by_their_beginning(complete: Complete, sample: Archive) -> None:
    """Only names that articles have, whatever their case; authors are not outlets."""
    article = sample.article("de-higgs-boson-cern.html")
    assert article.source
    assert article.author
    assert complete("ask", "Wer?", "--source", article.source[:6].lower()) == [article.source]
    authors = [shlex.split(word)[0] for word in complete("list", "--author", article.author[:5])]
    assert article.author in authors
    assert complete("list", "--source", article.author) == []


def test_the_archive_is_that_of_the_command(complete: Complete, sample: Archive, tmp_path: Path) -> None:
    """--archive counts more than the environment; without an archive, nothing is completed and nothing is said."""
    article = sample.article("de-higgs-boson-cern.html")
    assert complete("show", article.id[:11], archive=tmp_path) == []
    assert complete("show", "--archive", str(sample.folder), article.id[:11], archive=tmp_path) == [article.id]
    (tmp_path / "archive.sqlite").write_text("damaged")
    assert complete("show", article.id[:11], archive=tmp_path) == []

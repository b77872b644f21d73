"""A process that changes an archive without a pause: it indexes articles in two versions, forgets them, and so on."""

from __future__ import annotations

import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from factories import article_file

from rag.archive import Archive
from rag.errors import FundstelleError

COUNT = 6
"""The articles of an archive that is changed."""
SENTENCE = re.compile(r"[^\n]+[.]")


def text_of(number: int, version: int) -> str:
    """Return the text of an article in a version, of which each sentence says what it is of."""
    sentences = (
        f"Die Schleuse {number} der Fassung {version} hat den Satz {each} und eine Brücke aus Stahl."
        for each in range(5)
    )
    return " ".join(sentences)


def write_articles(folder: Path, version: int, step: int = 1) -> None:
    """Write every so manieth article in a version; nobody sees half a file."""
    folder.mkdir(exist_ok=True)
    for number in range(0, COUNT, step):
        content = article_file(f"Schleuse {number}", "2023-05-03", "Bote", text_of(number, version))
        fresh = folder.with_name(f"fresh-{number}.md")
        fresh.write_text(content, "utf-8")
        fresh.replace(folder / f"{number}.md")


def changes(archive: Archive, articles: Path) -> Iterator[FundstelleError | None]:
    """Change an archive, one thing after the other; give the refusal if there was one."""
    for turn in count():
        write_articles(articles, turn % 2, 2)
        forgotten = articles / f"{turn % COUNT}.md"
        for change in (partial(archive.index, articles), partial(archive.forget, forgotten)):
            try:
                change()
            except FundstelleError as refusal:
                assert SENTENCE.fullmatch(str(refusal)), refusal
                yield refusal
            else:
                yield None


@contextmanager
def changing(folder: Path, articles: Path) -> Iterator[None]:
    """Let another process change an archive; at the end, check that it was only ever refused in a sentence.

    It may say on standard error what it could not write.
    """
    words = [sys.executable, __file__, str(folder), str(articles)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    yield
    done, faults = process.communicate("", timeout=60)
    assert process.returncode == 0, faults
    assert int(done) > 0


def main(folder: str, articles: str) -> None:
    """Change the archive until the standard input ends; say how often that was possible."""
    with Archive.open(folder) as archive:
        done = 0
        for refusal in changes(archive, Path(articles)):
            if refusal:
                time.sleep(0.05)
            elif not done:
                sys.stdout.write("begun\n")
                sys.stdout.flush()
            done += refusal is None
            if done and select.select([sys.stdin], [], [], 0)[0]:
                break
        sys.stdout.write(f"{done}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

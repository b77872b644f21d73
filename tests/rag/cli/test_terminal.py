"""What comes from files and reaches a terminal shows there, and controls nothing."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from rich.table import Table

from rag.article_view import ArticleView
from rag.cli.output import err, out, print_answer, print_article, print_excluded, print_explanation
from rag.cli.plain import LogLine, print_json
from rag.types import Answer, Article, Citation, Passage

# ECMA-48: C0, DEL and C1, among them ESC and the one-sign CSI and OSC that some terminals take
CONTROLS = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160)]))
WILD = f"Ein \x1b[31mroter\x9b2J Satz {CONTROLS}"
ARTICLE = Article(
    id="a1",
    title=WILD,
    text=WILD,
    language="de",
    source=WILD,
    author=WILD,
    path=f"/{WILD}",
    sha256="0" * 64,
    place=WILD,
)
CITATION = Citation(
    1, ARTICLE, "a1:0-9", 0, len(WILD), WILD, ((4, 20),), ((5, 9),), (replace(ARTICLE, id="a2"),), 0.9, {"dense": 0.5}
)
ANSWER = Answer(WILD, "de", "doubtful", 0.1, WILD, (CITATION,), {"total": 1.0})


def is_calm(text: str) -> bool:
    """Return whether a text holds no control character but line feeds."""
    return bool(text) and not set(CONTROLS) & set(text)


def test_an_article_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Headline, outlet, author, quote, path and reason: each is printed, and no sign of it is obeyed."""
    print_answer(ANSWER)
    print_explanation(ANSWER)
    print_article(ArticleView(ARTICLE, (Passage("a1", 0, 9, WILD[:9]),), (None,), (ARTICLE,), ()))
    print_excluded(ARTICLE, [WILD])
    table = Table(WILD)
    table.add_row(WILD)
    out.print(table)
    err.print(WILD)
    captured = capsys.readouterr()
    assert is_calm(captured.out)
    assert is_calm(captured.err)
    assert "␛[31mroter" in captured.out


def test_json_is_the_same_without_controls(capsys: pytest.CaptureFixture[str]) -> None:
    """RFC 8259 lets DEL and C1 stand as they are; written as escapes they are the same text to a program."""
    print_json({"quote": WILD})
    text = capsys.readouterr().out
    assert is_calm(text)
    assert json.loads(text) == {"quote": WILD}


def test_a_log_line_does_not_control_the_terminal() -> None:
    """A message may hold what a request or a file holds."""
    record = logging.LogRecord("ui", logging.ERROR, "", 0, "%s", (WILD,), None)
    assert is_calm(LogLine("%(message)s").format(record))

"""Questions from standard input: one warm process, an answer for each line, and what is wrong with the others."""

from __future__ import annotations

import io
import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import Run
from waiting import PATIENCE

from rag.archive import Archive
from rag.cli.question_lines import MAX_LINE_BYTES, QuestionLine, question_line, read_lines
from rag.errors import QuestionError

TUNNEL, OPERA = "Wie lang ist der Gotthard-Basistunnel?", "Wann wurde die Elbphilharmonie eröffnet?"
# a shell that starts the tests in the background has Ctrl-C ignored in all of them
PROGRAM = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); from rag.__main__ import main; main()"


@pytest.fixture
def pipe(fundstelle: Run, sample: Archive, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `ask -` on the sample archive with bytes as its standard input."""

    def ask(data: bytes, *options: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return fundstelle("ask", "-", "--archive", sample.folder, *options)

    return ask


@pytest.fixture
def process(sample: Archive) -> Iterator[subprocess.Popen[bytes]]:
    """A process that answers questions from standard input as JSON lines."""
    command = [sys.executable, "-c", PROGRAM, "ask", "-", "--jsonl", "-k", "1", "--archive", str(sample.folder)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as started:
        yield started
        started.kill()


def test_each_line_is_answered_as_it_would_be_alone(pipe: Run, fundstelle: Run, sample: Archive) -> None:
    """The answers are those of single questions, with the id that was given or the number of the line."""
    lines = f'{TUNNEL}\n\n{{"question": "{OPERA}", "id": "q7", "k": 2, "language": ["de"]}}\n'
    done = pipe(b"\xef\xbb\xbf" + lines.encode(), "--jsonl", "-k", "1")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, first.pop("id"), second.pop("id")) == (0, 1, "q7")
    for answer, (question, *options) in (
        (first, (TUNNEL, "-k", "1")),
        (second, (OPERA, "-k", "2", "--language", "de")),
    ):
        alone = fundstelle("ask", question, "--archive", sample.folder, "--jsonl", *options)
        assert alone.stdout.count("\n") == 1
        assert {**json.loads(alone.stdout), "took_ms": None} == {**answer, "took_ms": None}


def test_a_line_that_cannot_be_asked_is_named(pipe: Run) -> None:
    """It stands with its number on standard error, the other ones are answered, and the exit code is 1."""
    bad = [
        b'{"question": "Wer?", "limit": 3}',
        b'{"question": 7}',
        b'{"id": "a"}',
        b'{"question": "Wer?", "k": 0}',
        b'{"question": "Wer?", "k": true}',
        b'{"question": "Wer?", "since": "morgen"}',
        b'{"question": "Wer?", "id": [1]}',
        b'{"question": "Wer?", "source": [1]}',
        b'{"question": "\\ud800"}',
        b'{"question": "Wer?"',
        b'{"a":' * 100_000,
        b"Wer \xff?",
        b"x" * (MAX_LINE_BYTES + 5),
        b"?",
    ]
    done = pipe(b"\n".join([*bad, TUNNEL.encode()]), "--jsonl", "-k", "1", "--fast")
    assert (done.returncode, json.loads(done.stdout)["id"]) == (1, len(bad) + 1)
    reports = [line for line in done.stderr.splitlines() if line.startswith("Line ")]
    assert [int(line.split(":")[0].removeprefix("Line ")) for line in reports] == list(range(1, len(bad) + 1))
    assert "There is no field 'limit': choose among question, id, k, since," in reports[0]
    assert "must be a whole number from 1 to 100" in reports[3]
    assert all(line.endswith((".", "?")) for line in reports)


def test_in_words_the_question_stands_above_its_answer(pipe: Run) -> None:
    """A person sees which passages belong to which question."""
    words = pipe(f"{TUNNEL}\n{OPERA}\n".encode(), "-k", "1").stdout
    positions = [words.index(part) for part in (TUNNEL, "[1] 57 Kilometer", OPERA, "[1] ")]
    assert positions[:3] == sorted(positions[:3])
    assert words.count("[1] ") == 2


@pytest.mark.parametrize("option", [("--json",), ("--markdown",), ("--right", "1"), ("--wrong", "1")])
def test_what_is_for_a_single_question(pipe: Run, option: tuple[str, ...]) -> None:
    """One sentence says so before anything is asked."""
    done = pipe(TUNNEL.encode(), *option)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{option[0]} is for a single question: ")


def test_an_answer_has_one_form(fundstelle: Run) -> None:
    """Two forms at once are refused before anything is opened."""
    done = fundstelle("ask", TUNNEL, "--json", "--markdown")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "An answer is printed in one form: choose --json, --jsonl or --markdown.\n"


def test_an_answer_comes_before_the_next_question(process: subprocess.Popen[bytes]) -> None:
    """Whoever writes a question can read its answer while the process waits for more; Ctrl-C then ends it with 130."""
    assert process.stdin
    assert process.stdout
    assert process.stderr
    for question in (TUNNEL, OPERA):
        process.stdin.write(f"{question}\n".encode())
        process.stdin.flush()
        assert select.select([process.stdout], [], [], PATIENCE)[0]
        assert json.loads(process.stdout.readline())["question"] == question
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert b"Traceback" not in process.stderr.read()


def test_a_reader_that_goes_away_ends_it_quietly(process: subprocess.Popen[bytes]) -> None:
    """As with `head`: no message, and exit code 1."""
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stdin.write(f"{TUNNEL}\n".encode())
    process.stdin.close()
    assert process.wait(PATIENCE) == 1
    assert process.stderr.read() == b""


def test_blank_lines_and_any_line_end() -> None:
    """Blank lines count in the numbers and are left out; the last line needs no end."""
    assert list(read_lines(io.BytesIO(b"a\r\n \n\nb"))) == [(1, "a"), (4, "b")]


@given(st.text(), st.integers(1, 9))
def test_any_question_comes_through_as_json(question: str, number: int) -> None:
    """A line of JSON gives back the question, character by character."""
    assert question_line(json.dumps({"question": question}), number) == QuestionLine(question, number)


@given(st.binary())
def test_no_input_is_more_than_an_error(data: bytes) -> None:
    """Whatever the bytes are, each line is a question or a `QuestionError`."""
    for number, text in read_lines(io.BytesIO(data)):
        if isinstance(text, str):
            try:
                question_line(text, number)
            except QuestionError:
                continue

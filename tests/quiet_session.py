"""What a person and a program do with an archive, each command in a process: run by tests/test_quiet.py."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from waiting import PATIENCE

PROGRAM = [sys.executable, "-c", "from rag.cli.app import main; main()"]
PORT = "7871"
HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def run(log: BinaryIO, *words: str) -> str:
    """Run a command and return what it prints; a file that cannot be read is no failure."""
    done = subprocess.run([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=log, check=False, text=True)
    assert done.returncode == 0 or (words[0] == "index" and done.returncode == 1), words
    return done.stdout


@contextmanager
def serving(log: BinaryIO, command: str) -> Iterator[str]:
    """Serve the archive by a command, and yield the address."""
    process = subprocess.Popen([*PROGRAM, command, "--port", PORT], stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    address = re.search("http://[^ ]*", process.stdout.readline())
    assert address
    yield address[0]
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)


def fetched(address: str, body: object = None) -> str:
    """Return what an address answers, to JSON if there is a body."""
    headers = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(address, json.dumps(body).encode() if body else None, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310
        return str(reply.read().decode())


def ask_assistant(log: BinaryIO, question: str) -> str:
    """Return what the archive answers an assistant on standard input."""
    messages = (
        {"id": 0, "method": "initialize", "params": HELLO},
        {"method": "notifications/initialized"},
        {"id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": question}}},
    )
    process = subprocess.Popen([*PROGRAM, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdin
    assert process.stdout
    for message in messages:
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
    replies = [process.stdout.readline() for _ in range(2)]
    process.stdin.close()
    process.wait(PATIENCE)
    return replies[1]


def main(question: str, marker: str) -> None:
    """Index, ask, evaluate and serve; print what the kernel counted of packets that led nowhere."""
    with Path("stderr.log").open("ab") as log:
        run(log, "index", "articles")
        assert marker in run(log, "ask", question)
        run(log, "eval", "questions.jsonl")
        with serving(log, "serve") as address:
            assert marker in fetched(f"{address}/api/v1/ask", {"question": question})
        with serving(log, "ui") as address:
            assert "Fundstelle" in fetched(f"{address}/")
            assert marker in fetched(f"{address}/answer?{urllib.parse.urlencode({'q': question})}")
        assert marker in ask_assistant(log, question)
    sys.stdout.write(f"{lost_packets()}\n")


def lost_packets() -> int:
    """Return how often a process of this network sent something that led nowhere."""
    names, values = (
        line.split() for line in Path("/proc/net/snmp").read_text("ascii").splitlines() if line.startswith("Ip:")
    )
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text("ascii").splitlines())
    return int(dict(zip(names, values, strict=True))["OutNoRoutes"]) + int(six["Ip6OutNoRoutes"])


if __name__ == "__main__":
    main(*sys.argv[1:])

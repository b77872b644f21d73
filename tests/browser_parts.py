"""The page in a real browser: how an archive is served for it, and how a page is opened and asked."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from paths import ROOT
from waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from playwright import sync_api

CHROMIUM = shutil.which("chromium", path=f"/usr/bin{os.pathsep}{os.environ.get('PATH', '')}")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium")

MAX_PICTURE_BYTES = 200_000

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> ${alert(3)} ${7*7} {{7*7}} {{{value}}} @children "
    "</template></blockquote> &lt;b&gt;"
)

# Serves an archive as the command line does, and reports every connection to another machine, and every name that is
# looked up, on stderr: from the first import on.
SERVER = """
import sys
def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        print("connected to", arguments[1], file=sys.stderr)
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "::1", "localhost"):
        print("looked up", arguments[0], file=sys.stderr)
sys.addaudithook(watch)
from rag.archive import Archive
from rag.server.hosts import Serving
from ui.app import serve
with Archive.open(sys.argv[1]) as archive:
    archive.warm_up()
    serve(archive, Serving(port=int(sys.argv[2])))
"""


@dataclass
class Visit:
    """A page that was opened, and what happened while it was open."""

    page: sync_api.Page
    addresses: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note_request(self, request: sync_api.Request) -> None:
        """Note where something was asked for, from whichever window of the profile."""
        self.addresses.append(request.url)

    def ask(self, question: str) -> None:
        """Type a question, press Enter and wait for the answer to it."""
        self.page.locator("#fs-question textarea").fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator(".fs-asked q", has_text=question).wait_for()


Open = Callable[..., Visit]


def findings(page: sync_api.Page) -> list[str]:
    """Return each violated rule with the elements that violate it."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in violations]


def looks(page: sync_api.Page, *sizes: tuple[int, str]) -> Iterator[tuple[int, str]]:
    """Show an open page in windows of other widths, light or dark, one after the other."""
    for width, scheme in sizes:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        settled(page)
        yield width, scheme


def show(page: sync_api.Page, view: str) -> None:
    """Show another view of an open page, which takes a quarter of the computing of opening it at that view."""
    page.locator(f"[data-fs-tab={view}]").click()
    page.locator(f"html[data-fs-view={view}]").wait_for(state="attached")
    settled(page)


def settled(page: sync_api.Page) -> None:
    """Wait until the view of the address is filled and nothing is busy."""
    page.wait_for_function("document.querySelectorAll('[aria-busy=true]').length === 0")
    page.wait_for_timeout(200)


def picture(page: sync_api.Page, target: Path) -> None:
    """Draw the page into a file for the documentation: with 256 colours, it has half the bytes and looks the same."""
    from PIL import Image

    with Image.open(io.BytesIO(page.screenshot())) as drawn:
        drawn.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    assert target.stat().st_size < MAX_PICTURE_BYTES


def answers(port: int) -> bool:
    """Whether anybody listens at a port of this computer."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(folder: Path, cwd: Path = ROOT) -> Iterator[str]:
    """Serve an archive by `ui.app.serve` in another process; at the end send it Ctrl-C and expect a silent end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder), str(port)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until(lambda: process.poll() is not None or answers(port))
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            said = process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0] + "(did not end at Ctrl-C)"
    assert (process.returncode, said) == (0, "")

"""How quick is the page in a browser, how heavy, and does it jump?

    python -m benchmarks.page_speed [PASSAGES]

Serves an archive of 20,000 passages, if no other number is given: the sample articles, and articles of passages whose
words are drawn from those of the sample in the same language, and whose vectors have a cosine of about 0.95 to those of
the originals. Chromium opens the page at 1440 × 900, each time with an empty cache, and asks every sixth question of
the sample by pressing Enter.

Ready: from the request until the box can be typed in and is painted; the first time in a server that has just said that
it runs, and the median of those after it. Question: from Enter until the cards are painted. Weight: what is sent when
the page is opened. Shift: the sum of all layout shifts (0 is none, above 0.1 is called poor), when the page opens and
when answers come, those after a key included. Writes benchmarks/results/page_speed.json.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks.growth import CLI, make
from benchmarks.latency import ROOT, commit, machine, percentiles
from embeddings.encoder import Encoder, open_encoder
from rag.archive import Archive
from rag.dense.token_vectors import encode_words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RESULT = Path(__file__).parent / "results" / "page_speed.json"
SAMPLE = ROOT / "seeds" / "articles"
PASSAGES, OPENINGS, QUESTION_STEP = 20_000, 10, 6
VIEWPORT = {"width": 1440, "height": 900}
PATIENCE = 60

# Notes in `window.measured` when the box was first painted, when cards were, and each layout shift.
OBSERVER = """
window.measured = { ready: 0, painted: 0, shifts: [] };
const painted = (note) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => note(performance.now());
  channel.port2.postMessage(0);
});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) measured.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
const look = setInterval(() => {
  const box = document.querySelector("#fs-question textarea");
  if (!("fsReady" in document.documentElement.dataset) || !box?.checkVisibility({ visibilityProperty: true })) return;
  clearInterval(look);
  painted((now) => { measured.ready = now; });
  const results = document.querySelector("#fs-results");
  new MutationObserver(() => {
    if (results.querySelector(".fs-card") && results.ariaBusy !== "true") painted((now) => { measured.painted = now; });
  }).observe(results, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-busy"] });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") Object.assign(measured, { asked: event.timeStamp, painted: 0 });
  }, { capture: true });
}, 4);
"""
WEIGHT = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map(({ name, transferSize, decodedBodySize }) => ({ name, transferSize, decodedBodySize }))
"""


def fill(folder: Path, passages: int, encoder: Encoder) -> int:
    """Make the archive; return the number of its passages."""
    with Archive.open(folder.with_name("sample"), encoder=encoder) as sample:
        sample.index(SAMPLE)
        passages_of_sample = [passage for article in sample.articles() for passage in sample.passages(article.id)]
    texts = [passage.text for passage in passages_of_sample]
    words: dict[str, list[str]] = {}
    for passage in passages_of_sample:
        words.setdefault(passage.language, []).extend(passage.text.split())
    read = encode_words(encoder, texts)
    draw = random.Random(1)  # noqa: S311
    numbers = [number % len(texts) for number in range(passages - len(texts))]
    drawn = [with_drawn_words(texts[number], words[passages_of_sample[number].language], draw) for number in numbers]
    make(folder, folder.with_name("files"), len(drawn), encoder, drawn, read=[read[number] for number in numbers])
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index(SAMPLE)
        return archive.status().passages


def with_drawn_words(text: str, words: Sequence[str], draw: random.Random) -> str:
    """Return a text of as many words and the same white space, each word drawn from `words`."""
    return re.sub(r"\S+", lambda _: draw.choice(words), text)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve an archive in a process of its own; yield the address once the server says that it runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*CLI, "ui", "--archive", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        if process.stdout is None or "running at" not in process.stdout.readline():
            raise SystemExit("The server did not start.")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page in a browser without a cache, and wait until it is ready."""
    context = browser.new_context(viewport=VIEWPORT, locale="de-DE")
    page = context.new_page()
    page.add_init_script(OBSERVER)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.measured?.ready")
    yield page
    context.close()


def opening(browser: Browser, address: str) -> tuple[float, float]:
    """Return after how many milliseconds the page was ready, and how much it had shifted a second later."""
    with opened(browser, address) as page:
        page.wait_for_timeout(1000)
        measured = page.evaluate("measured")
        return measured["ready"], sum(measured["shifts"])


def weight(browser: Browser, address: str) -> dict[str, object]:
    """Return the number of files that the page consists of, and their bytes as sent and as unpacked, by kind."""
    with opened(browser, address) as page:
        # not until the network is idle: Gradio keeps a connection open
        page.wait_for_timeout(2000)
        files = page.evaluate(WEIGHT)
    of_kinds: dict[str, int] = {}
    for file in files:
        kind = Path(urlsplit(file["name"]).path).suffix.lstrip(".") or "page and data"
        of_kinds[kind] = of_kinds.get(kind, 0) + file["transferSize"]
    return {
        "files": len(files),
        "sent_kilobytes": round(sum(of_kinds.values()) / 1000),
        "unpacked_kilobytes": round(sum(file["decodedBodySize"] for file in files) / 1000),
        "sent_kilobytes_by_kind": {kind: round(sent / 1000) for kind, sent in sorted(of_kinds.items())},
    }


def asking(browser: Browser, address: str, questions: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return for each question the milliseconds from Enter to painted cards, and the shift that these caused."""
    durations, shifts = [], []
    with opened(browser, address) as page:
        box = page.locator("#fs-question textarea")
        for question in questions:
            box.fill(question)
            page.evaluate("measured.shifts.length = 0")
            box.press("Enter")
            page.wait_for_function("window.measured.asked && window.measured.painted > window.measured.asked")
            page.wait_for_timeout(300)
            measured = page.evaluate("measured")
            durations.append(measured["painted"] - measured["asked"])
            shifts.append(sum(measured["shifts"]))
    # the first one loads what the others use
    return durations[1:], shifts[1:]


def main() -> None:
    from playwright.sync_api import sync_playwright

    passages = int(sys.argv[1]) if len(sys.argv) > 1 else PASSAGES
    rows = (ROOT / "seeds" / "questions.jsonl").read_text("utf-8").splitlines()[::QUESTION_STEP]
    questions = [json.loads(row)["question"] for row in rows]
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary) / "archive"
        count = fill(folder, passages, open_encoder())
        chromium = shutil.which("chromium")
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        with serving(folder) as address:
            openings = [opening(browser, address) for _ in range(OPENINGS + 1)]
            weighed = weight(browser, address)
            durations, shifts = asking(browser, address, questions)
        browser.close()
    result: dict[str, Any] = {
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "passages": count,
        "ready_ms": {"first": round(openings[0][0]), "median": round(statistics.median(ms for ms, _ in openings[1:]))},
        "question_ms": percentiles(durations),
        "weight": weighed,
        "shift": {
            "opening": round(max(shift for _, shift in openings), 4),
            "answers_median": round(statistics.median(shifts), 4),
            "answers_most": round(max(shifts), 4),
        },
    }
    text = json.dumps(result, indent=2)
    RESULT.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

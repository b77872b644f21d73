"""The command line and the page evaluate in one way: the same file of questions gives the same run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from paths import Run

from rag.archive import Archive
from rag.evaluation.runs.calibrate import calibrate
from rag.evaluation.session import EvaluationSession
from rag.jobs.evaluation_job import EvaluationJob
from ui.tabs.evaluation import EvaluationActions
from ui.tabs.evaluation_layout import EvaluationTab

BRIDGE = "Die Brücke wurde am 3. Mai 1998 eröffnet. Sie ist 412 Meter lang und führt über den Fluss."
TUNNEL = "Der Tunnel misst 57 Kilometer. Er wurde im Juni 2016 eröffnet und führt durch den Berg."


@pytest.fixture
def folder(tmp_path: Path, encoder: object) -> Iterator[Path]:
    """A folder with an archive in which b.txt is a duplicate of a.txt, and questions whose labels name b.txt."""
    for name, text in (("a.txt", BRIDGE), ("b.txt", BRIDGE), ("c.txt", TUNNEL)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Archive.open(tmp_path / ".fundstelle") as archive:
        archive.index([tmp_path / name for name in ("a.txt", "b.txt", "c.txt")])
        assert archive.original("b.txt").path.endswith("a.txt")
    rows: list[dict[str, Any]] = [
        {"question": "Wie lang ist die Brücke?", "answers": [{"article": "b.txt"}]},
        {"question": "Wann öffnete die Brücke?", "answers": [{"article": "b.txt", "quote": "am 3. Mai 1998 eröffnet"}]},
        {"question": "Wie lang ist der Tunnel?", "answers": [{"article": "c.txt"}]},
        {"question": "Was kostet ein Fahrrad?", "answerable": False},
    ]
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "q.jsonl").write_text("".join(lines), encoding="utf-8")
    yield tmp_path


def run_on_page(archive: Archive, file: Path, name: str) -> None:
    """Hand the file in on the tab Evaluate, and ask its questions until all are asked."""
    tab = EvaluationActions(EvaluationTab(*EvaluationTab._fields), archive, EvaluationJob(archive))  # type: ignore[arg-type]
    upload = gr.EventData(None, {"name": file.name, "text": file.read_text("utf-8")})
    source: Any = tab.take_file("en", upload)["upload_source"]
    *_, last = tab.run("en", source.key, source, name, False)
    assert last["progress"] == ""


def test_both_ways_give_the_same_run(fundstelle: Run, folder: Path) -> None:
    """With labels that name a duplicate: every result, score and measure is equal, and the answers are found."""
    completed = fundstelle("eval", "q.jsonl", "--name", "terminal", cwd=folder)
    assert completed.returncode == 0, completed.stderr
    with Archive.open(folder / ".fundstelle") as archive:
        run_on_page(archive, folder / "q.jsonl", "page")
        runs = EvaluationSession(archive).runs
        terminal, page = runs.load("terminal"), runs.load("page")
    assert [result.values["nDCG@10"] for result in page.results if result.answerable] == [1.0, 1.0, 1.0]
    varying = {field: getattr(terminal, field) for field in ("name", "made", "questions", "latency_ms")}
    assert replace(page, **varying) == terminal


def test_calibration_leaves_out_the_article_that_a_duplicate_stands_for(folder: Path) -> None:
    """Labels that name a duplicate and labels that name the article cited in its place give the same report."""
    reports = []
    with Archive.open(folder / ".fundstelle") as archive:
        questions = EvaluationSession(archive).load(folder / "q.jsonl")
        for path in ("a.txt", "b.txt"):
            variants = [
                replace(
                    question,
                    id=f"{question.id}-{number}",
                    labels=tuple(replace(label, article=path) for label in question.labels),
                )
                for question in (questions[0], questions[3])
                for number in range(5)
            ]
            reports.append(calibrate(archive, variants))
            archive.reset_calibration()
    assert reports[0] == reports[1]

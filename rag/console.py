"""What the command line shows: answers, articles and bars on a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from rag.types import Answer, Article, Citation, IndexReport, Passage, Progress

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)

_FAILURES_SHOWN = 50


def print_json(value: Mapping[str, Any]) -> None:
    """Print JSON as it is, whatever the width of the terminal."""
    out.file.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    out.file.flush()


def print_answer(answer: Answer) -> None:
    """Print the citations of an answer, best first; if nothing answers, say so above them."""
    if not answer.answerable:
        out.print(Text(answer.reason, style="yellow"))
        out.print()
    for citation in answer.citations:
        out.print(_source_line(citation))
        out.print(Padding(_quote(citation), (0, 0, 0, 4)))
        place = f"{citation.article.path}, characters {citation.start}-{citation.end}, score {citation.score:.3f}"
        out.print(Padding(Text(place, style="dim"), (0, 0, 1, 4)))
    count = len(answer.citations)
    err.print(
        Text(f"{count} {'passage' if count == 1 else 'passages'} in {answer.took_ms['total']:.0f} ms", style="dim")
    )


def _source_line(citation: Citation) -> Text:
    article = citation.article
    line = Text(f"[{citation.marker}] ", style="bold cyan")
    line.append(article.label, style="bold")
    facts = [article.source, article.author, article.published and article.published.isoformat(), article.language]
    line.append(" · " + " · ".join(fact for fact in facts if fact), style="not bold")
    return line


def _quote(citation: Citation) -> Text:
    quote = Text(citation.quote)
    for start, end in citation.highlights:
        quote.stylize("reverse", start - citation.start, end - citation.start)
    return quote


def print_article(article: Article, passages: Sequence[Passage]) -> None:
    """Print the metadata of an article, then its text with the beginning of each passage marked."""
    facts = {
        "id": article.id,
        "source": article.source,
        "author": article.author,
        "published": article.published,
        "language": article.language,
        "url": article.url,
        "path": article.path,
        "sha256": article.sha256,
        "passages": len(passages),
    }
    out.print(Text(article.label, style="bold"))
    for name, value in facts.items():
        if value is not None:
            out.print(Text(f"{name:<10} {value}"), soft_wrap=True)
    at = 0
    body = Text()
    for number, passage in enumerate(passages, 1):
        body.append(article.text[at : passage.start])
        body.append(f"⟦{number}: {passage.start}-{passage.end}⟧ ", style="cyan")
        at = passage.start
    body.append(article.text[at:])
    out.print()
    out.print(body)


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print named facts, one a line."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            shown = ", ".join(f"{key} {_size(n) if name == 'bytes_on_disk' else n}" for key, n in value.items())
        else:
            shown = "" if value is None else str(value)
        out.print(Text(f"{name.replace('_', ' '):<14} {shown or '-'}"), soft_wrap=True)


def print_report(report: IndexReport) -> None:
    """Print each file that failed with its reason, then the closing line."""
    for failure in report.failures[:_FAILURES_SHOWN]:
        err.print(Text(f"{failure.path}: {failure.reason}", style="yellow"), soft_wrap=True)
    if len(report.failures) > _FAILURES_SHOWN:
        err.print(f"… and {len(report.failures) - _FAILURES_SHOWN} more.")
    if report.skipped:
        kinds = ", ".join(f"{ending} {count}" for ending, count in report.skipped.items())
        err.print(Text(f"Left aside, being of no kind that can be read: {kinds}."))
    out.print(
        f"{report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {len(report.failures)} failed"
    )


class IndexingBar:
    """Articles, passages a second and the remaining time, on standard error."""

    def __init__(self) -> None:
        self._bar = Bar(
            TextColumn("indexing"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("articles, {task.fields[speed]}"),
            TimeRemainingColumn(),
            console=err,
            transient=True,
        )
        self._task = self._bar.add_task("indexing", total=None, speed="")

    def __enter__(self) -> IndexingBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        speed = f"{progress.passages / max(progress.seconds, 1e-9):.0f} passages/s"
        self._bar.update(self._task, total=progress.articles_total, completed=progress.articles, speed=speed)


class PreparationBar:
    """The one-time preparation of the model, shown from its first step on."""

    def __init__(self) -> None:
        self._bar = Bar(TextColumn("{task.description:<36}"), BarColumn(), console=err, transient=True)
        self._task = self._bar.add_task("preparing", total=1.0)
        self._started = False

    def __call__(self, step: str, share: float) -> None:
        if not self._started:
            err.print("Preparing the model: this happens once and takes about a minute.")
            self._bar.start()
            self._started = True
        self._bar.update(self._task, description=step, completed=share)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"

"""Progress bars on standard error."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from rag.cli.output import err
from rag.types import Progress

_SECONDS_BETWEEN_REDRAWS = 0.1


class _CountingBar:
    """A bar that counts up to a total, shown only on a terminal and only inside a `with` block."""

    def __init__(self, verb: str, *columns: ProgressColumn) -> None:
        self._bar = Bar(
            TextColumn(verb),
            BarColumn(),
            MofNCompleteColumn(),
            *columns,
            TimeRemainingColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self._task = self._bar.add_task(verb, total=None, speed="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class CountingBar(_CountingBar):
    """How many documents, pages or questions are done, out of a total that may be unknown."""

    def __init__(self, verb: str, noun: str) -> None:
        super().__init__(verb, TextColumn(noun))

    def __call__(self, count: int, total: int | None) -> None:
        """Show the count, out of the total if that is known."""
        self._bar.update(self._task, total=total, completed=count)


class IndexingBar(_CountingBar):
    """Articles, passages per second and the remaining time."""

    def __init__(self) -> None:
        super().__init__("indexing", TextColumn("articles, {task.fields[speed]}"))
        self._next_redraw = 0.0

    def __call__(self, progress: Progress) -> None:
        """Show the progress of indexing."""
        # of ten thousand unchanged files, a thousand pass between two redraws
        if progress.seconds < self._next_redraw and progress.articles < progress.articles_total:
            return
        self._next_redraw = progress.seconds + _SECONDS_BETWEEN_REDRAWS
        speed = f"{progress.passages / max(progress.seconds, 1e-9):.0f} passages/s"
        self._bar.update(self._task, total=progress.articles_total, completed=progress.articles, speed=speed)


class StepBar:
    """The steps of some work, each with its share; shown from the first step on.

    Args:
        announcement: a line that is printed before the first step.
    """

    def __init__(self, announcement: str = "") -> None:
        self._bar = Bar(
            TextColumn("{task.description:<36}"),
            BarColumn(),
            console=err,
            transient=True,
            disable=not announcement and not err.is_terminal,
        )
        self._task = self._bar.add_task("", total=1.0)
        self._announcement = announcement
        self._visible = False

    def __call__(self, step: str, share: float) -> None:
        """Show the current step and the completed share, in [0, 1]."""
        if not self._visible:
            if self._announcement:
                err.print(self._announcement)
            self._bar.start()
            self._visible = True
        self._bar.update(self._task, description=step, completed=share)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._visible:
            self._bar.stop()


class PreparationBar(StepBar):
    """The one-time preparation of the model."""

    def __init__(self) -> None:
        super().__init__("Preparing the model: this happens once and takes about a minute.")

"""Work in the background of a server: one piece at a time, with progress, and cancelled safely."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from rag.errors import ArchiveBusy, FundstelleError, NotFound, shortage_said

_log = logging.getLogger(__name__)

_SECONDS_TO_END = 15  # for the article or run that is being stored, and the indexes
MAX_PAST = 50
"""How many jobs of a kind are remembered that have ended."""

Phase = Literal["idle", "fetching", "reading", "asking", "done", "cancelled", "refused", "failed"]
"""What a job does, or how it ended."""


@dataclass(frozen=True, slots=True)
class JobState:
    """A job at a moment.

    Attributes:
        id: identifies the job, also beyond a restart of the server.
        number: counts the jobs of this kind since the server was started.
        done: files, pages of the web or questions done so far.
        total: all of them; 0 as long as that is unknown.
        seconds: since the job began.
        refusal: why it could not do its work.
    """

    phase: Phase = "idle"
    id: str = ""
    number: int = 0
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    refusal: FundstelleError | None = None

    @property
    def running(self) -> bool:
        """Whether the job goes on."""
        return self.phase in ("fetching", "reading", "asking")

    @property
    def per_minute(self) -> float:
        """How much is done in a minute."""
        return 60 * self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will probably take; None as long as there is nothing to tell by."""
        return self.seconds / self.done * (self.total - self.done) if self.done and self.total else None


State = TypeVar("State", bound=JobState)


class BackgroundJob(Generic[State]):
    """One job at a time, in a thread of its own. Safe to use from several threads.

    Args:
        kind: names the jobs: `indexing`.
        idle: the state before the first job.
        busy: the sentence for whoever wants to start a second one.
    """

    def __init__(self, kind: str, idle: State, busy: str) -> None:
        self.kind = kind
        self._busy = busy
        self._prefix = f"{kind}-{secrets.token_hex(3)}"
        self._starting = threading.Lock()
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._finished.set()
        self._state = idle
        self._past: deque[State] = deque(maxlen=MAX_PAST)
        self._began = 0.0
        self.on_begin: Callable[[BackgroundJob[State]], None] = lambda _: None
        """Called with this when a job has begun, by whoever begins it."""

    @property
    def state(self) -> State:
        """The present job, or the last one."""
        return self._state

    @property
    def states(self) -> list[State]:
        """The present job and the last ones before it, the newest first."""
        return [state for state in (self._state, *reversed(self._past)) if state.number]

    def state_of(self, job_id: str) -> State:
        """Return the state of a job by its id.

        Raises:
            NotFound: it never was, or was too long ago.
        """
        for state in self.states:
            if state.id == job_id:
                return state
        raise NotFound(f"There is no job {job_id!r}.")

    @property
    def running(self) -> bool:
        """Whether a job is running."""
        return not self._finished.is_set()

    def cancel(self, job_id: str | None = None) -> None:
        """End the job after the file or question at hand; what was stored stays.

        Args:
            job_id: the id of the job that is meant, so that no later one is ended in its place.
        """
        with self._starting:
            if job_id in (None, self._state.id):
                self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the job has ended, at most `seconds`; return whether it has."""
        return self._finished.wait(seconds)

    def close(self) -> None:
        """Cancel, and wait for the end before the archive is closed."""
        self.cancel()
        self.wait(_SECONDS_TO_END)

    def _begin(self, state: State, work: Callable[[], dict[str, Any]]) -> State:
        """Do work in a thread, which returns what it adds to the state at its end; return the first state.

        Raises:
            ArchiveBusy: a job is running.
        """
        with self._starting:
            if self.running:
                raise ArchiveBusy(self._busy)
            self._cancelled.clear()
            self._finished.clear()
            self._began = time.monotonic()
            if self._state.number:
                self._past.append(self._state)
            number = self._state.number + 1
            self._state = state = replace(state, id=f"{self._prefix}-{number}", number=number)
            # daemon: it does not keep the program alive
            threading.Thread(target=self._work, args=(work,), name=self.kind, daemon=True).start()
        self.on_begin(self)
        return state

    def _work(self, work: Callable[[], dict[str, Any]]) -> None:
        try:
            with shortage_said():
                result = work()
            self._update(**{"phase": "done", **result})
        except KeyboardInterrupt:
            self._update(phase="cancelled")
        except FundstelleError as error:
            self._update(phase="refused", refusal=error)
        except Exception as error:
            _log.error("A job failed (%s): %s", self.kind, type(error).__name__)
            _log.debug("It happened here:", exc_info=True)
            self._update(phase="failed")
        finally:
            self._finished.set()

    def _update(self, **changes: Any) -> None:
        self._state = replace(self._state, seconds=time.monotonic() - self._began, **changes)

    def _advance(self, done: int, total: int, **changes: Any) -> None:
        """Note how far the job is, and end it here if it is cancelled."""
        self._update(done=done, total=total, **changes)
        if self._cancelled.is_set() and done < total:
            # as Ctrl-C does on the command line: what was stored is complete, and the next run resumes
            raise KeyboardInterrupt

"""Asking an archive while another process and another thread change it, and while a backup takes its place."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from changing import COUNT, SENTENCE, changing, text_of, write_articles

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.backup.restore import restore_backup
from rag.errors import ArchiveBusy, ArchiveError, ArchiveGone, ArchiveReplaced, FundstelleError
from rag.storage.layout import LEXICAL

_TEXTS = {text_of(number, version) for number in range(COUNT) for version in range(2)}
_LEAST = 8
_FACTOR = 5
_LONG_SECONDS = 120


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder) -> Path:
    """The folder of an archive of articles in their first version, with a backup beside it."""
    write_articles(tmp_path / "articles", 0)
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(tmp_path / "articles")
        archive.backup(tmp_path / "backup")
    return tmp_path / "archive"


@pytest.mark.slow
def test_questions_while_others_write(folder: Path, encoder: Encoder) -> None:
    """Another process stores and forgets, a thread too, which rebuilds indexes: each answer has whole articles."""
    _ask_meanwhile(folder, encoder, seconds=1)


@pytest.mark.slow
def test_questions_while_a_backup_takes_the_place_of_the_archive(folder: Path, encoder: Encoder) -> None:
    """Restored again and again under the hands of who asks: whole answers, or a sentence that says what happened."""
    with changing(folder, folder.parent / "articles"), Archive.open(folder, encoder=encoder) as archive:
        _, refusals, _ = _asked(archive, 1, meanwhile=lambda: _put_in_place(folder))
    assert {type(refusal) for refusal in refusals} <= {ArchiveGone, ArchiveReplaced, ArchiveError}, set(
        map(repr, refusals)
    )


@pytest.mark.heavy
def test_questions_for_minutes(folder: Path, bundled_encoder: Encoder) -> None:
    """As above for minutes, and nothing cached; 95 of 100 questions wait at most five times as long as at rest."""
    with Archive.open(folder, encoder=bundled_encoder) as archive:
        at_rest = _asked(archive, 10)[2]
    meanwhile = _ask_meanwhile(folder, bundled_encoder, seconds=_LONG_SECONDS)
    print(f"p95 {1000 * at_rest:.0f} ms at rest, {1000 * meanwhile:.0f} ms meanwhile")  # noqa: T201
    assert meanwhile <= _FACTOR * at_rest


def _ask_meanwhile(folder: Path, encoder: Encoder, seconds: float) -> float:
    """Ask while another process and another thread write; return the seconds of the 95th percentile."""
    articles = folder.parent / "articles"
    with changing(folder, articles), Archive.open(folder, encoder=encoder) as archive:
        _, refusals, p95 = _asked(archive, seconds, meanwhile=lambda: _change(archive, articles))
    assert refusals == []
    return p95


def _asked(
    archive: Archive, seconds: float, *, meanwhile: Callable[[], None] = lambda: None
) -> tuple[int, list[FundstelleError], float]:
    """Ask for some seconds, while something else is done again and again; return how often there was an answer.

    With it, all refusals, and the seconds of the 95th percentile.
    """
    durations: list[float] = []
    refusals: list[FundstelleError] = []
    until = time.monotonic() + seconds
    archive.ask("Welche Schleuse hat eine Brücke?")
    with _repeated(meanwhile):
        while time.monotonic() < until or len(durations) < _LEAST:
            begin = time.perf_counter()
            try:
                answer = archive.ask(f"Welchen Satz hat die Schleuse {len(durations) % COUNT} der Fassung 1?")
            except FundstelleError as refusal:
                assert SENTENCE.fullmatch(str(refusal)), refusal
                refusals.append(refusal)
                time.sleep(0.01)
                continue
            durations.append(time.perf_counter() - begin)
            texts = {cited.article.text for cited in answer.citations}
            assert texts
            assert texts <= _TEXTS
            for cited in answer.citations:
                assert cited.quote == cited.article.text[cited.start : cited.end]
            # of an article, no two versions in one answer
            assert len(texts) == len({cited.article.id for cited in answer.citations})
    return len(durations), refusals, sorted(durations)[int(len(durations) * 0.95)]


@contextmanager
def _repeated(action: Callable[[], None]) -> Iterator[None]:
    """Do something in another thread, again and again; what it raises is raised at the end."""
    stop = threading.Event()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.wait(0.02):
                action()
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=work)
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(stop.set)
        yield
    assert faults == []


def _change(archive: Archive, articles: Path) -> None:
    """Index, forget, rebuild the indexes, and take one away, as somebody might by hand; what is refused is left out."""
    for change in (
        lambda: archive.index(articles),
        lambda: archive.forget(articles / "3.md"),
        archive._rebuild_indexes,
        lambda: shutil.rmtree(archive.folder / LEXICAL, ignore_errors=True),
    ):
        with suppress(ArchiveBusy):
            change()


def _put_in_place(folder: Path) -> None:
    """Restore the backup beside an archive, and put it in its place."""
    fresh, old = folder.with_name("fresh"), folder.with_name("old")
    restore_backup(folder.with_name("backup"), fresh)
    folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old)

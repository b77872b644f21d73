"""Files → store: only what is new or changed, one transaction an article, what is gone removed."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.encoder import Encoder
from rag.config import Config
from rag.dense.token_vectors import Keeping
from rag.errors import ArchiveError, LoadError, NotFound
from rag.indexing.discovery import Found, emptied, existing, find_files, gone, nothing_there, shown, unreadable
from rag.indexing.moved_files import left_behind, moved_files, moved_folders
from rag.indexing.writer import ArticleWriter
from rag.loading.common.draft import Flaw, Remark
from rag.loading.common.file_types import ARCHIVE_KINDS, CONVERSION_HINTS
from rag.loading.common.files import change_stamp, check_size, digest, kind_at
from rag.loading.common.guard import INTERRUPTIONS, load_error
from rag.loading.common.sidecar import sidecar_of
from rag.loading.containers.archives import Member, Skipped
from rag.loading.containers.limits import DEFAULT_LIMITS, Limits
from rag.loading.containers.warc import WarcPage
from rag.loading.finish import article_id
from rag.loading.isolation.pool import Workers
from rag.loading.reader import READER_VERSION, Piece, RowBatch, TableColumns, articles_in, is_harmless, pieces
from rag.loading.tables.columns import Columns
from rag.loading.tables.table import TABLE_READERS
from rag.storage.file_records import FileRecord
from rag.storage.store import Store
from rag.text.paths import is_missing, spellings
from rag.types import Article, Failure, IndexReport, Progress

log = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]

_NOTHING = "There is no article in it: check that it was saved whole, and what it holds."
_UNFORESEEN = "It cannot be cut into passages ({error}): save the article in another format."


@dataclass
class _Open:
    """The file that is being read: how many articles it gave, the ids of those that stay, and what was not taken.

    `left_aside` says why files in it were not looked at.
    """

    articles: int = 0
    kept: set[str] = field(default_factory=set)
    flaws: list[Failure] = field(default_factory=list)
    left_aside: list[str] = field(default_factory=list)


class Indexer:
    """Brings a store in step with files, and counts what it does. Use it for one run."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        on_progress: OnProgress | None = None,
        limits: Limits = DEFAULT_LIMITS,
        columns: Columns | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._store = store
        self._writer = ArticleWriter(
            store, encoder, encoder_name, config, str(READER_VERSION), self._report_done, keeping=keeping
        )
        self._on_progress = on_progress
        self._limits = limits
        self._columns = columns
        self._started = time.perf_counter()
        self._counts: Counter[str] = Counter()
        self._failures: list[Failure] = []
        self._remarks: list[Failure] = []
        self._skipped: Counter[str] = Counter()
        self._tables: dict[str, Columns] = {}
        self._unread_days: dict[str, list[str]] = {}
        self._read: dict[str, FileRecord] = {}
        self._touched: list[FileRecord] = []
        self._open = _Open()
        self._done = 0
        self._total = 0

    def index(self, paths: Sequence[Path]) -> IndexReport:
        """Bring the store in step with the files below `paths`.

        A file that looks as it did (`rag.loading.common.files.stamp`) or whose bytes are known is not read again. A
        text that has a vector is not encoded again. Articles whose files are gone from the given folders are removed,
        and so are those of other folders whose files are missing there and were found here. A file that cannot be taken
        is reported, and what was stored of it before stays. Whenever this is interrupted, what is stored is whole, and
        the same call goes on from there.

        Raises:
            NotFound: a path does not exist, or there is no article below it.
            ArchiveError: the store cannot be written.
        """
        folders = [path.as_posix() for path in existing(paths)]
        known = self._store.files.below(folders)
        found = find_files(paths, known)
        self._failures = [*found.failures, *emptied(known, found)]
        if not found.files and not self._failures:
            raise NotFound(nothing_there(found))
        self._total = len(found.files)
        self._skipped = found.skipped
        self._remarks = found.remarks
        self._writer.switch_encoder()
        self._writer.renew_vectors()
        with Workers() as workers:
            for piece, result in workers.map(articles_in, self._pieces(found.files, known), is_harmless):
                self._take(piece, result)
        self._writer.flush()
        if self._touched:
            self._store.files.keep(self._touched)
        removed, moved = self._remove_missing(folders, known, found)
        self._writer.settle()
        self._writer.keep_tokens()
        return IndexReport(
            new=self._counts["new"],
            changed=self._counts["changed"],
            unchanged=self._counts["unchanged"],
            removed=removed,
            failures=tuple(self._failures),
            new_failures=self._store.failures.replace(folders, self._failures),
            moved=moved,
            remarks=tuple(self._remarks),
            skipped=dict(self._skipped.most_common()),
            columns=self._tables,
            unread_days={path: tuple(days) for path, days in self._unread_days.items() if days},
            passages_encoded=self._writer.encoded,
            seconds=time.perf_counter() - self._started,
        )

    def forget(self, paths: Sequence[Path]) -> int:
        """Remove the articles of files and folders, which may be gone, and return how many there were.

        Raises:
            NotFound: no article came from one of the paths; nothing is removed then.
            ArchiveError: the store cannot be written.
        """
        records: dict[str, FileRecord] = {}
        for path in paths:
            absolute = Path(os.path.abspath(path)).as_posix()  # noqa: PTH100
            below = self._store.files.below(spellings(absolute))
            if not below:
                raise NotFound(
                    f"No article of this archive came from {shown(path)}: check the path, as `fundstelle show` has it."
                )
            records |= below
        removed = sum(map(self._store.remove_file, records))
        for path in paths:
            self._store.failures.replace(spellings(Path(os.path.abspath(path)).as_posix()), ())  # noqa: PTH100
        self._writer.settle()
        self._writer.keep_tokens()
        return removed

    def _remove_missing(
        self, folders: Sequence[str], known: Mapping[str, FileRecord], found: Found
    ) -> tuple[int, dict[str, str]]:
        """Remove the articles of files that are gone or moved.

        Returns: how many articles there were, and the new path of each folder, or renamed file, that moved.
        """
        files = self._store.files
        below = files.below(folders)
        missing_here = gone(known, found)
        missing_elsewhere = [path for path in files.paths() if path not in below and is_missing(Path(path))]
        if not missing_here and not missing_elsewhere:
            return 0, {}
        present = [record for path, record in below.items() if path not in missing_here]
        moved = moved_files(files.records([*missing_here, *missing_elsewhere]), present, self._store.articles_from)
        for old, new in moved.items():
            for article in self._store.articles_from(old):
                self._store.move_feedback(article.id, article_id(new + article.path.removeprefix(old)))
        removed = dict.fromkeys([*missing_here, *moved, *left_behind(moved, missing_elsewhere)])
        return sum(self._store.remove_file(path) for path in removed), moved_folders(moved)

    def _pieces(self, files: Iterable[Path], known: Mapping[str, FileRecord]) -> Iterator[Piece]:
        """Yield what is to be read, file by file; unchanged files are counted here."""
        for file in files:
            path = file.as_posix()
            try:
                record = known.get(path)
                seen = self._known_by(file, change_stamp)
                if record and (record.stamp, record.recipe) == (seen, self._writer.recipe):
                    self._leave(record)
                    continue
                if not record:
                    # before all of it is read; of a known one, reading it is mostly all there is to do
                    check_size(file)
                now = FileRecord(path, self._known_by(file, digest), self._writer.recipe, 0, stamp=seen)
                if record and (record.digest, record.recipe) == (now.digest, now.recipe):
                    self._touched.append(replace(record, stamp=seen))
                    self._leave(record)
                    continue
                if record:
                    check_size(file)
                self._read[path] = now
                self._writer.get_ready()
                yield from pieces(file, now.digest.split()[0], self._limits, self._columns)
            except (*INTERRUPTIONS, ArchiveError):
                raise
            except BaseException as error:
                # what was read of it before the error is stored, and the rest stays as it was
                self._read.pop(path, None)
                yield Piece(path, "", Flaw("", str(load_error(error))))
                yield Piece(path, "")

    def _leave(self, record: FileRecord) -> None:
        """Count a file that is as it was."""
        self._counts["unchanged"] += record.articles
        self._failures += record.flaws
        self._report_done()

    def _known_by(self, file: Path, by: Callable[[Path], str]) -> str:
        """Return what a file is known by: itself first, then its companion, and what it was read with."""
        companion = sidecar_of(file)
        parts = [by(file), by(companion) if companion else ""]
        if self._columns or self._limits != DEFAULT_LIMITS:
            kind = kind_at(file)
            parts += (
                [str(sorted(self._columns.items()))]
                if self._columns and kind in (*TABLE_READERS, *ARCHIVE_KINDS, "xlsx", "eml")
                else []
            )
            parts += [str(self._limits)] if self._limits != DEFAULT_LIMITS and kind in ARCHIVE_KINDS else []
        return " ".join(filter(None, parts))

    def _take(self, piece: Piece, result: list[Article | TableColumns | Flaw | Remark] | LoadError) -> None:
        """Store the articles in a part of a file; with the last part, finish the file."""
        if isinstance(piece.content, Skipped):
            self._skipped[piece.content.why] += 1
            self._open.left_aside.append(piece.content.why)
        if isinstance(result, LoadError):
            content = piece.content
            name = f"/{content.name}" if isinstance(content, Member) and content.name else ""
            name = f"#{content.name}" if isinstance(content, WarcPage) else name
            if isinstance(content, RowBatch):
                self._open.kept.update(article_id(f"{piece.path}#{row.name}") for row in content.rows)
            result = [Flaw(name, str(result))]
        for one in result:
            if isinstance(one, TableColumns):
                self._tables[shown(piece.path + one.name)] = one.columns
                self._unread_days.setdefault(shown(piece.path + one.name), []).extend(one.unread_days)
            elif isinstance(one, Remark):
                self._remarks.append(Failure(shown(piece.path + one.name), one.text))
            elif isinstance(one, Flaw):
                self._open.flaws.append(Failure(shown(piece.path + one.name), one.reason))
                self._open.kept.add(article_id(piece.path + one.name))
            else:
                self._store_one(one, piece.path)
        if piece.content is None:
            self._finish(piece.path)

    def _store_one(self, article: Article, file: str) -> None:
        change = self._store.change_of(article, self._writer.recipe)
        if change == "unchanged":
            self._store.update_sha256(article)
        else:
            try:
                passages = self._writer.cut(article)
            except ArchiveError:
                # that is the encoder, which is opened for the first text
                raise
            except Exception as error:
                # a text can be odd in ways that nobody foresees; the others are indexed all the same
                log.debug("%s", article.path, exc_info=True)
                self._open.flaws.append(Failure(article.path, _UNFORESEEN.format(error=type(error).__name__)))
                self._open.kept.add(article.id)
                return
            self._writer.add(article, passages, file)
        self._counts[change] += 1
        self._open.kept.add(article.id)
        self._open.articles += 1

    def _finish(self, path: str) -> None:
        done, self._open = self._open, _Open()
        if not done.articles and not done.flaws:
            alone = done.left_aside[0] if len(done.left_aside) == 1 else ""
            done.flaws.append(Failure(shown(path), unreadable(alone) if alone in CONVERSION_HINTS else _NOTHING))
        self._failures += done.flaws
        read = self._read.pop(path, None)
        if read is None or not done.articles:
            # nothing of it could be taken: what was stored of it stays, and it is read again the next time
            self._report_done()
        else:
            self._writer.finish(replace(read, articles=done.articles, flaws=tuple(done.flaws)), done.kept)

    def _report_done(self) -> None:
        self._done += 1
        if self._on_progress:
            seconds = time.perf_counter() - self._started
            self._on_progress(Progress(self._done, self._total, self._writer.passages, seconds))


class Filler:
    """Brings a store in step with articles that are no files. Use it for one run."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        loaders: str,
        on_article: Callable[[int], None] | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._store = store
        self._writer = ArticleWriter(
            store, encoder, encoder_name, config, loaders, self._report_done, settles=False, keeping=keeping
        )
        self._on_article = on_article
        self._done = 0

    def fill(self, articles: Iterable[Article]) -> None:
        """Store articles that are new or changed, and remove all others."""
        self._writer.switch_encoder()
        self._writer.renew_vectors()
        known = self._store.files.all()
        for article in articles:
            record = known.pop(article.path, None)
            if record and (record.digest, record.recipe) == (article.sha256, self._writer.recipe):
                self._report_done()
            else:
                self._writer.add(article, self._writer.cut(article), article.path)
                self._writer.finish(FileRecord(article.path, article.sha256, self._writer.recipe, 1), [article.id])
        self._writer.flush()
        for path in known:
            self._store.remove_file(path)
        self._writer.keep_tokens()

    def _report_done(self) -> None:
        self._done += 1
        if self._on_article:
            self._on_article(self._done)

"""Files → store: new and changed articles are stored, one transaction each; those of missing files are removed.

    find_files    the files below the given paths
        │
    _pieces ───── an unchanged file is counted; of any other, a FileInProgress is begun and its pieces are yielded
        │
    read ──────── the Executor has each piece read, in a process of its own unless it is harmless, or on a cluster
        │
    _take ─────── articles go to the ArticleWriter, flaws and ids to the FileInProgress; it encodes a batch in a thread,
        │         while the next articles are read
        │
    _finish ───── with the last piece of a file: its record goes to the ArticleWriter
        │
    _remove_missing, settle, keep_tokens: once all files are read

`_pieces` is a generator that the workers draw on, so it is some pieces ahead of `_take`: several files are in progress
at a time. Results come back in the order of the pieces. A file is finished with its last piece, after which its record
is stored: a run that is interrupted before that reads the file again, and stores only the articles that are not there.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.encoder import Encoder
from rag.config import Config
from rag.dense.token_vectors import TokenStore
from rag.errors import ArchiveError, LoadError, NotFound, Shortage, shortage_said
from rag.indexing.corrections import move_corrections, restore_strays
from rag.indexing.discovery import (
    FileListing,
    absolute_paths,
    emptied_folders,
    find_files,
    missing_paths,
    no_articles_message,
    printable_path,
    unsupported_reason,
)
from rag.indexing.executor import Executor, LocalExecutor
from rag.indexing.file_in_progress import FileInProgress
from rag.indexing.fingerprints import ReadingSettings
from rag.indexing.moved_files import left_behind, moved_files, moved_folders
from rag.indexing.settle import settle
from rag.indexing.writer import ArticleWriter
from rag.loading.common.draft import Flaw, Remark
from rag.loading.common.file_types import CONVERSION_HINTS
from rag.loading.common.files import check_size
from rag.loading.common.guard import INTERRUPTIONS, load_error
from rag.loading.containers.archives import Member, Skipped
from rag.loading.containers.warc import WarcPage
from rag.loading.finish import article_id
from rag.loading.reader import (
    READER_VERSION,
    Content,
    Part,
    Piece,
    RowBatch,
    TableColumns,
    pieces,
)
from rag.loading.tables.columns import Columns
from rag.storage.file_records import FileRecord
from rag.storage.store import Store
from rag.text.paths import is_missing, spellings
from rag.types import Article, Failure, IndexReport, Progress

log = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]

_NO_ARTICLE = "There is no article in it: check that it was saved whole, and what it holds."
_NOT_SPLIT = "It cannot be cut into passages ({error}): save the article in another format."


@dataclass(slots=True)
class _Tally:
    """What a run has counted so far, for its report.

    Attributes:
        changes: how many articles are new, changed and unchanged.
        columns: by each table, which column contains which field.
        unread_days: by each table, the dates that could not be parsed.
    """

    changes: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    remarks: list[Failure] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    columns: dict[str, Columns] = field(default_factory=dict)
    unread_days: dict[str, list[str]] = field(default_factory=dict)
    files_done: int = 0


class Indexer:
    """Brings a store in step with files, and counts what it does. Use it for one run.

    Args:
        on_progress: called when a file is done.
        token_store: where token vectors are cached.
        executor: what reads, splits and encodes; without one, this computer does.

    Attributes:
        writer: what stores the articles.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        settings: ReadingSettings,
        *,
        on_progress: OnProgress | None = None,
        token_store: TokenStore | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._store = store
        self._executor = executor or LocalExecutor(encoder, config, token_store)
        self.writer = ArticleWriter(
            store,
            encoder,
            encoder_name,
            config,
            loaders=str(READER_VERSION),
            on_file_stored=self._report_progress,
            token_store=token_store,
            executor=self._executor,
        )
        self._on_progress = on_progress
        self._settings = settings
        self._start_seconds = time.perf_counter()
        self._tally = _Tally()
        self._in_progress: dict[str, FileInProgress] = {}
        self._restamped: list[FileRecord] = []
        self._files_total = 0
        self._again = False

    def index(self, paths: Sequence[Path], *, again: bool = False) -> IndexReport:
        """Bring the store in step with the files below `paths`.

        A file that looks as it did (`rag.loading.common.files.change_stamp`), or whose bytes are known, is not read
        again. A text that has a vector is not encoded again. Articles whose files are missing from the given folders
        are removed, and so are those of other folders whose files are missing there and were found here. A file that
        cannot be read is reported, and what is stored of it stays. Interrupted at any moment, the store is consistent,
        and the same call resumes.

        Args:
            again: files are read though they look unchanged.

        Raises:
            NotFound: a path does not exist, or there is no article below it.
            ArchiveError: the store cannot be written.
        """
        self._again = again
        folders = [path.as_posix() for path in absolute_paths(paths)]
        indexed = self._store.files.below(folders)
        listing = find_files(paths, indexed)
        self._tally.failures += [*listing.failures, *emptied_folders(indexed, listing)]
        if not listing.files and not self._tally.failures:
            raise NotFound(no_articles_message(listing))
        self._store.folders.add(map(printable_path, listing.folders))
        self._tally.skipped += listing.skipped
        self._tally.remarks += listing.remarks
        self._files_total = len(listing.files)
        with self.writer:
            self.writer.switch_encoder()
            self.writer.renew_vectors()
            with closing(self._executor.read(self._pieces(listing.files, indexed))) as reading:
                for piece, result in reading:
                    file = self._in_progress[piece.path]
                    self._take(file, piece.content, result)
                    if piece is file.last_piece:
                        self._finish(file)
            self.writer.flush()
            if self._restamped:
                self._store.files.put(self._restamped)
            removed, moved = self._remove_missing(folders, indexed, listing)
            restore_strays(self._store, self.writer)
            settle(self._store, self.writer)
            self.writer.keep_tokens()
        return self._report(folders, removed, moved)

    def _report(self, folders: Sequence[str], removed: int, moved: Mapping[str, str]) -> IndexReport:
        tally = self._tally
        return IndexReport(
            new=tally.changes["new"],
            changed=tally.changes["changed"],
            unchanged=tally.changes["unchanged"],
            removed=removed,
            failures=tuple(tally.failures),
            new_failures=self._store.failures.replace(folders, tally.failures),
            moved=moved,
            remarks=tuple(tally.remarks),
            skipped=dict(tally.skipped.most_common()),
            columns=tally.columns,
            unread_days={table: tuple(days) for table, days in tally.unread_days.items() if days},
            passages_encoded=self.writer.encoded,
            seconds=time.perf_counter() - self._start_seconds,
        )

    def forget(self, paths: Sequence[Path]) -> int:
        """Remove the articles of files and folders, which may no longer exist, and return how many there were.

        Interrupted at any moment, the store is consistent, and the same call, or `index`, does the rest.

        Raises:
            NotFound: no article came from one of the paths; nothing is removed then.
            ArchiveError: the store cannot be written.
        """
        with self.writer:
            return self._forget(paths)

    def _forget(self, paths: Sequence[Path]) -> int:
        # what was left of the same call, which has no articles to remove any more
        settle(self._store, self.writer)
        absolute = [Path(os.path.abspath(path)).as_posix() for path in paths]  # noqa: PTH100
        records: dict[str, FileRecord] = {}
        for path in absolute:
            path_records = self._store.files.below(spellings(path))
            if not path_records:
                raise NotFound(
                    f"No article of this archive came from {printable_path(path)}: check the path, as "
                    "`fundstelle show` has it."
                )
            records |= path_records
        # files last: where they are gone, the same call has nothing to do
        for path in records:
            self._store.corrections.remove_file(path)
        self._store.folders.remove(absolute)
        for path in absolute:
            self._store.failures.replace(spellings(path), ())
        removed = sum(map(self._store.remove_file, records))
        settle(self._store, self.writer)
        self.writer.keep_tokens()
        return removed

    def _remove_missing(
        self, folders: Sequence[str], indexed: Mapping[str, FileRecord], listing: FileListing
    ) -> tuple[int, dict[str, str]]:
        """Remove the articles of files that are missing or moved.

        Returns: how many articles there were, and the new path of each folder, or renamed file, that moved.
        """
        files = self._store.files
        missing_here = missing_paths(indexed, listing)
        listed = {path.as_posix() for path in listing.files}
        missing_elsewhere = [
            path for path in files.paths() if path not in indexed and path not in listed and is_missing(Path(path))
        ]
        if not missing_here and not missing_elsewhere:
            return 0, {}
        present = [record for path, record in files.below(folders).items() if path not in missing_here]
        moved = moved_files(files.records([*missing_here, *missing_elsewhere]), present, self._store.articles_from)
        successors: dict[str, str] = {}
        for old_path, new_path in moved.items():
            for article in self._store.articles_from(old_path):
                successor = article_id(new_path + article.path.removeprefix(old_path))
                self._store.move_history(article.id, successor)
                successors[article.id] = successor
        move_corrections(self._store, self.writer, {old: new for old, new in successors.items() if old != new})
        obsolete = dict.fromkeys([*missing_here, *moved, *left_behind(moved, missing_elsewhere)])
        return sum(map(self._store.remove_file, obsolete)), moved_folders(moved)

    def _pieces(self, paths: Iterable[Path], indexed: Mapping[str, FileRecord]) -> Iterator[Piece]:
        """Yield the pieces of the files that changed; the workers take them a few pieces ahead of `_take`."""
        for path in paths:
            file = FileInProgress(path.as_posix())
            self._in_progress[file.path] = file
            previous: Piece | None = None
            for piece in self._pieces_of(path, file, indexed.get(file.path)):
                if previous:
                    yield previous
                previous = piece
            if previous:
                file.last_piece = previous
                yield previous
            else:
                del self._in_progress[file.path]

    def _pieces_of(self, path: Path, file: FileInProgress, stored: FileRecord | None) -> Iterator[Piece]:
        """Yield the pieces of a file, or none if it is unchanged. An error becomes its last piece."""
        try:
            stamp = self._settings.stamp(path)
            if stored and not self._again and (stored.stamp, stored.recipe) == (stamp, self.writer.recipe):
                self._count_unchanged(stored)
                return
            if not stored:
                # before all of it is hashed; of an indexed file, hashing is mostly all there is to do
                check_size(path)
            fingerprint = self._settings.fingerprint(path)
            if stored and not self._again and (stored.fingerprint, stored.recipe) == (fingerprint, self.writer.recipe):
                self._restamped.append(replace(stored, stamp=stamp))
                self._count_unchanged(stored)
                return
            if stored:
                check_size(path)
            file.record = FileRecord(file.path, fingerprint, self.writer.recipe, articles=0, stamp=stamp)
            self.writer.open_encoder_early()
            is_empty = True
            for piece in pieces(path, fingerprint.sha256, self._settings.limits, self._settings.columns):
                is_empty = False
                yield piece
            if is_empty:
                yield Piece(file.path, fingerprint.sha256, Flaw("", _NO_ARTICLE))
        except (*INTERRUPTIONS, ArchiveError):
            raise
        except BaseException as error:
            # what was read before the error is stored, and the rest of the file stays as it was
            file.record = None
            yield Piece(file.path, "", Flaw("", str(load_error(error))))

    def _count_unchanged(self, record: FileRecord) -> None:
        self._tally.changes["unchanged"] += record.articles
        self._tally.failures += record.flaws
        self._report_progress()

    def _take(self, file: FileInProgress, content: Content, result: list[Part] | LoadError) -> None:
        """Store the articles of a piece, and note what else there is in it."""
        match content, result:
            case Skipped(reason=reason), _:
                self._tally.skipped[reason] += 1
                file.skipped.append(reason)
            case Member(name=name), LoadError() as error:
                file.add_flaw(f"/{name}" if name else "", str(error))
            case WarcPage(name=name), LoadError() as error:
                file.add_flaw(f"#{name}", str(error))
            case RowBatch(rows=rows), LoadError() as error:
                file.current_ids.update(article_id(f"{file.path}#{row.name}") for row in rows)
                file.add_flaw("", str(error))
            case _, LoadError() as error:
                file.add_flaw("", str(error))
            case _, list() as parts:
                for part in parts:
                    self._take_part(file, part)

    def _take_part(self, file: FileInProgress, part: Part) -> None:
        match part:
            case Article():
                self._take_article(file, part)
            case TableColumns(name=name, columns=columns, unread_days=days):
                table = printable_path(file.path + name)
                self._tally.columns[table] = columns
                self._tally.unread_days.setdefault(table, []).extend(days)
            case Remark(name=name, text=text):
                self._tally.remarks.append(Failure(printable_path(file.path + name), text))
            case Flaw(name=name, reason=reason):
                file.add_flaw(name, reason)

    def _take_article(self, file: FileInProgress, article: Article) -> None:
        """Store an article, unless it is stored already."""
        change = self._store.change_of(article, self.writer.recipe)
        if change == "unchanged":
            self._store.update_sha256(article)
        else:
            try:
                with shortage_said():
                    passages = self.writer.split(article)
            except (ArchiveError, Shortage):
                # the encoder could not be opened, which is done for the first text
                raise
            except Exception as error:
                # a text can be odd in unforeseen ways; the others are indexed all the same
                log.debug("%s", article.path, exc_info=True)
                name = article.path.removeprefix(file.path)
                file.add_flaw(name, _NOT_SPLIT.format(error=type(error).__name__))
                return
            self.writer.add(article, passages, file.path)
        self._tally.changes[change] += 1
        file.add_article(article.id)

    def _finish(self, file: FileInProgress) -> None:
        """Note that a file was read to its end, once its articles are stored."""
        del self._in_progress[file.path]
        if not file.article_count and not file.flaws:
            only = file.skipped[0] if len(file.skipped) == 1 else ""
            file.add_flaw("", unsupported_reason(only) if only in CONVERSION_HINTS else _NO_ARTICLE)
        self._tally.failures += file.flaws
        record = file.finished_record()
        if record:
            self.writer.finish_file(record, file.current_ids)
        else:
            # nothing of it could be read: what is stored of it stays, and it is read again next time
            self._report_progress()

    def _report_progress(self) -> None:
        """Count a file as done; called once its articles are stored."""
        self._tally.files_done += 1
        if self._on_progress:
            seconds = time.perf_counter() - self._start_seconds
            self._on_progress(Progress(self._tally.files_done, self._files_total, self.writer.passages, seconds))

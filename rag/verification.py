"""Whether a file still says what was quoted or read from it: its bytes are hashed and, if they changed, read again."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, Self

from rag.archive import Archive
from rag.errors import LoadError, NotFound
from rag.loading.common.files import digest
from rag.loading.finish import article_id as id_of_path
from rag.loading.isolation.pool import Workers
from rag.loading.reader import articles_in, is_harmless, pieces
from rag.storage.article_mapping import BARE, select_article
from rag.storage.file_records import FileRecord
from rag.text.word_diff import WordChange, nearest_version, text_diff, word_diff
from rag.types import Article, Span

State = Literal["unchanged", "moved", "changed", "missing", "unreadable"]
"""The words stand where they stood; they stand elsewhere, in the file or in a file elsewhere; other words stand there;
the file, or the words in it, are gone; or the file cannot be read."""

# a file that moved is looked for among this many
_MAX_FILES_LOOKED_AT = 50_000


class FileReader:
    """Reads files again as they are today, by the same loaders and in the same process. Use it in a with block.

    It remembers the articles that it was asked for, so that several quotes of one cost one reading.
    """

    def __init__(self) -> None:
        self._workers = Workers(processes=1)
        self._articles: dict[tuple[str, str], Article | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._workers.close()

    def article(self, source: _Source, sha256: str) -> Article | None:
        """Return the article in a file whose bytes have a hash; None if it is not in it any more.

        Raises:
            LoadError: it cannot be read.
        """
        key = (source.path, sha256)
        if key not in self._articles:
            self._articles[key] = self._read(source, sha256)
        return self._articles[key]

    def _read(self, source: _Source, sha256: str) -> Article | None:
        columns = source.record.fingerprint.columns if source.record else ""
        contents = pieces(source.file, sha256, columns=dict(ast.literal_eval(columns)) if columns else None)
        error: LoadError | None = None
        for _, result in self._workers.map(articles_in, contents, is_harmless):
            if isinstance(result, LoadError):
                error = result
                continue
            for part in result:
                if isinstance(part, Article) and part.path == source.path:
                    return part
        if error:
            raise error
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a file says today where a quote came from.

    Attributes:
        quote: the words that were quoted.
        sha256: the hash of the file's bytes today; None if there is no file.
        file_changed: whether these are other bytes than those that were quoted.
        path: the path of the article today: another one than before if its file moved.
        article_id: the id of the article at this path.
        span: where the words stand in the article's text today; where they changed, the words in their place.
        text: what stands there; None if nothing does, or if it may not be read (see `verify_quote`).
        problem: why the file cannot be read, as a sentence; otherwise empty.
    """

    state: State
    quote: str
    path: str
    article_id: str
    sha256: str | None = None
    file_changed: bool = False
    span: Span | None = None
    text: str | None = None
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether the source still says so, be it at another place."""
        return self.state in ("unchanged", "moved")

    @property
    def changes(self) -> tuple[WordChange, ...]:
        """The words by which the quote and what stands there today differ; empty if nothing does."""
        return word_diff(self.quote, self.text) if self.text is not None and self.state == "changed" else ()


def verify_quote(
    archive: Archive,
    article_id: str,
    start: int,
    end: int,
    quote: str,
    *,
    sha256: str,
    path: str | None = None,
    reader: FileReader | None = None,
) -> Verification:
    """Return whether the file that a quote came from still says so. The archive is not changed.

    A file whose bytes hash as they did is read again only if the archive no longer has the article. A file that the
    archive does not know is hashed, but read only if its bytes are those that were quoted: a dossier may come from
    somebody else, and must not make this computer show its files.

    Args:
        article_id: the article; it need not be in the archive any more.
        start: where the quote began in the article's text.
        end: where it ended.
        quote: its words.
        sha256: the hash of the file's bytes at that time.
        path: the article's path at that time; by default, what the archive says.
        reader: reads files again; give the same one to verify several quotes.

    Raises:
        NotFound: the archive has no such article, and no path was given.
        ArchiveError: the archive cannot be read.
    """
    stored = _stored_article(archive, article_id)
    if path is None:
        if stored is None:
            raise NotFound(f"There is no article {article_id} in this archive: give the path of its file.")
        path = stored.path
    source = _locate(archive, stored.path if stored else path, sha256)
    if source is None:
        return Verification(state="missing", quote=quote, path=path, article_id=article_id)
    check = _Check(quote, (start, end), sha256, path)
    if reader:
        return check.of(archive, source, reader)
    with FileReader() as own_reader:
        return check.of(archive, source, own_reader)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVerification:
    """What the file of an article says today, compared with the text that the archive has.

    Attributes:
        path: the path of the article today: another one than before if its file moved.
        sha256: the hash of the file's bytes today; None if there is no file.
        file_changed: whether these are other bytes than those that were read.
        changes: what differs from the text of the archive; empty if nothing does.
        problem: why the file cannot be read, as a sentence; otherwise empty.
    """

    state: State
    path: str
    sha256: str | None = None
    file_changed: bool = False
    changes: tuple[WordChange, ...] = ()
    problem: str = ""


def verify_article(archive: Archive, article_id: str) -> ArticleVerification:
    """Return whether the file of an article still says what the archive has of it. The archive is not changed.

    A file whose bytes hash as they did is not read again. One that is gone is searched by its bytes among the files
    that the archive knows, and in the folders around it that are indexed.

    Raises:
        NotFound: the archive has no such article.
        ArchiveError: the archive cannot be read.
    """
    stored = select_article(archive._database, article_id, BARE)
    source = _locate(archive, stored.path, stored.sha256) or _locate_on_disk(archive, stored)
    if source is None:
        return ArticleVerification(state="missing", path=stored.path)
    try:
        sha256_now = digest(source.file)
        if sha256_now == stored.sha256:
            state: State = "unchanged" if source.path == stored.path else "moved"
            return ArticleVerification(state=state, path=source.path, sha256=sha256_now)
        with FileReader() as reader:
            article = reader.article(source, sha256_now)
    except LoadError as error:
        return ArticleVerification(state="unreadable", path=source.path, problem=str(error))
    if article is None:
        return ArticleVerification(state="missing", path=source.path, sha256=sha256_now, file_changed=True)
    same = article.text == stored.text
    return ArticleVerification(
        state="unchanged" if same else "changed",
        path=source.path,
        sha256=sha256_now,
        file_changed=True,
        changes=() if same else text_diff(stored.text, article.text),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """The file that an article is in today.

    `path` is the article's; `record` is what the archive knows of the file, None if it is not in it.
    """

    file: Path
    path: str
    record: FileRecord | None

    @property
    def article_id(self) -> str:
        return id_of_path(self.path)


@dataclass(frozen=True, slots=True)
class _Check:
    """A quote, and the file that it came from: the span, the hash and the path at that time."""

    quote: str
    span: Span
    sha256: str
    path: str

    def of(self, archive: Archive, source: _Source, reader: FileReader) -> Verification:
        """Return what a file says today."""
        try:
            sha256_now = digest(source.file)
            article = self._article_today(archive, source, sha256_now, reader)
        except LoadError as error:
            return self._verdict("unreadable", source, None, problem=str(error))
        if article is None:
            # of an unknown file, nothing more may be said
            gone: State = "missing" if source.record or sha256_now == self.sha256 else "changed"
            return self._verdict(gone, source, sha256_now)
        return self._compare(article, source, sha256_now)

    def _article_today(self, archive: Archive, source: _Source, sha256_now: str, reader: FileReader) -> Article | None:
        stored = _stored_article(archive, source.article_id)
        if stored and stored.sha256 == sha256_now:
            return stored
        if source.record is None and sha256_now != self.sha256:
            return None
        return reader.article(source, sha256_now)

    def _compare(self, article: Article, source: _Source, sha256_now: str) -> Verification:
        start, end = self.span
        if article.text[start:end] == self.quote:
            state: State = "unchanged" if source.path == self.path else "moved"
            return self._verdict(state, source, sha256_now, (start, end), text=self.quote)
        nearest = min(_occurrences(self.quote, article.text), key=lambda at: abs(at - start), default=None)
        if nearest is not None:
            return self._verdict("moved", source, sha256_now, (nearest, nearest + len(self.quote)), text=self.quote)
        span = nearest_version(self.quote, article.text)
        if span is None:
            return self._verdict("missing", source, sha256_now)
        return self._verdict("changed", source, sha256_now, span, text=article.text[slice(*span)])

    def _verdict(
        self,
        state: State,
        source: _Source,
        sha256_now: str | None,
        span: Span | None = None,
        *,
        text: str | None = None,
        problem: str = "",
    ) -> Verification:
        return Verification(
            state=state,
            quote=self.quote,
            path=source.path,
            article_id=source.article_id,
            sha256=sha256_now,
            file_changed=sha256_now is not None and sha256_now != self.sha256,
            span=span,
            text=text,
            problem=problem,
        )


def _stored_article(archive: Archive, article_id: str) -> Article | None:
    try:
        return select_article(archive._database, article_id, BARE)
    except NotFound:
        return None


def _locate(archive: Archive, path: str, sha256: str) -> _Source | None:
    """Return the file of the article at a path or, if it is gone, one with the same bytes that the archive knows."""
    files = archive._store.files
    for file in _possible_files(path):
        if _is_file(file):
            return _Source(Path(file), path, next(iter(files.records([file])), None))
    for record in files.with_sha256(sha256):
        if _is_file(record.path):
            names = [article.path.removeprefix(record.path) for article in archive._store.articles_from(record.path)]
            name = max((name for name in names if path.endswith(name)), key=len, default="")
            return _Source(Path(record.path), record.path + name, record)
    return None


def _locate_on_disk(archive: Archive, article: Article) -> _Source | None:
    """Return the file with the bytes of an article's file that lies around it, in a folder that is indexed."""
    files = archive._store.files
    for file in archive._store.file_paths([article.id]).values():
        record = next(iter(files.records([file])), None)
        folder = next((parent for parent in Path(file).parents if parent.is_dir()), None)
        # a folder that has no other file of the archive is not known to be indexed
        if folder is None or record is None or not (files.below([folder.as_posix()]).keys() - {file}):
            continue
        size = record.stamp.partition(" ")[0]
        for path in _files_like(folder, Path(file).name, int(size) if size.isdecimal() else None):
            with suppress(LoadError):
                if digest(path) == article.sha256:
                    return _Source(path, path.as_posix() + article.path.removeprefix(file), record)
    return None


def _files_like(folder: Path, name: str, size: int | None) -> Iterator[Path]:
    """Yield the files in a folder that have a name or a size; folders behind links are not entered."""
    entries = (Path(parent, entry) for parent, _, names in os.walk(folder) for entry in names)
    for path in islice(entries, _MAX_FILES_LOOKED_AT):
        with suppress(OSError):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_size and (path.name == name or status.st_size == size):
                yield path


def _possible_files(path: str) -> Iterator[str]:
    """Yield the path of an article, and what is left of it without the last parts: FILE/member, FILE#row."""
    yield path
    for at in range(len(path) - 1, 0, -1):
        if path[at] in "/#":
            yield path[:at]


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        # the name is too long, say
        return False


def _occurrences(words: str, text: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)

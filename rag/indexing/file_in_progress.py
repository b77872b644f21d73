"""A file that is being read, from its first piece to its last."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rag.indexing.discovery import printable_path
from rag.loading.finish import article_id
from rag.loading.reader import Piece
from rag.storage.file_records import FileRecord
from rag.types import Failure


@dataclass(slots=True)
class FileInProgress:
    """What is known so far of a file that is being read.

    Attributes:
        path: its absolute path.
        record: what will be stored of it when it is read to its end; None if reading failed, so that the articles
            stored of it stay and it is read again next time.
        last_piece: the piece that ends it, once that is known.
        article_count: how many articles its pieces contained so far.
        current_ids: the ids of the articles that it contains now, and of those that may only have failed to be read.
        flaws: the parts that could not be read.
        skipped: for each file in it that was skipped, why.
    """

    path: str
    record: FileRecord | None = None
    last_piece: Piece | None = None
    article_count: int = 0
    current_ids: set[str] = field(default_factory=set)
    flaws: list[Failure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add_article(self, article: str) -> None:
        """Count an article by its id."""
        self.current_ids.add(article)
        self.article_count += 1

    def add_flaw(self, name: str, reason: str) -> None:
        """Note that a part could not be read; an article stored of it earlier stays.

        Args:
            name: that of the part: /member, #row, or empty for the file.
        """
        self.current_ids.add(article_id(self.path + name))
        self.flaws.append(Failure(printable_path(self.path + name), reason))

    def finished_record(self) -> FileRecord | None:
        """Return what to store of the file, now that it is read to its end; None if it has no article to store."""
        if self.record is None or not self.article_count:
            return None
        return replace(self.record, articles=self.article_count, flaws=tuple(self.flaws))

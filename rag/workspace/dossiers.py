"""The dossiers of an archive: quotations that a person collects, orders and annotates."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain, count

from rag.archive import Archive
from rag.errors import LongNote, NameUnusable, NotFound
from rag.storage.dossier_records import DossierRecords
from rag.types import Span
from rag.types.dossier import MAX_NAME, MAX_TEXT, Dossier, DossierEntry, DossierSummary, EntryKind
from rag.types.quotation import Quotation, quotation_of
from rag.verification import FileReader, Verification, verify_quote


class Dossiers:
    """The dossiers of an open archive. It has no state of its own: make one wherever an archive is at hand.

    What a dossier quotes stays as it was, whatever becomes of the archive's articles.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._records = DossierRecords(archive._database)

    def summaries(self) -> list[DossierSummary]:
        """Return all dossiers, the one changed last first."""
        return self._records.summaries()

    def dossier(self, reference: str) -> Dossier:
        """Return the dossier with an id or a name.

        Raises:
            NotFound: there is none.
        """
        by_name = (summary.id for summary in self.summaries() if summary.name == reference)
        return self._records.dossier(next(by_name, reference))

    def entry(self, entry_id: str) -> DossierEntry:
        """Return an entry of any dossier.

        Raises:
            NotFound: there is none.
        """
        return self._records.entry(entry_id)

    def make(self, name: str) -> str:
        """Make an empty dossier, and return its id.

        Raises:
            NameUnusable: the name is empty, too long, or another dossier has it.
        """
        return self.store(Dossier(id="", name=self._checked_name(name), made=""))

    def store(self, dossier: Dossier) -> str:
        """Store a dossier with new ids, made now, under its name or the first free one with a number; return its id."""
        names = {summary.name for summary in self.summaries()}
        name = next(
            name for name in chain([dossier.name], (f"{dossier.name} {n}" for n in count(2))) if name not in names
        )
        entries = tuple(
            DossierEntry(
                id=_new_id(),
                kind=entry.kind,
                text=entry.text,
                quotation=entry.quotation,
                article_id=entry.article_id,
                question=entry.question,
                added=entry.added,
            )
            for entry in dossier.entries
        )
        stored = Dossier(id=_new_id(), name=name, made=_now(), entries=entries)
        self._records.put(stored)
        return stored.id

    def rename(self, dossier_id: str, name: str) -> None:
        """Give a dossier another name.

        Raises:
            NotFound: there is none.
            NameUnusable: the name is empty, too long, or another dossier has it.
        """
        self._records.rename(dossier_id, self._checked_name(name, dossier_id), _now())

    def save(self, dossier_id: str, article_id: str, span: Span, question: str = "") -> str:
        """Quote a span of an article in a dossier, behind all other entries, and return the id of the entry.

        Raises:
            NotFound: there is no such dossier or article, or no such span in the article.
        """
        article, passages = self.archive.article_with_passages(article_id)
        language = next((each.language for each in passages if each.start <= span[0] < each.end), None)
        try:
            quotation = quotation_of(article, *span, language)
        except ValueError as error:
            raise NotFound("These words are no longer in the article: ask again, and save them then.") from error
        return self._add(dossier_id, "quote", "", quotation, question)

    def write(self, dossier_id: str, kind: EntryKind, text: str) -> str:
        """Add a heading or a note behind all other entries of a dossier, and return its id.

        Raises:
            NotFound: there is no such dossier.
            LongNote: the text is too long.
        """
        return self._add(dossier_id, kind, _checked_text(text))

    def rewrite(self, entry_id: str, text: str) -> None:
        """Replace a heading, a note, or the note on a quotation.

        Raises:
            NotFound: there is no such entry.
            LongNote: the text is too long.
        """
        self._records.write(entry_id, _checked_text(text), _now())

    def move(self, entry_id: str, before: str | None) -> None:
        """Put an entry before another one of its dossier, or, for None, behind all others.

        Raises:
            NotFound: there is no such entry.
        """
        self._records.move(entry_id, before, _now())

    def delete(self, dossier_id: str) -> None:
        """Delete a dossier, which `restore` brings back as long as it is one of the last twenty deletions.

        Raises:
            NotFound: there is none.
        """
        self._records.delete(dossier_id, _now())

    def delete_entry(self, entry_id: str) -> None:
        """Delete an entry, which `restore` brings back as long as it is one of the last twenty deletions.

        Raises:
            NotFound: there is none.
        """
        self._records.delete_entry(entry_id, _now())

    def restore(self, deleted_id: str) -> None:
        """Bring back a dossier or an entry that was deleted.

        Raises:
            NotFound: it is gone for good.
        """
        self._records.restore(deleted_id)

    def quoted(self, spans: list[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
        """Return which spans of articles (id, start, end) are in a dossier."""
        return set(self._records.containing(spans))

    def verify(self, entry: DossierEntry, reader: FileReader | None = None) -> Verification | None:
        """Return whether the source of an entry still says so; None for a heading or a note.

        Args:
            reader: reads files again; give the same one for several entries.

        Raises:
            ArchiveError: the archive cannot be read.
        """
        quote = entry.quotation
        if quote is None:
            return None
        article_id = entry.article_id or quote.article_id
        return verify_quote(
            self.archive,
            article_id,
            quote.start,
            quote.end,
            quote.text,
            sha256=quote.sha256,
            path=quote.path,
            reader=reader,
        )

    def verify_all(
        self, dossier: Dossier, on_progress: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[DossierEntry, Verification]]:
        """Yield each quotation of a dossier with its verdict.

        Args:
            on_progress: called with how many were verified, and how many there are.
        """
        quotes = dossier.quotes
        with FileReader() as reader:
            for number, (entry, _) in enumerate(quotes, 1):
                verification = self.verify(entry, reader)
                if verification:
                    yield entry, verification
                if on_progress:
                    on_progress(number, len(quotes))

    def _add(
        self, dossier_id: str, kind: EntryKind, text: str, quotation: Quotation | None = None, question: str = ""
    ) -> str:
        entry = DossierEntry(
            id=_new_id(),
            kind=kind,
            text=text,
            quotation=quotation,
            article_id=quotation.article_id if quotation else "",
            question=question[:MAX_TEXT],
            added=_now(),
        )
        self._records.add(dossier_id, entry, _now())
        return entry.id

    def _checked_name(self, name: str, dossier_id: str = "") -> str:
        name = " ".join(name.split())
        if not name:
            raise NameUnusable("A dossier needs a name: give it one.")
        if len(name) > MAX_NAME:
            raise NameUnusable(f"The name of a dossier may have {MAX_NAME} characters: shorten it.")
        if any(summary.name == name and summary.id != dossier_id for summary in self.summaries()):
            raise NameUnusable(f"There is a dossier {name} already: choose another name.", is_taken=True)
        return name


def _checked_text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise LongNote(f"A note may have {MAX_TEXT:,} characters: divide it into several.")
    return text


def _new_id() -> str:
    return uuid.uuid4().hex[:16]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

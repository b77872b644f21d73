"""The façade of the library: an archive in a folder, or in PostgreSQL, and all that is done with it."""

from rag.archive.articles import ArchiveArticles
from rag.archive.care import ArchiveCare
from rag.archive.library import ArchiveLibrary
from rag.archive.questions import ArchiveQuestions

__all__ = ["Archive"]


class Archive(ArchiveQuestions, ArchiveArticles, ArchiveLibrary, ArchiveCare):
    """An archive of articles in a folder of its own: index files, ask questions. Safe to use from several threads.

    Articles and all that people add may be in PostgreSQL; the folder has the indexes then, and can be thrown away.
    The encoder is opened when it is first needed. Close the archive, or use it in a `with` block.
    """

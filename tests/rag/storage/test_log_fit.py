"""A copy that is put in place of a database in use never mixes with what was there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import article_file

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import ArchiveDamaged, ArchiveError
from rag.storage.sqlite_database import DATABASE

BRIDGES, MARKETS, SCHOOLS = (
    [f"{what} {number} kostet im {number}. Jahr {number * 7} Millionen Euro." for number in range(1, 6)]
    for what in ("Die Brücke", "Der Markt", "Die Schule")
)


def written_over(source: Path, target: Path) -> None:
    """Write a copy of a file over another one, as `cp` does."""
    shutil.copyfile(source, target)


def renamed(source: Path, target: Path) -> None:
    """Put a copy of a file in place of another one, as `rsync` does."""
    shutil.copyfile(source, target.with_name("copy"))
    target.with_name("copy").replace(target)


WAYS = pytest.mark.parametrize("put", [written_over, renamed])


def folder_of(parent: Path, texts: list[str]) -> Path:
    """Return a folder of articles, each of one sentence."""
    folder = parent / texts[0][4:7]
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.md").write_text(article_file(text, "2021-03-04", "Bote", text), encoding="utf-8")
    return folder


def subjects(archive: Archive) -> set[str]:
    """Return which articles are cited, and which are stored."""
    cited = archive.ask("Was kostet es?", 9).citations
    articles = [*archive.articles(), *(citation.article for citation in cited)]
    return {article.title.split()[1] for article in articles}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A folder of archives: `live` of bridges and schools, `older` of its bridges alone, `other` of markets."""
    folder = tmp_path_factory.mktemp("archives")
    for name, texts in (("live", BRIDGES), ("other", MARKETS)):
        with Archive.open(folder / name, encoder=encoder) as archive:
            archive.index([folder_of(folder, texts)])
    shutil.copytree(folder / "live", folder / "older")
    with Archive.open(folder / "live", encoder=encoder) as archive:
        archive.index([folder_of(folder, SCHOOLS)])
    return folder


@pytest.fixture
def live(archives: Path, tmp_path: Path) -> Path:
    """A copy of the archive that is open."""
    shutil.copytree(archives / "live", tmp_path / "live")
    return tmp_path / "live"


@WAYS
@pytest.mark.parametrize(("copy", "there"), [("older", {"Brücke"}), ("other", {"Markt"})])
def test_a_copy_in_place_of_an_open_database(
    archives: Path, live: Path, encoder: Encoder, copy: str, there: set[str], put: Callable[[Path, Path], None]
) -> None:
    """Where all changes were in the file, who has it open sees the copy from the next question on, and nothing else."""
    with Archive.open(live, encoder=encoder) as archive:
        assert subjects(archive) == {"Brücke", "Schule"}
        put(archives / copy / DATABASE, live / DATABASE)
        assert subjects(archive) == there
    with Archive.open(live, encoder=encoder) as archive:
        assert subjects(archive) == there


@WAYS
@pytest.mark.parametrize("copy", ["older", "other"])
def test_a_copy_beside_the_log_of_another_database(
    archives: Path, live: Path, encoder: Encoder, copy: str, put: Callable[[Path, Path], None]
) -> None:
    """Where changes were in the log alone, each question is refused, the copy stays as it is, and the advice works."""
    source = archives / copy / DATABASE
    with Archive.open(live, encoder=encoder) as archive:
        archive.forget(archives / "Sch")
        assert subjects(archive) == {"Brücke"}
        put(source, live / DATABASE)
        for _ in range(2):
            with pytest.raises(ArchiveDamaged, match="replaced while its write-ahead log stayed"):
                subjects(archive)
    assert (live / DATABASE).read_bytes() == source.read_bytes()
    if copy == "other":
        with pytest.raises(ArchiveDamaged, match="stop all programs"):
            Archive.open(live, encoder=encoder)
    for name in ("wal", "shm"):
        (live / f"{DATABASE}-{name}").unlink()
    put(source, live / DATABASE)
    with Archive.open(live, encoder=encoder) as archive:
        assert subjects(archive) == ({"Brücke"} if copy == "older" else {"Markt"})


@WAYS
def test_a_copy_that_comes_while_a_question_is_answered(
    archives: Path, live: Path, encoder: Encoder, put: Callable[[Path, Path], None]
) -> None:
    """What was read of both is not shown: the question is to be asked again."""
    with Archive.open(live, encoder=encoder) as archive:
        with pytest.raises(ArchiveError, match="while it was read: ask again"), archive._database.snapshot():
            put(archives / "other" / DATABASE, live / DATABASE)
        assert subjects(archive) == {"Markt"}


def test_a_log_that_is_moved_into_the_file(archives: Path, live: Path, encoder: Encoder) -> None:
    """While one process moves its changes into the file, another goes on reading, also within a question."""
    with Archive.open(live, encoder=encoder) as reader, Archive.open(live, encoder=encoder) as writer:
        for _ in range(3):
            with reader._database.snapshot():
                writer.forget(archives / "Sch")
                with writer._database.lent() as connection:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            assert subjects(reader) == {"Brücke"}
            writer.index([archives / "Sch"])
            with writer._database.lent() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert subjects(reader) == {"Brücke", "Schule"}

"""Whether a file still says what was quoted: its bytes are hashed, and read again where they changed."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import BRIDGE, article_file

from rag.archive import Archive
from rag.errors import NotFound
from rag.types import Article
from rag.verification import Verification, verify_article, verify_quote

QUOTE = "Die Kosten stiegen nach Angaben der Hafenbehörde von zunächst 61 auf 84 Millionen Euro."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one article."""
    file = tmp_path / "articles" / "bridge.md"
    file.parent.mkdir()
    file.write_text(article_file("Neue Hubbrücke", "2021-03-12", "Altmoorer Bote"), "utf-8")
    return file


@pytest.fixture
def archive(tmp_path: Path, file: Path) -> Iterator[Archive]:
    """An archive of that file."""
    with Archive.open(tmp_path / "archive") as archive:
        archive.index(file.parent)
        yield archive


@pytest.fixture
def article(archive: Archive) -> Article:
    return next(archive.articles())


def verified(archive: Archive, article: Article, quote: str = QUOTE) -> Verification:
    start = article.text.index(quote)
    return verify_quote(archive, article.id, start, start + len(quote), quote, sha256=article.sha256, path=article.path)


def test_untouched_words_are_unchanged(archive: Archive, article: Article, file: Path) -> None:
    """The hash is that of hashlib, and the words stand where they stood."""
    verification = verified(archive, article)
    assert (verification.state, verification.holds, verification.file_changed) == ("unchanged", True, False)
    assert verification.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_words_that_follow_new_ones_moved(archive: Archive, article: Article, file: Path) -> None:
    """A paragraph before them changes the file and the offsets, not the words; the archive need not know yet."""
    file.write_text(file.read_text("utf-8").replace(BRIDGE, f"Nachtrag der Redaktion.\n\n{BRIDGE}"), "utf-8")
    verification = verified(archive, article)
    start = f"Nachtrag der Redaktion.\n\n{BRIDGE}".index(QUOTE)
    assert (verification.state, verification.span) == ("moved", (start, start + len(QUOTE)))
    assert verification.holds and verification.file_changed


def test_other_bytes_with_the_same_words_are_unchanged(archive: Archive, article: Article, file: Path) -> None:
    """What was added after the quote changes the file, and is said to, but not the quote."""
    file.write_text(file.read_text("utf-8") + "\n\nEin Absatz, der später dazukam.\n", "utf-8")
    verification = verified(archive, article)
    assert (verification.state, verification.file_changed) == ("unchanged", True)


def test_changed_words_are_shown(archive: Archive, article: Article, file: Path) -> None:
    """The number that was corrected is named, and what stands there today."""
    file.write_text(file.read_text("utf-8").replace("84 Millionen", "97 Millionen"), "utf-8")
    verification = verified(archive, article)
    assert (verification.state, verification.holds) == ("changed", False)
    assert verification.text == QUOTE.replace("84", "97")
    assert [change.text.strip() for change in verification.changes if change.kind != "same"] == ["84", "97"]


def test_removed_words_are_missing(archive: Archive, article: Article, file: Path) -> None:
    """The file is there, the words are not, and nothing like them."""
    file.write_text(article_file("Neue Hubbrücke", "2021-03-12", "Bote", "Der Artikel wurde zurückgezogen."), "utf-8")
    verification = verified(archive, article)
    assert (verification.state, verification.text) == ("missing", None)
    assert verification.sha256


def test_a_file_that_is_gone_is_missing(archive: Archive, article: Article, file: Path) -> None:
    """Without the file there is no hash."""
    file.unlink()
    assert (verified(archive, article).state, verified(archive, article).sha256) == ("missing", None)


def test_a_moved_file_is_known_by_its_bytes(archive: Archive, article: Article, file: Path, tmp_path: Path) -> None:
    """The same bytes at another path of the archive: the words moved there."""
    copy = tmp_path / "elsewhere" / "b.md"
    copy.parent.mkdir()
    shutil.copy(file, copy)
    archive.index(copy.parent)
    file.unlink()
    verification = verified(archive, article)
    assert (verification.state, verification.path, verification.span) == (
        "moved",
        copy.as_posix(),
        (article.text.index(QUOTE), article.text.index(QUOTE) + len(QUOTE)),
    )


def test_an_unreadable_file_says_why(archive: Archive, article: Article, file: Path) -> None:
    """A file without text is no proof that the words are gone."""
    file.write_bytes(b"")
    verification = verified(archive, article)
    assert (verification.state, verification.holds) == ("unreadable", False)
    assert "empty" in verification.problem


def test_a_forgotten_article_is_verified_by_its_path(archive: Archive, article: Article, file: Path) -> None:
    """Its file is read again if its bytes are those that were quoted; without a path, nothing can be said."""
    archive.forget(file)
    assert verified(archive, article).state == "unchanged"
    with pytest.raises(NotFound):
        verify_quote(archive, article.id, 0, 9, article.text[:9], sha256=article.sha256)


def test_an_unknown_file_is_not_shown(archive: Archive, article: Article, tmp_path: Path) -> None:
    """A dossier from somebody else may name any file: unless its bytes are those quoted, nothing of it is shown."""
    secret = tmp_path / "secret.txt"
    secret.write_text("Das Kennwort lautet Moorhuhn, und das der anderen Kasse lautet Kattrup.", "utf-8")
    quote = "Das Kennwort lautet Mohnkuchen, und das der anderen Kasse lautet Kuchen."
    verification = verify_quote(archive, "0" * 12, 0, len(quote), quote, sha256="0" * 64, path=secret.as_posix())
    assert (verification.state, verification.text, verification.changes) == ("changed", None, ())


def test_an_article_in_an_archive_file(archive: Archive, tmp_path: Path) -> None:
    """Of a .zip, the member is read again."""
    folder = tmp_path / "packed"
    folder.mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w") as packed:
        packed.writestr("one.md", article_file("Eins", "2021-03-12", "Bote", "Ein Satz über das Moor. " * 9))
        packed.writestr("two.md", article_file("Zwei", "2021-03-12", "Bote"))
    archive.index(folder)
    article = next(article for article in archive.articles() if article.path.endswith("one.md"))
    archive.forget(folder)
    assert verified(archive, article, "Ein Satz über das Moor.").state == "unchanged"


@pytest.mark.parametrize("path", ["", "/", "no such file", "x" * 5000, "a\0b", "/dev/null", "/dev/zero", "/usr"])
def test_nonsense_is_missing_or_unreadable(archive: Archive, path: str) -> None:
    """Whatever a dossier names as its file, the answer is a verdict and no crash."""
    verification = verify_quote(archive, "0" * 12, 0, 3, "Abc", sha256="0" * 64, path=path)
    assert verification.state in ("missing", "unreadable")


def test_an_untouched_article_is_unchanged(archive: Archive, article: Article, file: Path) -> None:
    """The hash is that of hashlib; touching the file or renaming a neighbour changes nothing."""
    verification = verify_article(archive, article.id)
    assert (verification.state, verification.path, verification.changes) == ("unchanged", article.path, ())
    assert verification.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_article_whose_facts_changed_says_the_same(archive: Archive, article: Article, file: Path) -> None:
    """Other bytes with the same text, here another outlet, are said to be so."""
    file.write_text(file.read_text("utf-8").replace("Altmoorer Bote", "Neumoorer Bote"), "utf-8")
    verification = verify_article(archive, article.id)
    assert (verification.state, verification.file_changed, verification.changes) == ("unchanged", True, ())


def test_the_words_of_an_article_that_changed_are_named(archive: Archive, article: Article, file: Path) -> None:
    """The file is read by its loader, so that only words of the text count, and the archive keeps its own."""
    file.write_text(file.read_text("utf-8").replace("84 Millionen", "97 Millionen"), "utf-8")
    verification = verify_article(archive, article.id)
    assert verification.state == "changed"
    assert [change.text for change in verification.changes if change.kind != "same"] == ["84 ", "97 "]
    assert "84 Millionen" in archive.article(article.id).text


def test_a_file_that_moved_on_the_disk_is_recognised_by_its_bytes(
    archive: Archive, article: Article, file: Path
) -> None:
    """A file in a new folder beside others of the archive is recognised by its bytes before it is indexed there."""
    (file.parent / "other.md").write_text("Ein anderer Artikel über den Hafen.", "utf-8")
    archive.index(file.parent)
    assert verify_article(archive, article.id).state == "unchanged"
    new = file.parent / "2021" / "bridge.md"
    new.parent.mkdir()
    shutil.move(file, new)
    verification = verify_article(archive, article.id)
    assert (verification.state, verification.path) == ("moved", new.as_posix())
    new.write_text("Etwas anderes.", "utf-8")
    assert verify_article(archive, article.id).state == "missing"
    new.rename(file).write_bytes(b"")
    unreadable = verify_article(archive, article.id)
    assert (unreadable.state, "empty" in unreadable.problem) == ("unreadable", True)


def test_an_article_in_a_zip_is_compared_with_its_member(tmp_path: Path) -> None:
    """Of two articles in a ZIP file, the one whose member was changed differs, the other does not."""
    path = tmp_path / "articles.zip"

    def write(costs: str) -> None:
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("a.txt", BRIDGE)
            package.writestr("b.txt", f"{costs}\n\n{BRIDGE}")

    write("Es kostet 61 Euro.")
    with Archive.open(tmp_path / "archive") as archive:
        archive.index(path)
        ids = {stored.path[-5:]: stored.id for stored in archive.articles()}
        write("Es kostet 97 Euro.")
        assert verify_article(archive, ids["a.txt"]).state == "unchanged"
        assert verify_article(archive, ids["b.txt"]).state == "changed"

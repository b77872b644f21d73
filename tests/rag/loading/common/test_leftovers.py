"""Leftovers of programs and links that lead out of the folder are not read as articles."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from rag.indexing.discovery import FileListing, find_files
from rag.loading.common.sidecar import sidecar_of
from rag.loading.containers.archives import Member, Skipped, archive_members

TEXT = "Der Rat hat am Montag die neue Satzung beschlossen."
HTML = f"<!doctype html><title>Rat</title><p>{TEXT}</p>"
# a page, and the folder beside it, as browsers and the shell of Windows name it in their languages
SAVED = [
    ("Rat.html", "Rat_files"),
    ("Rat.htm", "Rat-Dateien"),
    ("Rat.html", "Rat_fichiers"),
    ("Rat.html", "Rat_archivos"),
    ("Rat.htm", "Rat.files"),
    ("Rat.xhtml", "Rat_bestanden"),
    ("Rat.html", "Rat_файлы"),
    ("Rat.HTM", "rat_Files"),
    ("Rat.php", "Rat.php_files"),
    ("Rat, zum 2. (1).html", "Rat, zum 2. (1)-filer"),
    (unicodedata.normalize("NFC", "Räte.html"), unicodedata.normalize("NFD", "Räte_pliki")),
]


def write_files(folder: Path, names: Iterable[str]) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HTML if re.search("htm|php", path.suffix.lower()) else TEXT, "utf-8")
    return folder


def relative_paths(folder: Path, discovery: FileListing) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in discovery.files]


@pytest.mark.parametrize(("page", "folder"), SAVED)
def test_what_a_browser_saves_with_a_page(page: str, folder: str, tmp_path: Path) -> None:
    """The folder next to a saved page is skipped, in an archive too; without its page it is an ordinary folder."""
    names_inside = [f"{folder}/ad.html", f"{folder}/a/f.txt", "andere_files/b.txt"]
    discovery = find_files([write_files(tmp_path, [page, *names_inside])])
    assert sorted(relative_paths(tmp_path, discovery)) == sorted([page, "andere_files/b.txt"])
    assert discovery.skipped == {"saved with a page": 1}

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in [page, *names_inside]:
            archive.writestr(f"tief/{name}", HTML if name.endswith("html") or name == page else TEXT)
    contents = list(archive_members(packed.getvalue(), "a.zip"))
    assert {member.name for member in contents if isinstance(member, Member)} == {
        f"tief/{page}",
        "tief/andere_files/b.txt",
    }
    assert [member.reason for member in contents if isinstance(member, Skipped)] == ["saved with a page"] * 2

    (tmp_path / page).unlink()
    assert set(names_inside) <= set(relative_paths(tmp_path, find_files([tmp_path])))


def test_a_folder_of_articles_beside_a_page(tmp_path: Path) -> None:
    """A folder that is only called like a page, or a little like a browser's, is looked into."""
    names = ["Rat.html", "Rat/a.txt", "Rat-1998/b.txt", "Rat_Artikel/c.txt", "Stadtrat_files/d.txt", "_files/e.txt"]
    assert set(relative_paths(tmp_path, find_files([write_files(tmp_path, names)]))) == set(names)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("~$wort.docx", "lock file"),
        ("~$Bericht.odt", "lock file"),
        (".~lock.Bericht.odt#", "hidden"),
        ("datei.txt~", "backup copy"),
        ("datei.txt.bak", "backup copy"),
        ("DATEI.BAK", "backup copy"),
        ("#datei.txt#", "backup copy"),
        ("datei.txt.~2~", "backup copy"),
        ("datei.txt.swp", "backup copy"),
        (".datei.txt.swp", "hidden"),
        ("~WRL0003.tmp", "lock file"),
        ("Seite.html.crdownload", "unfinished download"),
        ("Bericht.pdf.part", "unfinished download"),
        ("Thumbs.db", "system file"),
        ("desktop.ini", "system file"),
        ("__MACOSX/a.txt", "system file"),
        ("$RECYCLE.BIN/a.txt", "system file"),
        ("._datei.txt", "hidden"),
    ],
)
def test_what_programs_leave(name: str, reason: str, tmp_path: Path) -> None:
    """Lock files, backups and the like are skipped with a reason, and are not failures."""
    discovery = find_files([write_files(tmp_path, [name, "a.txt"])])
    assert (relative_paths(tmp_path, discovery), discovery.skipped, discovery.failures) == (["a.txt"], {reason: 1}, [])


def test_articles_with_odd_names(tmp_path: Path) -> None:
    """Signs that also mark backups make no backup of a file that ends as an article does."""
    names = ["BERICH~1.TXT", "~Notiz.txt", "#Ahrtal.txt", "bak.txt", "Nr. 5 #2.txt", "LETTER~1"]
    assert set(relative_paths(tmp_path, find_files([write_files(tmp_path, names)]))) == set(names)


def test_a_backup_that_is_named_is_read(tmp_path: Path) -> None:
    """A file given by its name is always read."""
    write_files(tmp_path, ["datei.txt~"])
    (tmp_path / "link.txt").symlink_to(tmp_path / "datei.txt~")
    given = [tmp_path / "datei.txt~", tmp_path / "link.txt"]
    assert find_files(given).files == given


def test_links(tmp_path: Path) -> None:
    """A link to a file in a given folder is read; one that leads out, in any way, is skipped."""
    write_files(tmp_path, ["in/a.txt", "in/tief/b.txt", "other/c.txt", "out/secret.txt", "inside-out/d.txt"])
    folder = tmp_path / "in"
    (folder / "good.txt").symlink_to("tief/b.txt")
    (folder / "tief/up.txt").symlink_to("../a.txt")
    (folder / "to-other.txt").symlink_to(tmp_path / "other/c.txt")
    bad = {
        "absolute.txt": tmp_path / "out/secret.txt",
        "relative.txt": Path("../out/secret.txt"),
        "chain.txt": Path("absolute.txt"),
        "through.txt": Path("tief/door/secret.txt"),
        "prefix.txt": Path("../inside-out/d.txt"),
        "passwd.txt": Path("/etc/passwd"),
        "nowhere.txt": Path("/nowhere/at/all.txt"),
    }
    (folder / "tief/door").symlink_to(tmp_path / "out")
    for name, target in bad.items():
        (folder / name).symlink_to(target)
    (folder / "loop.txt").symlink_to("loop.txt")
    discovery = find_files([folder, tmp_path / "other"])
    paths = {file.relative_to(tmp_path).as_posix() for file in discovery.files}
    assert paths == {
        f"in/{name}" for name in ("a.txt", "tief/b.txt", "good.txt", "tief/up.txt", "to-other.txt", "loop.txt")
    } | {"other/c.txt"}
    assert discovery.skipped == {"link out of the folder": len(bad), "link to a folder": 1}
    assert "in/to-other.txt" not in {file.relative_to(tmp_path).as_posix() for file in find_files([folder]).files}


def test_companions_that_are_links(tmp_path: Path) -> None:
    """A sidecar that is a link into its folder or below is read; a link that leads out is ignored."""
    folder = write_files(tmp_path / "in", [f"{name}.txt" for name in ("a", "b", "c", "d", "e")])
    write_files(tmp_path / "in", ["notes/b.json"])
    write_files(tmp_path, ["secret.json", "in-beside/c.json"])
    links = {
        "a.meta.json": tmp_path / "secret.json",
        "b.txt.meta.json": Path("notes/b.json"),
        "c.txt.meta.json": Path("../in-beside/c.json"),
        "d.meta.json": Path("a.meta.json"),
        "e.meta.json": Path("door/secret.json"),
    }
    (folder / "door").symlink_to(tmp_path)
    for name, target in links.items():
        (folder / name).symlink_to(target)
    companions = {name: sidecar_of(folder / f"{name}.txt") for name in "abcde"}
    assert companions == {**dict.fromkeys("acde"), "b": folder / "b.txt.meta.json"}
    assert find_files([folder]).skipped == {"link out of the folder": 4, "link to a folder": 1}


def test_a_folder_given_by_a_link(tmp_path: Path) -> None:
    """A folder that is itself a link contains its own files, and links among them stay inside."""
    write_files(tmp_path, ["real/a.txt"])
    (tmp_path / "real/b.txt").symlink_to("a.txt")
    (tmp_path / "link").symlink_to("real")
    assert relative_paths(tmp_path / "link", find_files([tmp_path / "link"])) == ["a.txt", "b.txt"]

"""Backups of archives in use, and archives made from them."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zstandard
from factories import BRIDGE, article, article_file, stored_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.backup.restore import restore_backup, verify_backup
from rag.errors import ArchiveBusy, BackupUnusable, FundstelleError
from rag.evaluation.session import EvaluationSession
from rag.storage.articles import ArticleRecord
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store
from rag.workspace.dossiers import Dossiers

DIKE = "Der Deichgraf von Osterhever hat die Schleuse im Norden besichtigt und neue Tore verlangt."
QUESTION = "Was kostete die Hubbrücke?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Archive]:
    """An archive of two articles, with an uploaded and a fetched file, a dossier and feedback; it is only read."""
    folder = tmp_path_factory.mktemp("saved")
    articles = folder / "articles"
    articles.mkdir()
    (articles / "bridge.md").write_text(article_file("Brücke", "2021-05-04", "Hafenblatt"), "utf-8")
    (articles / "dike.txt").write_text(DIKE, "utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as opened:
        for name in ("inbox/von Hanne.txt", "fetched/page.html"):
            (opened.folder / name).parent.mkdir()
            (opened.folder / name).write_text(name, "utf-8")
        (opened.folder / "inbox" / ".parts").mkdir()
        (opened.folder / "inbox" / ".parts" / "unfinished").write_text("…", "utf-8")
        opened.index(articles)
        citation = opened.ask(QUESTION, k=1).citations[0]
        EvaluationSession(opened).feedback.mark(QUESTION, citation, answers=True)
        Dossiers(opened).make("Hafen")
        yield opened


@pytest.fixture(scope="module")
def saved(archive: Archive) -> Path:
    """A backup of it."""
    path = archive.folder.parent / "news.tar.zst"
    archive.backup(path)
    return path


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def members(path: Path) -> dict[str, bytes]:
    """Return the files in a backup, read by the standard library and Zstandard alone."""
    with zstandard.open(path, "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def packed(path: Path, files: dict[str, bytes]) -> Path:
    """Write a file like a backup, by the standard library and Zstandard alone."""
    with zstandard.open(path, "wb") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, BytesIO(content))
    return path


def with_manifest(path: Path, edit: Callable[[dict[str, Any]], object]) -> Path:
    """Return a backup whose manifest says something else, with right checksums."""
    files = members(path)
    manifest = json.loads(files["manifest.json"])
    edit(manifest)
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    sums = [(hashlib.sha256(files["manifest.json"]).hexdigest(), "manifest.json")]
    sums += [(member["sha256"], member["name"]) for member in manifest["members"]]
    files["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for digest, name in sums).encode()
    return packed(path.with_name("edited.tar.zst"), files)


# -- there and back ---------------------------------------------------------------------------------


def test_a_restored_archive_is_the_archive(archive: Archive, saved: Path, tmp_path: Path, encoder: Encoder) -> None:
    """It has the same rows, identity, answers, feedback and dossiers, uploaded and fetched files, and nothing else."""
    manifest = restore_backup(saved, tmp_path / "new" / "folder")
    with Archive.open(tmp_path / "new" / "folder", create=False, encoder=encoder) as restored:
        assert restored.id == archive.id
        assert restored.status().revision == archive.status().revision
        rows, vectors = stored_rows(archive)
        restored_rows, restored_vectors = stored_rows(restored)
        assert restored_rows == rows
        assert vectors.keys() == restored_vectors.keys()
        assert restored.ask(QUESTION).citations == archive.ask(QUESTION).citations
        feedback = EvaluationSession(archive).feedback.passages(QUESTION)
        assert feedback
        assert EvaluationSession(restored).feedback.passages(QUESTION) == feedback
        assert Dossiers(restored).summaries() == Dossiers(archive).summaries()
        assert (restored.folder / "inbox" / "von Hanne.txt").read_text("utf-8") == "inbox/von Hanne.txt"
        assert (restored.folder / "fetched" / "page.html").read_text("utf-8") == "fetched/page.html"
        assert not (restored.folder / "inbox" / ".parts").exists()
    assert manifest.database.counts["articles"] == 2
    assert {name: count for name, count in manifest.database.counts.items() if count} == {
        "articles": 2,
        "passages": archive.status().passages,
        "marked passages": 1,
        "dossiers": 1,
    }


def test_other_programs_open_a_backup(saved: Path) -> None:
    """It is a tar file in Zstandard whose SHA256SUMS are right, manifest first, for its owner alone."""
    files = members(saved)
    assert next(iter(files)) == "manifest.json"
    sums = dict(reversed(line.split("  ", 1)) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert saved.stat().st_mode & 0o777 == 0o600


def test_a_backup_shows_one_revision_while_others_write(tmp_path: Path, encoder: Encoder) -> None:
    """While articles are stored, each raising the revision by one, it has as many of them as its revision says."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        writer = Store(archive.folder / DATABASE)
        stop = threading.Event()

        def write() -> None:
            for number in range(100_000):
                if stop.is_set():
                    return
                writer.put(
                    ArticleRecord(article=article(f"{number}", BRIDGE * 20), passages=()), fingerprint="", vectors={}
                )

        thread = threading.Thread(target=write)
        thread.start()
        try:
            facts = [archive.backup(tmp_path / f"{number}.tar.zst").database for number in range(5)]
        finally:
            stop.set()
            thread.join()
            writer.close()
    assert [fact.counts["articles"] for fact in facts] == [fact.revision for fact in facts]
    assert facts[-1].revision > facts[0].revision


def test_indexes_are_saved_if_they_are_wanted(archive: Archive, tmp_path: Path, encoder: Encoder) -> None:
    """A restored archive then answers by the files that were saved, and makes none again."""
    archive.backup(tmp_path / "all.tar.zst", with_indexes=True)
    restore_backup(tmp_path / "all.tar.zst", tmp_path / "new")
    before = {path.name for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert any(name.endswith(".term") for name in before)
    assert "tokens.sqlite" in before
    with Archive.open(tmp_path / "new", create=False, encoder=encoder) as restored:
        assert restored.ask(QUESTION).citations == archive.ask(QUESTION).citations
        assert before >= {path.name for path in (tmp_path / "new" / "lexical").rglob("*.*")}
    with archive._writing(), Archive.open(archive.folder, encoder=encoder) as second:
        with pytest.raises(ArchiveBusy):
            second.backup(tmp_path / "busy.tar.zst", with_indexes=True)
        second.backup(tmp_path / "busy.tar.zst")


# -- nothing half done ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["copying", "packing", "checking"])
def test_an_interrupted_backup_leaves_nothing(archive: Archive, tmp_path: Path, step: str) -> None:
    """Ctrl-C in any step ends it, the archive goes on, and no file is left."""

    def interrupt(current: str, _: float) -> None:
        if current == step:
            raise KeyboardInterrupt

    before = left_over(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        archive.backup(tmp_path / "news.tar.zst", on_step=interrupt)
    assert left_over(tmp_path) == before
    archive.backup(tmp_path / "news.tar.zst")


def test_an_interrupted_restoring_leaves_nothing(saved: Path, tmp_path: Path) -> None:
    """Ctrl-C while files are written leaves no folder."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = left_over(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        restore_backup(saved, tmp_path / "new", on_step=interrupt)
    assert left_over(tmp_path) == before


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process become larger, as on a disk that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_without_room_nothing_is_left(archive: Archive, saved: Path, tmp_path: Path) -> None:
    """One sentence says so, be it the copy, the backup or the restored archive that does not fit."""
    before = left_over(tmp_path)
    for size in (4096, 100_000):
        with largest_file(size), pytest.raises(FundstelleError, match=r"cannot be written .*: choose another"):
            archive.backup(tmp_path / "second.tar.zst")
        with largest_file(size), pytest.raises(FundstelleError, match=r"cannot be written .*: choose another"):
            restore_backup(saved, tmp_path / "new")
    assert left_over(tmp_path) == before


def test_nothing_is_written_over(archive: Archive, saved: Path, tmp_path: Path) -> None:
    """An existing backup, a folder and a folder with a file in it stay; an empty folder becomes the archive."""
    with pytest.raises(FundstelleError, match="exists: choose another name, or replace it with --force"):
        archive.backup(saved)
    with pytest.raises(FundstelleError, match="is a folder"):
        archive.backup(tmp_path)
    archive.backup(saved, overwrite=True)
    target = tmp_path / "target"
    target.mkdir()
    (target / "diary.txt").touch()
    for folder in (target, target / "diary.txt"):
        with pytest.raises(FundstelleError, match="is not empty"):
            restore_backup(saved, folder)
    (target / "diary.txt").unlink()
    restore_backup(saved, target)
    assert (target / DATABASE).is_file()


# -- damaged, foreign and newer ones ----------------------------------------------------------------


def refused(path: Path, folder: Path) -> str:
    """Return the sentence with which a file is refused; nothing may be written then."""
    with pytest.raises(BackupUnusable):
        verify_backup(path)
    with pytest.raises(BackupUnusable) as error:
        restore_backup(path, folder / "refused")
    assert not (folder / "refused").exists()
    return str(error.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(small_backup: Path, share: float, bit: int) -> None:
    """Wherever it is, unless what it is in says nothing of the files."""
    check_flipped(small_backup, 8 * int(share * small_backup.stat().st_size) + bit)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_backup_is_noticed(small_backup: Path, share: float) -> None:
    """Whatever is missing at its end."""
    content = small_backup.read_bytes()
    damaged = small_backup.with_name("truncated")
    damaged.write_bytes(content[: int(share * len(content))])
    assert len(refused(damaged, small_backup.parent).splitlines()) == 1


@pytest.fixture(scope="module")
def small_backup(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    path = tmp_path_factory.mktemp("small") / "empty.tar.zst"
    with Archive.open(path.parent / "archive", encoder=encoder) as archive:
        archive.backup(path)
    return path


def check_flipped(backup: Path, position: int) -> bool:
    """Flip a bit: the backup must be refused in one line, or unpack to the same bytes; return which."""
    content = bytearray(backup.read_bytes())
    content[position // 8] ^= 1 << position % 8
    damaged = backup.with_name("flipped")
    damaged.write_bytes(content)
    try:
        verify_backup(damaged)
    except BackupUnusable as error:
        assert len(str(error).splitlines()) == 1, position
        return True
    with zstandard.open(damaged, "rb") as stream, zstandard.open(backup, "rb") as undamaged:
        assert stream.read() == undamaged.read(), position
    return False


@pytest.mark.heavy
def test_every_flipped_bit_is_noticed(small_backup: Path) -> None:
    """Of a whole backup, each alone."""
    size = 8 * small_backup.stat().st_size
    refused_count = sum(check_flipped(small_backup, position) for position in range(size))
    print(f"{refused_count} of {size} refused, all others the same")  # noqa: T201
    assert refused_count > 0.99 * size


def test_a_file_of_a_backup_that_was_replaced_is_noticed(saved: Path, tmp_path: Path) -> None:
    """Packed again with other bytes, a missing file, or one too many, it is refused; the sentence says why."""
    files = members(saved)
    changed = files | {"fetched/page.html": b"x" * len(files["fetched/page.html"])}
    assert "fetched/page.html was altered" in refused(packed(tmp_path / "a.zst", changed), tmp_path)
    missing = {name: content for name, content in files.items() if name != "fetched/page.html"}
    assert "fetched/page.html is missing" in refused(packed(tmp_path / "b.zst", missing), tmp_path)
    more = packed(tmp_path / "c.zst", files | {"inbox/more.txt": b""})
    assert "has more in it than it should" in refused(more, tmp_path)


def test_what_is_no_backup_is_refused(saved: Path, tmp_path: Path) -> None:
    """Other files, other packed files and a missing one, each in a sentence that names the file."""
    text = tmp_path / "diary.txt"
    text.write_text("Heute nichts.", "utf-8")
    (tmp_path / "empty").touch()
    foreign = packed(tmp_path / "photos.tar.zst", {"manifest.json": b'{"photos": 3}'})
    without = packed(tmp_path / "letters.tar.zst", {"letter.txt": b"Liebe Hanne"})
    packed_text = tmp_path / "text.zst"
    packed_text.write_bytes(zstandard.compress(b"x" * 2000))
    for path in (text, tmp_path / "empty", foreign, without):
        assert refused(path, tmp_path) == f"{path} is no backup: give a file that `fundstelle backup` wrote."
    assert "damaged" in refused(packed_text, tmp_path)
    with pytest.raises(FundstelleError, match="No such file"):
        verify_backup(tmp_path / "nothing")


def test_a_newer_backup_is_refused(saved: Path, tmp_path: Path) -> None:
    """By its own format, or by that of the archive in it; the sentence says how to upgrade."""

    def raise_format(manifest: dict[str, Any]) -> None:
        manifest.update(format_version=2, program="7.0", pages=[])

    def raise_schema(manifest: dict[str, Any]) -> None:
        manifest["database"]["version"] = 999

    for edit in (raise_format, raise_schema):
        assert "newer: upgrade with `pip install" in refused(with_manifest(saved, edit), tmp_path)


def test_a_backup_writes_only_what_an_archive_has(saved: Path, tmp_path: Path) -> None:
    """A name that leads out of the folder, or that no archive has, is refused before anything is written."""
    for name in ("../evil", "/evil", "inbox/../../evil", "archive.sqlite/../x", "notes.txt", "inbox", "inbox//x", ""):

        def rename(manifest: dict[str, Any], name: str = name) -> None:
            manifest["members"][1]["name"] = name

        assert "names files that no archive has" in refused(with_manifest(saved, rename), tmp_path)


def test_counts_must_be_those_of_the_manifest(saved: Path, tmp_path: Path) -> None:
    """A manifest that claims another article does not pass."""

    def claim(manifest: dict[str, Any]) -> None:
        manifest["database"]["counts"]["articles"] += 1

    assert "not the one that its manifest describes" in refused(with_manifest(saved, claim), tmp_path)


def test_a_backup_goes_through_a_pipe(archive: Archive, tmp_path: Path) -> None:
    """What another program gets is the whole backup and nothing else; nothing stays in the archive's folder."""
    before = left_over(archive.folder)
    command = [sys.executable, "-m", "rag", "backup", "-", "--archive", str(archive.folder)]
    done = subprocess.run(command, capture_output=True, check=True)
    (tmp_path / "piped.tar.zst").write_bytes(done.stdout)
    assert verify_backup(tmp_path / "piped.tar.zst").database.counts["articles"] == 2
    assert (b"Saved: 2 articles" in done.stderr, left_over(archive.folder)) == (True, before)


def test_damaged_rows_are_saved_counted_and_said(fundstelle: Run, tmp_path: Path, encoder: Encoder) -> None:
    """They stay as they are, so that a file heals them later; the last backup without damage is not replaced."""
    (tmp_path / "dike.txt").write_text(DIKE, "utf-8")
    folder, file = tmp_path / "archive", tmp_path / "news.tar.zst"
    with Archive.open(folder, encoder=encoder) as archive:
        archive.index(tmp_path / "dike.txt")
        assert archive.backup(file).damaged == {}
    whole, database = file.read_bytes(), folder / DATABASE
    data = database.read_bytes()
    assert data.count(b"neue Tore") == 1
    database.write_bytes(data.replace(b"neue Tore", b"neue Tote"))
    done = fundstelle("backup", file, "--force", "--archive", folder)
    assert (done.returncode, done.stdout.startswith("Saved: ")) == (1, True)
    assert "The archive had damaged rows when it was saved (1 of articles): `fundstelle repair`" in done.stderr
    assert "before-damage-news.tar.zst is the backup from before." in done.stderr
    assert (tmp_path / "before-damage-news.tar.zst").read_bytes() == whole
    assert verify_backup(file).damaged == {"articles": 1}
    assert fundstelle("backup", file, "--force", "--archive", folder).returncode == 1
    assert (tmp_path / "before-damage-news.tar.zst").read_bytes() == whole
    done = fundstelle("restore", "--verify", file)
    assert (done.returncode, "(1 of articles): use an earlier one." in done.stderr) == (1, True)
    done = fundstelle("restore", file, tmp_path / "again")
    assert (done.returncode, "(1 of articles): `fundstelle repair` reads" in done.stderr) == (1, True)
    assert fundstelle("repair", "--archive", tmp_path / "again").returncode == 0
    with Archive.open(tmp_path / "again", encoder=encoder) as archive:
        assert archive.article("dike.txt").text == DIKE


# -- the command line -------------------------------------------------------------------------------


def test_the_commands(fundstelle: Run, archive: Archive, tmp_path: Path) -> None:
    """`backup` and `restore --verify` say what is in the file; `restore` makes the archive; errors have code 2."""
    done = fundstelle("backup", "news.tar.zst", "--archive", archive.folder)
    assert (done.returncode, done.stderr) == (0, "")
    counts = f"2 articles, {archive.status().passages} passages, 1 marked passage, 1 dossier.\n"
    assert done.stdout.startswith("Saved: news.tar.zst, ")
    assert done.stdout.endswith(counts)
    done = fundstelle("restore", "--verify", "news.tar.zst")
    assert done.stdout.startswith("Sound: news.tar.zst, the archive as it was on 20")
    assert done.stdout.endswith(counts)
    done = fundstelle("restore", "news.tar.zst", "new")
    assert (done.returncode, done.stdout.endswith(counts)) == (0, True)
    done = fundstelle("restore", "news.tar.zst")
    assert (done.returncode, done.stderr) == (2, "Give either a new folder for the archive, or --verify.\n")
    done = fundstelle("restore", "news.tar.zst", "new")
    assert done.returncode == 2
    assert "new is not empty" in done.stderr

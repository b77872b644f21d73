"""Every check sees what it is for: an archive is broken in each way, and what can be repaired is well again."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import numpy as np
import pytest
from factories import BRIDGE, article_file
from paths import ROOT, Run

from embeddings.encoder import Encoder
from embeddings.file_checksums import sealed_json, unsealed_json
from rag.archive import Archive
from rag.diagnosis import computer
from rag.diagnosis.diagnose import ARCHIVE_CHECKS, FOLDER_CHECKS
from rag.diagnosis.wording import CHECKS
from rag.lexical.documents import entries, term_maker
from rag.lexical.manifest import read_manifest, write_manifest
from rag.lexical.tantivy_index import WordIndex
from rag.storage import examination
from rag.storage.checksums import register
from rag.storage.scratch import scratch_folder
from rag.storage.sqlite_database import DATABASE
from rag.storage.store import Store
from rag.types.diagnosis import Diagnosis, Finding

HARBOUR = (
    "Im Hafen von Kattrup legte am Montag zum ersten Mal ein Schiff an, das mit Wasserstoff fährt. "
    "Die Reederei nannte die Fahrt einen Versuch, der zwei Jahre dauern soll."
)
TRAIN = "Die Kleinbahn nach Moorwerder fährt seit Freitag wieder. Eine Fahrkarte kostet zwei Euro."
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A folder of four articles, one of them a duplicate, and their archive."""
    folder = tmp_path_factory.mktemp("healthy")
    (folder / "articles").mkdir()
    for name, outlet, text in (
        ("bridge", "Bote", BRIDGE),
        ("copy", "Kurier", BRIDGE),
        ("harbour", "Bote", HARBOUR),
        ("train", "Kurier", TRAIN),
    ):
        path = folder / "articles" / f"{name}.md"
        path.write_text(article_file(name.title(), "2023-05-02", outlet, text), "utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as archive:
        archive.index(folder / "articles")
        archive.ask("Was kostete die Brücke?")
    return folder


@pytest.fixture
def folder(healthy: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may break; its files are where the articles came from."""
    shutil.copytree(healthy / "archive", tmp_path / "archive")
    return tmp_path / "archive"


def examined(folder: Path, encoder: Encoder, **options: bool) -> Diagnosis:
    """Open the archive and examine it."""
    with Archive.open(folder, encoder=encoder, create=False) as archive:
        return archive.doctor(**options)


def finding(diagnosis: Diagnosis, check: str) -> Finding:
    """Return what a check said."""
    (only,) = (finding for finding in diagnosis.findings if finding.check == check)
    return only


@contextmanager
def changed(folder: Path) -> Iterator[sqlite3.Connection]:
    """Change the tables of an archive, all checksums with them."""
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        register(database)
        yield database


def sql(*statements: str, values: tuple[object, ...] = ()) -> Callable[[Path, Patch], None]:
    """Return what changes the tables of an archive."""

    def change(folder: Path, _: Patch) -> None:
        with changed(folder) as database:
            for statement in statements:
                database.execute(statement, values if "?" in statement else ())

    return change


def overwrite(pattern: str, offset: int = 100) -> Callable[[Path, Patch], None]:
    """Return what overwrites some bytes of a file."""

    def change(folder: Path, _: Patch) -> None:
        path = next(folder.glob(pattern))
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(b"\xff" * 64)

    return change


def write(name: str, *, old: bool = True) -> Callable[[Path, Patch], None]:
    """Return what makes a file in the archive's folder, a day ago."""

    def change(folder: Path, _: Patch) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", "utf-8")
        if old:
            os.utime(path, (time.time() - 86_400,) * 2)

    return change


def chmod(folder: Path, _: Patch) -> None:
    folder.chmod(0o755)
    (folder / DATABASE).chmod(0o644)


def give_away(folder: Path, _: Patch) -> None:
    os.chown(folder / "indexing.lock", 12_345, -1)


def no_room(folder: Path, patch: Patch) -> None:
    patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))


def network_disk(folder: Path, patch: Patch) -> None:
    table = folder.with_name("mounts")
    point = str(folder).replace(" ", "\\040")
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/news {point} nfs4 rw 0 0\n", "utf-8")
    patch.setattr(computer, "_MOUNTS", table)


def no_locks(folder: Path, patch: Patch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    patch.setattr("fcntl.flock", refuse)


def no_temporary_folder(folder: Path, patch: Patch) -> None:
    patch.setattr(tempfile, "tempdir", str(folder / "nowhere"))


def limit(name: int, value: int) -> Callable[[Path, Patch], None]:
    """Return what says that a limit of this process is a value."""
    real = resource.getrlimit
    return lambda _, patch: patch.setattr(
        resource, "getrlimit", lambda asked: (value, value) if asked == name else real(asked)
    )


def old_library(folder: Path, patch: Patch) -> None:
    real = metadata.version
    patch.setattr(metadata, "version", lambda name: "0.0.1" if name == "numpy" else real(name))


def large_log(folder: Path, patch: Patch) -> None:
    patch.setattr("rag.diagnosis.folder._MAX_LOG_BYTES", -1)


def stray_vectors(folder: Path, _: Patch) -> None:
    """Something that nothing names, in each index, an upload that never ended, and the folder of a killed backup."""
    killed = "../.fundstelle-news.tar.zst.ab"
    for name in ("dense/vectors-9-ab.faiss", "lexical/words-old/segment", "inbox/.parts/ab/file", f"{killed}/lock"):
        write(name)(folder, _)
    for path in ("lexical/words-old", "inbox/.parts/ab", killed):
        os.utime(folder / path, (1_700_000_000,) * 2)


def future_file(folder: Path, _: Patch) -> None:
    os.utime(folder / DATABASE, (time.time() + 86_400,) * 2)


def without(name: str) -> Callable[[Path, Patch], None]:
    """Return what deletes a folder of the archive."""
    return lambda folder, _: shutil.rmtree(folder / name)


def edit_manifest(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path, Patch], None]:
    """Return what changes the manifest of an index."""

    def edit(folder: Path, _: Patch) -> None:
        path = folder / name / "manifest.json"
        facts = unsealed_json(path.read_text("utf-8"))
        change(facts)
        path.write_text(sealed_json(facts), "utf-8")

    return edit


def shifted_vectors(folder: Path, _: Patch) -> None:
    """Each passage gets the vector of another one: all of them are vectors of length 1."""
    with changed(folder) as database:
        rows = database.execute("SELECT input_hash, vector FROM vectors ORDER BY input_hash").fetchall()
        vectors = [vector for _, vector in rows]
        for (key, _), vector in zip(rows, vectors[1:] + vectors[:1], strict=True):
            database.execute("UPDATE vectors SET vector = ? WHERE input_hash = ?", (vector, key))


def foreign_words(folder: Path, _: Patch) -> None:
    """The texts of all articles are exchanged: the index of words is that of the old ones."""
    with changed(folder) as database:
        database.execute("UPDATE articles SET text = replace(text, 'e', 'x'), title = NULL, author = NULL")


def inflated_words(folder: Path, _: Patch) -> None:
    """All words are where the database has them, but the index counts half of them twice."""
    with closing(Store(folder / DATABASE)) as store:
        manifest = read_manifest(folder / "lexical")
        assert manifest
        words = WordIndex.open(folder / "lexical" / manifest.name)
        stored = list(entries(store.changes.passages_since(0), term_maker(words.passages_with_word)))
        twice = [entry._replace(terms=[*entry.terms, *entry.terms[::2]]) for entry in stored]
        words.write(np.array([entry.key for entry in stored], np.int64), twice)
        write_manifest(folder / "lexical", manifest)


def nan_vector(folder: Path, patch: Patch) -> None:
    vector = np.full(384, np.nan, np.float16).tobytes()
    sql("UPDATE vectors SET vector = ? WHERE input_hash = (SELECT min(input_hash) FROM vectors)", values=(vector,))(
        folder, patch
    )


def damaged_index(folder: Path, patch: Patch) -> None:
    """Of a large archive, which is not examined whole when it is opened, an index is damaged."""
    patch.setattr(examination, "_MAX_EXAMINED", 0)
    sql(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET rootpage = rootpage + 1 WHERE name = 'bands_by_article'",
    )(folder, patch)


INSERT_ARTICLE = (
    "INSERT INTO articles (id, path, sha256, recipe, text, language, added) "
    "VALUES ('x', '/x', '', '', 'x', 'de', '2999-01-01T00:00:00+00:00')"
)
BREAKAGES: dict[tuple[str, str], tuple[Callable[[Path, Patch], None], bool]] = {
    ("permissions", "open"): (chmod, True),
    ("permissions", "foreign"): (give_away, False),
    ("space", "low"): (no_room, False),
    ("disk", "network"): (network_disk, False),
    ("disk", "no_locks"): (no_locks, False),
    ("temporary", "low"): (no_room, False),
    ("temporary", "unwritable"): (no_temporary_folder, False),
    ("limits", "memory"): (limit(resource.RLIMIT_AS, 1_000_000_000), False),
    ("limits", "files"): (limit(resource.RLIMIT_NOFILE, 64), False),
    ("libraries", "outside"): (old_library, False),
    ("leftovers", "present"): (stray_vectors, True),
    ("earlier", "present"): (write("archive-v5-2026-11-30.sqlite"), False),
    ("journal", "large"): (large_log, False),
    ("clock", "future"): (sql(INSERT_ARTICLE), False),
    ("clock", "files"): (future_file, False),
    ("database", "damaged"): (damaged_index, False),
    ("checksums", "differ"): (
        sql("DROP TRIGGER articles_changed", "UPDATE articles SET text = replace(text, 'zwei', 'drei')"),
        False,
    ),
    ("references", "broken"): (
        sql(
            'INSERT INTO passages (key, article, start, "end", input_hash, revision) '
            "VALUES (1, 'gone', 0, 1, x'00', 1)"
        ),
        False,
    ),
    ("revisions", "ahead"): (sql("UPDATE passages SET revision = 999"), False),
    ("listing", "unlisted"): (sql("DELETE FROM listing"), True),
    ("orphans", "present"): (
        sql(
            "INSERT INTO vectors (fingerprint, input_hash, vector) "
            "SELECT fingerprint, x'00', vector FROM vectors LIMIT 1",
            "INSERT INTO bands VALUES (1, 'gone')",
        ),
        True,
    ),
    ("strays", "present"): (
        sql("INSERT INTO marks SELECT 'Was?', 'gone', 0, 1, 'x', 1, '2024', NULL"),
        False,
    ),
    ("duplicates", "broken"): (sql("UPDATE articles SET same_as = 'gone' WHERE same_as IS NOT NULL"), False),
    ("duplicates", "unsettled"): (sql("DELETE FROM meta WHERE name = 'settled'"), False),
    ("calibration", "unusable"): (sql("INSERT INTO meta (name, value) VALUES ('calibration', '{')"), False),
    ("passages", "wrong"): (sql("UPDATE articles SET text = replace(text, 'zwei Euro', 'drei Euro')"), False),
    ("vectors", "wrong"): (nan_vector, False),
    ("vectors", "missing"): (
        sql("DELETE FROM vectors WHERE input_hash = (SELECT min(input_hash) FROM vectors)"),
        False,
    ),
    ("encoder", "other"): (sql("UPDATE meta SET value = 'other' WHERE name = 'encoder_fingerprint'"), False),
    ("encoder", "doubtful"): (sql("DELETE FROM meta WHERE name = 'vectors_tested'"), False),
    ("encoding", "differs"): (shifted_vectors, False),
    ("vector_index", "damaged"): (overwrite("dense/vectors-*"), True),
    ("vector_index", "missing"): (without("dense"), True),
    ("vector_index", "stale"): (edit_manifest("dense", lambda facts: facts.update(stamp="of something else")), True),
    ("vector_index", "miscounted"): (
        sql("DELETE FROM passages WHERE key = (SELECT min(key) FROM passages)"),
        True,
    ),
    ("vector_search", "differs"): (shifted_vectors, True),
    ("word_index", "damaged"): (overwrite("lexical/*/*.term", 10), True),
    ("word_index", "missing"): (without("lexical"), True),
    ("word_index", "stale"): (edit_manifest("lexical", lambda facts: facts.update(made_from="something else")), True),
    ("word_index", "behind"): (edit_manifest("lexical", lambda facts: facts.update(state="0")), True),
    ("word_index", "miscounted"): (
        sql("DELETE FROM passages WHERE key = (SELECT min(key) FROM passages)"),
        True,
    ),
    ("word_search", "differs"): (foreign_words, True),
    ("word_scores", "differs"): (inflated_words, True),
    ("tokens", "damaged"): (overwrite("tokens/tokens.sqlite", 0), False),
    ("tokens", "incomplete"): (without("tokens"), False),
    ("failures", "present"): (
        sql("INSERT INTO meta (name, value) VALUES ('failures', '[[\"/a.pdf\", \"It is empty.\"]]')"),
        False,
    ),
    ("inbox", "unread"): (write("inbox/new.txt"), False),
}
"""By the check and what it sees: what breaks the archive, and whether `--fix` makes it well again."""


@pytest.mark.parametrize(
    ("check", "symptom"),
    [
        # to make an index again takes half a second
        pytest.param(*names, marks=[pytest.mark.slow] if is_repaired else [])
        for names, (_, is_repaired) in BREAKAGES.items()
    ],
)
def test_what_is_broken_is_seen(
    check: str, symptom: str, folder: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each breakage is what its check says, with advice where something is wrong, and a repair makes it well."""
    breaks, is_repaired = BREAKAGES[check, symptom]
    breaks(folder, monkeypatch)
    before = finding(examined(folder, encoder), check)
    assert before.symptom == symptom, before
    assert bool(before.advice) == (before.health != "well")
    if is_repaired:
        after = finding(examined(folder, encoder, fix=True), check)
        assert after.health == "well"
        assert after.repaired == before.sentence
        assert finding(examined(folder, encoder), check).health == "well"


def test_a_healthy_archive_is_well(folder: Path, encoder: Encoder) -> None:
    """All checks say so, each once, in their order; the quick ones are among them and nothing is written."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    diagnosis = examined(folder, encoder)
    assert {finding.check: finding.symptom for finding in diagnosis.findings} == dict.fromkeys(
        [check.name for check in (*FOLDER_CHECKS, *ARCHIVE_CHECKS)], "well"
    )
    assert diagnosis
    assert len(diagnosis.findings) >= 20
    quick = examined(folder, encoder, quick=True)
    assert {finding.check for finding in quick.findings} < {finding.check for finding in diagnosis.findings}
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    assert before == after


def test_every_symptom_is_seen_once() -> None:
    """Every check has words, and nearly everything that it can say is provoked by a test."""
    assert list(CHECKS) == list(dict.fromkeys(CHECKS))
    assert CHECKS.keys() == {check.name for check in (*FOLDER_CHECKS, *ARCHIVE_CHECKS)}
    known = {(check, symptom) for check, words in CHECKS.items() for symptom in words.symptoms if symptom != "well"}
    elsewhere = {
        *{("files", "differ"), ("sidecars", "alone"), ("writing", "busy"), ("format", "unusable"), ("encoder", "none")},
        *{("writing", "readonly"), ("format", "older"), ("processor", "avoided"), ("processor", "untested")},
        ("vector_index", "behind"),
    }
    assert known - elsewhere == BREAKAGES.keys()


def test_changed_files_are_read_again(tmp_path: Path, encoder: Encoder) -> None:
    """A file that changed is read again by `--fix`; one that is gone stays in the archive; a sidecar alone is named."""
    articles = tmp_path / "articles"
    articles.mkdir()
    for name, text in (("a.txt", BRIDGE), ("b.txt", HARBOUR), ("c.txt", TRAIN)):
        (articles / name).write_text(text, "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index(articles)
        (articles / "a.txt").write_text(f"{BRIDGE}\n\nNeu: Der Steg ist da.", "utf-8")
        (articles / "b.txt").unlink()
        (articles / "d.meta.json").write_text("{}", "utf-8")
        seen = archive.doctor()
        assert finding(seen, "files").values == {
            "count": 3,
            "missing": 1,
            "changed": 1,
            "path": str(articles / "a.txt"),
        }
        assert finding(seen, "sidecars").values == {"count": 1, "path": str(articles / "d.meta.json")}
        archive.doctor(fix=True)
        assert finding(archive.doctor(), "files").values["changed"] == 0
        assert any("Der Steg ist da" in article.text for article in archive.articles())
        assert archive.articles_in(str(articles / "b.txt")) == 1


def test_another_writer(folder: Path, encoder: Encoder) -> None:
    """While another program writes, that is said, and nothing is repaired."""
    lock = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, filelock as f; lock = f.FileLock(sys.argv[1]); lock.acquire(); print(1, flush=True); input()",
            str(folder / "indexing.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with lock:
        assert lock.stdout is not None
        lock.stdout.readline()
        assert finding(examined(folder, encoder, quick=True), "writing").symptom == "busy"
        with pytest.raises(Exception, match="Another program is indexing"):
            examined(folder, encoder, fix=True)
        lock.communicate("\n")


@pytest.mark.parametrize("target", [Path(), Path("archive")], ids=["to a file", "to a pipe"])
def test_the_folder_of_a_backup_that_is_being_made_stays(folder: Path, encoder: Encoder, target: Path) -> None:
    """Only when its program has ended, as the kernel knows by a lock, is it left over, and deleted."""
    where = folder.parent / target

    def mended() -> str:
        return next(
            each for each in archive.doctor(quick=True, fix=True).findings if each.check == "leftovers"
        ).repaired

    with scratch_folder(where / "news.tar.zst") as scratch, Archive.open(folder, encoder=encoder) as archive:
        os.utime(scratch, (1_700_000_000,) * 2)
        assert (mended(), scratch.is_dir()) == ("", True)
        killed = os.fork()
        if not killed:
            left = scratch_folder(where / "other.tar.zst")
            os.utime(left.__enter__(), (1_700_000_000,) * 2)
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(killed, 0)
        assert len(list(where.glob(".fundstelle-*"))) == 2
        assert "other.tar.zst" in mended()
        assert list(where.glob(".fundstelle-*")) == [scratch]


def test_an_empty_archive_is_well(tmp_path: Path, encoder: Encoder) -> None:
    """Nothing was indexed yet, and that is all that is said."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        diagnosis = archive.doctor()
    assert [finding.check for finding in diagnosis.findings if finding.health != "well"] == ["encoder"]


def test_the_command(folder: Path, fundstelle: Run) -> None:
    """It prints a line a check and what to do, repairs on request, and its exit code says how it stands."""
    done = fundstelle("doctor", "--archive", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"{len(FOLDER_CHECKS) + len(ARCHIVE_CHECKS)} checks: all is well."
    shutil.rmtree(folder / "dense")
    overwrite("lexical/*/*.term", 10)(folder, pytest.MonkeyPatch())
    done = fundstelle("doctor", "--archive", folder)
    assert done.returncode == 1
    assert "✗ index of words" in done.stdout
    assert "→ `fundstelle doctor --fix" in done.stdout
    done = fundstelle("doctor", "--fix", "--archive", folder)
    assert (done.returncode, done.stdout.count("Repaired: ")) == (0, 2)
    done = fundstelle("doctor", "--quick", "--json", "--archive", folder)
    value = json.loads(done.stdout)
    jsonschema.validate(value, json.loads((ROOT / "docs" / "diagnosis.schema.json").read_text("utf-8")))
    assert (done.returncode, value["quick"]) == (0, True)
    assert {finding["health"] for finding in value["findings"]} == {"well"}


def test_an_archive_that_cannot_be_opened(folder: Path, fundstelle: Run, tmp_path: Path) -> None:
    """A damaged database is what is said first, and the folder is checked all the same; no archive is refused."""
    (folder / DATABASE).write_bytes(b"no database" * 1000)
    for log in folder.glob(f"{DATABASE}-*"):
        log.unlink()
    done = fundstelle("doctor", "--archive", folder)
    assert done.returncode == 1
    assert "is damaged" in " ".join(done.stdout.split())
    assert "✓ permissions" in done.stdout
    done = fundstelle("doctor", "--archive", tmp_path / "none")
    assert (done.returncode, done.stdout) == (2, "")


def test_what_cannot_be_checked(folder: Path, fundstelle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, with the reason, and the exit code is 2."""

    def refuse(_: str) -> None:
        raise metadata.PackageNotFoundError("fundstelle")

    monkeypatch.setattr(metadata, "requires", refuse)
    done = fundstelle("doctor", "--quick", "--archive", folder)
    assert done.returncode == 2
    assert "? libraries" in done.stdout
    assert "Fundstelle is not installed as a package" in " ".join(done.stdout.split())

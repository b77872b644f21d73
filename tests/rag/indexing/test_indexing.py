"""Indexing: only what changed, nothing lost, the same end whatever interrupts it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from paths import ARTICLES, copied_articles
from waiting import PATIENCE

from embeddings.encoder import Encoder
from embeddings.encoders.bundled import bundled_model
from embeddings.index import open_index
from embeddings.types import Role, TokenVectors
from rag.archive import Archive
from rag.config import Config
from rag.errors import ArchiveError, EncoderMisfit
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.indexing.executor import LocalExecutor
from rag.loading.reader import READER_VERSION
from rag.storage.checksums import register

SOME = (
    "de-gotthard-basistunnel-eroeffnung.md",
    "en-philae-comet-67p.md",
    "es-final-mundial-lusail.md",
    "pl-powodz-tysiaclecia-rocznica.txt",
    "tr-6-subat-depremleri.md",
    "de-oder-fischsterben-goldalge.txt",
)
# read in a process of its own, as all pages are, which takes half a second
PAGE = "fr-notre-dame-reouverture.html"
TUNNEL = "Wie lang ist der Gotthard-Basistunnel?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with six of the sample articles."""
    return copied_articles(SOME, tmp_path / "articles")


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Archive:
    return Archive.open(tmp_path / "archive", encoder=encoder)


def dump(archive: Path) -> tuple[list[object], list[object], dict[bytes, np.ndarray]]:
    """All that an archive holds, without revisions, times and checksums of both, which count the ways, not the end."""
    with sqlite3.connect(archive / "archive.sqlite") as database:
        columns = {name for _, name, *_ in database.execute("PRAGMA table_info(articles)")} - {"added", "checksum"}
        articles = database.execute(f"SELECT {', '.join(sorted(columns))} FROM articles ORDER BY id").fetchall()  # noqa: S608
        passages = database.execute(
            'SELECT key, article, start, "end", input_hash FROM passages ORDER BY key'
        ).fetchall()
        vectors = dict(database.execute("SELECT input_hash, vector FROM vectors"))
    return (
        articles,
        passages,
        {key: np.frombuffer(value, np.float16).astype(np.float32) for key, value in vectors.items()},
    )


def assert_same(first: Path, second: Path) -> None:
    articles, passages, vectors = dump(first)
    assert (articles, passages) == dump(second)[:2]
    second_vectors = dump(second)[2]
    assert vectors.keys() == second_vectors.keys()
    # the last bit depends on which texts were encoded together
    assert min(float(vectors[key] @ second_vectors[key]) for key in vectors) > 0.99


def test_a_second_run_encodes_nothing(archive: Archive, folder: Path) -> None:
    """Unchanged files are neither loaded nor encoded, and the revision stays."""
    first = archive.index([folder])
    revision = archive.status().revision
    second = archive.index([folder])
    assert (first.new, first.passages_encoded) == (6, archive.status().passages)
    assert (second.new, second.changed, second.unchanged, second.removed, second.passages_encoded) == (0, 0, 6, 0, 0)
    assert archive.status().revision == revision


def test_only_the_changed_passages_are_encoded(archive: Archive, folder: Path) -> None:
    """A sentence added at the end of an article costs its last passages alone."""
    archive.index([folder])
    path = folder / SOME[5]
    path.write_text(path.read_text() + "\n\nZum Schluss ein neuer Absatz über Zwölfspindelpumpen.\n")
    report = archive.index([folder])
    assert (report.changed, report.unchanged) == (1, 5)
    assert 1 <= report.passages_encoded < len(archive.passages(archive.article(SOME[5]).id))
    assert "Zwölfspindelpumpen" in archive.ask("Was steht über Zwölfspindelpumpen?", 1).citations[0].quote


def test_what_is_gone_is_removed(archive: Archive, folder: Path) -> None:
    """A deleted file's passages are found no more; files outside the folder stay."""
    archive.index([folder, ARTICLES / "de-higgs-boson-cern.html"])
    assert archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])
    (folder / SOME[0]).unlink()
    report = archive.index([folder])
    assert (report.removed, report.unchanged) == (1, 5)
    assert not archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])
    assert archive.article("de-higgs-boson-cern.html").language == "de"


def test_a_moved_file_costs_no_encoding(archive: Archive, folder: Path) -> None:
    """The same text at another path finds its vectors there."""
    archive.index([folder])
    (folder / "sub").mkdir()
    (folder / SOME[0]).rename(folder / "sub" / "renamed.md")
    report = archive.index([folder])
    assert (report.new, report.removed, report.passages_encoded) == (1, 1, 0)


def test_one_bad_file_stops_nothing(archive: Archive, folder: Path) -> None:
    """Bad files are reported each with its reason; the others are taken; kinds that cannot be read are counted."""
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.md").write_bytes(b"\0\1\2\3")
    (folder / "link.txt").symlink_to(folder / "nowhere.txt")
    (folder / "photo.jpg").write_bytes(b"x")
    (folder / "README.md").write_text("Dieser Ordner enthält Artikel.")
    (folder / ".hidden.txt").write_text("Verborgen.")
    report = archive.index([folder])
    assert report.new == 6
    assert [Path(failure.path).name for failure in report.failures] == ["binary.md", "empty.txt", "link.txt"]
    assert all(failure.reason.endswith(".") for failure in report.failures)
    assert report.skipped == {".jpg": 1, "README": 1, "hidden": 1}


def test_articles_in_forms_that_are_not_read_are_named(archive: Archive, folder: Path) -> None:
    """Mails of Outlook and old documents are no failures, but each has a name in the report, and what to do."""
    for name in ("Brief.msg", "Akte 1.doc", "Akte 2.doc"):
        (folder / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    report = archive.index([folder])
    assert (report.failures, dict(report.skipped)) == ((), {})
    assert [(remark.path, remark.reason) for remark in report.remarks] == [
        (
            str(folder),
            "2 .doc files were not read (Akte 1.doc, Akte 2.doc). For each: save it as .docx, .odt or PDF.",
        ),
        (str(folder / "Brief.msg"), "It was not read: save it as .eml."),
    ]


def test_what_may_not_be_read_is_kept(encoder: object) -> None:
    """A file and a folder without permission are reported, and the articles stored from there stay."""
    nobody = 65534
    # root may read everything, so root becomes nobody for the second run, in a folder open to all
    base = Path(tempfile.mkdtemp(prefix="fundstelle-"))
    base.chmod(0o755)
    folder = base / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("Der Rat tagte am Montag.")
    (folder / "sub" / "b.txt").write_text("Die Straße bleibt gesperrt.")
    with Archive.open(base / "archive") as archive:
        assert archive.index([folder]).new == 2
        if os.geteuid() == 0:
            for path in (base / "archive", *(base / "archive").rglob("*")):
                os.chown(path, nobody, nobody)
        (folder / "a.txt").chmod(0)
        (folder / "sub").chmod(0)
        if os.geteuid() == 0:
            os.seteuid(nobody)
        try:
            report = archive.index([folder])
        finally:
            os.seteuid(os.getuid())
            (folder / "sub").chmod(0o755)
        assert sorted(Path(failure.path).name for failure in report.failures) == ["a.txt", "sub"]
        assert (report.removed, archive.status().articles) == (0, 2)
    shutil.rmtree(base)


def test_odd_files_stop_nothing(archive: Archive, folder: Path) -> None:
    """A pipe, a name that is no text and a page in a made-up encoding are reported or read; the others are taken."""
    os.mkfifo(folder / "pipe.txt")
    Path(os.fsdecode(os.fsencode(folder) + b"/name-\xff.txt")).write_text("Der Rat tagte.")
    (folder / "odd.html").write_text('<meta charset="undefined"><p>Der Rat tagte am Montag lange über die Brücke.</p>')
    report = archive.index([folder])
    assert report.new == 7
    assert {Path(failure.path).name: failure.reason.split(":")[0] for failure in report.failures} == {
        "pipe.txt": "It is not a regular file but a pipe or a device",
        "name-\\udcff.txt": "Its name contains bytes that are not text",
    }


def test_test_questions_are_no_articles(archive: Archive, folder: Path) -> None:
    """What one evaluates with lies beside the articles, as in the sample archive, and is left aside; a table with a
    column of that name is one.
    """
    (folder / "questions.jsonl").write_text('{"question": "Wo?", "answers": [{"article": "a", "quote": "b"}]}\n')
    (folder / "talks.jsonl").write_text('{"question": "Wo?", "text": "Das Gespräch fand in Moorwerder statt."}\n')
    report = archive.index([folder])
    assert (report.new, report.failures, dict(report.skipped)) == (7, (), {"test questions": 1})
    assert archive.index([ARTICLES.parent]).failures == ()


def test_the_next_articles_are_read_while_a_batch_is_encoded(
    folder: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch is not encoded before tokens of the second are counted; each text is encoded once."""
    counted, encoded = threading.Event(), []

    class Watched(CachingEncoder):
        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            if encoded:
                counted.set()
            return super().count_tokens(texts)

        def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
            is_first = not encoded
            encoded.extend(texts)
            assert not is_first or counted.wait(PATIENCE)
            return super().token_vectors(texts, role)

    for number in ("batch_texts", "few_texts"):
        monkeypatch.setattr(LocalExecutor, number, 8)
    shutil.copy(folder / SOME[0], folder / f"zz-{SOME[0]}")
    with Archive.open(tmp_path / "archive", encoder=Watched(encoder)) as archive:
        report = archive.index([folder])
        assert counted.is_set()
        assert len(encoded) == len(set(encoded)) == report.passages_encoded == archive.status().passages


def test_an_error_of_the_encoder_ends_indexing(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """`index` raises what the encoding thread raised; what was stored stays, and a later run does the rest."""

    class Failing(CachingEncoder):
        def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
            raise RuntimeError("no such kernel")

    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([folder / SOME[0]])
    with Archive.open(tmp_path / "archive", encoder=Failing(encoder)) as archive:
        with pytest.raises(RuntimeError, match="no such kernel"):
            archive.index([folder])
        assert archive.status().articles == 1
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        assert (archive.index([folder]).new, archive.status().articles) == (5, 6)


@pytest.mark.folder
def test_lost_vectors_come_back_with_newer_loaders(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """Of an archive whose passages lost vectors when they moved, as they once did, the lost ones alone are encoded."""
    archive.index([folder])
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as database:
        register(database)
        lost = database.execute("DELETE FROM vectors WHERE hex(input_hash) < '5'").rowcount
        older = (f"loaders {READER_VERSION}", f"loaders {READER_VERSION - 1}")
        database.execute("UPDATE articles SET recipe = replace(recipe, ?, ?)", older)
        database.execute("UPDATE files SET recipe = replace(recipe, ?, ?)", older)
    report = archive.index([folder])
    assert (report.passages_encoded, report.failures) == (lost, ())
    assert lost > 3
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as database:
        query = "SELECT count(*) FROM passages LEFT JOIN vectors USING (input_hash) WHERE vector IS NULL"
        assert database.execute(query).fetchone() == (0,)


@pytest.mark.folder
def test_swapped_texts_keep_their_vectors(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """When two files swap their contents, both texts are still found, each at its new place."""
    archive.index([folder])
    first_file, second_file = folder / SOME[3], folder / SOME[5]
    first, second = first_file.read_bytes(), second_file.read_bytes()
    first_file.write_bytes(second)
    second_file.write_bytes(first)
    report = archive.index([folder])
    assert (report.changed, report.passages_encoded) == (2, 0)
    best = archive.ask("Welche Alge war schuld am Fischsterben in der Oder?", 1).citations[0]
    assert best.article.path == str(first_file)
    with sqlite3.connect(tmp_path / "archive" / "archive.sqlite") as database:
        query = "SELECT count(*) FROM passages LEFT JOIN vectors USING (input_hash) WHERE vector IS NULL"
        assert database.execute(query).fetchone() == (0,)


def test_a_file_that_turns_bad_keeps_its_article(archive: Archive, folder: Path) -> None:
    """What was stored stays findable when its file cannot be read any more."""
    archive.index([folder])
    (folder / SOME[0]).write_bytes(b"\0\0")
    report = archive.index([folder])
    assert (len(report.failures), report.removed) == (1, 0)
    assert archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])


def test_an_emptied_folder_removes_nothing(archive: Archive, folder: Path) -> None:
    """A folder that holds no article any more may be a disk that is not connected: its articles are kept."""
    archive.index([folder])
    for name in SOME:
        (folder / name).unlink()
    for paths in ([folder], [folder, ARTICLES / "de-higgs-boson-cern.html"]):
        report = archive.index(paths)
        assert [failure.reason for failure in report.failures] == [
            "The folder holds no article any more, but 6 came from there: they are kept, in case a disk is not "
            f"connected. If it is gone for good, `fundstelle forget {folder}`."
        ]
        assert report.removed == 0
    assert archive.status().articles == 7


@pytest.mark.parametrize("damage", ["deleted", "cut short", "garbage manifest", "of another archive", "half empty"])
def test_a_lost_index_is_rebuilt(archive: Archive, folder: Path, tmp_path: Path, damage: str) -> None:
    """Whatever happens to the FAISS files, the next question answers from the store as before."""
    archive.index([folder])
    earlier = archive.ask(TUNNEL)
    before_passages = archive.passages(earlier.citations[0].article.id)
    archive.close()
    dense = tmp_path / "archive" / "dense"
    match damage:
        case "deleted":
            shutil.rmtree(dense)
        case "cut short":
            data = next(dense.glob("vectors-*"))
            data.write_bytes(data.read_bytes()[:-100])
        case "garbage manifest":
            (dense / "manifest.json").write_text("[]")
        case "of another archive":
            with Archive.open(tmp_path / "other", encoder=archive.encoder) as second_archive:
                second_archive.index([folder / SOME[1]])
            shutil.rmtree(dense)
            shutil.copytree(tmp_path / "other" / "dense", dense)
        case "half empty":
            index = open_index(f"faiss:{dense}", 384)
            index.remove([passage.key for passage in before_passages])
            index.flush(index.stamp)
    with Archive.open(tmp_path / "archive", encoder=archive.encoder) as again:
        later = again.ask(TUNNEL)
        assert [citation.passage_id for citation in later.citations] == [
            citation.passage_id for citation in earlier.citations
        ]
        assert len(list(dense.glob("vectors-*"))) == 1


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses to let any file grow beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_questions_are_answered_when_the_index_cannot_be_written(
    archive: Archive, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without room for the FAISS file a question is answered from memory, with a warning, and no file is left."""
    archive.index([folder])
    earlier = archive.ask(TUNNEL)
    archive.close()
    shutil.rmtree(tmp_path / "archive" / "dense")
    with Archive.open(tmp_path / "archive", encoder=archive.encoder) as again, no_file_larger_than(1000):
        later = again.ask(TUNNEL)
    assert [citation.passage_id for citation in later.citations] == [
        citation.passage_id for citation in earlier.citations
    ]
    assert "The vector index cannot be written" in caplog.text
    assert list((tmp_path / "archive" / "dense").iterdir()) == []


def test_indexing_without_room_loses_nothing(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """When the database cannot grow, one sentence says so; what was stored stays, and later the rest follows."""
    archive.index([folder / SOME[0]])
    with no_file_larger_than(20_000), pytest.raises(ArchiveError, match="check the disk, then try again"):
        archive.index([folder])
    archive.close()
    with Archive.open(tmp_path / "archive", encoder=archive.encoder) as again:
        assert again.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])
        again.index([folder])
        assert again.status().articles == 6


def test_an_open_archive_sees_what_another_process_indexed(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """A page that is open while articles come in finds them with the next question."""
    archive.index([folder / SOME[1]])
    assert archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[1])
    with Archive.open(tmp_path / "archive", encoder=archive.encoder) as second_archive:
        second_archive.index([folder])
    assert archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])


def test_two_runs_at_once_are_refused(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """While one process indexes, another is told to wait."""
    started, wait = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        started.set()
        wait.wait(PATIENCE)

    run = threading.Thread(target=archive.index, args=([folder],), kwargs={"on_progress": hold})
    run.start()
    try:
        assert started.wait(PATIENCE)
        with (
            Archive.open(tmp_path / "archive") as second_archive,
            pytest.raises(ArchiveError, match="Another program is indexing"),
        ):
            second_archive.index([folder])
    finally:
        wait.set()
        run.join()


def test_other_lengths_cut_anew(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """With another passage length the same files count as changed."""
    archive.index([folder])
    passages_before = archive.status().passages
    with Archive.open(
        tmp_path / "archive", encoder=archive.encoder, config=Config(passage_tokens=90)
    ) as second_archive:
        report = second_archive.index([folder])
        assert (report.changed, report.unchanged) == (6, 0)
        assert second_archive.status().passages > passages_before


def test_vectors_of_another_encoder(archive: Archive, folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    """By its fingerprint another encoder is told from the archive's, and nothing is answered with it before `index`."""

    class Other(CachingEncoder):
        fingerprint = "of another"

    archive.index([folder])
    with Archive.open(tmp_path / "archive", encoder=Other(encoder)) as second_archive:
        with pytest.raises(EncoderMisfit, match="made by another encoder"):
            second_archive.ask(TUNNEL)
        assert second_archive.index([folder / SOME[0]]).passages_encoded == second_archive.status().passages
        assert second_archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])


@pytest.mark.heavy
def test_another_encoder(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """Another model answers nothing until `index` has encoded all passages anew, those of other folders too."""
    archive.index([folder / SOME[0], ARTICLES / "de-higgs-boson-cern.html"])
    archive.close()
    model = tmp_path / "model"
    model.mkdir()
    for path in bundled_model().iterdir():
        (model / path.name).symlink_to(path)
    (model / "config_sentence_transformers.json").unlink()
    (model / "config_sentence_transformers.json").write_text(
        '{"prompts": {"query": "question: ", "passage": "text: "}}'
    )
    with Archive.open(tmp_path / "archive", encoder_name=str(model)) as second_archive:
        with pytest.raises(EncoderMisfit, match="made by another encoder"):
            second_archive.ask(TUNNEL)
        report = second_archive.index([folder / SOME[0]])
        assert report.passages_encoded == second_archive.status().passages
        assert second_archive.ask(TUNNEL, 1).citations[0].article.path.endswith(SOME[0])
    with Archive.open(tmp_path / "archive") as later:
        assert later.status().encoder == str(model)
        assert (
            later.ask("Was wurde am Cern entdeckt?", 1).citations[0].article.path.endswith("de-higgs-boson-cern.html")
        )


@pytest.mark.folder
@pytest.mark.slow
def test_ctrl_c_keeps_what_is_stored(fundstelle: object, tmp_path: Path) -> None:
    """Interrupted in the middle, `index` says so in a sentence, exits with 130, and goes on where it stopped."""
    # a process in the background may have been told to ignore Ctrl-C
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from rag.cli.app import main; from rag.indexing.executor import LocalExecutor; "
    code += "LocalExecutor.batch_texts = LocalExecutor.few_texts = 8; main()"
    command = [sys.executable, "-c", code, "index", str(ARTICLES), "--archive", str(tmp_path / "a")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 300
    stored = 0
    while stored < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
        if (tmp_path / "a" / "archive.sqlite").exists():
            try:
                with sqlite3.connect(f"file:{tmp_path / 'a' / 'archive.sqlite'}?mode=ro", uri=True) as database:
                    stored = database.execute("SELECT count(*) FROM articles").fetchone()[0]
            except sqlite3.OperationalError:
                continue
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Interrupted. Stored data is safe" in messages
    assert "Traceback" not in messages
    with Archive.open(tmp_path / "a") as archive:
        assert 3 <= archive.status().articles < 45
        report = archive.index([ARTICLES])
        assert report.unchanged >= 3
        assert archive.status().articles == 45

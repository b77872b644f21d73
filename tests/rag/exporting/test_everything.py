"""Everything of an archive as plain files, and the archive that is made of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from factories import BRIDGE, article, article_file, stored_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.config import Config, RankingConfig
from rag.errors import ArchiveDamaged, FundstelleError
from rag.evaluation.runs.sweep import Setup
from rag.evaluation.session import EvaluationSession
from rag.exporting.everything import export_everything
from rag.exporting.everything_import import import_everything
from rag.storage.articles import ArticleRecord, PassageRecord
from rag.storage.dossier_records import DossierRecords
from rag.storage.feedback_records import FeedbackRecords, StoredMark, StoredQuestion
from rag.storage.history_records import HistoryRecords
from rag.storage.saved_records import SavedRecords, SeenAnswer
from rag.storage.setting_records import SettingRecords
from rag.storage.vectors import EncoderRecord, input_hash
from rag.text.encoder_input import encoder_input
from rag.types import Filter, passage_at
from rag.types.archive_state import State
from rag.types.dossier import Dossier, DossierEntry
from rag.types.quotation import quotation_of
from rag.types.saved import SavedQuestion
from rag.workspace.dossiers import Dossiers

TIME = "2024-05-01T10:00:00+00:00"
QUESTION = "Was kostete die Hubbrücke?"
TEXTS = ("Ein Satz.", "مدينة الميناء 🛳\u200f\r\nZweite Zeile", '"\\n" {"a": [1]}')
TITLES = (None, "“Zitat”, \u2067مدينة\u2069")
ADVERT = "Abonnieren Sie das Hafenblatt jetzt, und lesen Sie vier Wochen lang alle Artikel ohne einen Cent Kosten.\n\n"
BARGES = "fuhren am Morgen durch die Schleuse, und keiner hatte Ladung an Bord, wie der Wärter notierte. "
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def there_and_back(archive: Archive, folder: Path) -> None:
    """Export an archive, import it and export it again: all bytes must be the same."""
    export_everything(archive, folder / "first")
    counts = import_everything(folder / "first", folder / "made")
    with Archive.open(folder / "made", create=False, encoder=archive.encoder) as made:
        assert export_everything(made, folder / "second") == counts
    assert contents(folder / "second") == contents(folder / "first")


@st.composite
def filled_archives(draw: st.DrawFn) -> Callable[[Archive], None]:
    """Return what fills an archive with some of everything that people and indexing store."""
    texts = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3))
    facts = [{"title": draw(st.sampled_from(TITLES)), "source": draw(words), "author": draw(words)} for _ in texts]
    question, name, note = draw(words), draw(words), draw(words)
    day = draw(st.none() | st.dates())
    filter = Filter(since=day, sources=tuple(draw(st.lists(words, max_size=2))))

    def fill(archive: Archive) -> None:
        store, database, encoder = archive._store, archive._database, archive.encoder
        store.vectors.set_encoder(EncoderRecord("bundled", encoder.fingerprint, encoder.dim))
        for number, (text, given_facts) in enumerate(zip(texts, facts, strict=True)):
            loaded = article(f"{number}", text, published=day, pages=(0,), origins={"title": note}, **given_facts)
            passage = passage_at(loaded, 0, len(text))
            read = encoder_input(loaded, passage)
            records = [PassageRecord(passage, input_hash(read))]
            store.put(
                ArticleRecord(article=loaded, passages=records, bands=(number,)),
                fingerprint=encoder.fingerprint,
                vectors={input_hash(read): np.zeros(encoder.dim, np.float16)},  # made again anyway
            )
        store.vectors.set_tested()
        store.facts.set_settled()
        FeedbackRecords(database).mark(StoredMark(question, "0", 0, 3, texts[0][:3], True, True), (0, 3))
        FeedbackRecords(database).put(StoredQuestion(question, name, (note,), True))
        HistoryRecords(database).put(question, filter, TIME, "answered", 3)
        seen = SeenAnswer(State(1, "m"), frozenset({note}))
        SavedRecords(database).add(SavedQuestion(name, question, filter, TIME, TIME), seen)
        SettingRecords(database).put({name: note})
        store.folders.add([f"/{name}"])
        quotation = quotation_of(store.article("0"), 0, 3)
        entries = (
            DossierEntry(id="e0", kind="note", text=note, added=TIME),
            DossierEntry(id="e1", kind="quote", quotation=quotation, article_id="0", question=question, added=TIME),
        )
        DossierRecords(database).put(Dossier(id="d", name=name, made=TIME, entries=entries))
        DossierRecords(database).delete_entry("e0", TIME)

    return fill


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fill=filled_archives())
def test_what_was_imported_is_exported_alike(encoder: Encoder, fill: Callable[[Archive], None]) -> None:
    """Of any small archive, an export of the imported archive has the same bytes."""
    with TemporaryDirectory() as folder, Archive.open(Path(folder) / "archive", encoder=encoder) as archive:
        fill(archive)
        there_and_back(archive, Path(folder))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Archive]:
    """An archive with corrected and duplicate articles, recurring lines, a run, uploaded files and so on."""
    folder = tmp_path_factory.mktemp("everything")
    articles = folder / "articles"
    articles.mkdir()
    (articles / "bridge.md").write_text(article_file("Brücke", "2021-05-04", "Hafenblatt"), "utf-8")
    (articles / "copy.md").write_text(article_file("Brücke", "2021-05-06", "Moorbote"), "utf-8")
    for number in range(6):
        barges = article_file(f"Kähne {number}", "2021-05-04", "Hafenblatt", f"{ADVERT}{number} Kähne {BARGES * 4}")
        (articles / f"{number}.md").write_text(barges, "utf-8")
    with Archive.open(folder / "archive", encoder=encoder) as opened:
        (opened.folder / "inbox" / "Süden").mkdir(parents=True)
        (opened.folder / "inbox" / "Süden" / "dike.txt").write_text("Der Deich bei Osterhever ist dicht.", "utf-8")
        opened.index(articles, opened.folder / "inbox")
        citation = opened.ask(QUESTION, k=1).citations[0]
        session = EvaluationSession(opened)
        session.feedback.mark(QUESTION, citation, answers=True)
        setups = {"": Setup(Config(), RankingConfig(fast=True))}
        for run in session.evaluate(session.judge(session.load()), setups, source="marked", name="first"):
            session.runs.save(run)
        opened.correct(citation.article.id, author="Hanne Lüders", published="2021-05-05", by="Jost")
        dossiers = Dossiers(opened)
        dossiers.save(dossiers.make("Hafen"), citation.article.id, (0, 20), QUESTION)
        yield opened


DERIVED = (
    "SELECT * FROM often",
    "SELECT * FROM lines ORDER BY line, article",
    "SELECT name, key FROM names ORDER BY name",
    "SELECT article, title_key, published, passages, added, state FROM listing ORDER BY number",
    "SELECT * FROM touched",
    "SELECT * FROM unsettled",
)


def test_an_imported_archive_is_the_archive(archive: Archive, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It gives the same bytes again, has the same rows, answers, corrections and files, and indexes nothing anew."""
    there_and_back(archive, tmp_path)
    with Archive.open(tmp_path / "made", create=False, encoder=archive.encoder) as made:
        rows, vectors = stored_rows(archive)
        made_rows, made_vectors = stored_rows(made)
        assert made_rows == rows
        assert vectors.keys() == made_vectors.keys()
        for query in DERIVED:
            assert made._database.rows(query) == archive._database.rows(query), query
        assert archive._database.rows("SELECT count(*) FROM often") != [(0,)]
        assert archive.status().duplicates == made.status().duplicates == 1
        assert made.ask(QUESTION).citations == archive.ask(QUESTION).citations
        (cited,) = archive.ask(QUESTION, k=1).citations
        assert archive.corrections(cited.article.id)
        assert made.corrections(cited.article.id) == archive.corrections(cited.article.id)
        assert (made.folder / "inbox" / "Süden" / "dike.txt").is_file()
        assert EvaluationSession(made).runs.load("first") == EvaluationSession(archive).runs.load("first")
        report = made.index(archive.folder.parent / "articles")
        assert (report.new, report.changed, report.unchanged, report.passages_encoded) == (0, 0, 8, 0)
    assert caplog.messages == []


def test_each_field_is_explained(archive: Archive, tmp_path: Path) -> None:
    """README.md has a section for each table and a line for each field that the rows have; checksums are right."""
    export_everything(archive, tmp_path / "plain")
    readme = (tmp_path / "plain" / "README.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\w+)\.jsonl\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL))
    tables = sorted((tmp_path / "plain").glob("*.jsonl"))
    assert sections.keys() == {path.stem for path in tables}
    for path in tables:
        explained = re.findall(r"^\| `(\w+)` \| .+ \|$", sections[path.stem], re.MULTILINE)
        for line in path.read_text("utf-8").splitlines():
            assert list(json.loads(line)) == explained
    for line in (tmp_path / "plain" / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((tmp_path / "plain" / name).read_bytes()).hexdigest() == digest


def test_quotes_can_be_cut_without_this_program(archive: Archive, tmp_path: Path) -> None:
    """By the README alone: the text of each passage is text[start:end], and its id is article:start-end."""
    export_everything(archive, tmp_path / "plain")
    lines = (tmp_path / "plain" / "articles.jsonl").read_text("utf-8").splitlines()
    texts = {row["id"]: row["text"] for row in map(json.loads, lines)}
    cited = {citation.passage_id: citation.quote for citation in archive.ask(QUESTION, k=5).citations}
    quotes = {}
    for row in map(json.loads, (tmp_path / "plain" / "passages.jsonl").read_text("utf-8").splitlines()):
        passage_id = f"{row['article']}:{row['start']}-{row['end']}"
        quotes[passage_id] = texts[row["article"]][row["start"] : row["end"]]
    known = cited.keys() & quotes.keys()
    assert known
    for passage_id in known:
        assert cited[passage_id] == quotes[passage_id]


# -- what is refused --------------------------------------------------------------------------------


@pytest.fixture
def plain(archive: Archive, tmp_path: Path) -> Path:
    export_everything(archive, tmp_path / "plain")
    return tmp_path / "plain"


def refused(plain: Path, what: str = "") -> str:
    """Return the sentence with which a folder is refused; no archive may be there then."""
    with pytest.raises(FundstelleError) as error:
        import_everything(plain, plain.parent / "refused")
        pytest.fail(f"imported: {what}")
    assert not (plain.parent / "refused").exists()
    assert [path.name for path in plain.parent.iterdir()] == ["plain"]
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


def test_a_changed_or_partial_folder_is_refused(plain: Path) -> None:
    """One byte of any file, or any file that is missing, is noticed."""
    for path in [path for path in sorted(plain.rglob("*")) if path.is_file()]:
        content = path.read_bytes()
        path.write_bytes(content[:-2] + b"?" + content[-1:])
        assert "plain is n" in refused(plain)
        path.unlink()
        assert "plain is n" in refused(plain)
        path.write_bytes(content)
    import_everything(plain, plain.parent / "made")


def rewritten(plain: Path, name: str, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change the rows of a table, and give the file the checksum of what it is now."""
    path = plain / f"{name}.jsonl"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    edit(rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    sums = (plain / "SHA256SUMS").read_text("utf-8")
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    (plain / "SHA256SUMS").write_text(sums.replace(f"{before}  {path.name}", f"{after}  {path.name}"), "utf-8")


EDITS: dict[str, tuple[str, Callable[[list[dict[str, Any]]], object]]] = {
    "a passage beyond its text": ("passages", lambda rows: rows[0].update(end=10**6)),
    "a passage of no article": ("passages", lambda rows: rows[0].update(article="nobody")),
    "an empty passage": ("passages", lambda rows: rows[0].update(end=rows[0]["start"])),
    "a duplicate of nothing": ("articles", lambda rows: rows[0].update(duplicate_of="nobody")),
    "a number that is text": ("passages", lambda rows: rows[0].update(start="0")),
    "a flag that is a number": ("feedback", lambda rows: rows[0].update(answers=1)),
    "a field too many": ("articles", lambda rows: rows[0].update(mood="good")),
    "a field too few": ("articles", lambda rows: rows[0].pop("text")),
    "no day": ("articles", lambda rows: rows[0].update(published="yesterday")),
    "no parts": ("articles", lambda rows: rows[0].update(asides=[1])),
    "an article twice": ("articles", lambda rows: rows.append(rows[0])),
    "an article without an id": ("articles", lambda rows: rows[0].update(id=None)),
    "no hexadecimal digits": ("articles", lambda rows: rows[0].update(text_key="xyz")),
    "a number too large": ("passages", lambda rows: rows[0].update(start=2**70)),
    "no revision": ("facts", lambda rows: rows.clear()),
    "a row that is no object": ("settings", lambda rows: rows.append([1])),  # type: ignore[arg-type]
    "a quotation of nothing": ("dossier_entries", lambda rows: rows[0].update(quotation={"text": "x"})),
    "a filter of nothing": ("history", lambda rows: rows.append({**HISTORY, "filter": {"mood": ["good"]}})),
    "a run of nothing": ("runs", lambda rows: rows[0].update(run={})),
}
HISTORY = {"id": 1, "question": "Was?", "filter": {}, "time": TIME, "outcome": "answered", "results": 1}


@pytest.mark.slow
def test_rows_that_no_archive_has_are_refused(archive: Archive, plain: Path) -> None:
    """Even where all checksums are right, one sentence says what is wrong."""
    for what, (name, edit) in EDITS.items():
        before = {path: path.read_bytes() for path in plain.iterdir() if path.is_file()}
        rewritten(plain, name, edit)
        assert "is not what was exported (" in refused(plain, what)
        for path, content in before.items():
            path.write_bytes(content)


def test_checksums_name_no_file_elsewhere(plain: Path) -> None:
    """A name that leads out of the folder is refused."""
    (plain.parent / "plain" / "SHA256SUMS").open("a", encoding="utf-8").write(f"{'0' * 64}  inbox/../../secret\n")
    assert "names a file elsewhere" in refused(plain)


def test_other_folders_and_newer_exports_are_refused(plain: Path, tmp_path: Path) -> None:
    """One sentence says which, and how to upgrade."""
    with pytest.raises(FundstelleError, match="is no exported archive"):
        import_everything(tmp_path, tmp_path / "made")
    with pytest.raises(FundstelleError, match="is not empty: choose a new folder"):
        import_everything(plain, tmp_path)
    head = json.loads((plain / "archive.json").read_bytes())
    (plain / "archive.json").write_text(json.dumps(head | {"format_version": 2, "program": "7.0"}), "utf-8")
    assert "by a newer Fundstelle (7.0): upgrade with" in refused(plain)


def test_a_damaged_archive_is_not_exported(tmp_path: Path, encoder: Encoder) -> None:
    """A row that is not as it was stored ends the export, and no folder is left."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive._store.put(ArticleRecord(article=article("a", BRIDGE), passages=()), fingerprint="", vectors={})
        with archive._database.lent() as connection:
            connection.execute("DROP TRIGGER articles_changed")
            connection.execute("UPDATE articles SET text = replace(text, '84', '94')")
        with pytest.raises(ArchiveDamaged, match="table articles is damaged: run `fundstelle repair`"):
            export_everything(archive, tmp_path / "plain")
    assert not (tmp_path / "plain").exists()


def test_the_commands(fundstelle: Run, archive: Archive, tmp_path: Path) -> None:
    """`export --everything` and `import` say what they wrote; a second import into the same folder is refused."""
    done = fundstelle("export", "--everything", "plain", "--archive", archive.folder)
    assert (done.returncode, done.stderr) == (0, "Written: plain, 9 articles.\n")
    done = fundstelle("import", "plain", "--archive", "made")
    passages = archive.status().passages
    assert (done.returncode, done.stderr) == (0, f"Imported: made, 9 articles, {passages} passages.\n")
    done = fundstelle("import", "plain", "--archive", "made")
    assert (done.returncode, done.stderr) == (2, "made is not empty: choose a new folder.\n")

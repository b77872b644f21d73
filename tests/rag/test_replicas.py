"""A server of PostgreSQL and one that follows it: reading from both, and going on when one takes over."""

from __future__ import annotations

import itertools
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from access_parts import PASSWORD, bearer, make_accounts
from api_parts import HERE, check_problem
from factories import article_file
from fastapi.testclient import TestClient
from paths import ARTICLES, Run, copied_articles
from postgres_server import PostgresServer, postgres_server, standby_of
from waiting import wait_until

from embeddings.encoder import Encoder
from rag.access.roles import Role
from rag.api.app import access_of, build_api
from rag.archive import Archive
from rag.errors import ArchiveBusy, ArchiveReplica, ArchiveUnreachable, FundstelleError
from rag.server.hosts import Serving
from rag.storage.postgres import opening
from rag.storage.postgres.opening import open_database
from rag.types import Progress
from rag.workspace.dossiers import Dossiers
from rag.workspace.history import History
from rag.workspace.saved_questions import SavedQuestions
from ui.app import build_app

pytestmark = [pytest.mark.postgres, pytest.mark.heavy]

SOON = 10
"""Seconds within which a person hears what is wrong."""
FIRE = "Bei dem Brand in der Lagerhalle am Hafen kamen 134 Menschen ums Leben, sagte die Feuerwehr am Montag."
BRIDGE = "Die neue Brücke über die Weser kostet 48 Millionen Euro und wird im Oktober eröffnet, sagte der Rat."
OWL = "Im Zoo schlüpften am Dienstag drei Schneeeulen; sie wiegen 45 Gramm und werden von Hand gefüttert."
QUESTION = "Wie viele Menschen starben bei dem Brand am Hafen?"


@dataclass(frozen=True)
class Pair:
    """A primary server and its standby."""

    primary: PostgresServer
    standby: PostgresServer

    def address(self, attributes: str = "") -> str:
        """An address with both."""
        both = (self.primary, self.standby)
        hosts, ports = (",".join(str(getattr(each, name)) for each in both) for name in ("folder", "port"))
        chosen = f"&target_session_attrs={attributes}" if attributes else ""
        return f"postgresql:///postgres?host={hosts}&port={ports}&user=postgres{chosen}"

    def wait(self) -> None:
        """Wait until the standby has all that the primary has."""
        wait_until(lambda: self.standby.has_all_of(self.primary))

    def take_over(self) -> None:
        """Make the standby the primary."""
        self.standby.ask("SELECT pg_promote()")


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """Two servers on this computer, whose indexes are in a folder of the test."""
    monkeypatch.setattr(opening, "cache_folder", lambda: tmp_path / "cache")
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pg-"))) for _ in range(2)]
        primary = stack.enter_context(postgres_server(folders[0]))
        yield Pair(primary, stack.enter_context(standby_of(primary, folders[1])))


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(article_file(name, "2021-03-01", "Bote", text), "utf-8")
    return folder


def cited(archive: Archive, question: str = QUESTION) -> list[str]:
    """The titles of the articles that answer; each citation is a part of its article."""
    answer = archive.ask(question, fast=True)
    for citation in answer.citations:
        assert archive.article(citation.article.id).text[citation.start : citation.end] == citation.quote
    return [citation.article.title or "" for citation in answer.citations]


@contextmanager
def said_soon(error: type[Exception], match: str) -> Iterator[None]:
    begun = time.monotonic()
    with pytest.raises(error, match=match):
        yield
    assert time.monotonic() - begun < SOON


def test_one_takes_over_from_the_other(pair: Pair, tmp_path: Path, encoder: Encoder) -> None:
    """Meanwhile a sentence says so; then questions, collecting and indexing go on with the same open archive."""
    articles = write(tmp_path / "articles", fire=FIRE, bridge=BRIDGE)
    with Archive.open(pair.address(), encoder=encoder) as archive:
        archive.index(articles)
        Dossiers(archive).make("Brände")
        pair.wait()
        assert cited(archive)[0] == "fire"
        pair.primary.stop()
        with said_soon(ArchiveUnreachable, "none of its servers takes changes now"):
            archive.ask(QUESTION)
        with said_soon(ArchiveUnreachable, "none of its servers takes changes now"):
            archive.index(articles)
        pair.take_over()
        assert cited(archive)[0] == "fire"
        assert [each.name for each in Dossiers(archive).summaries()] == ["Brände"]
        Dossiers(archive).make("Brücken")
        write(articles, owl=OWL)
        report = archive.index(articles)
        assert (report.new, report.unchanged) == (1, 2)
        assert cited(archive, "Wie viel wiegen die Schneeeulen?")[0] == "owl"


def test_who_asks_and_writes_meanwhile(pair: Pair, tmp_path: Path, encoder: Encoder) -> None:
    """With synchronous replication, what was stored is there once; nobody waits for long, and all goes on by itself."""
    pair.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
    pair.primary.ask("SELECT pg_reload_conf()")
    with Archive.open(pair.address(), encoder=encoder) as archive:
        archive.index(write(tmp_path / "articles", fire=FIRE, bridge=BRIDGE))
        stored: list[str] = []
        answered: list[float] = []
        took: list[float] = []
        refusals: list[FundstelleError] = []
        stop = threading.Event()

        def ask() -> None:
            assert archive.ask(QUESTION, fast=True).citations
            answered.append(time.monotonic())

        def save(names: Iterator[int]) -> None:
            question = f"Frage {next(names)}?"
            SavedQuestions(archive).add(question)
            stored.append(question)

        def work(act: Callable[[], None]) -> None:
            while not stop.is_set():
                begun = time.monotonic()
                try:
                    act()
                except FundstelleError as error:
                    refusals.append(error)
                took.append(time.monotonic() - begun)
                time.sleep(0.01)

        threads = [threading.Thread(target=work, args=(act,)) for act in (ask, partial(save, itertools.count()))]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(answered) > 5 and len(stored) > 5)
        pair.primary.stop()
        wait_until(lambda: len(refusals) > 5)
        begun, before = time.monotonic(), len(stored)
        pair.take_over()
        wait_until(lambda: answered[-1] > begun and len(stored) > before + 5)
        stop.set()
        for thread in threads:
            thread.join()
        assert {type(error) for error in refusals} == {ArchiveUnreachable}
        assert max(took) < SOON
        names = [saved.question for saved in SavedQuestions(archive).all()]
        assert len(names) == len(set(names))
        assert set(stored) <= set(names)
        first = next(moment for moment in answered if moment > begun)
        sys.stdout.write(
            f"\n{len(answered)} questions answered, {len(stored)} saved, {len(refusals)} refused, the longest after "
            f"{max(took):.2f} s; the first answer came {first - begun:.2f} s after the standby was told to take over\n"
        )


def test_a_standby_that_is_waited_for_in_vain(pair: Pair) -> None:
    """Where each change has to be at the standby, too, and that is away, who changes something hears it soon."""
    with closing(open_database(pair.address())) as database:
        pair.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        pair.primary.ask("SELECT pg_reload_conf()")
        database.set_meta("word", "Hafen")
        pair.standby.stop()
        with said_soon(ArchiveUnreachable, "does not answer"):
            database.set_meta("word", "Brücke")
        assert database.meta("word") == "Hafen"
        pair.standby.start()
        wait_until(lambda: database.meta("word") == "Brücke")
        database.set_meta("word", "Eule")


def test_a_standby_that_lacks_the_last_changes(pair: Pair, tmp_path: Path, encoder: Encoder) -> None:
    """Indexes that are ahead, in memory and on the disk, show nothing that is gone; the next run brings it back."""
    articles = write(tmp_path / "articles", bridge=BRIDGE)
    with Archive.open(pair.address(), encoder=encoder) as archive:
        archive.index(articles)
        pair.wait()
        pair.standby.stop()
        write(articles, fire=FIRE)
        assert archive.index(articles).new == 1
        archive.correct(archive.ask(QUESTION).citations[0].article.id, title="Der Brand")
        assert cited(archive)[0] == "Der Brand"
        ahead = archive._store.changes.state
        pair.primary.stop()
        pair.standby.start()
        pair.take_over()
        with Archive.open(pair.address(), encoder=encoder) as other:
            assert archive._store.revision < ahead.revision
            for each in (other, archive):
                assert cited(each) == ["bridge"]
                assert [article.title for article in each.articles()] == ["bridge"]
            # an article gets the number that the lost one had, and more changes come than were lost
            (articles / "fire.md").unlink()
            write(articles, owl=OWL)
            archive.index(articles)
            while archive._store.revision < ahead.revision:
                archive.index(write(articles, bridge=f"{BRIDGE} Stand {archive._store.revision}."))
            for each in (other, archive):
                assert cited(each, "Wie viel wiegen die Schneeeulen?")[0] == "owl"
                assert set(cited(each)) == {"bridge", "owl"}
        write(articles, fire=FIRE)
        assert archive.index(articles).new == 1
        assert cited(archive)[0] == "fire"


@pytest.mark.parametrize("is_quick", [True, False])
def test_one_takes_over_while_articles_are_indexed(
    pair: Pair, tmp_path: Path, encoder: Encoder, is_quick: bool
) -> None:
    """The run ends in a sentence, even if the other has taken over at once; the next one completes the archive.

    What was stored last is lost, of which the run would think that it is there.
    """
    names = [path.name for path in sorted(ARTICLES.iterdir()) if path.suffix == ".md"][:24]
    articles = copied_articles(names, tmp_path / "articles")

    def end(progress: Progress) -> None:
        if progress.articles >= 4 and pair.standby.process:
            pair.wait()
            pair.standby.stop()
        if progress.articles >= 12 and pair.primary.process:
            pair.primary.stop()
            if is_quick:
                pair.standby.start()
                pair.take_over()

    with Archive.open(pair.address(), encoder=encoder) as archive:
        with pytest.raises(ArchiveUnreachable, match="run the same command again" if is_quick else "cannot be reached"):
            archive.index(articles, on_progress=end)
        if not is_quick:
            pair.standby.start()
            pair.take_over()
        assert archive.index(articles).new >= 12
        with Archive.open(tmp_path / "undisturbed", encoder=encoder) as other:
            other.index(articles)
            assert list(archive.articles()) == list(other.articles())
            assert archive._store.passages.count() == other._store.passages.count()
            for question in ("When did Philae land?", "Wie lang ist der Gotthard-Basistunnel?"):
                expected = [each.quote for each in other.ask(question).citations]
                assert [each.quote for each in archive.ask(question).citations] == expected
        assert archive._store.damaged() == {}


def test_a_standby_reads(pair: Pair, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers as the primary does, which may be away; what would change something says where to do it."""
    articles = write(tmp_path / "articles", fire=FIRE, bridge=BRIDGE)
    with Archive.open(pair.address(), encoder=encoder) as writer:
        writer.index(articles)
        pair.wait()
        monkeypatch.setattr(opening, "cache_folder", lambda: tmp_path / "reader")
        with (
            Archive.open(pair.standby.address, create=False, encoder=encoder) as alone,
            Archive.open(pair.address("prefer-standby"), create=False, encoder=encoder) as either,
        ):
            for reader in (alone, either):
                assert reader.ask(QUESTION).citations == writer.ask(QUESTION).citations != ()
                assert reader.library() == writer.library()
                assert reader.status().articles == 2
                assert [finding for finding in reader.doctor(quick=True).findings if finding.health == "bad"] == []
                article = next(reader.articles())
                changes = (
                    lambda reader=reader: reader.index(articles),
                    lambda reader=reader: reader.forget(articles),
                    lambda reader=reader, article=article: reader.correct(article.id, title="Neu"),
                    lambda reader=reader: Dossiers(reader).make("Neu"),
                    lambda reader=reader: History(reader).note(QUESTION, outcome="answered", results=1),
                )
                for change in changes:
                    with said_soon(ArchiveReplica, "can only be read"):
                        change()
            write(articles, owl=OWL)
            writer.index(articles)
            pair.wait()
            for reader in (alone, either):
                assert cited(reader, "Wie viel wiegen die Schneeeulen?")[0] == "owl"
            # a moment behind: who asks waits for what this computer has indexed
            pair.primary.stop()
            assert cited(alone)[0] == cited(either)[0] == "fire"


def test_indexes_ahead_of_a_standby(pair: Pair, tmp_path: Path, encoder: Encoder) -> None:
    """The computer that indexes asks the standby, which is behind: it waits, and then shows what is there."""
    articles = write(tmp_path / "articles", bridge=BRIDGE)
    with ExitStack() as stack:
        writer = stack.enter_context(Archive.open(pair.address(), encoder=encoder))
        writer.index(articles)
        pair.wait()
        reader = stack.enter_context(Archive.open(pair.standby.address, encoder=encoder))
        assert cited(reader) == ["bridge"]
        pair.standby.ask("SELECT pg_wal_replay_pause()")
        writer.index(write(articles, fire=FIRE))
        reader._dense.drop()
        reader._lexical.drop()
        assert cited(reader) == ["bridge"]
        pair.standby.ask("SELECT pg_wal_replay_resume()")
        pair.wait()
        assert cited(reader)[0] == "fire"
        assert cited(writer)[0] == "fire"


def test_a_server_of_a_standby(pair: Pair, tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture) -> None:
    """It answers, lets people in by sessions of its own, and refuses changes in a problem."""
    with Archive.open(pair.address(), encoder=encoder) as writer:
        writer.index(write(tmp_path / "articles", fire=FIRE))
        pair.wait()
        with Archive.open(pair.standby.address, create=False, encoder=encoder) as reader:
            serving = Serving(accounts=make_accounts(tmp_path / "accounts.json").path)
            access = access_of(serving, reader)
            assert access
            session = access.sign_in("reader", PASSWORD, "192.0.2.1")
            assert access.visitor_of_session(session)
            client = TestClient(build_api(reader, serving), base_url=HERE, headers=bearer(Role.ADMIN))
            answer = client.post("/api/v1/ask", json={"question": QUESTION}).raise_for_status().json()
            article = answer["citations"][0]["article"]["id"]
            for path in (f"articles/{article}", "articles", "status", "ready", "jobs", "dossiers", "saved", "runs"):
                assert client.get(f"/api/v1/{path}").status_code == 200, path
            changes = (
                ("index/files", {"files": [("files", ("a.txt", FIRE.encode()))]}),
                ("forget", {"json": {"paths": [str(tmp_path / "articles")]}}),
                ("saved", {"json": {"question": QUESTION}}),
            )
            for path, body in changes:
                check_problem(client.post(f"/api/v1/{path}", **body), 503, "archive-replica")
            assert not list(reader.files.rglob("*.txt"))
            page = TestClient(build_app(reader), base_url=HERE)
            asked = page.get("/answer", params={"q": QUESTION}, headers={"accept-language": "en"})
            assert "134 Menschen" in re.sub(r"<[^>]+>", "", asked.text)
            for view in (
                "/",
                "/view/questions",
                "/view/dossiers",
                "/view/settings",
                "/view/library",
                f"/article/{article}",
            ):
                assert page.get(view).status_code == 200, view
            refused = page.post("/history/clear", json={}, headers={"accept-language": "en"})
            assert (refused.status_code, "can only be read" in refused.text) == (503, True)
            assert "missing in the history" in caplog.text


def test_a_question_in_the_way_of_a_standby(pair: Pair, tmp_path: Path, encoder: Encoder) -> None:
    """What it reads is removed on the primary: it is canceled in a sentence, and the next question is answered."""
    with Archive.open(pair.address(), encoder=encoder) as writer:
        writer.index(write(tmp_path / "articles", fire=FIRE, bridge=BRIDGE))
        pair.wait()
        pair.standby.ask("ALTER SYSTEM SET max_standby_streaming_delay = 0")
        pair.standby.ask("SELECT pg_reload_conf()")
        with Archive.open(pair.standby.address, encoder=encoder) as reader:
            database = reader._store.database
            with said_soon(ArchiveBusy, "ask again"), database.snapshot():
                assert database.rows("SELECT count(*) FROM articles") == [(2,)]
                writer.forget(tmp_path / "articles" / "bridge.md")
                pair.primary.ask("VACUUM FULL fundstelle.articles")
                pair.wait()
                database.rows("SELECT count(*) FROM articles")
            assert cited(reader) == ["fire"]


def test_the_command_line(pair: Pair, tmp_path: Path, fundstelle: Run) -> None:
    """Asks a standby, and says that it is one to who changes something."""
    articles = write(tmp_path / "articles", fire=FIRE)
    assert fundstelle("index", articles, "--archive", pair.address()).returncode == 0
    pair.wait()
    there = ("--archive", pair.standby.address)
    assert "134 Menschen" in fundstelle("ask", QUESTION, *there).stdout
    assert fundstelle("list", *there).returncode == fundstelle("show", "fire", *there).returncode == 0
    refused = fundstelle("index", articles, *there)
    assert refused.returncode == 2
    assert "can only be read" in " ".join(refused.stderr.split())
    pair.primary.stop()
    begun = time.monotonic()
    refused = fundstelle("ask", QUESTION, "--archive", pair.address())
    assert "none of its servers takes changes now" in " ".join(refused.stderr.split())
    assert time.monotonic() - begun < SOON
    pair.take_over()
    assert "134 Menschen" in fundstelle("ask", QUESTION, "--archive", pair.address()).stdout

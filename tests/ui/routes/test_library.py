"""The library through its routes: listed, searched, added to, corrected, forgotten; by a browser's requests alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_files import make
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient
from page_parts import Parts
from waiting import wait_until

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.indexing import listing
from rag.server.hosts import Serving
from rag.storage.sqlite_database import DATABASE
from rag.types.library import LibraryQuery
from ui.app import build_app
from ui.html import library as library_html

SHORT = "Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt und war mit den Toren sehr zufrieden."
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, archive: Archive) -> Path:
    """An indexed folder of two articles."""
    path = tmp_path / "articles"
    path.mkdir()
    (path / "bridge.md").write_text(article_file("Brücke auf", "2020-05-05", "Bote"), encoding="utf-8")
    (path / "lock.md").write_text(article_file("<i>Schleuse</i>", "2021-05-05", "Kurier", SHORT), encoding="utf-8")
    archive.index([path])
    return path


def client_of(archive: Archive, serving: Serving | None = None) -> TestClient:
    return TestClient(build_app(archive, serving or Serving()), base_url="http://127.0.0.1:7860")


def get(client: TestClient, address: str) -> str:
    response = client.get(address, headers={"accept-language": "de"})
    assert response.status_code == 200, response.text
    return response.text


def finished(client: TestClient) -> str:
    """Wait for the run of the indexing to end, and return what is said of it."""
    wait_until(lambda: "data-fs-running" not in get(client, "/view/library/run"))
    return get(client, "/view/library/run")


def post(client: TestClient, path: str, /, **body: object) -> tuple[int, str]:
    response = client.post(f"/library/{path}?lang=de", json=body, headers={"origin": "http://127.0.0.1:7860"})
    return response.status_code, response.text


def upload(client: TestClient, name: str, content: bytes) -> tuple[int, str]:
    response = client.post("/library/upload", params={"name": name, "lang": "de"}, content=content)
    return response.status_code, response.text


def test_the_list_shows_what_the_address_asks_for(archive: Archive, folder: Path) -> None:
    """Search, filters and order; what comes from files is text and no markup."""
    client = client_of(archive)
    html = get(client, "/view/library/list?order=title")
    text = Parts(html).text
    assert text.index("Brücke auf") < text.index("<i>Schleuse</i>")
    assert "i" not in Parts(html).tags
    assert 'aria-sort="ascending"' in html
    assert "2 Artikel" in text
    only = Parts(get(client, "/view/library/list?find=SCHLEU&source=Kurier&since=2021-01-01")).text
    assert ("<i>Schleuse</i>" in only, "Brücke auf" in only, "1 Artikel" in only) == (True, False, True)
    assert "Kein Artikel passt" in get(client, "/view/library/list?find=xyz")
    for part in ("", "/list", "/fields"):
        assert "Dieser Filter ist nicht zu lesen" in get(client, f"/view/library{part}?since=gestern")
    fields = get(client, "/view/library/fields?language=de")
    assert ('<option value="Kurier">' in fields, '<option value="de" selected>' in fields) == (True, True)
    for odd in ("page=-3", "page=99999999999999999999", "page=٣", "order=%00", "order=-nothing", "state=x", "kind=x"):
        assert "Artikel" in get(client, f"/view/library/list?{odd}")


def test_the_view_has_both_languages(archive: Archive, folder: Path) -> None:
    """No sentence of the other one; an unknown parameter is dropped by the gate."""
    client = client_of(archive)
    german = get(client, "/view/library?lang=de&x=1")
    english = client.get("/view/library?lang=en").text
    assert ("Artikel hinzufügen" in german, "Add articles" in german) == (True, False)
    assert ("Artikel hinzufügen" in english, "Add articles" in english) == (False, True)


def test_an_empty_archive_greets(archive: Archive) -> None:
    """With the forms open, and the sample articles, which one click adds."""
    client = client_of(archive)
    html = get(client, "/view/library")
    assert "Dieses Archiv ist noch leer" in html
    assert '<details id="fs-add" class="fs-add" open>' in html
    assert "data-fs-sample" in html
    assert post(client, "add", kind="sample")[0] == 200
    client.post("/library/cancel")
    finished(client)


def test_an_uploaded_file_is_indexed_and_found(archive: Archive) -> None:
    """It goes to the inbox under a safe name; the same file again changes nothing, another one gets a number."""
    client = client_of(archive)
    assert upload(client, "../../ordner/schleuse.txt", SHORT.encode()) == (200, "")
    assert upload(client, "../../ordner/schleuse.txt", SHORT.encode()) == (200, "")
    assert upload(client, "ordner/schleuse.txt", BRIDGE.encode()) == (200, "")
    inbox = archive.folder / "inbox"
    assert sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*.txt")) == [
        "ordner/schleuse (2).txt",
        "ordner/schleuse.txt",
    ]
    assert not (inbox / ".parts").exists()
    assert post(client, "add", kind="inbox") == (200, "")
    assert "2 neue Artikel" in finished(client)
    (citation,) = archive.ask("Welche Schleuse hat der Deichgraf besichtigt?", 1).citations
    assert citation.article.path == str(inbox / "ordner" / "schleuse.txt")


def test_what_is_not_taken_has_a_reason(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it stays."""
    client = client_of(archive)
    assert upload(client, "leer.txt", b"") == (422, "Sie ist leer. Speichern Sie den Artikel neu.")
    assert upload(client, ".versteckt", b"x")[1].startswith("Sie ist versteckt")
    assert upload(client, "..", b"x")[1].startswith("Ihr Name ist unbrauchbar")
    assert client.post("/library/upload", content=b"x").status_code == 422
    monkeypatch.setattr("rag.workspace.inbox.MAX_FILE_BYTES", 10**6)
    assert upload(client, "a.txt", b"x" * 1_000_001)[1].startswith("Sie ist größer als 1 MB")
    assert upload(client, "bild.png", b"\x89PNG\r\n\x1a\n\0\0")[1].startswith(
        "Dateien dieser Art lassen sich nicht lesen"
    )
    with monkeypatch.context() as patch:
        patch.setattr("rag.workspace.inbox.MAX_INBOX_BYTES", 0)
        assert upload(client, "a.txt", b"x")[1].startswith("Der Eingang ist mit 0 Dateien voll. Legen Sie weitere in")
    with monkeypatch.context() as patch:
        patch.setattr("rag.workspace.inbox._MIN_FREE_BYTES", 1 << 60)
        assert upload(client, "a.txt", b"x")[1].startswith("Auf der Festplatte des Archivs ist kein Platz")
    assert [path for path in (archive.folder / "inbox").rglob("*") if path.is_file()] == []
    huge = client.post("/library/upload?name=a.txt", content=b"x", headers={"content-length": str(10**12)})
    assert huge.status_code == 413


def test_what_came_in_counts_at_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third file of an inbox for two is refused, without the inbox being measured again; metadata are a file."""
    monkeypatch.setattr("rag.workspace.inbox.MAX_INBOX_FILES", 2)
    client = client_of(archive)
    assert upload(client, "a.txt", SHORT.encode()) == (200, "")
    assert upload(client, "a.txt.meta.json", b'{"title": "Deich"}') == (200, "")
    assert upload(client, "b.txt", SHORT.encode())[1].startswith("Der Eingang ist mit 2 Dateien voll")


def test_long_and_odd_names_are_stored(archive: Archive) -> None:
    """Under names that the file system takes; two that become equal stay two files."""
    client = client_of(archive)
    for name in (
        "ä" * 300 + ".txt",
        "ä" * 301 + ".txt",
        "a\x00b\u202e.txt",
        "C:\\texte\\x.txt",
        "a/" * 40 + "tief.txt",
    ):
        assert upload(client, name, name.encode(errors="replace") + b" Text") == (200, "")
    stored = [path.name for path in (archive.folder / "inbox").rglob("*.txt")]
    assert len(stored) == 5
    assert all(len(name.encode()) < 256 and name.isprintable() for name in stored)


def test_a_folder_of_this_computer(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """Only by its whole path, and only where nobody else is served; it is listed then, with a switch."""
    client = client_of(archive)
    (folder / "neu.txt").write_text("Auf dem Markt kostet ein Pfund Spargel vier Euro und zwanzig Cent.", "utf-8")
    assert post(client, "add", kind="folder", value=str(folder)) == (200, "")
    assert "1 neuer Artikel" in finished(client)
    assert str(folder.name) in Parts(get(client, "/view/library/add")).text
    assert post(client, "add", kind="folder", value="articles")[1].startswith("Geben Sie den ganzen Pfad an")
    assert post(client, "add", kind="folder", value=str(tmp_path / "x"))[1].startswith("Diesen Ordner gibt es nicht")
    for served in (Serving(proxies=("127.0.0.1",)), Serving(root="/archiv"), Serving(names=("a.example",))):
        outside = client_of(archive, served)
        path = "/archiv" if served.root else ""
        reply = outside.post(f"{path}/library/add?lang=de", json={"kind": "folder", "value": str(folder)})
        assert (reply.status_code, reply.text[:23]) == (422, "Ordner dieses Rechners ")
        reply = outside.post(f"{path}/library/add?lang=de", json={"kind": "address", "value": "https://a.example"})
        assert (reply.status_code, "--fetch" in reply.text) == (422, True)


def test_a_watched_folder_is_switched(archive: Archive, folder: Path) -> None:
    """The switch is stored in the archive; a folder that is none of its own has none."""
    client = client_of(archive)
    assert post(client, "watch", path=str(folder), watched=True) == (200, f"{folder} wird beobachtet.")
    assert " checked" in get(client, "/view/library/add")
    assert post(client, "watch", path=str(folder), watched=False)[0] == 200
    assert post(client, "watch", path="/etc", watched=True)[0] == 422


def test_a_second_run_is_refused_and_the_first_cancelled(archive: Archive, folder: Path, tmp_path: Path) -> None:
    """With a sentence; what was stored stays, and the next run goes on from there."""
    many = tmp_path / "many"
    many.mkdir()
    for number in range(60):
        (many / f"{number}.txt").write_text(f"{SHORT} Es war die Besichtigung Nummer {number}.", encoding="utf-8")
    client = client_of(archive)
    assert post(client, "add", kind="folder", value=str(many)) == (200, "")
    status, sentence = post(client, "add", kind="folder", value=str(folder))
    assert (status, sentence != "") == (409, True)
    assert post(client, "cancel") == (200, "")
    html = finished(client)
    assert "Abgebrochen" in html or "60 neue Artikel" in html
    assert post(client, "add", kind="folder", value=str(many)) == (200, "")
    finished(client)
    assert archive.library().total == 62


def test_bad_files_have_sentences(archive: Archive, tmp_path: Path) -> None:
    """Uploads of all kinds of bad files are taken or refused, indexed or reported; never an error of the server."""
    client = client_of(archive)
    files = make(tmp_path / "bad")
    for bad in [*files[::12], *(file for file in files if file.path.name == "bomb.warc")]:
        if bad.path.is_file() and bad.path.stat().st_size < 200_000:
            name = str(bad.path.relative_to(tmp_path)).encode("utf-8", "replace").decode()
            status, sentence = upload(client, name, bad.path.read_bytes())
            assert (status, bool(sentence)) in ((200, False), (422, True)), name
    assert post(client, "add", kind="inbox") == (200, "")
    html = finished(client)
    assert "Fertig" in html
    failures = archive.failures()
    assert failures
    assert html.count("data-fs-retry") == min(len(failures), 50)
    for failure in (failures[0], next(failure for failure in failures if ".warc#http" in failure.path)):
        assert post(client, "add", kind="file", value=failure.path)[0] == 200
        finished(client)
    assert post(client, "add", kind="file", value="/etc/passwd")[0] == 422
    failed = next(path for failure in failures if (path := Path(failure.path)).is_file())
    failed.unlink()
    assert post(client, "add", kind="file", value=str(failed))[0] == 422, "and not its folder"


def test_a_correction_is_used_and_taken_back(archive: Archive, folder: Path) -> None:
    """The reply shows what the file says; a day that does not exist is refused in the page's language."""
    client = client_of(archive)
    (row,) = archive.library(query_of("brucke")).rows
    status, html = post(client, "correct", article=row.id, title="Neue <b>Brücke</b>", published="2020-05-06")
    assert status == 200
    assert "In der Datei steht: Brücke auf" in Parts(html).text
    assert "b" not in Parts(html).tags
    assert archive.ask("Was kostete die Brücke?", 1).citations[0].article.title == "Neue <b>Brücke</b>"
    assert "von Hand berichtigt" in get(client, "/view/library/list")
    assert post(client, "correct", article=row.id, published="31.2.2020")[1].startswith(
        "Den Tag „31.2.2020“ gibt es nicht"
    )
    assert post(client, "correct", article=row.id) == (422, "Es ist nichts geändert.")
    assert post(client, "correct", article="Brücke", title="x") == (422, "Diesen Artikel gibt es im Archiv nicht mehr.")
    assert post(client, "undo", article=row.id)[0] == 200
    assert archive.article(row.id).title == "Brücke auf"


def query_of(search: str) -> LibraryQuery:
    return LibraryQuery(search)


def test_forgetting(archive: Archive, folder: Path) -> None:
    """The file stays; an uploaded one is put where it is not indexed again."""
    client = client_of(archive)
    (row,) = archive.library(query_of("brucke")).rows
    assert "Die Datei bleibt" in get(client, f"/view/library/article?article={row.id}")
    assert post(client, "forget", article=row.id) == (200, "1 Artikel ist entfernt.")
    assert Path(row.file).exists()
    assert post(client, "forget", article=row.id)[0] == 422
    upload(client, "markt.txt", b"Auf dem Markt kostet ein Pfund Spargel vier Euro und zwanzig Cent.")
    post(client, "add", kind="inbox")
    finished(client)
    (row,) = archive.library(query_of("markt")).rows
    assert "inbox/.forgotten" in get(client, f"/view/library/article?article={row.id}")
    assert post(client, "forget", article=row.id) == (200, "1 Artikel ist entfernt.")
    assert not Path(row.file).exists()
    assert (archive.folder / "inbox" / ".forgotten" / "markt.txt").exists()


def test_states_of_files(archive: Archive, folder: Path) -> None:
    """Missing and changed files are seen when their page is; reading again mends what can be mended."""
    client = client_of(archive)
    rows = {row.label: row for row in archive.library().rows}
    assert {row.state for row in rows.values()} == {"complete"}
    (folder / "bridge.md").unlink()
    path = folder / "lock.md"
    path.write_text(path.read_text("utf-8") + "Neu.\n", encoding="utf-8")
    text = Parts(get(client, "/view/library/list")).text
    assert ("Datei fehlt" in text, "Datei geändert" in text) == (True, True)
    assert "Lesen Sie sie neu ein" in get(client, f"/view/library/article?article={rows['<i>Schleuse</i>'].id}")
    assert post(client, "add", kind="article", value=rows["<i>Schleuse</i>"].id) == (200, "")
    finished(client)
    assert "Datei geändert" not in get(client, "/view/library/list")


def test_a_damaged_article_is_listed_and_read_again(archive: Archive, folder: Path) -> None:
    """It has a row that says so and shows nothing of it but its path; one click reads its file and heals it."""
    client = client_of(archive)
    (article_id,) = (row.id for row in archive.library_rows() if row.label == "Brücke auf")
    with sqlite3.connect(archive.folder / DATABASE) as connection:
        connection.execute("DROP TRIGGER articles_changed")
        connection.execute("UPDATE articles SET title = 'Brücke zu' WHERE id = ?", (article_id,))
    connection.close()
    text = Parts(get(client, "/view/library/list?state=damaged")).text
    assert ("bridge.md" in text, "1 Artikel" in text, "beschädigt" in text) == (True, True, True)
    everything = get(client, "/view/library/list")
    assert ("Brücke zu" in everything, "Schleuse" in everything) == (False, True)
    details = get(client, f"/view/library/article?article={article_id}")
    assert "fehlt deshalb in den Antworten. Lesen Sie seine Datei neu ein" in Parts(details).text
    assert (f'data-fs-again="{article_id}"' in details, "data-fs-correct" in details) == (True, False)
    assert "wird nicht gezeigt" in client.get(f"/article/{article_id}?lang=de").text
    assert post(client, "add", kind="article", value=article_id) == (200, "")
    finished(client)
    assert archive.library_row(article_id).state == "complete"
    assert archive.article(article_id).title == "Brücke auf"


def drawn_map(client: TestClient, language: str) -> dict[str, Any]:
    """Wait until the map is drawn, or is said not to be, and return what is said."""
    reply: dict[str, Any] = {}

    def is_drawn() -> bool:
        reply.clear()
        reply.update(client.get("/view/library/map", params={"lang": language}).json())
        return "computing" not in reply

    wait_until(is_drawn)
    return reply


def test_pictures_and_map(archive: Archive, folder: Path) -> None:
    """Counts by month, outlet and language; a map with too few passages has no points."""
    client = client_of(archive)
    text = Parts(get(client, "/view/library/pictures")).text
    assert ("Bote" in text, "Deutsch" in text) == (True, True)
    assert drawn_map(client, "de")["points"] == []


def test_the_map_says_why_it_is_not_drawn(archive: Archive, folder: Path) -> None:
    """Of an archive that was deleted, in the reader's language."""
    client = client_of(archive)
    shutil.rmtree(archive.folder)
    assert drawn_map(client, "de")["failed"].startswith("Das Archiv wurde gelöscht oder verschoben.")
    assert drawn_map(client, "en")["failed"].startswith("The archive has been deleted or moved.")


def test_other_sites_may_change_nothing(archive: Archive, folder: Path) -> None:
    """No route of the library is open to a page of another site."""
    client = client_of(archive)
    (row, *_) = archive.library().rows
    for path, body in (("forget", {"article": row.id}), ("add", {"kind": "folder", "value": "/etc"}), ("upload", {})):
        reply = client.post(f"/library/{path}", json=body, headers={"origin": "http://evil.example"})
        assert reply.status_code == 403
    assert client.get("/library/forget").status_code == 405
    assert client.post("/library/nothing", json={}).status_code == 404


def test_what_no_archive_contains(archive: Archive, folder: Path) -> None:
    """Halves of surrogate pairs, and paths longer than any system has: a sentence, as for all that does not exist."""
    client = client_of(archive)
    half = "\ud800"
    for path, body in (
        ("add", {"kind": "folder", "value": "/" + "x" * 5000}),
        ("add", {"kind": "folder", "value": "/" + half}),
        ("add", {"kind": "article", "value": half}),
        ("correct", {"article": half}),
        ("undo", {"article": half}),
        ("forget", {"article": half}),
    ):
        response = client.post(f"/library/{path}?lang=de", content=json.dumps(body), headers=JSON)
        assert (response.status_code, "gibt es" in response.text) == (422, True), response.text


def test_nothing_is_created_in_place_of_an_archive(archive: Archive, folder: Path) -> None:
    """While the folder of the archive is away, or is closed to the program, an upload is refused with a sentence."""
    client, away = client_of(archive), archive.folder.with_name("away")
    archive.folder.rename(away)
    status, sentence = upload(client, "schleuse.txt", SHORT.encode())
    assert (status, sentence.startswith("Das Archiv wurde gelöscht oder verschoben.")) == (503, True)
    assert not archive.folder.exists()
    away.rename(archive.folder)
    (archive.folder / "inbox").write_text("a file where the folder should be", encoding="utf-8")
    status, sentence = upload(client, "schleuse.txt", SHORT.encode())
    assert (status, sentence.startswith("In das Archiv lässt sich nicht schreiben.")) == (503, True)


def test_files_that_are_missing_or_changed_are_filtered(archive: Archive, folder: Path) -> None:
    """The list looks at the files; each state is offered as a filter."""
    client = client_of(archive)
    (folder / "bridge.md").unlink()
    (folder / "lock.md").write_text(article_file("Schleuse", "2021-05-05", "Kurier", SHORT * 2), encoding="utf-8")
    missing = Parts(get(client, "/view/library/list?state=missing")).text
    changed = Parts(get(client, "/view/library/list?state=changed")).text
    assert ("Brücke auf" in missing, "Schleuse" in missing, "1 Artikel" in missing) == (True, False, True)
    assert ("Brücke auf" in changed, "Schleuse" in changed, "1 Artikel" in changed) == (False, True, True)
    assert "Kein Artikel passt" in get(client, "/view/library/list?state=missing&find=Schleuse")
    assert '<option value="missing">' in get(client, "/view/library/fields")


def test_what_cannot_be_added_has_a_sentence_of_its_own(archive: Archive, folder: Path) -> None:
    """No address, a folder that no article came from, an id without end."""
    client = client_of(archive, Serving(fetching=True))
    for address in ("", "  ", "zeitung"):
        status, sentence = post(client, "add", kind="address", value=address)
        assert (status, "Geben Sie eine Adresse an" in sentence) == (422, True)
    status, sentence = post(client, "watch", path=f"{folder}/other", watched=True)
    assert (status, "Aus diesem Ordner stammt kein Artikel" in sentence) == (422, True)
    endless = "a" * 60_000
    assert client.get("/cite", params={"style": "apa", "article": endless}).status_code == 409
    assert client.get("/cite/menu", params={"article": endless}).status_code == 404


def test_the_list_says_how_many_files_were_looked_at(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more articles than files are looked at, it says so; a search that leaves few looks at all of these."""
    (folder / "lock.md").unlink()
    for module in (listing, library_html):
        monkeypatch.setattr(module, "MAX_LOOKED_AT", 1)
    client = client_of(archive)
    assert "Geprüft wurden die Dateien der ersten 1 Artikel" in get(client, "/view/library/list?state=missing")
    narrowed = get(client, "/view/library/list?state=missing&find=Schleuse")
    assert "Geprüft" not in narrowed
    assert "1 Artikel" in narrowed

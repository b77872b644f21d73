"""Where an article came from: the file, its pages, and the check; only what was read is ever shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile

import pytest
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient
from pdfs import STORY, set_in_columns
from PIL import Image

from rag.archive import Archive
from rag.loading.pdf.drawing import page_picture
from rag.server.hosts import Serving
from ui.app import build_app

HTML = "<!doctype html><title>Bericht</title><article><h1>Bericht</h1><p>" + BRIDGE.replace("\n\n", "</p><p>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a PDF, a page and a Markdown file."""
    (tmp_path / "rat.pdf").write_bytes(set_in_columns(["Der Haushalt bleibt ohne Mehrheit", *STORY], 1, spaceAfter=6))
    (tmp_path / "seite.html").write_text(f"{HTML}</article><script>alert(1)</script>", "utf-8")
    (tmp_path / "brücke.md").write_text(article_file("Neue Hubbrücke", "2021-03-12", "Altmoorer Bote"), "utf-8")
    return tmp_path


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.open(folder / "archive") as archive:
        archive.index(folder)
        yield archive


@pytest.fixture
def browser(archive: Archive) -> TestClient:
    return TestClient(build_app(archive), base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize(
    ("name", "media_type", "disposition"),
    [
        ("rat.pdf", "application/pdf", "inline"),
        ("brücke.md", "text/plain", "inline"),
        ("seite.html", "application/octet-stream", "attachment"),
    ],
)
def test_the_file_is_served_as_it_is(
    archive: Archive, browser: TestClient, folder: Path, name: str, media_type: str, disposition: str
) -> None:
    """Byte by byte; a page of the web is saved and never shown, since it could run scripts in our name."""
    reply = browser.get(f"/article/{archive.article(name).id}/file")
    assert (reply.status_code, reply.content) == (200, (folder / name).read_bytes())
    assert reply.headers["content-type"].startswith(media_type)
    assert reply.headers["content-disposition"].startswith(f"{disposition}; filename*=UTF-8''")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "'unsafe-inline'" not in reply.headers["content-security-policy"]


def test_a_file_that_changed_is_not_served(archive: Archive, browser: TestClient, folder: Path) -> None:
    """Only the bytes that were read are served: not those that a link or another program put in their place."""
    article = archive.article("brücke.md")
    secret = folder / "secret"
    secret.write_text("geheim", "utf-8")
    (folder / "brücke.md").unlink()
    (folder / "brücke.md").symlink_to(secret)
    reply = browser.get(f"/article/{article.id}/file", params={"lang": "de"})
    assert (reply.status_code, "geheim" in reply.text) == (409, False)
    assert "Die Datei wird nicht geöffnet" in reply.text


@pytest.mark.parametrize(
    "serving",
    [Serving("0.0.0.0"), Serving(names=("news.example",)), Serving(proxies=("127.0.0.1",)), Serving(root="/archive")],  # noqa: S104
)
def test_files_stay_on_this_computer(archive: Archive, serving: Serving) -> None:
    """Where others may reach the page, the file of an article is neither offered nor served."""
    browser = TestClient(build_app(archive, serving), base_url="http://127.0.0.1:7860")
    article = archive.article("brücke.md")
    root = serving.path
    assert browser.get(f"{root}/article/{article.id}/file").status_code == 403
    assert "/file?" not in browser.get(f"{root}/article/{article.id}/fragment").text


def test_a_page_of_a_pdf_is_drawn(archive: Archive, browser: TestClient) -> None:
    """The second page of the PDF, with the passage boxed, is a picture of the size that the page was told."""
    article = archive.article("rat.pdf")
    start = article.text.index("Die Kämmerin", article.pages[1])
    query = {"start": start, "end": start + 80, "lang": "de"}
    fragment = browser.get(f"/article/{article.id}/fragment", params=query).text
    assert "Seite 2 zeigen" in fragment
    figure = browser.get(f"/article/{article.id}/page", params=query).text
    reply = browser.get(f"/article/{article.id}/page.png", params={"page": 2, **query})
    picture = Image.open(io.BytesIO(reply.content))
    assert f'width="{picture.width}" height="{picture.height}"' in figure
    assert (15, 95, 92) in {colour for _, colour in picture.convert("RGB").getcolors(1_000_000) or []}
    whole = browser.get(f"/article/{article.id}/page.png", params={"page": 1})
    assert (15, 95, 92) not in {
        colour for _, colour in Image.open(io.BytesIO(whole.content)).convert("RGB").getcolors(1_000_000) or []
    }


def _zip_of(name: str, raw: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as packed:
        packed.writestr("lies.txt", BRIDGE)
        packed.writestr(name, raw)
    return file.getvalue()


def _mail_with(name: str, raw: bytes) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = "Rat", "a@flussbote.example", "Fri, 12 Mar 2021 18:40:00 +0100"
    mail.set_content(BRIDGE)
    mail.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("container", "name"),
    [("paket.zip", "Akten/rat.pdf"), ("post.eml", "rat.pdf"), ("post.eml", "paket.zip/Akten/rat.pdf")],
)
def test_a_page_of_a_pdf_in_an_archive_or_a_mail_is_drawn(tmp_path: Path, container: str, name: str) -> None:
    """It is the picture that its PDF has as a file; once the container changes, there is none."""
    raw = set_in_columns(["Der Haushalt bleibt ohne Mehrheit", *STORY], 1, spaceAfter=6)
    file = tmp_path / container
    attached, _, inner = name.partition("/")
    if container.endswith(".zip"):
        file.write_bytes(_zip_of(name, raw))
    else:
        file.write_bytes(_mail_with(attached, _zip_of(inner, raw) if inner else raw))
    with Archive.open(tmp_path / "archive") as archive:
        archive.index([file])
        article = archive.article(f"{container}/{name}")
        browser = TestClient(build_app(archive), base_url="http://127.0.0.1:7860")
        assert "Seite 1 zeigen" in browser.get(f"/article/{article.id}/fragment", params={"lang": "de"}).text
        for page in (1, 2):
            reply = browser.get(f"/article/{article.id}/page.png", params={"page": page})
            assert reply.content == page_picture(raw, page).png
        file.write_bytes(file.read_bytes() + b" ")
        changed = browser.get(f"/article/{article.id}/page.png", params={"page": 1, "start": 0, "end": 9})
        assert changed.status_code == 404


def test_what_cannot_be_drawn_is_said(archive: Archive, browser: TestClient, folder: Path) -> None:
    """A page that does not exist, an article without pages, and a file that changed are answered with a sentence."""
    article = archive.article("rat.pdf")
    for article_id, page in ((article.id, 99), (article.id, 0), (archive.article("brücke.md").id, 1)):
        assert (
            "lässt sich nicht zeigen"
            in browser.get(f"/article/{article_id}/page", params={"page": page, "lang": "de"}).text
        )
        assert browser.get(f"/article/{article_id}/page.png", params={"page": page}).status_code == 404
    (folder / "rat.pdf").write_bytes(b"%PDF-1.7 damaged")
    assert browser.get(f"/article/{article.id}/page.png", params={"page": 1}).status_code == 404


def test_the_check_reads_the_file_again(archive: Archive, browser: TestClient, folder: Path) -> None:
    """Untouched, the file says the same; with another number it does not, and the numbers are named."""
    address = f"/article/{archive.article('brücke.md').id}/check"
    assert "✓" in browser.get(address).text
    file = folder / "brücke.md"
    file.write_text(file.read_text("utf-8").replace("84 Millionen", "97 Millionen"), "utf-8")
    reply = browser.get(address, params={"lang": "en"}).text
    assert "Changed:" in reply
    assert "<del>84</del> <ins>97</ins>" in reply
    file.unlink()
    assert "Missing:" in browser.get(address, params={"lang": "en"}).text

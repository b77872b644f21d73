"""The routes of articles and passages: pages, texts, corrections, removal, and what an unchanged archive saves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_parts import HERE, check_problem
from factories import BRIDGE, article_file
from fastapi.testclient import TestClient

from embeddings.encoder import Encoder
from rag.api.app import build_api
from rag.archive import Archive
from rag.article_view import view_article

OTHER = "Die Kleinbahn nach Moorwerder fährt seit Freitag wieder. Eine Fahrkarte kostet zwei Euro."


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    """A program that reads the sample archive."""
    return TestClient(build_api(sample), base_url=HERE)


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of a file with one article, and of a table with two."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "bridge.md").write_text(article_file("Brücke frei", "2023-05-02", "Bote"), "utf-8")
    rows = "".join(f'{{"title": "Bahn {number}", "text": "{OTHER} {number}"}}\n' for number in (1, 2))
    (folder / "trains.jsonl").write_text(rows, "utf-8")
    with Archive.open(tmp_path / "archive", encoder=encoder) as opened:
        opened.index(folder)
        yield opened


@pytest.fixture
def writer(archive: Archive) -> TestClient:
    """A program that changes an archive."""
    return TestClient(build_api(archive), base_url=HERE)


def pages(client: TestClient, query: str) -> Iterator[dict[str, Any]]:
    """Follow the cursors of a list."""
    cursor = ""
    while cursor is not None:
        reply = client.get(f"/api/v1/articles?{query}{cursor and '&cursor=' + cursor}")
        assert reply.status_code == 200, reply.text
        yield reply.json()
        cursor = reply.json()["next"]


def test_pages_hold_every_article_once(client: TestClient, sample: Archive) -> None:
    """In the order that was asked for, whatever the length of a page."""
    for limit in (7, 200):
        rows = [row for page in pages(client, f"sort=title&order=ascending&limit={limit}") for row in page["articles"]]
        assert sorted(row["id"] for row in rows) == sorted(article.id for article in sample.articles())
        assert [row["label"] for row in rows] == [row.label for row in sample_rows(sample)]


def sample_rows(sample: Archive) -> Any:
    from rag.types.library import LibraryQuery

    return sample.library(LibraryQuery(sort="title", descending=False, size=200)).rows


def test_filters_and_counts(client: TestClient, sample: Archive) -> None:
    """A list is narrowed by language, day and words; `facets` counts what these leave."""
    (page,) = pages(client, "language=en&since=2016&limit=200&facets=true")
    expected = [a for a in sample.articles() if a.language == "en" and a.published and a.published.year >= 2016]
    assert sorted(row["id"] for row in page["articles"]) == sorted(article.id for article in expected)
    assert page["total"] == len(expected)
    facets = page["facets"]
    assert facets["languages"] == {"en": len(expected)}
    assert facets["undated"] == 0
    for counts, names in (
        (facets["sources"], [article.source for article in expected]),
        (facets["months"], [f"{article.published:%Y-%m}" for article in expected]),
    ):
        assert counts == dict(Counter(filter(None, names)))
    (everything,) = pages(client, "limit=200&facets=true")
    assert everything["facets"]["languages"]["en"] == sample.status().languages["en"]
    assert {row["source"] for page in pages(client, "search=Telmaris") for row in page["articles"]} == {"Telmaris"}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "sort=mood", "since=never", "language=Klingonisch", "cursor=x", "cursor=W10",
     "cursor=WzEsMiwzXQ", "cursor=%00", "mood=sunny", "state=lost", "source="],
)  # fmt: skip
def test_a_bad_list_is_a_problem(client: TestClient, query: str) -> None:
    """Each with a sentence."""
    reply = client.get(f"/api/v1/articles?{query}")
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.json()["detail"].endswith(".")


def test_an_article_is_that_of_the_command_line(client: TestClient, sample: Archive) -> None:
    """By its id, and by whatever a person calls it."""
    for article in list(sample.articles())[:5]:
        shown = view_article(sample, article.id).to_dict()
        assert client.get(f"/api/v1/articles/{article.id}").json() == shown
        assert client.get("/api/v1/articles/lookup", params={"reference": article.path}).json() == shown


def test_passages_are_the_article_s_text(client: TestClient, sample: Archive) -> None:
    """Each stands where it says, can be had by its id, and by the id of a citation, which may join several."""
    article = next(iter(sample.articles()))
    listed = client.get(f"/api/v1/articles/{article.id}/passages").json()["passages"]
    assert [passage["passage_id"] for passage in listed] == [passage.id for passage in sample.passages(article.id)]
    for passage in listed:
        assert article.text[passage["start"] : passage["end"]] == passage["text"]
        single = client.get(f"/api/v1/passages/{passage['passage_id']}").json()
        assert {name: single[name] for name in passage} == passage
    joined = client.get(f"/api/v1/passages/{article.id}:{listed[0]['start']}-{listed[1]['end']}").json()
    assert joined["text"] == article.text[listed[0]["start"] : listed[1]["end"]]


@pytest.mark.parametrize(
    "path",
    ["articles/0123456789ab", "articles/%00", "articles/x", "articles/0123456789ab/passages", "passages/x",
     "passages/0123456789ab:0-5", "passages/%F0%9F%98%80", "articles/lookup?reference=Klingonien"],
)  # fmt: skip
def test_what_never_existed_is_not_found(client: TestClient, path: str) -> None:
    """With a sentence."""
    reply = client.get(f"/api/v1/{path}")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["detail"].endswith(".")


def test_a_place_outside_of_the_text_is_no_passage(client: TestClient, sample: Archive) -> None:
    """An end before the start, or beyond the end, leads nowhere."""
    article = next(iter(sample.articles()))
    for span in ("5-5", "9-5", f"0-{len(article.text) + 1}", "0-999999999999"):
        assert client.get(f"/api/v1/passages/{article.id}:{span}").status_code == 404


def test_what_did_not_change_is_not_sent_again(writer: TestClient, archive: Archive) -> None:
    """An ETag holds until the archive, or for an article its file, changes; HEAD has the headers alone."""
    article = archive.article("Brücke frei")
    paths = [f"/api/v1/{path}" for path in
             (f"articles/{article.id}", f"articles/{article.id}/passages", f"passages/{article.id}:0-9", "articles",
              "status")]  # fmt: skip
    tags = {path: writer.get(path).headers["etag"] for path in paths}
    for path, tag in tags.items():
        reply = writer.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", tag)
        head = writer.head(path)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    archive.correct(article.id, title="Klappbrücke frei")
    for path, tag in tags.items():
        assert writer.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_cursor_ends_with_its_revision(writer: TestClient, archive: Archive) -> None:
    """It belongs to one query, and to the archive as it was: then a list begins anew."""
    cursor = writer.get("/api/v1/articles?limit=1").json()["next"]
    assert writer.get(f"/api/v1/articles?limit=1&cursor={cursor}").status_code == 200
    reply = writer.get(f"/api/v1/articles?limit=1&sort=title&cursor={cursor}")
    assert (reply.status_code, "another query" in reply.json()["detail"]) == (422, True)
    archive.correct(archive.article("Brücke frei").id, title="Klappbrücke frei")
    reply = writer.get(f"/api/v1/articles?limit=1&cursor={cursor}")
    assert (reply.status_code, reply.json()["type"]) == (410, "urn:fundstelle:problem:outdated-cursor")
    assert "begin anew" in reply.json()["detail"]


def test_facts_are_corrected_and_taken_back(writer: TestClient, archive: Archive) -> None:
    """A text corrects, an empty one says that nothing is known, null takes back, what is not named stays."""
    address = f"/api/v1/articles/{archive.article('Brücke frei').id}"
    reply = writer.patch(address, json={"title": "Hubbrücke frei", "source": "", "by": "hl"}).json()
    assert (reply["title"], reply["source"], reply["published"]) == ("Hubbrücke frei", None, "2023-05-02")
    assert {each["field"]: (each["value"], each["read"], each["by"]) for each in reply["corrections"]} == {
        "title": ("Hubbrücke frei", "Brücke frei", "hl"),
        "source": (None, "Bote", "hl"),
    }
    reply = writer.patch(address, json={"title": None, "author": "Hanne Lüders"}).json()
    assert (reply["title"], reply["author"], reply["source"]) == ("Brücke frei", "Hanne Lüders", None)
    for body in ({}, {"published": "never"}, {"mood": "sunny"}, {"title": 5}, {"title": "x" * 501}):
        assert writer.patch(address, json=body).status_code == 422
    assert writer.patch("/api/v1/articles/0123456789ab", json={"title": "x"}).status_code == 404
    assert writer.patch("/api/v1/articles/0123456789ab", json={"title": None}).status_code == 404
    assert archive.article("Brücke frei").author == "Hanne Lüders"


def test_a_correction_is_one_step(writer: TestClient, archive: Archive) -> None:
    """Facts that are set and facts that are taken back are stored together, or none is."""
    article_id = archive.article("Brücke frei").id
    address, before = f"/api/v1/articles/{article_id}", archive._store.revision
    writer.patch(address, json={"title": "Hubbrücke frei"})
    steps = archive._store.revision - before
    before = archive._store.revision
    reply = writer.patch(address, json={"title": None, "author": "Hanne Lüders"}).json()
    assert (reply["title"], reply["author"]) == ("Brücke frei", "Hanne Lüders")
    assert archive._store.revision - before == steps
    assert writer.patch(address, json={"author": None, "published": "never"}).status_code == 422
    assert archive.article(article_id).author == "Hanne Lüders"


def test_what_an_article_is_like(writer: TestClient, archive: Archive) -> None:
    """Its relatives, with their texts if they are asked for; what it is corrected to; what could not be read."""
    later = archive.folder.parent / "articles" / "later.txt"
    later.write_text(f"{BRIDGE}\n\nNachtrag der Redaktion.", "utf-8")
    archive.index(later)
    article_id, other = archive.article("Brücke frei").id, archive.article("later.txt")
    address = f"/api/v1/articles/{article_id}"
    (version,) = writer.get(f"{address}/versions").json()["articles"]
    assert (version["id"], version["shared"]) == (other.id, round(archive.versions(article_id)[0].shared, 4))
    assert writer.get(f"{address}/versions?texts=true").json()["texts"][other.id]["text"] == other.text
    assert "texts" not in writer.get(f"{address}/similar").json()
    (similar,) = writer.get(f"{address}/similar?k=1").json()["articles"]
    assert similar["article"]["title"].startswith("Bahn")
    assert similar["passage_id"] == f"{similar['article']['id']}:{similar['start']}-{similar['end']}"
    assert writer.get(f"{address}/duplicates").json() == {"articles": []}
    assert writer.get(f"{address}/row").json()["file"] == str(archive.file_of(article_id))
    archive.correct(article_id, title="Brücke zu", by="hl")
    (correction,) = writer.get(f"{address}/corrections").json()["corrections"]
    assert (correction["value"], correction["read"], correction["by"]) == ("Brücke zu", "Brücke frei", "hl")
    assert writer.get("/api/v1/failures").json() == {"failures": []}
    for path in ("versions", "similar", "duplicates", "row", "corrections"):
        problem = check_problem(writer.get(f"/api/v1/articles/0123456789ab/{path}"), 404, "not-found")
        assert "`fundstelle" not in problem["detail"]


def test_a_program_is_told_what_to_request(writer: TestClient) -> None:
    """No command, which it could not run; the sentence of the command line stands beside."""
    problem = check_problem(writer.get("/api/v1/articles/0123456789ab"), 404, "not-found")
    sentence = "There is no article 0123456789ab in this archive: {} tells what is there."
    assert problem["detail"] == sentence.format("GET /articles")
    assert problem["command_line"] == sentence.format("`fundstelle status`")
    problem = check_problem(writer.post("/api/v1/verify", json={"dossier": "none"}), 404, "not-found")
    assert problem["detail"].endswith("GET /dossiers prints what there is.")


def test_an_article_is_removed(writer: TestClient, archive: Archive) -> None:
    """Its file stays where it is; a second time it is not found."""
    article = archive.article("Brücke frei")
    assert writer.delete(f"/api/v1/articles/{article.id}").json() == {"articles": 1}
    assert writer.delete(f"/api/v1/articles/{article.id}").status_code == 404
    assert BRIDGE[:30] in Path(article.path).read_text("utf-8")


def test_others_of_a_file_are_not_removed_silently(writer: TestClient, archive: Archive) -> None:
    """An article that shares its file with another one goes only with that, and only when told so."""
    article = archive.article("Bahn 1")
    reply = writer.delete(f"/api/v1/articles/{article.id}")
    assert (reply.status_code, "1 other article" in reply.json()["detail"]) == (409, True)
    assert archive.article("Bahn 1").id == article.id
    assert writer.delete(f"/api/v1/articles/{article.id}?with_file=true").json() == {"articles": 2}
    assert writer.get(f"/api/v1/articles/{article.id}").status_code == 404


def test_a_second_writer_waits(writer: TestClient, archive: Archive) -> None:
    """While articles are indexed, a change is refused with the reason, and reading goes on."""
    article = archive.article("Brücke frei")
    with archive._writing():
        other = Archive.open(archive.folder, encoder=archive.encoder)
        client = TestClient(build_api(other), base_url=HERE)
        for reply in (
            client.patch(f"/api/v1/articles/{article.id}", json={"title": "x"}),
            client.delete(f"/api/v1/articles/{article.id}"),
        ):
            assert (reply.status_code, reply.json()["type"]) == (409, "urn:fundstelle:problem:archive-busy")
        assert client.get(f"/api/v1/articles/{article.id}").status_code == 200
        other.close()

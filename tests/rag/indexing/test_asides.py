"""What is set aside in an article: kept, cut apart, searched only when asked for, and said to be what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from factories import PAGE_AS_TEXT
from hypothesis import given
from hypothesis import strategies as st
from paths import Run

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.config import Config
from rag.errors import QuestionError
from rag.evaluation.questions.synthetic import synthetic_questions
from rag.indexing.splitting import split
from rag.loading.common.draft import Block
from rag.loading.finish import join_blocks
from rag.search.filters import make_filter
from rag.types import Article, Aside, TextKind, passage_at

KINDS: tuple[TextKind, ...] = ("article", "comment", "teaser", "boilerplate")
BLOCKS = st.lists(
    st.builds(
        Block,
        st.text(st.sampled_from("aé \n\r\u0301\x00漢"), max_size=8).map(lambda text: f"{text}\n"),
        st.sampled_from(KINDS),
        st.none() | st.integers(1, 5),
    ),
    max_size=8,
)


def article(blocks: list[Block]) -> Article:
    text, asides, pages = join_blocks(blocks)
    return Article(
        id="0" * 12, title="T", text=text, language="de", path="/a.txt", sha256="0" * 64, asides=asides, pages=pages
    )


@given(BLOCKS)
def test_parts_are_the_whole_text(blocks: list[Block]) -> None:
    """In order, each once, of alternating kinds where they touch; an offset is of the kind of its part."""
    loaded = article(blocks)
    parts = list(loaded.parts())
    assert "".join(loaded.text[part.start : part.end] for part in parts) == loaded.text
    assert all(part.start < part.end for part in parts)
    assert all(loaded.kind_at(offset) == part.kind for part in parts for offset in range(part.start, part.end))


def test_blocks_become_a_text_by_hand() -> None:
    """White space around the whole goes; equal kinds join; a page without text begins where the next one does."""
    blocks = [
        Block("  \nMenü\n", "boilerplate", 1),
        Block("Suche\n", "boilerplate", 1),
        Block("Der Text.\r\n", "article", 1),
        Block("Gast: Ja!\n \n", "comment", 3),
    ]
    text, asides, pages = join_blocks(blocks)
    assert text == "Menü\nSuche\nDer Text.\nGast: Ja!"
    assert asides == (Aside(0, 11, "boilerplate"), Aside(21, 30, "comment"))
    assert pages == (0, 21, 21)
    loaded = article(blocks)
    assert [loaded.page_at(offset) for offset in (0, 20, 21, 29)] == [1, 1, 3, 3]
    assert article([Block("x")]).page_at(0) is None


def test_passages_hold_one_kind(encoder: Encoder) -> None:
    """None runs over the edge of what is set aside; teasers and boilerplate are in none."""
    blocks = [
        Block("Menü und Suche und noch mehr davon.\n", "boilerplate"),
        Block("Der erste Satz. Der zweite Satz.\n"),
        Block("Mehr zum Thema: Brücken.\n", "teaser"),
        Block("Der dritte Satz.\n"),
        Block("Ein Gast sagt etwas dazu.\n", "comment"),
    ]
    passages = split(article(blocks), encoder.count_tokens, Config())
    assert [(passage.text, passage.kind) for passage in passages] == [
        ("Der erste Satz. Der zweite Satz.", "article"),
        ("Der dritte Satz.", "article"),
        ("Ein Gast sagt etwas dazu.", "comment"),
    ]


@pytest.fixture(scope="module")
def archive(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("asides")
    (folder / "bahn.txt").write_text(PAGE_AS_TEXT)
    (folder / "klar.txt").write_text("---\nplace: Husum\n---\nEin Deich wurde gebaut. Er ist neun Meter hoch.")
    archive = Archive.open(folder / "archive")
    archive.index([folder])
    return archive


def test_comments_answer_only_when_they_are_asked(archive: Archive) -> None:
    """What readers think of the fare stands in a comment, which says that it is one."""
    question = "Wie finden Leser den Fahrpreis für eine Familie?"
    assert all(citation.kind == "article" for citation in archive.ask(question, k=20).citations)
    with_comments = archive.ask(question, k=20, filter=make_filter(include=["comments"])).citations
    assert "zu teuer" in with_comments[0].quote
    assert with_comments[0].kind == "comment"
    assert {citation.kind for citation in with_comments} == {"article", "comment"}
    only = archive.ask(question, k=20, filter=make_filter(include=["comments"], paths=["klar"])).citations
    assert {Path(citation.article.path).name for citation in only} == {"klar.txt"}


def test_nothing_else_that_was_set_aside_is_found(archive: Archive) -> None:
    """Not the appeal, not the teasers, not the navigation, comments included or not."""
    for question in ("Wie kann ich die Zeitung mit einer Spende unterstützen?", "Was wird aus dem alten Bahnhof?"):
        citations = archive.ask(question, k=20, filter=make_filter(include=["comments"])).citations
        assert not any(
            words in citation.quote for citation in citations for words in ("Spende", "alten Bahnhof wird", "Impressum")
        )


def test_what_is_known_of_an_article_survives_storing(archive: Archive) -> None:
    """Asides, place and origins come back as they were loaded."""
    page, clear = archive.article("bahn.txt"), archive.article("klar.txt")
    assert {aside.kind for aside in page.asides} == {"boilerplate", "teaser", "comment"}
    assert clear.asides == ()
    assert clear.place == "Husum"
    assert clear.origins == {"place": "front matter", "language": "the text's words"}


def test_there_is_nothing_else_to_include() -> None:
    """A kind that does not exist is refused with those that do."""
    with pytest.raises(QuestionError, match="choose among comments"):
        make_filter(include=["teasers"])


def test_questions_are_made_of_the_articles_own_words(archive: Archive) -> None:
    """A quotation in a comment is nobody's whom the article names."""
    quote = (
        'Der Kapitän hat damals laut gerufen: "Wir fahren niemals wieder nach Moorwerder zurück", und alle lachten. '
    )
    for kind, count in (("article", 1), ("comment", 0)):
        loaded = article([Block("Vor der Fahrt war es still am Hafen.\n"), Block(quote, kind)])
        assert len(list(synthetic_questions([(loaded, [passage_at(loaded, 0, 36)])]))) == count


def test_the_command_line_says_what_is_what(archive: Archive, fundstelle: Run) -> None:
    """A comment is named so, what was set aside can be seen, and each fact tells where it was found."""
    environment = {"FUNDSTELLE_ARCHIVE": archive.location}
    answer = fundstelle("ask", "Wie finden Leser den Fahrpreis?", "--include", "comments", **environment)
    assert "reader comment" in answer.stdout
    removed = fundstelle("show", "bahn.txt", "--removed", **environment).stdout
    assert "⟦comment: " in removed
    assert "Mehr zum Thema" in removed
    assert "fünfzig Cent" not in removed
    facts = fundstelle("status", "--article", "bahn.txt", **environment).stdout
    assert "Hanne Lüders  (byline)" in facts
    article = json.loads(fundstelle("show", "bahn.txt", "--json", **environment).stdout)
    assert {aside["kind"] for aside in article["asides"]} == {"boilerplate", "teaser", "comment"}
    wrong = fundstelle("ask", "Wer?", "--include", "navigation", **environment)
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_what_is_left_out_of_a_page_is_shown(fundstelle: Run, tmp_path: Path) -> None:
    """Navigation and notices of a saved page are read from the file; a file that changed since says so."""
    story = " ".join(
        f"Der Bericht nennt im Abschnitt {number} die Zahl der Züge und ihre Verspätung." for number in range(9)
    )
    page = tmp_path / "seite.html"
    page.write_text(
        "<html><body><nav><a href='/'>Startseite</a> <a href='/abo'>Jetzt abonnieren</a></nav>"
        f"<main><article><h1>Züge im Tal</h1><p>{story}</p><p>{story.replace('Zahl', 'Menge')}</p></article></main>"
        "<footer><p>Wir verwenden Cookies.</p></footer></body></html>",
        "utf-8",
    )
    environment = {"FUNDSTELLE_ARCHIVE": str(tmp_path / "archive")}
    assert fundstelle("index", str(page), **environment).returncode == 0
    removed = fundstelle("show", "seite.html", "--removed", **environment).stdout
    assert "Jetzt abonnieren" in removed
    assert "Wir verwenden Cookies." in removed
    assert "Verspätung" not in removed
    page.write_text(page.read_text("utf-8").replace("Cookies", "Kekse"), "utf-8")
    removed_text = fundstelle("show", "seite.html", "--removed", **environment)
    assert (removed_text.returncode, "changed since it was indexed" in removed_text.stderr) == (2, True)

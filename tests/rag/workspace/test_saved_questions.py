"""Saved questions: what is new since somebody looked, against a comparison of the archives then and now."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from paths import ARTICLES

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.errors import AlreadySaved, NotFound, QuestionError
from rag.types import Citation, Filter
from rag.workspace.saved_questions import SavedQuestions

BRIDGE = "Die Brücke über den Kanal wurde 1932 gebaut. Sie ist für Lastwagen gesperrt, seit ein Pfeiler Risse zeigt."
BRIDGE_NEWS = "Die Brücke über den Kanal wird im Mai abgerissen. Das hat der Gemeinderat am Montag beschlossen."
MARKET = "Auf dem Markt verkauft Frau Yilmaz seit dreißig Jahren Oliven und Schafskäse aus Izmir."
DIKE = "Der Deich hielt der Sturmflut stand. Die Tore waren rechtzeitig geschlossen worden, sagte der Deichgraf."
QUESTION = "Was ist mit der Brücke über den Kanal?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of articles."""
    files = tmp_path / "in"
    files.mkdir()
    (files / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    (files / "market.txt").write_text(MARKET, encoding="utf-8")
    return files


@pytest.fixture
def archive(folder: Path, encoder: Encoder) -> Iterator[Archive]:
    """An archive of the folder."""
    with Archive.open(folder.parent / "archive", encoder=encoder) as opened:
        opened.index([folder])
        yield opened


def quotes(citations: tuple[Citation, ...]) -> list[str]:
    return [citation.quote for citation in citations]


def index(archive: Archive, folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    archive.index([folder])


def test_what_is_new(archive: Archive, folder: Path) -> None:
    """What was there when the question was saved is not new; what comes is, until somebody looked; nothing else is."""
    saved = SavedQuestions(archive)
    assert saved.add(QUESTION).name == QUESTION
    look = saved.look(QUESTION)
    assert (quotes(look.answering), look.new) == ([BRIDGE], ())
    index(archive, folder, council=BRIDGE_NEWS, dike=DIKE)
    for _ in range(2):
        look = saved.look(QUESTION)
        assert quotes(look.new) == [BRIDGE_NEWS]
    saved.mark_seen(QUESTION, look.state)
    assert saved.look(QUESTION).new == ()


def test_a_changed_article_is_new(archive: Archive, folder: Path) -> None:
    """The passage that changed is new; an article that only moved, or was read again, is not."""
    saved = SavedQuestions(archive)
    saved.add(QUESTION, "bridge")
    index(archive, folder, bridge=f"{BRIDGE} Nun ist auch der Gehweg über den Kanal gesperrt.")
    look = saved.look("bridge")
    assert len(look.new) == 1
    saved.mark_seen("bridge", look.state)
    (folder / "bridge.txt").rename(folder / "moved.txt")
    archive.index([folder])
    index(archive, folder, copy=(folder / "moved.txt").read_text(encoding="utf-8"))
    assert len(saved.look("bridge").answering) == 1
    assert saved.look("bridge").new == ()


def test_what_comes_while_somebody_reads_stays_new(archive: Archive, folder: Path) -> None:
    """It is marked as read what was shown, and nothing that came meanwhile."""
    saved = SavedQuestions(archive)
    saved.add(QUESTION, "bridge")
    shown = saved.look("bridge")
    index(archive, folder, council=BRIDGE_NEWS)
    saved.mark_seen("bridge", shown.state)
    assert quotes(saved.look("bridge").new) == [BRIDGE_NEWS]


def test_the_filter_belongs_to_the_question(archive: Archive, folder: Path) -> None:
    """What the filter excludes is not new; the same question with another filter is another one."""
    saved = SavedQuestions(archive)
    dated = Filter(since=date(2020, 1, 1))
    assert [saved.add(QUESTION, filter=filter).name for filter in (Filter(), dated)] == [QUESTION, f"{QUESTION} (2)"]
    index(archive, folder, council=BRIDGE_NEWS)
    assert saved.look(f"{QUESTION} (2)").new == ()
    assert len(saved.look(QUESTION).new) == 1


def test_nothing_is_new_that_does_not_answer(archive: Archive, folder: Path) -> None:
    """An article of something else is not new, though it may be among the nearest."""
    saved = SavedQuestions(archive)
    saved.add("Wer wurde 1998 Weltmeister im Hürdenlauf?", "race")
    index(archive, folder, council=BRIDGE_NEWS, dike=DIKE)
    assert saved.look("race").new == ()


def test_what_moves_up_is_not_new(archive: Archive, folder: Path) -> None:
    """A passage that was below the fifty best when somebody looked is not new when better ones go."""
    index(archive, folder, **{f"n{number}": f"{BRIDGE} Das sagte Zeugin {number}." for number in range(60)})
    saved = SavedQuestions(archive)
    saved.add(QUESTION, "bridge")
    before = quotes(saved.look("bridge").answering)
    assert len(before) > 30
    for path in sorted(folder.iterdir()):
        if path.read_text(encoding="utf-8") in before[:30]:
            path.unlink()
    archive.index([folder])
    look = saved.look("bridge")
    assert set(quotes(look.answering)) - set(before)
    assert look.new == ()


def test_an_empty_archive(tmp_path: Path, encoder: Encoder) -> None:
    """A question may be saved before there is anything that answers it."""
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        saved = SavedQuestions(archive)
        saved.add(QUESTION)
        (tmp_path / "in").mkdir()
        index(archive, tmp_path / "in", bridge=BRIDGE)
        assert quotes(saved.look(QUESTION).new) == [BRIDGE]


def test_names(archive: Archive) -> None:
    """Names are unique, and so are questions with their filter; unknown and impossible ones are refused."""
    saved = SavedQuestions(archive)
    saved.add(QUESTION, "bridge")
    for question, name in ((QUESTION, ""), ("Wann?", "bridge")):
        with pytest.raises(AlreadySaved):
            saved.add(question, name)
    for question, name in ((" ", ""), ("Wann?", "n" * 201)):
        with pytest.raises(QuestionError):
            saved.add(question, name)
    for act in (saved.look, saved.remove, saved.get):
        with pytest.raises(NotFound, match="nobody"):
            act("nobody")
    assert [question.name for question in saved.all()] == ["bridge"]
    saved.remove("bridge")
    assert saved.all() == ()


@pytest.mark.folder
def test_an_archive_that_was_restored(archive: Archive, folder: Path, encoder: Encoder) -> None:
    """After a copy was put back, what came since is new, and what was seen is not; an old state marks nothing."""
    saved = SavedQuestions(archive)
    saved.add(QUESTION, "bridge")
    copy = folder.parent / "copy"
    shutil.copytree(archive.folder, copy)
    index(archive, folder, dike=DIKE)
    other = saved.look("bridge")
    with Archive.open(copy, encoder=encoder) as restored:
        index(restored, folder, council=BRIDGE_NEWS, dike=DIKE)
        again = SavedQuestions(restored)
        assert quotes(again.look("bridge").new) == [BRIDGE_NEWS]
        with pytest.raises(QuestionError, match="replaced"):
            again.mark_seen("bridge", other.state)
        assert quotes(again.look("bridge").new) == [BRIDGE_NEWS]


TEXTS = (BRIDGE, BRIDGE_NEWS, MARKET, f"{BRIDGE_NEWS}\n\n{MARKET}", "Am Kanal steht eine Brücke, die niemand kennt.")
FOLDERS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(TEXTS), min_size=1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FOLDERS, st.lists(FOLDERS, min_size=1, max_size=2))
@example({"a": BRIDGE}, [{"a": BRIDGE_NEWS}, {"a": BRIDGE, "b": BRIDGE_NEWS}])
@example({"a": TEXTS[3]}, [{"b": TEXTS[3]}])
def test_new_is_what_a_comparison_finds(encoder: Encoder, then: dict[str, str], later: list[dict[str, str]]) -> None:
    """Whatever came, changed, moved and went: new are the answers whose text the archive did not have then."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        with Archive.open(Path(name) / "archive", encoder=encoder) as archive:
            saved = SavedQuestions(archive)
            fill(archive, folder, then)
            saved.add(QUESTION)
            known = texts_of(archive)
            for files in later:
                fill(archive, folder, files)
            look = saved.look(QUESTION)
            expected = {
                (citation.article.id, citation.start)
                for citation in look.answering
                if any(
                    passage.text not in known
                    for passage in archive.passages(citation.article.id)
                    if passage.start < citation.end and citation.start < passage.end
                )
            }
            assert {(citation.article.id, citation.start) for citation in look.new} == expected
            results = archive.search(QUESTION, limit=50)
            likely = {result.article.id for result in results if result.likely and results.answer.answerable}
            assert {citation.article.id for citation in look.answering} == likely


def fill(archive: Archive, folder: Path, texts: dict[str, str]) -> None:
    """Make the folder contain these texts and no others, and index it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    index(archive, folder, **texts)


def texts_of(archive: Archive) -> set[str]:
    return {passage.text for article in archive.articles() for passage in archive.passages(article.id)}


@pytest.mark.heavy
def test_the_sample_articles_one_by_one(tmp_path: Path, encoder: Encoder) -> None:
    """Of the sample articles, the new one that answers is reported when it comes, and only then."""
    files = sorted(ARTICLES.glob("*"))
    answer = next(path for path in files if "philae" in path.name.lower())
    folder = tmp_path / "in"
    folder.mkdir()
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        saved = SavedQuestions(archive)
        saved.add("How long did Philae’s battery last?", "Philae")
        for path in [path for path in files if path != answer] + [answer]:
            shutil.copy(path, folder)
        (folder / answer.name).unlink()
        archive.index([folder])
        assert all(answer.name not in citation.article.path for citation in saved.look("Philae").new)
        shutil.copy(answer, folder)
        archive.index([folder])
        assert any(answer.name in citation.article.path for citation in saved.look("Philae").new)

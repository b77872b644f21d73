"""Pages of PDFs as pictures: the passage is boxed where ReportLab set it, and no file takes the program down."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import HEIGHT, STORY, WIDTH, both, drawn, lines, set_in_columns
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from rag.errors import LoadError
from rag.loading.drawing import PageDrawer, PageRequest, draw_page
from rag.loading.pdf.drawing import PagePicture
from rag.loading.pdf.letters import folded_letters, matching_spans
from rag.loading.reader import load

LINES = (
    "Der Rat beriet am Abend über den Haushalt.",
    "Das Bad bleibt bis auf Weiteres geschlos-",
    "sen, sagte die Kämmerin.",
)


@pytest.fixture(scope="module")
def drawer() -> Iterator[PageDrawer]:
    drawer = PageDrawer()
    yield drawer
    drawer.close()


def picture_of(path: Path, raw: bytes, passage: str, page: int = 1) -> PagePicture:
    """Return the picture of a page of a PDF, with a passage of its article boxed."""
    path.write_bytes(raw)
    article = load(path, raw)
    start = article.text.index(passage)
    first, *following = [*article.pages[page - 1 :], len(article.text)]
    text = article.text[first : following[0]]
    span = (start - first, start - first + len(passage))
    return draw_page(PageRequest(path.as_posix(), hashlib.sha256(raw).hexdigest(), page, text, span))


def test_the_passage_is_boxed_where_it_is_set(tmp_path: Path) -> None:
    """Lines that ReportLab set at known points, 13 apart in letters of 10, are boxed there, at two pixels a point."""
    raw = drawn(both(lines(*LINES, x=40, y=500), lines("Ein anderer Text.", x=40, y=300)))
    picture = picture_of(tmp_path / "a.pdf", raw, "Das Bad bleibt bis auf Weiteres geschlossen, sagte die Kämmerin.")
    assert (picture.width, picture.height) == (ceil(2 * WIDTH), ceil(2 * HEIGHT))
    assert len(picture.lines) == 2
    for number, box in enumerate(picture.lines, 1):
        baseline = 2 * (HEIGHT - 500 + 13 * number)
        width = 2 * pdfmetrics.stringWidth(LINES[number].rstrip("-."), "Helvetica", 10)
        assert box.left == pytest.approx(80, abs=3)
        assert box.right == pytest.approx(80 + width, abs=4)
        assert box.top < baseline - 10 < baseline <= box.bottom < baseline + 8


def test_the_box_is_in_the_picture(tmp_path: Path) -> None:
    """The paper behind the passage is yellow, a frame is around it, and the rest of the page is white."""
    raw = drawn(lines(*LINES, x=40, y=500))
    picture = picture_of(tmp_path / "a.pdf", raw, LINES[0])
    (box,) = picture.lines
    image = Image.open(io.BytesIO(picture.png))
    assert image.size == (picture.width, picture.height)
    assert image.getpixel((box.left, box.top)) == (255, 229, 154)
    assert image.getpixel((box.left - 6, box.top)) == (15, 95, 92)
    assert image.getpixel((box.right + 60, box.top)) == (255, 255, 255)


def test_a_turned_page_is_boxed_as_it_is_shown(tmp_path: Path) -> None:
    """On a page that is shown turned clockwise, what was x from the left is x from the top."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        lines(LINES[0], x=40, y=300)(canvas)

    picture = picture_of(tmp_path / "a.pdf", drawn(draw), LINES[0])
    assert min(box.top for box in picture.lines) == pytest.approx(2 * 40, abs=4)
    width = pdfmetrics.stringWidth(LINES[0], "Helvetica", 10)
    assert max(box.bottom for box in picture.lines) == pytest.approx(2 * (40 + width), abs=6)
    assert all(2 * 294 < box.left < box.right < 2 * 312 for box in picture.lines)


def test_a_passage_over_two_columns_has_two_boxes(tmp_path: Path) -> None:
    """A paragraph that ReportLab broke over two columns is boxed in both: all its letters, and no others."""
    raw = set_in_columns(["Der Haushalt bleibt ohne Mehrheit im Rat", *STORY], 2, spaceAfter=6)
    (tmp_path / "a.pdf").write_bytes(raw)
    article = load(tmp_path / "a.pdf", raw)
    # the paragraph that runs from the left column into the right one
    boxes_of = {
        story: picture_of(tmp_path / "a.pdf", raw, story).lines
        for story in STORY
        if story in article.text[: article.pages[1]]
    }
    story, boxes = max(
        boxes_of.items(), key=lambda item: max(box.right for box in item[1]) - min(box.left for box in item[1])
    )
    assert max(box.right for box in boxes) - min(box.left for box in boxes) > WIDTH
    total = sum(box.right - box.left for box in boxes)
    assert total == pytest.approx(2 * pdfmetrics.stringWidth(story, "Helvetica", 9), rel=0.12)


def test_a_file_that_changed_is_not_drawn(tmp_path: Path, drawer: PageDrawer) -> None:
    """A picture of other bytes than those that were read would prove nothing."""
    (tmp_path / "a.pdf").write_bytes(drawn(lines(*LINES)))
    with pytest.raises(LoadError, match="changed"):
        drawer.draw(PageRequest((tmp_path / "a.pdf").as_posix(), "0" * 64, 1))


@pytest.mark.parametrize("raw", [b"%PDF-1.7\nnothing", b"no PDF at all", drawn(lines("x"))[:300]])
def test_what_is_no_pdf_is_refused(tmp_path: Path, drawer: PageDrawer, raw: bytes) -> None:
    """Damaged files and other files end with a sentence, and the next page is drawn."""
    path = tmp_path / "a.pdf"
    path.write_bytes(raw)
    with pytest.raises(LoadError):
        drawer.draw(PageRequest(path.as_posix(), hashlib.sha256(raw).hexdigest(), 1))
    good = drawn(lines(*LINES))
    path.write_bytes(good)
    assert drawer.draw(PageRequest(path.as_posix(), hashlib.sha256(good).hexdigest(), 1)).png.startswith(b"\x89PNG")
    with pytest.raises(LoadError, match="no page 2"):
        drawer.draw(PageRequest(path.as_posix(), hashlib.sha256(good).hexdigest(), 2))


def test_a_page_that_takes_forever_is_given_up(tmp_path: Path) -> None:
    """A page whose forms draw each other a thousand million times ends with a sentence, and the next page is drawn.

    Whether its time or its memory comes to an end first depends on the machine.
    """

    def bomb(canvas: Canvas) -> None:
        for level in range(9):
            canvas.beginForm(f"form{level}")
            for _ in range(10):
                if level:
                    canvas.doForm(f"form{level - 1}")
                else:
                    canvas.drawString(40, 500, "Der Rat beriet am Abend.")
            canvas.endForm()
        canvas.doForm("form8")

    drawer = PageDrawer(seconds=2)
    for number, (raw, is_drawn) in enumerate(((drawn(bomb), False), (drawn(lines(*LINES)), True))):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(raw)
        request = PageRequest(path.as_posix(), hashlib.sha256(raw).hexdigest(), 1)
        if is_drawn:
            assert drawer.draw(request).png
        else:
            with pytest.raises(LoadError, match=r"longer than 2 seconds|crash"):
                drawer.draw(request)
    drawer.close()


def test_a_huge_page_is_drawn_small(tmp_path: Path) -> None:
    """A page of five metres is a picture of at most six million pixels."""
    raw = drawn(lines("Riesig", y=100), size=(14_000, 14_000))
    (tmp_path / "a.pdf").write_bytes(raw)
    picture = draw_page(PageRequest((tmp_path / "a.pdf").as_posix(), hashlib.sha256(raw).hexdigest(), 1))
    assert picture.width * picture.height <= 6_010_000


@given(st.lists(st.integers(0, 99), max_size=40), st.integers(0, 40))
def test_words_are_recognised_however_lines_break(numbers: list[int], broken: int) -> None:
    """A text of unlike words is one span of a page on which it is hyphenated and surrounded by others."""
    words = [f"Wort{number:02}undmehrbuchstaben" for number in numbers]
    text, _ = folded_letters(" ".join(words))
    page, _ = folded_letters("Vorher. " + "-\n".join(words) + " nachher")
    spans = matching_spans(text, page, 6)
    assert "".join(page[slice(*span)] for span in spans) == text
    assert spans in ([], [(6, 6 + len(text))])


def test_a_footnote_in_between_is_not_boxed() -> None:
    """Where the page has other letters within a passage, its parts are recognised on both sides."""
    first, last = "DerRatberietamAbendlange".casefold(), "überdenHaushaltderStadt".casefold()
    page = f"{first}1fußnotedazu{last}"
    spans = matching_spans(first + last, page)
    assert [page[slice(*span)] for span in spans] == [first, last]

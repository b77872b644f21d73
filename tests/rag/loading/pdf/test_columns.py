"""Columns of printed pages are read one after the other, in whatever order their lines are drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import STORY, drawn, lines
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from rag.loading.pdf.pdf import load_pdf

FONT = "Helvetica"
Drawn = tuple[float, float, str]
"""Where a line is drawn, and what it says."""


def texts(raw: bytes) -> list[str]:
    return load_pdf(raw).text.removesuffix("\n\n").split("\n\n")


def column(text: str, x: float, y: float, width: float, size: float = 9, leading: float = 12) -> list[Drawn]:
    """A text broken into lines of a column."""
    return [(x, y - at * leading, line) for at, line in enumerate(simpleSplit(text, FONT, size, width))]


def page(*parts: Sequence[Drawn], size: float = 9, mode: int = 0) -> bytes:
    """A page with lines drawn in the order in which they are given; mode 3 is the invisible text of OCR."""

    def draw(canvas: Canvas) -> None:
        for x, y, text in (word for part in parts for word in part):
            line = canvas.beginText(x, y)
            line.setFont(FONT, size)
            line.setTextRenderMode(mode)
            line.textLine(text)
            canvas.drawText(line)

    return drawn(draw, size=(595, 842))


def row_by_row(columns: Sequence[Sequence[Drawn]]) -> list[Drawn]:
    return [line for row in zip_longest(*columns) for line in row if line]


def mixed(columns: Sequence[Sequence[Drawn]]) -> list[Drawn]:
    shuffled = [line for column in columns for line in column]
    random.Random(7).shuffle(shuffled)  # noqa: S311
    return shuffled


def one_by_one(columns: Sequence[Sequence[Drawn]]) -> list[Drawn]:
    return [line for column in columns for line in column]


def backwards(columns: Sequence[Sequence[Drawn]]) -> list[Drawn]:
    return one_by_one(columns[::-1])


ORDERS = [row_by_row, one_by_one, mixed, backwards]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("count", "gutter"), [(2, 40), (2, 12), (2, 8), (3, 14), (4, 12)])
def test_columns(order: Callable[..., list[Drawn]], count: int, gutter: float) -> None:
    """Each text is complete, in order from left to right, for wide and narrow gutters and columns of any height."""
    width = (515 - gutter * (count - 1)) / count
    stories = [f"{STORY[at]} {STORY[at + 4]}" if at % 2 else STORY[at] for at in range(count)]
    columns = [column(text, 40 + at * (width + gutter), 760, width) for at, text in enumerate(stories)]
    assert texts(page(order(columns))) == stories


@pytest.mark.parametrize("order", ORDERS)
def test_lines_of_columns_that_are_not_level(order: Callable[..., list[Drawn]]) -> None:
    """Columns are separated by white space, even if their lines are at different heights."""
    columns = [column(STORY[0], 40, 760, 240), column(STORY[1], 300, 753.5, 240, leading=11)]
    assert texts(page(order(columns))) == [STORY[0], STORY[1]]


@pytest.mark.parametrize("order", ORDERS)
def test_lines_across_the_columns(order: Callable[..., list[Drawn]]) -> None:
    """A headline above both columns and a line below a picture between them divide the page into parts."""
    headline = [
        (40.0, 800.0, "Der Rat streitet über den Haushalt und das Schwimmbad am Ufer der Mühle und vertagt sich")
    ]
    upper = [column(STORY[0], 40, 770, 250), column(STORY[1], 305, 770, 250)]
    bottom = min(y for part in upper for _, y, _ in part)
    caption = [
        (40.0, bottom - 150, "Das Schwimmbad am Ufer, aufgenommen im Herbst von einem Mitglied des Rates der Stadt")
    ]
    lower = [column(STORY[2], 40, bottom - 180, 250), column(STORY[3], 305, bottom - 180, 250)]
    paragraphs = texts(page(caption, order(lower), order(upper), headline))
    assert paragraphs == [headline[0][2], STORY[0], STORY[1], caption[0][2], STORY[2], STORY[3]]


def test_a_sentence_that_continues_in_the_next_column() -> None:
    """The end of a column and the beginning of the next one are one sentence."""
    story = column(STORY[4], 40, 760, 240)
    half = len(story) // 2
    second = [(300.0, 760.0 - 12 * at, text) for at, (_, _, text) in enumerate(story[half:])]
    assert texts(page(row_by_row([story[:half], second]))) == [STORY[4]]


def test_a_text_layer_of_ocr() -> None:
    """Invisible words that are placed one by one, not quite level, give the same text."""
    jitter = random.Random(3)  # noqa: S311
    columns = [column(STORY[at], 40 + 270 * at, 760, 240) for at in range(2)]
    words: list[Drawn] = []
    for x, y, text in row_by_row(columns):
        at = x
        for word in text.split():
            words.append((at, y + jitter.uniform(-0.8, 0.8), word))
            at += stringWidth(f"{word} ", FONT, 9) + jitter.uniform(-0.4, 0.4)
    assert texts(page(words, mode=3)) == [STORY[0], STORY[1]]


TABLE = [
    ("Stadtteil", "Einwohner", "Anteil"),
    ("Nordhafen", "12 345", "41 %"),
    ("Mühlstadt", "9 870", "33 %"),
    ("Altenufer", "7 654", "26 %"),
]


@pytest.mark.parametrize("order", [row_by_row, one_by_one])
def test_a_table_is_not_columns(order: Callable[..., list[Drawn]]) -> None:
    """The cells of a row stay together, whatever order they are drawn in."""
    columns = [[(40.0 + 150 * at, 760.0 - 14 * row, cells[at]) for row, cells in enumerate(TABLE)] for at in range(3)]
    text = load_pdf(page(order(columns))).text
    assert [" ".join(cells) in text for cells in TABLE] == [True] * 4


def test_sides_with_an_uncertain_order() -> None:
    """If it is uncertain that sides are columns, no sentence contains words of both."""
    left_lines = [f"Frau Anneliese Brandt aus Nordhafen {number}" for number in range(4)]
    right_lines = [f"Verein der Freunde des Museums {number}" for number in range(4)]
    sides = [
        [(40.0 + 270 * at, 760.0 - 14 * row, text) for row, text in enumerate(side)]
        for at, side in enumerate((left_lines, right_lines))
    ]
    for order in ORDERS:
        paragraphs = texts(page(order(sides)))
        assert not [paragraph for paragraph in paragraphs if "Anneliese" in paragraph and "Museums" in paragraph]
        assert all(any(line in paragraph for paragraph in paragraphs) for line in (*left_lines, *right_lines))


@pytest.mark.parametrize("order", ORDERS)
def test_a_quotation_that_text_runs_around(order: Callable[..., list[Drawn]]) -> None:
    """No sentence mixes words of a quotation across the gutter with those of a column, or lines of both columns."""
    rows_of_quote = (3, 4, 5)

    def side(name: str, x: float, shift: float) -> list[Drawn]:
        line = "{0}{1} und {0}klein{1} gehen hier weiter als {0}{1}"
        short = "{0}{1} und klein{1} gehen"
        return [
            (
                x + shift * (row in rows_of_quote),
                760.0 - 12 * row,
                (short if row in rows_of_quote else line).format(name, row),
            )
            for row in range(9)
        ]

    sides = [side("links", 40, 0), side("rechts", 310, 60)]
    quotation = ("„Es ist nun lange", "genug gewartet, und", "genug, sagt sie.“")
    quote = [(215.0, 724.0 - 12 * at, text) for at, text in enumerate(quotation)]
    paragraphs = texts(page(order(sides), quote))
    assert " ".join(quotation) in paragraphs
    sequence = [word for paragraph in paragraphs for word in paragraph.split() if word.startswith(("links", "rechts"))]
    assert sequence == sorted(sequence, key=lambda word: word.startswith("rechts"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 50)), min_size=1, max_size=80, unique=True), st.data())
def test_no_word_is_lost(cells: list[tuple[int, int]], data: st.DataObject) -> None:
    """Whatever the positions and the drawing order, each word of a page is in its text once."""
    words = [f"w{number}x" for number in range(len(cells))]
    drawing = [(20 + 45 * x, 30 + 15.3 * y, word) for (x, y), word in zip(cells, words, strict=True)]
    draft = load_pdf(page(data.draw(st.permutations(drawing))))
    assert sorted(word for block in draft.blocks for word in block.text.split()) == sorted(words)


def test_one_column_stays_one() -> None:
    """Spaces that happen to be below each other do not make columns."""
    text = "\n".join(
        ["Das Bad ist zu und bleibt zu, sagte der Rat am Abend und ging nach Hause, wie er es immer tut."] * 6
    )
    assert len(texts(drawn(lines(*text.split("\n"))))) <= 6

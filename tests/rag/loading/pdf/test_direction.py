"""Pages that are read from right to left give the text that a reader sees, in the order of reading."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import matplotlib
import pytest
from pdfs import drawn
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from rag.loading.pdf.pdf import load_pdf

SHAPES = {
    unicodedata.normalize("NFKC", chr(code)): chr(code)
    for code in range(0xFE80, 0xFEF5)
    if unicodedata.decomposition(chr(code)).startswith("<isolated>")
}
"""For each Arabic letter, the shape that it has alone."""


def font() -> str:
    """Return the name of a font with Arabic and Hebrew letters."""
    path = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    pdfmetrics.registerFont(TTFont("DejaVuSans", path))
    return "DejaVuSans"


def visual_order(text: str, mirrors: bool) -> str:
    """Return a line of Arabic or Hebrew as it is on paper, from the left: numbers and Latin words run forward, all
    else backward, and brackets are turned.
    """
    forward = re.compile(r"[A-Za-z]+(?:[ -][A-Za-z]+)*|\d+(?:[.,:/]\d+)*|.", re.DOTALL)
    parts = [part[0] for part in forward.finditer(text)][::-1]
    mirrored = str.maketrans("()«»", ")(»«") if mirrors else {}
    return "".join(part if len(part) > 1 else part.translate(mirrored) for part in parts)


def printed(*texts: str, shaped: bool = False, mirrors: bool = True, per_letter: bool = False) -> str:
    """The text that is read from a page with these lines, drawn from the left as old programs do."""
    name = font()

    def draw(canvas: Canvas) -> None:
        canvas.setFont(name, 12)
        for at, text in enumerate(texts):
            line = visual_order(text, mirrors)
            drawn_text = "".join(SHAPES.get(letter, letter) for letter in line) if shaped else line
            y = 500 - 18 * at
            if not per_letter:
                canvas.drawRightString(400, y, drawn_text)
                continue
            # from the right, letter by letter, as a browser does it
            x = 400.0
            for letter in reversed(drawn_text):
                x -= pdfmetrics.stringWidth(letter, name, 12)
                canvas.drawString(x, y, letter)

    return " ".join(load_pdf(drawn(draw)).text.split())


ARABIC = (
    "قال الوزير سامي الحداد يوم الأحد إن المدرسة (الجديدة) كلفت 300000 دينار.",
    "وأضاف في 14/3/2019 أن «المكتبة» تضم 12,5 مليون كتاب، حسب Radio Tunis أمس.",
)
HEBREW = (
    "ראש העיר רונית כץ הודיעה ביום שני (12.3.2019) כי הגשר ייסגר.",
    "המחיר עלה ל-300,000 שקל, אמרה היא אתמול.",
)


@pytest.mark.parametrize("lines", [ARABIC, HEBREW], ids=["arabic", "hebrew"])
@pytest.mark.parametrize("mirrors", [False, True])
@pytest.mark.parametrize("per_letter", [False, True])
def test_lines_drawn_in_visual_order(lines: tuple[str, ...], mirrors: bool, per_letter: bool) -> None:
    """Words, numbers, brackets and names in Latin letters are in reading order, in whatever order they are drawn."""
    assert printed(*lines, mirrors=mirrors, per_letter=per_letter) == " ".join(lines)


def test_shapes_of_letters() -> None:
    """Presentation forms of Arabic letters become the letters that people write and search for."""
    assert printed(*ARABIC, shaped=True) == " ".join(ARABIC)


def test_a_name_in_a_german_line() -> None:
    """Hebrew words within a line from left to right are reordered; the rest of the line is unchanged."""
    name = font()
    drawn_text = "Der Verein " + "שלום לכולם"[::-1] + " tagt am 3. Mai in Bremen."

    def draw(canvas: Canvas) -> None:
        canvas.setFont(name, 12)
        canvas.drawString(40, 500, drawn_text)

    assert load_pdf(drawn(draw)).text == "Der Verein שלום לכולם tagt am 3. Mai in Bremen.\n\n"


def test_columns_from_right_to_left() -> None:
    """The right one of two columns is read first."""
    name = font()
    lines = ("ראש העיר הודיעה כי הגשר", "החדש ייסגר בקרוב לשנה", "אחת בגלל עבודות בנהר")
    left_column, right_column = [(*lines, f"סוף הטור {at}") for at in (1, 2)]

    def draw(canvas: Canvas) -> None:
        canvas.setFont(name, 12)
        for at, (left_line, right_line) in enumerate(zip(left_column, right_column, strict=True)):
            canvas.drawRightString(190, 500 - 18 * at, visual_order(left_line, mirrors=True))
            canvas.drawRightString(400, 500 - 18 * at, visual_order(right_line, mirrors=True))

    text = load_pdf(drawn(draw)).text
    assert text.index("הטור 2") < text.index("הטור 1")
    assert " ".join(right_column) in text

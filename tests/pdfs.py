"""PDF files for the tests, written by ReportLab."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib
from PIL import Image
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

WIDTH, HEIGHT = A5
SENTENCES = (
    "Der Rat beriet am Abend über den Haushalt der Stadt und kam zu keinem Ergebnis.",
    "Mehrere Mitglieder verlangten neue Zahlen, ehe sie über das Schwimmbad abstimmen wollten.",
    "Die Kämmerin verwies auf die Rücklagen, die seit dem Frühjahr kleiner geworden sind.",
    "Am Ende blieb nur, die Sitzung zu vertagen und die Bürger noch einmal zu hören.",
    "Anwohner der Mühlstraße klagten über den Lärm der Baustelle am Ufer.",
)
STORY = tuple(
    " ".join(f"{sentence[:-1]} im Fall {number}." for sentence in (*SENTENCES[number % 3 :], *SENTENCES[: number % 4]))
    for number in range(1, 13)
)
"""Twelve paragraphs of which no two are alike."""


def drawn(*pages: Callable[[Canvas], object], size: tuple[float, float] = A5, **options: object) -> bytes:
    """Return a PDF in which each function draws a page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(
    *texts: str, x: float = 40, y: float = 500, size: float = 10, font: str = "Helvetica", leading: float = 13
) -> Callable[[Canvas], object]:
    """Return a function that sets one line below the other."""

    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(x, y)
        text.setFont(font, size, leading)
        for line in texts:
            text.textLine(line)
        canvas.drawText(text)

    return draw


def both(*parts: Callable[[Canvas], object]) -> Callable[[Canvas], object]:
    """Return a function that draws all the parts on one page."""
    return lambda canvas: [part(canvas) for part in parts]


def set_in_columns(paragraphs: Sequence[str], columns: int, **style: object) -> bytes:
    """Return a PDF of justified paragraphs, set by ReportLab, with headline, headers and page numbers."""
    buffer = io.BytesIO()
    width = (WIDTH - 60 - 12 * (columns - 1)) / columns
    frames = [Frame(30 + at * (width + 12), 50, width, HEIGHT - 100, 0, 0, 0, 0) for at in range(columns)]

    def furniture(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(30, HEIGHT - 30, "Der Flussbote, 3. März")
        canvas.drawCentredString(WIDTH / 2, 24, f"– {document.page} –")

    document = BaseDocTemplate(buffer, pagesize=A5)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    body = ParagraphStyle("body", fontSize=9, leading=12, alignment=TA_JUSTIFY, **style)
    head = ParagraphStyle("head", fontSize=16, leading=20, spaceAfter=8)
    document.build([Paragraph(paragraphs[0], head), *(Paragraph(text, body) for text in paragraphs[1:])])
    return buffer.getvalue()


def pictures() -> bytes:
    """Return a PDF of two pages with a grey picture on each and nothing else."""
    picture = ImageReader(Image.new("L", (300, 400), 128))
    return drawn(*[lambda canvas: canvas.drawImage(picture, 20, 20, 300, 400)] * 2)


def with_font() -> str:
    """Return the name of a font that has the ligatures, and whose letters have numbers of their own in a file."""
    path = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSerif.ttf"
    pdfmetrics.registerFont(TTFont("DejaVuSerif", path, asciiReadable=0))
    return "DejaVuSerif"

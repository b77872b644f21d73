"""What stands on a page of a PDF besides its print: fields that were filled in, notes, and files inside."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from rag.loading.pdf.words import Edges

_LINE = 12.0
_LARGEST_FIELD = 1_000_000


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed into a field of a page, or chosen there, and the field's edges."""

    text: str
    edges: Edges

    def lines(self) -> Iterator[tuple[str, Edges]]:
        """Yield its lines, each with its edges."""
        left, right, bottom, top = self.edges
        lines = [" ".join(line.split()) for line in self.text.splitlines()]
        height = min((top - bottom) / max(len(lines), 1), _LINE)
        upper = top if len(lines) > 1 else (bottom + top + height) / 2
        for number, line in enumerate(lines):
            if line and height > 0:
                yield line, (left, max(right, left + 1), upper - (number + 1) * height, upper - number * height)


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote on a page."""

    text: str
    page: int


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a page that hold text, and how many of its boxes are ticked."""

    typed: tuple[Filled, ...]
    ticked: int


def filled_fields(document: Any, page: Any) -> Fields:
    """Return what is filled into the form on a page, and what was typed onto it (free text)."""
    from pypdfium2 import raw

    typed: list[Filled] = []
    ticked = 0
    for annotation in _annotations(page):
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_FREETEXT:
            typed.append(Filled(_string(annotation, "Contents"), _edges(annotation)))
        if kind != raw.FPDF_ANNOT_WIDGET or document.formenv is None:
            continue
        form = document.formenv.raw
        field = raw.FPDFAnnot_GetFormFieldType(form, annotation)
        if field in (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
            value = _text(partial(raw.FPDFAnnot_GetFormFieldValue, form, annotation))
            typed.append(Filled(value, _edges(annotation)))
        elif field in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
            ticked += bool(raw.FPDFAnnot_IsChecked(form, annotation))
    return Fields(tuple(each for each in typed if each.text.strip()), ticked)


def notes_of(page: Any, number: int) -> list[Note]:
    """Return what the notes on a page say, each once: a window that shows a note repeats it."""
    from pypdfium2 import raw

    passed = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_LINK)
    texts = [
        _string(annotation, "Contents").strip()
        for annotation in _annotations(page)
        if raw.FPDFAnnot_GetSubtype(annotation) not in passed
    ]
    return [Note(text, number) for text in dict.fromkeys(texts) if text]


def files_within(document: Any) -> tuple[str, ...]:
    """Return the names of the files that a document holds."""
    count = document.count_attachments()
    return tuple(document.get_attachment(at).get_name() for at in range(count))


def _annotations(page: Any) -> Iterator[Any]:
    from pypdfium2 import raw

    for at in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        if annotation:
            try:
                yield annotation
            finally:
                raw.FPDFPage_CloseAnnot(annotation)


def _string(annotation: Any, key: str) -> str:
    from pypdfium2 import raw

    return _text(partial(raw.FPDFAnnot_GetStringValue, annotation, key.encode()))


def _text(ask: Callable[[Any, int], int]) -> str:
    """The string that PDFium writes into a buffer in UTF-16 with a zero at its end; `ask` returns its bytes."""
    from pypdfium2 import raw

    size = ask(None, 0)
    if not 2 < size <= _LARGEST_FIELD:  # noqa: PLR2004
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _edges(annotation: Any) -> Edges:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    return box.left, box.right, box.bottom, box.top

"""What a PDF contains besides print: filled form fields, notes, and embedded files."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from rag.loading.pdf.words import Edges

_MAX_LINE_HEIGHT = 12.0  # points
_MAX_FIELD_BYTES = 1_000_000
_TERMINATOR_BYTES = 2


@dataclass(frozen=True, slots=True)
class FilledField:
    """The text that was typed into a form field, or chosen there, and the field's edges."""

    text: str
    edges: Edges

    def lines(self) -> Iterator[tuple[str, Edges]]:
        """Yield its lines, each with its edges."""
        left, right, bottom, top = self.edges
        lines = [" ".join(line.split()) for line in self.text.splitlines()]
        height = min((top - bottom) / max(len(lines), 1), _MAX_LINE_HEIGHT)
        upper = top if len(lines) > 1 else (bottom + top + height) / 2
        for number, line in enumerate(lines):
            if line and height > 0:
                bottom_of_line = upper - (number + 1) * height
                yield line, Edges(left, max(right, left + 1), bottom_of_line, upper - number * height)


@dataclass(frozen=True, slots=True)
class PageNote:
    """A note that a reader put on a page."""

    text: str
    page: int


@dataclass(frozen=True, slots=True)
class FormFields:
    """The fields of a page that contain text, and how many of its boxes are ticked."""

    filled: tuple[FilledField, ...]
    ticked_boxes: int


def form_fields(document: Any, page: Any) -> FormFields:
    """Return the filled fields of the form on a page, including text that was typed onto it (free text)."""
    from pypdfium2 import raw

    filled: list[FilledField] = []
    ticked_boxes = 0
    for annotation in _annotations(page):
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_FREETEXT:
            filled.append(FilledField(_string(annotation, "Contents"), _edges(annotation)))
        if kind != raw.FPDF_ANNOT_WIDGET or document.formenv is None:
            continue
        form = document.formenv.raw
        field_type = raw.FPDFAnnot_GetFormFieldType(form, annotation)
        if field_type in (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
            value = _text(partial(raw.FPDFAnnot_GetFormFieldValue, form, annotation))
            filled.append(FilledField(value, _edges(annotation)))
        elif field_type in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
            ticked_boxes += bool(raw.FPDFAnnot_IsChecked(form, annotation))
    return FormFields(tuple(field for field in filled if field.text.strip()), ticked_boxes)


def notes_of(page: Any, number: int) -> list[PageNote]:
    """Return the notes on a page, each once: a window that shows a note repeats it."""
    from pypdfium2 import raw

    skipped = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_LINK)
    texts = [
        _string(annotation, "Contents").strip()
        for annotation in _annotations(page)
        if raw.FPDFAnnot_GetSubtype(annotation) not in skipped
    ]
    return [PageNote(text, number) for text in dict.fromkeys(texts) if text]


def embedded_files(document: Any) -> tuple[str, ...]:
    """Return the names of the files in a document."""
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


def _text(write: Callable[[Any, int], int]) -> str:
    """The string that `write`, a function of PDFium, writes into a buffer as null-terminated UTF-16.

    `write` returns the size in bytes.
    """
    from pypdfium2 import raw

    size = write(None, 0)
    if not _TERMINATOR_BYTES < size <= _MAX_FIELD_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    write(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return (
        buffer.raw[: size - _TERMINATOR_BYTES].decode("utf-16-le", "replace").replace("\r\n", "\n").replace("\r", "\n")
    )


def _edges(annotation: Any) -> Edges:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    return Edges(box.left, box.right, box.bottom, box.top)

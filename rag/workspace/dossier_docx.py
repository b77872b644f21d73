"""A dossier as a document for word processors."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rag.citing.reference import web_url
from rag.citing.styles import EntryPart
from rag.types import primary_language
from rag.types.dossier import Dossier

# characters that XML cannot contain
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_URL = re.compile(r"(https?://\S+?)(?=[.,]?(?:\s|$))")
_RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv"))


def docx(dossier: Dossier, sources: Mapping[str, Sequence[EntryPart]], details: Mapping[str, Sequence[str]]) -> bytes:
    """Return a DOCX file.

    Args:
        sources: by the id of an entry, the bibliographic entry of its source.
        details: by the id of an entry, lines in small print.
    """
    # imported here, since nothing else needs it
    from docx import Document
    from docx.shared import Pt

    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(dossier.name), "", ""
    document.add_heading(_clean(dossier.name), level=0)
    quote_style, small_style = (document.styles[name].style_id for name in ("Intense Quote", "Caption"))
    for each in dossier.entries:
        if each.kind == "heading":
            document.add_heading(_clean(each.text), level=1)
            continue
        if each.quotation:
            for line in _lines(each.quotation.text):
                paragraph = _add_paragraph(document, line, quote_style)
                _set_language(paragraph, each.quotation.language)
            source = document.add_paragraph()
            for part in sources[each.id]:
                _add_part(source, part)
        for line in _lines(each.text):
            _add_paragraph(document, line)
        for line in details.get(each.id, ()):
            small = _add_paragraph(document, line, small_style)
            small.paragraph_format.space_after = Pt(0)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_paragraph(document: Any, text: str, style_id: str | None = None) -> Any:
    """Add a paragraph; a style is set by its id, since python-docx looks a name up for milliseconds."""
    paragraph = document.add_paragraph(_clean(text))
    if style_id:
        paragraph._p.style = style_id
    return paragraph


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _set_language(paragraph: Any, language: str) -> None:
    """Mark the language of a paragraph, and whether it is written from right to left."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    is_right_to_left = primary_language(language) in _RIGHT_TO_LEFT
    if is_right_to_left:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in paragraph.runs:
        properties = run._r.get_or_add_rPr()
        if is_right_to_left:
            properties.append(OxmlElement("w:rtl"))
        if language:
            mark = OxmlElement("w:lang")
            mark.set(qn("w:bidi" if is_right_to_left else "w:val"), language)
            properties.append(mark)


def _add_part(paragraph: Any, part: EntryPart) -> None:
    """Add a part of an entry to a paragraph, an address in it as a link."""
    for piece in _URL.split(part.text):
        if web_url(piece) == piece:
            _add_link(paragraph, piece)
        elif piece:
            paragraph.add_run(_clean(piece)).italic = part.italic or None


def _add_link(paragraph: Any, url: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(_clean(url))
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)

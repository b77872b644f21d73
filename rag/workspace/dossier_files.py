"""Dossiers as files: Markdown, HTML, CSV, JSON, DOCX."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from rag.citing.exchange import csl_json, ris
from rag.citing.formats import evidence, html_entry, markdown_entry, markdown_escaped
from rag.citing.reference import Language, Reference, reference_of
from rag.citing.styles import EntryPart, Style, entry, plain
from rag.text.spreadsheet import cell
from rag.types.dossier import Dossier, DossierEntry
from rag.types.quotation import Quotation
from rag.workspace.dossier_docx import docx
from rag.workspace.dossier_json import dossier_json, markdown_comment
from rag.workspace.dossier_wording import DOSSIER_WORDING, DossierWording

_LOCALES: Mapping[Language, str] = {"de": "de", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a dossier is exported: the language of its labels, the style of citations, and the day of access."""

    language: Language
    accessed: date
    style: Style = "iso690"

    @property
    def wording(self) -> DossierWording:
        """The labels."""
        return DOSSIER_WORDING[self.language]

    def source(self, quotation: Quotation) -> tuple[EntryPart, ...]:
        """Return the entry for the source of a quotation."""
        return entry(self.reference(quotation), self.style, self.language)

    def reference(self, quotation: Quotation) -> Reference:
        """Return the facts of the source of a quotation."""
        return reference_of(quotation, self.language, self.accessed)

    def details(self, dossier_entry: DossierEntry, quotation: Quotation) -> list[str]:
        """Return where a quotation stands, the hash of its file, what it answered, and when it was saved."""
        wording = self.wording
        span = wording.evidence.format(path=quotation.path, start=quotation.start, end=quotation.end)
        page = wording.page.format(page=quotation.page) if quotation.page else ""
        added = wording.added.format(day=self._day(dossier_entry.added)) if dossier_entry.added else ""
        question = f"{wording.question}: {dossier_entry.question}" if dossier_entry.question else ""
        lines = [", ".join(filter(None, (page, span))), f"SHA-256 {quotation.sha256}", question, added]
        return [line for line in lines if line]

    def _day(self, time: str) -> str:
        """Return the day of an ISO time in words; what an imported dossier has in its place stays as it is."""
        from babel.dates import format_date

        try:
            day = date.fromisoformat(time[:10])
        except ValueError:
            return time
        return str(format_date(day, "long", _LOCALES[self.language]))


def export(dossier: Dossier, format: str, options: ExportOptions) -> bytes:
    """Return a dossier as a file of a format in `EXPORTS`.

    Raises:
        KeyError: the format is unknown.
    """
    return EXPORTS[format](dossier, options)


def file_name(dossier: Dossier, format: str) -> str:
    """Return a name for the file of a dossier that every system accepts."""
    name = "".join(char if char.isalnum() or char in " -_" else "-" for char in dossier.name).strip(" -")
    return f"{name[:80] or 'dossier'}.{format}"


def _json(dossier: Dossier, _: ExportOptions) -> bytes:
    return (json.dumps(dossier_json(dossier), ensure_ascii=False, indent=2) + "\n").encode()


def _markdown(dossier: Dossier, options: ExportOptions) -> bytes:
    parts = [f"# {markdown_escaped(_line(dossier.name))}"]
    for each in dossier.entries:
        if each.kind == "heading":
            parts.append(f"## {markdown_escaped(_line(each.text))}")
        elif each.quotation is None:
            parts += map(markdown_escaped, _paragraphs(each.text))
        else:
            quote = [f"> {markdown_escaped(paragraph)}" for paragraph in _paragraphs(each.quotation.text)]
            source = f"> — {markdown_entry(options.source(each.quotation))}"
            parts.append("\n>\n".join([*quote, source]))
            parts += map(markdown_escaped, _paragraphs(each.text))
            parts.append(
                "\n".join(f"- {markdown_escaped(_line(line))}" for line in options.details(each, each.quotation))
            )
    text = "\n\n".join(parts) + "\n\n"
    return (text + markdown_comment(dossier, text)).encode()


def _csv(dossier: Dossier, options: ExportOptions) -> bytes:
    file = io.StringIO(newline="")
    # where a comma is in numbers, spreadsheet programs expect semicolons between cells
    writer = csv.writer(file, delimiter=";" if options.language == "de" else ",")
    writer.writerow(options.wording.columns)
    chapter, number = "", 0
    for each in dossier.entries:
        quote = each.quotation
        if each.kind == "heading":
            chapter = each.text
        elif quote is None:
            writer.writerow(map(cell, ("", chapter, "", each.text)))
        else:
            number += 1
            facts = (
                quote.title,
                quote.author,
                quote.source,
                quote.published and quote.published.isoformat(),
                quote.url,
            )
            position = (quote.page, quote.path, quote.start, quote.end, quote.sha256)
            row = (number, chapter, quote.text, each.text, each.question, *facts, *position, each.added)
            writer.writerow(map(cell, row))
    # with a byte order mark, spreadsheet programs read it as UTF-8
    return file.getvalue().encode("utf-8-sig")


def _html(dossier: Dossier, options: ExportOptions) -> bytes:
    wording = options.wording
    body = "".join(_html_entry(each, options) for each in dossier.entries)
    count = len(dossier.quotes)
    counted = wording.quotes_1 if count == 1 else wording.quotes.format(count=count)
    # in a script, nothing may look like its end
    data = json.dumps(dossier_json(dossier)).replace("<", "\\u003c")
    style = (files(__package__) / "dossier.css").read_text("utf-8")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{options.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(dossier.name)}</title><style>{style}</style></head>\n"
        f'<body><main><h1 dir="auto">{html.escape(dossier.name)}</h1><p class="count">{html.escape(counted)}</p>\n'
        f"{body}</main>\n"
        f'<script type="application/json" id="fundstelle-dossier">{data}</script></body></html>\n'
    ).encode()


def _html_entry(each: DossierEntry, options: ExportOptions) -> str:
    if each.kind == "heading":
        return f'<h2 dir="auto">{html.escape(each.text)}</h2>\n'
    note = "".join(f'<p class="note" dir="auto">{html.escape(line)}</p>' for line in _paragraphs(each.text))
    if each.quotation is None:
        return f"{note}\n"
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in _paragraphs(each.quotation.text))
    details = "".join(f"<li>{html.escape(line)}</li>" for line in options.details(each, each.quotation))
    return (
        f'<article><blockquote lang="{html.escape(each.quotation.language)}" dir="auto">{paragraphs}</blockquote>'
        f'<p class="source">{html_entry(options.source(each.quotation))}</p>{note}'
        f'<ul class="details">{details}</ul></article>\n'
    )


def _docx(dossier: Dossier, options: ExportOptions) -> bytes:
    sources = {each.id: options.source(quote) for each, quote in dossier.quotes}
    details = {each.id: options.details(each, quote) for each, quote in dossier.quotes}
    return docx(dossier, sources, details)


def _ris(dossier: Dossier, options: ExportOptions) -> bytes:
    return "".join(
        ris(quote, options.reference(quote), evidence(quote, options.language)) for _, quote in dossier.quotes
    ).encode()


def _csl_json(dossier: Dossier, options: ExportOptions) -> bytes:
    items: list[dict[str, Any]] = []
    for number, (_, quote) in enumerate(dossier.quotes, 1):
        (item,) = json.loads(csl_json(quote, options.reference(quote), evidence(quote, options.language)))
        # several quotations of a source would have one id
        items.append(item | {"id": f"{item['id']}-{number}"})
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode()


EXPORTS: Mapping[str, Callable[[Dossier, ExportOptions], bytes]] = {
    "docx": _docx,
    "html": _html,
    "md": _markdown,
    "csv": _csv,
    "json": _json,
    "ris": _ris,
    "csl.json": _csl_json,
}
"""By the ending of a file, what makes it of a dossier."""


def source_line(quotation: Quotation, options: ExportOptions) -> str:
    """Return the entry for the source of a quotation as text."""
    return plain(options.source(quotation))


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _line(text: str) -> str:
    return " ".join(text.split())

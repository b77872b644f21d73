"""The view of dossiers: a list, one of them with its entries, and the verdict on a quotation. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import cast

from rag.citing.formats import html_entry
from rag.citing.reference import Language, reference_of
from rag.citing.styles import STYLES
from rag.citing.styles import entry as style_entry
from rag.types.dossier import Dossier, DossierEntry, DossierSummary
from rag.types.quotation import Quotation
from rag.verification import Verification
from ui.html.cite import cite_button
from ui.html.markup import breakable, escape, reader_address
from ui.wording.cite import CITE
from ui.wording.dossiers import DOSSIERS, DossierWords
from ui.wording.page import count_of, long_date
from ui.wording.reasons import reason_sentence
from ui.wording.texts import Texts

_SCRIPT_WORDS = (
    *("position", "typed", "stored", "not_stored", "verifying", "verified", "deleted", "undo"),
    *("no_dossier_file", "too_large", "imported", "name_missing"),
)


def dossier_list(summaries: Sequence[DossierSummary], texts: Texts) -> str:
    """Return the list of dossiers, with a field for a new one and a way to import one."""
    words = DOSSIERS[texts.code]
    items = "".join(_list_item(summary, words, texts) for summary in summaries)
    listing = f'<ul class="fs-dossier-list">{items}</ul>' if items else f"<p>{escape(words.empty)}</p>"
    return (
        f'<section class="fs fs-dossiers" lang="{texts.code}" {_script_words(words)}>'
        f'<h2>{escape(words.heading)}</h2><p class="fs-quiet">{escape(words.intro)}</p>'
        f'<div data-fs-undo-place role="status"></div>{listing}'
        f'<form class="fs-new" data-fs-make-dossier><label for="fs-dossier-name">{escape(words.new)}</label>'
        f'<input id="fs-dossier-name" name="name" maxlength="200" autocomplete="off">'
        f"<button>{escape(words.make)}</button></form>"
        f'<p class="fs-import"><label for="fs-import">{escape(words.import_file)}</label>'
        f'<input id="fs-import" class="fs-hidden" type="file" accept=".json,.html,.md" data-fs-import></p>'
        f'<p role="status" data-fs-status></p></section>'
    )


def _list_item(summary: DossierSummary, words: DossierWords, texts: Texts) -> str:
    day = long_date(date.fromisoformat(summary.changed[:10]), texts)
    facts = f"{count_of(words.quotes, summary.quote_count, texts)} · {words.changed.format(day=day)}"
    return (
        f'<li><a href="./?tab=dossiers&amp;dossier={escape(summary.id)}&amp;lang={texts.code}"'
        f' data-fs-dossier="{escape(summary.id)}" dir="auto">{escape(summary.name)}</a>'
        f' <span class="fs-quiet">{escape(facts)}</span></li>'
    )


def dossier_view(dossier: Dossier, texts: Texts, today: date) -> str:
    """Return a dossier with its entries, to be read, ordered, annotated, verified and exported."""
    words = DOSSIERS[texts.code]
    entries = "".join(entry_item(entry, texts, today) for entry in dossier.entries)
    nothing = "" if entries else f'<p class="fs-quiet" data-fs-empty>{escape(words.no_entries)}</p>'
    return (
        f'<section class="fs fs-dossiers" lang="{texts.code}" data-fs-open-dossier="{escape(dossier.id)}"'
        f" {_script_words(words)}>"
        f'<p><a href="./?tab=dossiers&amp;lang={texts.code}" data-fs-dossier="">← {escape(words.back)}</a></p>'
        f'<h2 class="fs-hidden" dir="auto">{escape(dossier.name)}</h2>'
        f'<label class="fs-hidden" for="fs-name">{escape(words.name)}</label>'
        f'<input id="fs-name" class="fs-name" data-fs-name value="{escape(dossier.name)}" maxlength="200"'
        f' autocomplete="off" dir="auto">'
        f'<p class="fs-quiet">{escape(count_of(words.quotes, len(dossier.quotes), texts))}</p>'
        f'<div class="fs-actions">'
        f'<button type="button" data-fs-verify-all>{escape(words.verify_all)}</button>'
        f"{_export_menu(dossier, words, texts)}"
        f'<a href="dossier/{escape(dossier.id)}.html?lang={texts.code}&amp;view=print" target="_blank"'
        f' data-fs-export="html">{escape(words.print)}</a>'
        f'<button type="button" data-fs-delete-dossier>{escape(words.delete)}</button></div>'
        f'<p role="status" data-fs-status></p>'
        f'<p class="fs-hidden" role="status" data-fs-announce></p>'
        f'{nothing}<ol class="fs-entries">{entries}</ol>'
        f'<p class="fs-add-entry">'
        f'<button type="button" data-fs-add-entry="heading">{escape(words.add_heading)}</button>'
        f'<button type="button" data-fs-add-entry="note">{escape(words.add_note)}</button></p></section>'
    )


def _export_menu(dossier: Dossier, words: DossierWords, texts: Texts) -> str:
    names = {name: label for group in CITE[texts.code].formats.values() for name, label in group.items()}
    options = "".join(f'<option value="{style}">{escape(names[style])}</option>' for style in STYLES)
    links = "".join(
        f'<li><a href="dossier/{escape(dossier.id)}.{format}?lang={texts.code}" download data-fs-export="{format}">'
        f"{escape(label)}</a></li>"
        for format, label in words.formats.items()
    )
    return (
        f'<details class="fs-export" id="fs-export"><summary>{escape(words.export)}</summary><div>'
        f"<label>{escape(words.style)} <select data-fs-style>{options}</select></label><ul>{links}</ul></div></details>"
    )


def entry_item(entry: DossierEntry, texts: Texts, today: date) -> str:
    """Return an entry of a dossier as an item of its list."""
    words = DOSSIERS[texts.code]
    label = _shortened(entry.quotation.text if entry.quotation else entry.text) or words.note
    handles = (
        f'<div class="fs-handles"><span class="fs-drag" draggable="true" title="{escape(words.drag)}"'
        f' aria-hidden="true">⠿</span>'
        + "".join(
            f'<button type="button" data-fs-move="{step}" aria-label="{escape(name)}: {escape(label)}"'
            f' title="{escape(name)}">{sign}</button>'
            for step, sign, name in ((-1, "↑", words.up), (1, "↓", words.down))
        )
        + "</div>"
    )
    body = _quotation(entry, entry.quotation, words, texts, today) if entry.quotation else ""
    text_label = {"heading": words.heading_text, "note": words.note, "quote": words.note_on_quote}[entry.kind]
    field_id = f"fs-text-{escape(entry.id)}"
    if entry.kind == "heading":
        field = (
            f'<input id="{field_id}" data-fs-text value="{escape(entry.text)}" placeholder="{escape(text_label)}"'
            f' dir="auto" autocomplete="off">'
        )
    else:
        # the line feed is the first one, which HTML drops
        field = (
            f'<textarea id="{field_id}" data-fs-text rows="1" placeholder="{escape(text_label)}" dir="auto">\n'
            f"{escape(entry.text)}</textarea>"
        )
    actions = f'<button type="button" data-fs-verify>{escape(words.verify)}</button>' if entry.quotation else ""
    return (
        f'<li class="fs-entry fs-entry-{entry.kind}" data-fs-entry="{escape(entry.id)}"'
        f' data-fs-label="{escape(label)}">{handles}<div class="fs-entry-body">{body}'
        f'<label class="fs-hidden" for="{field_id}">{escape(text_label)}</label>{field}'
        f'<p class="fs-actions">{_links(entry, texts)}{actions}'
        f'<button type="button" data-fs-delete-entry>{escape(words.delete_entry)}</button>'
        f'<span class="fs-stored" role="status"></span></p><div data-fs-verdict role="status"></div></div></li>'
    )


def _links(entry: DossierEntry, texts: Texts) -> str:
    quote = entry.quotation
    if quote is None:
        return ""
    address = reader_address(entry.article_id, texts, (quote.start, quote.end))
    title = quote.title or quote.path
    return (
        f'<a href="{escape(address)}" target="_blank" data-fs-reader="{escape(title)}">'
        f"{escape(DOSSIERS[texts.code].open)}</a>{cite_button({'entry': entry.id}, texts)}"
    )


def _quotation(entry: DossierEntry, quote: Quotation, words: DossierWords, texts: Texts, today: date) -> str:
    language = cast(Language, texts.code)
    source = html_entry(style_entry(reference_of(quote, language, today), "iso690", language))
    question = (
        f'<p class="fs-quiet">{escape(words.answers)} <q dir="auto">{escape(entry.question)}</q></p>'
        if entry.question
        else ""
    )
    return (
        f'<blockquote lang="{escape(quote.language)}" dir="auto">{escape(quote.text)}</blockquote>'
        f'<p class="fs-source">{source}</p>{question}'
    )


def verdict_html(entry: DossierEntry, verification: Verification, texts: Texts) -> str:
    """Return what became of the source of a quotation, as a paragraph and, where words changed, their comparison."""
    words, quote = DOSSIERS[texts.code], entry.quotation
    label = escape(words.verdicts[verification.state])
    sentences = "".join(f"<span>{sentence}</span> " for sentence in _remarks(verification, quote, words, texts))
    changes = "".join(
        {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}[change.kind].format(escape(change.text))
        for change in verification.changes
    )
    language = quote.language if quote else ""
    now = (
        f'<p>{escape(words.now)}</p><blockquote lang="{escape(language)}" dir="auto">{changes}</blockquote>'
        if changes
        else ""
    )
    return (
        f'<div class="fs-verdict" data-fs-state="{verification.state}"'
        f' data-fs-holds="{json.dumps(verification.holds)}"><p><strong>{label}</strong> {sentences}</p>{now}</div>'
    )


def _remarks(verification: Verification, quote: Quotation | None, words: DossierWords, texts: Texts) -> list[str]:
    path = breakable(verification.path)
    remarks = []
    if quote and verification.holds and verification.path != quote.path:
        remarks.append(_with_path(words.moved_file, path))
    if quote and verification.span and verification.state == "moved" and verification.span != (quote.start, quote.end):
        remarks.append(escape(words.moved_words.format(start=verification.span[0], end=verification.span[1])))
    if verification.state == "unchanged" and verification.file_changed:
        remarks.append(escape(words.file_changed))
    if verification.state == "changed" and verification.text is None:
        remarks.append(escape(words.changed_unseen))
    if verification.state == "missing":
        sentence = words.missing_words if verification.sha256 else words.missing_file
        remarks.append(_with_path(sentence, path))
    if verification.state == "unreadable":
        remarks.append(_with_path(words.unreadable, path))
        problem = reason_sentence(verification.problem, texts)
        remarks.append(f'<bdi lang="{problem.lang}">{escape(problem.text)}</bdi>')
    return remarks


def _with_path(sentence: str, path: str) -> str:
    """Return a sentence as HTML, with a path that is HTML already in place of {path}."""
    before, sign, after = sentence.partition("{path}")
    return f"{escape(before)}<bdi>{path}</bdi>{escape(after)}" if sign else escape(before)


def _script_words(words: DossierWords) -> str:
    """Return the sentences that the script fills in, as an attribute."""
    return f'data-fs-words="{escape(json.dumps({name: getattr(words, name) for name in _SCRIPT_WORDS}))}"'


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"

"""The view in which a draft is checked, as HTML: pure functions."""

from __future__ import annotations

from rag.text.word_diff import word_diff
from rag.types import CheckedFigure, CheckedQuote, Citation, DraftReport, Span
from ui.html.difference import difference
from ui.html.markup import brief, byline, escape, location, reader_address
from ui.html.notices import damage_notice
from ui.wording.check import CHECK_WORDS, CheckWords
from ui.wording.page import count_of
from ui.wording.reader import READER
from ui.wording.texts import Texts

Entry = CheckedQuote | CheckedFigure


def check_view(texts: Texts) -> str:
    """Return the form for a draft; scripts/check.js sends it, and keeps what is typed."""
    words = CHECK_WORDS[texts.code]
    return (
        f'<section class="fs fs-checking" lang="{texts.code}" aria-labelledby="fs-check-heading">'
        f'<h2 id="fs-check-heading">{escape(words.heading)}</h2>'
        f'<p class="fs-none">{escape(words.hint)}</p><form data-fs-check>'
        f'<label for="fs-draft">{escape(words.draft)}</label>'
        f'<textarea id="fs-draft" name="text" rows="12" dir="auto" spellcheck="false" required></textarea>'
        f"<button>{escape(words.check)}</button></form>"
        f'<div id="fs-check-report" aria-live="polite"></div></section>'
    )


def check_report(report: DraftReport, texts: Texts) -> str:
    """Return what the archive says of a draft: the draft with its verdicts, and each with its places."""
    words = CHECK_WORDS[texts.code]
    entries: list[Entry] = sorted((*report.quotes, *report.figures), key=lambda entry: (entry.start, -entry.end))
    counts = [
        count_of(noun, len(values), texts)
        for noun, values in ((words.quotes, report.quotes), (words.figures, report.figures))
        if values
    ]
    summary = ", ".join(counts) if counts else words.nothing
    rows = "".join(_row(entry, words, texts) for entry in entries)
    unclosed = "".join(
        f"<p>{escape(words.unclosed.format(line=report.text.count(chr(10), 0, offset) + 1))}</p>"
        for offset in report.unclosed
    )
    draft = f'<div class="fs-draft" dir="auto">{_draft(report.text, entries, words, texts)}</div>' if entries else ""
    damaged = damage_notice(report.damaged, texts)
    return (
        f'<h3>{escape(words.result)}</h3><p class="fs-none">{escape(summary)}</p>{damaged}{unclosed}{draft}'
        f'<ol class="fs-verdicts">{rows}</ol>'
    )


def _draft(text: str, entries: list[Entry], words: CheckWords, texts: Texts) -> str:
    """Return the draft, in which each quotation and number leads to where it stands; nested ones do not."""
    html, at = "", 0
    for entry in entries:
        if entry.start < at:
            continue
        tag, citation = "span", _first(entry)
        link = ""
        if citation:
            tag, link = "a", _link(citation, texts)
        html += (
            f'{escape(text[at : entry.start])}<{tag} class="fs-judged fs-is-{entry.verdict}"{link}>'
            f"{escape(text[entry.start : entry.end])}<small>{escape(words.verdicts[entry.verdict])}</small></{tag}>"
        )
        at = entry.end
    return html + escape(text[at:])


def _row(entry: Entry, words: CheckWords, texts: Texts) -> str:
    label = f'<strong class="fs-judged fs-is-{entry.verdict}">{escape(words.verdicts[entry.verdict])}</strong>'
    if isinstance(entry, CheckedQuote):
        body = f'<q dir="auto">{escape(entry.text)}</q>'
        if entry.verdict == "near":
            first = entry.citations[0]
            changes = word_diff(entry.text, first.quote)
            body += difference(changes, first.language, READER[texts.code], texts)
        items = "".join(f"<li>{_source(citation, words, texts)}</li>" for citation in entry.citations)
        more = f"<p>{escape(words.more)}</p>" if entry.more else ""
        body += f"<ul>{items}</ul>{more}" if items else ""
    else:
        body = f'<q dir="auto">{escape(entry.text)}</q>'
        if entry.citation:
            sentence = f'<p lang="{escape(entry.citation.language)}" dir="auto">{escape(entry.citation.quote)}</p>'
            body += f"{sentence}<ul><li>{_source(entry.citation, words, texts)}</li></ul>"
    return f"<li>{label} {body}</li>"


def _source(citation: Citation, words: CheckWords, texts: Texts) -> str:
    article, span = citation.article, (citation.start, citation.end)
    also = ", ".join(f"<bdi>{brief(copy.source or copy.label)}</bdi>" for copy in citation.also[:5])
    return (
        f"<a{_link(citation, texts)}>"
        f'<bdi lang="{escape(article.language)}">{brief(article.label)}</bdi></a> '
        f"<small>{byline(article, texts)} · <span>{escape(location(article, span, texts))}</span>"
        f"{f' · {escape(words.also)} {also}' if also else ''}</small>"
    )


def _first(entry: Entry) -> Citation | None:
    return next(iter(entry.citations), None) if isinstance(entry, CheckedQuote) else entry.citation


def _link(citation: Citation, texts: Texts) -> str:
    """Return the attributes of a link that opens the reader at a citation."""
    address = reader_address(citation.article.id, texts, _passage(citation), (citation.start, citation.end))
    return f' href="{escape(address)}" target="_blank" data-fs-reader="{escape(citation.article.label)}"'


def _passage(citation: Citation) -> Span:
    start, _, end = citation.passage_id.rpartition(":")[2].partition("-")
    return int(start), int(end)

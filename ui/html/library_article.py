"""What the library says of one article, and what can be done with it: a row that unfolds. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from rag.types import CORRECTABLE, Article, CorrectableFact, Correction, fact_text
from rag.types.library import LibraryRow
from ui.html.markup import breakable, brief, escape, external_link, web_address
from ui.wording.library import LIBRARY
from ui.wording.library_texts import LibraryTexts
from ui.wording.page import grouped, long_date
from ui.wording.reasons import reason_sentence
from ui.wording.texts import Texts


def article_details(
    article: Article | None,
    row: LibraryRow,
    corrections: Sequence[Correction],
    texts: Texts,
    *,
    original: Article | None,
    in_file: int,
    in_inbox: bool,
    note: str = "",
) -> str:
    """Return the state of an article, its file, its corrections, and the buttons.

    Args:
        article: None for one that was damaged.
        original: the article whose text it has, if it is a duplicate.
        in_file: how many articles came from the same file.
        in_inbox: whether the file was uploaded.
        note: what was just done.
    """
    words = LIBRARY[texts.code]
    done = f'<p role="status"><strong>{escape(note)}</strong></p>' if note else ""
    forget = (
        f'<details class="fs-forget" id="fs-forget-{row.id}"><summary>{escape(words.forget)}</summary>'
        f"<p>{escape(_question(words, in_file, in_inbox, texts))}</p>"
        f'<p><button type="button" data-fs-forget="{row.id}">{escape(words.forget_yes)}</button></p></details>'
    )
    address = f"./?tab=library&amp;article={row.id}&amp;lang={texts.code}"
    link = f'<a href="{address}" data-fs-open="{row.id}">{escape(words.open)}</a>' if article else ""
    form = _form(article, corrections, texts) if article else ""
    return (
        f'<div class="fs-details" lang="{texts.code}">{done}{_state(row, original, texts)}'
        f"{_origin(row, article, words)}"
        f'<div class="fs-buttons">{link}'
        f'<button type="button" data-fs-again="{row.id}">{escape(words.read_again)}</button>{forget}</div>{form}</div>'
    )


def _question(words: LibraryTexts, in_file: int, in_inbox: bool, texts: Texts) -> str:
    if in_file > 1:
        return words.forget_question_many[1].format(count=grouped(in_file, texts))
    return words.forget_inbox if in_inbox else words.forget_question


def _state(row: LibraryRow, original: Article | None, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    lines = []
    if row.state in ("damaged", "missing", "changed"):
        lines.append(escape(words.state_hints[row.state]))
    if row.unread:
        reason = reason_sentence(row.unread, texts)
        hint = escape(words.state_hints["incomplete"])
        lines.append(f'{hint} <span lang="{reason.lang}">{escape(reason.text)}</span>')
    if original:
        label = f'<span dir="auto">{brief(original.label)}</span>'
        outlet = f" (<bdi>{brief(original.source)}</bdi>)" if original.source else ""
        lines.append(
            f'{escape(words.duplicate_of)} <a href="./?tab=library&amp;article={original.id}&amp;lang={texts.code}" '
            f'data-fs-open="{original.id}">{label}</a>{outlet}'
        )
    return "".join(f"<p>{line}</p>" for line in lines)


def _origin(row: LibraryRow, article: Article | None, words: LibraryTexts) -> str:
    url = web_address(article) if article else None
    address = f"<div><dt>{escape(words.address)}</dt><dd>{external_link(url, url)}</dd></div>" if url else ""
    path = breakable(row.path)
    return f'<dl class="fs-facts"><div><dt>{escape(words.file)}</dt><dd dir="ltr">{path}</dd></div>{address}</dl>'


def _form(article: Article, corrections: Sequence[Correction], texts: Texts) -> str:
    """Return the form in which facts are corrected; each shows what the file says where that differs."""
    words = LIBRARY[texts.code]
    by_field = {correction.field: correction for correction in corrections}
    fields = "".join(_field(article, field, by_field.get(field), texts) for field in CORRECTABLE)
    undo = f'<button type="button" data-fs-undo="{article.id}">{escape(words.undo)}</button>' if corrections else ""
    is_open = " open" if corrections else ""
    return (
        f'<details class="fs-correct" id="fs-correct-{article.id}"{is_open}><summary>{escape(words.correct)}</summary>'
        f'<form data-fs-correct="{article.id}"><p class="fs-hint">{escape(words.correct_hint)}</p>{fields}'
        f'<p class="fs-buttons"><button>{escape(words.save)}</button>{undo}</p></form></details>'
    )


def _field(article: Article, field: CorrectableFact, correction: Correction | None, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    name = f"fs-{field}-{article.id}"
    value = escape(fact_text(article, field) or "")
    kind = 'type="date"' if field == "published" else 'type="text" dir="auto" maxlength="500"'
    hint = escape(_correction_note(correction, texts)) if correction else ""
    note = f'<span class="fs-hint" id="{name}-hint">{hint}</span>' if hint else ""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    return (
        f'<p><label for="{name}">{escape(words.facts[field])}</label>'
        f'<input id="{name}" name="{field}" {kind} value="{value}" data-fs-was="{value}" autocomplete="off"'
        f"{described}>{note}</p>"
    )


def _correction_note(correction: Correction, texts: Texts) -> str:
    """Return who corrected a fact, and what the file says."""
    words = LIBRARY[texts.code]
    day = long_date(datetime.fromisoformat(correction.made).date(), texts)
    by = (
        words.corrected_by.format(name=correction.by, date=day)
        if correction.by
        else words.corrected_on.format(date=day)
    )
    return f"{by} {words.file_says.format(value=correction.read) if correction.read else words.file_silent}"


def shown_path(path: str, folder: str) -> str:
    """Return a path for a person: relative to the archive's own folder if it lies in it."""
    return str(PurePath(path).relative_to(folder)) if PurePath(path).is_relative_to(folder) else path

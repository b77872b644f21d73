"""Adding articles as HTML: the panel with its forms, the run of the indexing, and what could not be read."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from rag.errors import NotFound
from rag.jobs.indexing_job import IndexingState
from rag.storage.folder_records import FolderRecord
from rag.types import Failure, IndexReport
from rag.workspace.inbox import MAX_FILE_BYTES
from ui.html.markup import breakable, escape
from ui.wording.errors import error_sentence
from ui.wording.library import LIBRARY
from ui.wording.library_texts import LibraryTexts
from ui.wording.page import count_of, grouped
from ui.wording.reasons import reason_sentence
from ui.wording.texts import Texts

_MAX_FAILURES = 50


def add_panel(
    folders: Sequence[FolderRecord], *, is_empty: bool, is_local: bool, may_fetch: bool, has_sample: bool, texts: Texts
) -> str:
    """Return the forms by which articles are added: open, with a welcome, in an empty archive.

    Args:
        is_local: whether folders of this computer may be named.
        may_fetch: whether pages may be fetched from the web.
        has_sample: whether there are sample articles.
    """
    words = LIBRARY[texts.code]
    sample = (
        f'<p><button type="button" class="fs-primary" data-fs-sample>{escape(words.sample)}</button> '
        f'<span class="fs-hint">{escape(words.sample_hint)}</span></p>'
        if has_sample
        else ""
    )
    welcome = (
        f'<div class="fs-welcome"><h3>{escape(words.welcome)}</h3><p>{escape(words.welcome_hint)}</p>{sample}</div>'
        if is_empty
        else ""
    )
    forms = f"{_drop(words)}{_folder_form(words) if is_local else ''}{_address_form(words) if may_fetch else ''}"
    is_open = " open" if is_empty else ""
    return (
        f'{welcome}<details id="fs-add" class="fs-add"{is_open}><summary>{escape(words.add)}</summary>'
        f'<div class="fs-ways">{forms}</div>{_folders(folders, words) if is_local else ""}</details>'
    )


def _drop(words: LibraryTexts) -> str:
    phrases = {
        "uploading": words.uploading,
        "broken": words.upload_broken,
        "later": words.upload_later,
        "large": words.faults["large"].format(value=MAX_FILE_BYTES // 10**6),
        "refusedOne": words.upload_refused[0],
        "refusedSeveral": words.upload_refused[1],
    }
    return (
        f'<div id="fs-drop" class="fs-drop" data-fs-words="{escape(json.dumps(phrases))}">'
        f"<p><strong>{escape(words.drop)}</strong></p>"
        f'<p class="fs-hint">{escape(words.drop_hint)}</p>'
        f'<p class="fs-buttons"><button type="button" data-fs-choose="fs-files">{escape(words.choose_files)}</button>'
        f'<button type="button" data-fs-choose="fs-directory">{escape(words.choose_folder)}</button></p>'
        f'<input type="file" id="fs-files" multiple hidden aria-label="{escape(words.choose_files)}">'
        f'<input type="file" id="fs-directory" webkitdirectory hidden aria-label="{escape(words.choose_folder)}">'
        '<div id="fs-upload" role="status"></div></div>'
    )


def _folder_form(words: LibraryTexts) -> str:
    return _add_form("folder", words.folder_path, words.folder_hint, words.folder_add, "text")


def _address_form(words: LibraryTexts) -> str:
    return _add_form("address", words.address_label, words.address_hint, words.address_add, "url")


def _add_form(kind: str, label: str, hint: str, button: str, type_: str) -> str:
    return (
        f'<form data-fs-add="{kind}"><label for="fs-add-{kind}">{escape(label)}</label>'
        f'<input type="{type_}" id="fs-add-{kind}" name="value" required maxlength="2000" dir="ltr" spellcheck="false" '
        f'autocomplete="off" aria-describedby="fs-add-{kind}-hint"><button>{escape(button)}</button>'
        f'<p class="fs-hint" id="fs-add-{kind}-hint">{escape(hint)}</p></form>'
    )


def _folders(folders: Sequence[FolderRecord], words: LibraryTexts) -> str:
    if not folders:
        return ""
    items = "".join(_folder(number, folder, words) for number, folder in enumerate(folders))
    return (
        f'<div class="fs-folders"><h3>{escape(words.folders)}</h3><p class="fs-hint">{escape(words.folders_hint)}</p>'
        f"<ul>{items}</ul></div>"
    )


def _folder(number: int, folder: FolderRecord, words: LibraryTexts) -> str:
    path = escape(folder.path)
    is_there = Path(folder.path).is_dir()
    missing = "" if is_there else f' <em class="fs-hint">({escape(words.folder_missing)})</em>'
    checked = " checked" if folder.watched else ""
    return (
        f'<li><span id="fs-folder-{number}" dir="ltr">{breakable(folder.path)}</span>{missing}'
        f'<label><input type="checkbox" role="switch" data-fs-watch="{path}"{checked} id="fs-watch-{number}" '
        f'aria-describedby="fs-folder-{number}"> {escape(words.watch)}</label>'
        f'<button type="button" data-fs-index="{path}" id="fs-index-{number}" aria-describedby="fs-folder-{number}">'
        f"{escape(words.index_again)}</button></li>"
    )


def indexing_run(
    state: IndexingState, failures: Sequence[Failure], archive: Path, texts: Texts, *, contents: str
) -> str:
    """Return the run that goes on or how the last one ended, and what could not be read.

    Args:
        failures: those of all runs.
        archive: its folder.
        contents: another text whenever an article came, changed or went; by it the page notices.
    """
    running = " data-fs-running" if state.running else ""
    return (
        f'<div data-fs-run="{state.number}" data-fs-state="{escape(contents)}"{running}>{_run(state, archive, texts)}'
        f"{'' if state.running else _failures([*state.failures, *failures], archive, texts)}</div>"
    )


def _run(state: IndexingState, archive: Path, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    if state.running:
        return _progress(state, texts)
    sentence, lang = "", texts.code
    match state.phase:
        case "done" if not state.task.quiet or (state.report and _counts(state.report, texts)):
            counts = ", ".join(_counts(state.report or IndexReport(), texts))
            sentence = words.done.format(counts=counts) if counts else words.done_nothing
        case "cancelled":
            sentence = words.cancelled
        case "refused" if isinstance(state.refusal, NotFound):
            sentence = words.no_articles
        case "refused" if state.refusal:
            sentence, lang = error_sentence(state.refusal, texts, archive)
        case "failed":
            sentence = words.failed
        case _:
            return ""
    return f'<p class="fs-ended" role="status" lang="{escape(lang)}">{escape(sentence)}</p>'


def _progress(state: IndexingState, texts: Texts) -> str:
    words = LIBRARY[texts.code]
    is_fetching = state.phase == "fetching"
    label = words.fetching if is_fetching else words.reading
    facts = [words.starting]
    if state.done:
        facts = [words.progress.format(done=grouped(state.done, texts), total=grouped(state.total, texts))]
        facts.append(words.rate.format(count=grouped(max(1, round(state.per_minute)), texts)))
        if state.done == state.total and not is_fetching:
            facts.append(words.finishing)
        elif state.seconds_left is not None:
            minutes = math.ceil(state.seconds_left / 60)
            is_short = state.seconds_left < 60
            facts.append(words.seconds_left if is_short else count_of(words.minutes_left, minutes, texts))
    value = f' value="{state.done}" max="{state.total}"' if state.done and state.total else ""
    return (
        f'<div class="fs-run"><p><strong>{escape(label)}</strong> <span>{escape(" · ".join(facts))}</span></p>'
        f'<progress{value} aria-label="{escape(label)}"></progress>'
        f'<button type="button" id="fs-cancel-run" data-fs-cancel>{escape(words.cancel_run)}</button></div>'
    )


def _counts(report: IndexReport, texts: Texts) -> list[str]:
    numbers = {
        "new": report.new,
        "changed": report.changed,
        "removed": report.removed,
        "failures": len(report.failures),
    }
    forms = LIBRARY[texts.code].counts
    return [count_of(forms[name], number, texts) for name, number in numbers.items() if number]


def _failures(failures: Sequence[Failure], archive: Path, texts: Texts) -> str:
    """Return what could not be read, each with its reason."""
    words = LIBRARY[texts.code]
    if not failures:
        return ""
    items = "".join(_failure(failure, archive, texts) for failure in failures[:_MAX_FAILURES])
    if len(failures) > _MAX_FAILURES:
        more = words.more_failures.format(count=grouped(len(failures) - _MAX_FAILURES, texts))
        items += f"<li>{escape(more)}</li>"
    heading = count_of(words.failures, len(failures), texts)
    return (
        f'<details class="fs-failures" id="fs-failures"><summary>{escape(heading)}</summary>'
        f'<p class="fs-hint">{escape(words.failures_hint)}</p><ul>{items}</ul></details>'
    )


def _failure(failure: Failure, archive: Path, texts: Texts) -> str:
    words, reason = LIBRARY[texts.code], reason_sentence(failure.reason, texts)
    path = failure.path.removeprefix(f"{archive.absolute()}/")
    # the limits of a run, for example, are of no file and no address
    is_retried = failure.path.startswith("/") or "://" in failure.path
    retry = f'<button type="button" data-fs-retry="{escape(failure.path)}">{escape(words.try_again)}</button>'
    return (
        f'<li><span dir="ltr">{breakable(path)}</span> <span lang="{reason.lang}">{escape(reason.text)}</span> '
        f"{retry if is_retried else ''}</li>"
    )

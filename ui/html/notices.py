"""Notices, errors, progress and the line on the archive as HTML: pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath

from rag.errors import FundstelleError
from rag.text.paths import index_command
from rag.types import Status
from ui.html.markup import escape
from ui.wording.errors import error_sentence
from ui.wording.evaluation import words_of
from ui.wording.page import count_of, grouped, language_name
from ui.wording.texts import Texts

# articles that a notice names
_MAX_NAMES = 3


def notice(sentence: str, heading: str = "", lang: str = "") -> str:
    """Return a calm box with a sentence.

    Args:
        heading: what it is about, where nothing above the box says so.
        lang: the language of the sentence, where it is not that of the page.
    """
    about = f"<p><strong>{escape(heading)}</strong></p>" if heading else ""
    attribute = f' lang="{escape(lang)}"' if lang else ""
    return f'<div class="fs-notice" role="status">{about}<p{attribute}>{escape(sentence)}</p></div>'


def damage_notice(paths: Sequence[str], texts: Texts) -> str:
    """Return the notice on articles that are damaged, with the way to the list where they are read again.

    Args:
        paths: those of the articles; nothing is returned if there are none.
    """
    if not paths:
        return ""
    names = ", ".join(PurePath(path).name for path in paths[:_MAX_NAMES]) + " …" * (len(paths) > _MAX_NAMES)
    sentence = texts.damaged[len(paths) > 1].format(count=grouped(len(paths), texts), names=names)
    link = f'<a href="./?tab=library&amp;state=damaged&amp;lang={texts.code}">{escape(texts.damaged_link)}</a>'
    return f'<div class="fs-notice" role="status"><p>{escape(sentence)}</p><p>{link}</p></div>'


def error_notice(sentence: str, texts: Texts, lang: str = "") -> str:
    """Return the notice that says what went wrong; `lang` as in `notice`."""
    return section(notice(sentence, texts.failure_heading, lang), texts)


def refusal_notice(error: FundstelleError, texts: Texts, archive: Path | str) -> str:
    """Return the notice for an error of the library: in the page's language, or marked as English."""
    sentence = error_sentence(error, texts, archive)
    return error_notice(sentence.text, texts, "" if sentence.lang == texts.code else sentence.lang)


def confirmation(sentence: str, texts: Texts) -> str:
    """Return the notice that says what was done."""
    return section(notice(sentence), texts)


def progress_bar(done: int, total: int, texts: Texts) -> str:
    """Return the progress of an evaluation; before its first question, that the questions are being read."""
    words = words_of(texts)
    label = words.progress.format(done=grouped(done, texts), total=grouped(total, texts)) if done else words.preparing
    value = f' value="{done}"' if done else ""
    bar = f'<progress max="{total}"{value} aria-label="{escape(words.tab)}"></progress>'
    return section(f'<div class="fs-progress">{bar}<span>{escape(label)}</span></div>', texts)


def introduction(texts: Texts) -> str:
    """Return what stands under the box before the first question: what the page does, and the operators."""
    return section(f"<p>{escape(texts.tagline)}</p><p>{escape(texts.operators)}</p>", texts)


def archive_line(status: Status, texts: Texts) -> str:
    """Return the contents of the archive in one line; for an empty archive, how to fill it."""
    if not status.articles:
        command = index_command(status.folder, texts.folder)
        return section(
            f'<div class="fs-notice"><p><strong>{escape(texts.empty_heading)}</strong></p>'
            f'<p><a href="./?tab=library&amp;lang={texts.code}">{escape(texts.empty_link)}</a></p>'
            f"<p>{escape(texts.empty_hint)}</p><pre><code>{escape(command)}</code></pre></div>",
            texts,
        )
    languages: Counter[str] = Counter()
    for tag, number in status.languages.items():
        languages[tag.partition("-")[0]] += number  # Swiss and other German count as one language
    counts = ", ".join(
        f"{language_name(tag, texts)}\u00a0{grouped(number, texts)}" for tag, number in languages.most_common()
    )
    parts = (
        count_of(texts.articles, status.articles, texts),
        count_of(texts.passages, status.passages, texts),
        f"{count_of(texts.languages, len(languages), texts)}: {counts}",
    )
    return section(f'<p class="fs-holdings">{escape(" · ".join(parts))}</p>', texts)


def section(inner: str, texts: Texts) -> str:
    """Return a section marked with the language of the page."""
    return f'<section class="fs" lang="{texts.code}">{inner}</section>'

"""The view Settings as HTML: pure functions."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from embeddings.encoder import BUNDLED
from rag.text.paths import index_command
from rag.types import Status
from rag.workspace.reindexing import ReindexingCost
from rag.workspace.settings import Settings
from ui.html.diagnosis import examination_html
from ui.html.markup import escape
from ui.html.notices import section
from ui.wording.diagnosis import DIAGNOSIS_WORDS
from ui.wording.page import TEXTS, count_of, grouped, long_date, with_date_format
from ui.wording.settings import SETTING_WORDS, SettingWords
from ui.wording.texts import Texts

_PASSAGES = (5, 10, 20, 50)
_HOUR = 60  # minutes
_EXAMPLE_LENGTH = 240  # tokens; the default is 180


def settings_view(settings: Settings, status: Status, texts: Texts, today: date) -> str:
    """Return the view; scripts/settings.js sends each change at once.

    Args:
        today: the day by which the ways to write one are shown.
    """
    words = SETTING_WORDS[texts.code]
    values = asdict(settings)
    numbers = {str(number): str(number) for number in sorted({*_PASSAGES, settings.passages})}
    dates = {
        name: f"{label}: {long_date(today, _texts_with(texts, name))}" for name, label in words.choices["dates"].items()
    }
    answers = (
        _select("passages", words.passages, numbers, str(settings.passages))
        + _checkbox("comments", words.comments, values)
        + _checkbox("fast", words.fast, values, words.fast_hint)
    )
    page = (
        _select("language", words.language, words.choices["language"], settings.language)
        + _select("theme", words.theme, words.choices["theme"], settings.theme)
        + _select("dates", words.dates, dates, settings.dates)
    )
    privacy = _checkbox("private", words.private, values, words.private_hint)
    groups = _group(words.answers, answers) + _group(words.page, page) + _group(words.privacy, privacy)
    return section(
        f'<form class="fs-settings"><p class="fs-none">{escape(words.scope)} '
        f'<span role="status" data-fs-stored="{escape(words.stored)}"></span></p>{groups}'
        f"{_group(words.model, _model(status, words, texts))}"
        f"{_group(DIAGNOSIS_WORDS[texts.code].heading, examination_html(texts))}</form>",
        texts,
    )


def _texts_with(texts: Texts, dates: str) -> Texts:
    """Return the wording with days written in a way; in words, whatever is set now."""
    return with_date_format(replace(texts, date=TEXTS[texts.code].date), dates)


def _group(heading: str, body: str) -> str:
    return f"<fieldset><legend>{escape(heading)}</legend>{body}</fieldset>"


def _select(name: str, label: str, choices: Mapping[str, str], chosen: str) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in choices.items()
    )
    return f'<label><span>{escape(label)}</span><select data-fs-setting="{name}">{options}</select></label>'


def _checkbox(name: str, label: str, values: Mapping[str, object], hint: str = "") -> str:
    checked = " checked" if values[name] else ""
    small = f" <small>{escape(hint)}</small>" if hint else ""
    return (
        f'<label class="fs-switchable"><input type="checkbox" data-fs-setting="{name}"{checked}> '
        f"{escape(label)}{small}</label>"
    )


def _model(status: Status, words: SettingWords, texts: Texts) -> str:
    if status.encoder is None:
        return f"<p>{escape(words.cost_hint)}</p>"
    passages = count_of(texts.passages, status.passages, texts)
    present = words.present.format(
        passages=passages, model=words.bundled if status.encoder == BUNDLED else status.encoder
    )
    button = f'<button type="button" data-fs-estimate>{escape(words.estimate)}</button>'
    return f'<p>{escape(present)} {escape(words.cost_hint)}</p><div id="fs-cost" role="status">{button}</div>'


def cost_html(cost: ReindexingCost, archive: Path | str, texts: Texts) -> str:
    """Return how long encoding everything again takes, and the commands.

    Args:
        archive: its folder.
    """
    words = SETTING_WORDS[texts.code]
    folder = cost.folder or texts.folder
    command = index_command(archive, shlex.quote(folder) if cost.folder else folder)
    opened = f"Archive.open({json.dumps(str(archive))}, config=Config(passage_tokens={_EXAMPLE_LENGTH}))"
    python = f"{opened}.index({json.dumps(folder)})"
    return (
        f"<p>{escape(words.cost.format(duration=_duration(cost.seconds, words, texts)))}</p>"
        f"<p>{escape(words.other_model)}</p><pre><code>{escape(command)} --encoder MODEL</code></pre>"
        f"<p>{escape(words.other_length)}</p><pre><code>{escape(python)}</code></pre>"
    )


def _duration(seconds: float, words: SettingWords, texts: Texts) -> str:
    minutes = round(seconds / 60)
    if seconds < 60:
        return words.less_than_a_minute
    if minutes < 2 * _HOUR:
        return count_of(words.minutes, minutes, texts)
    return words.hours.format(count=grouped(round(minutes / _HOUR), texts))

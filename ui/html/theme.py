"""How the page looks: Gradio's plainest theme in our colours, and the styles and script in assets/."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import gradio as gr

from rag.search.query import MAX_QUESTION
from ui.html.notices import error_notice
from ui.wording.page import TEXTS
from ui.wording.reader import READER
from ui.wording.texts import Texts

ASSETS = Path(__file__).parents[1] / "assets"
STYLES = (
    "page.css",
    "masthead.css",
    "answer.css",
    "reader.css",
    "menu.css",
    "dossiers.css",
    "questions.css",
    "settings.css",
    "check.css",
    "evaluate.css",
    "library.css",
    "roles.css",
)
SCRIPTS = tuple(sorted((ASSETS / "scripts").glob("*.js")))

# Our own styles alone: Gradio would dress headings, lists and quotes for a chat.
PLAIN = {"apply_default_css": False, "padding": False}

# (light, dark) for each of Gradio's variables; page.css uses the same variables and has no colours of its own except
# the marker's. Text has a contrast of at least 4.5 with its background in both.
_COLOURS = {
    "body_background_fill": ("#fdfcf9", "#171614"),
    "body_text_color": ("#1f1d1a", "#e9e5dd"),
    "body_text_color_subdued": ("#5f5a52", "#aaa398"),
    "background_fill_primary": ("#fdfcf9", "#171614"),
    "background_fill_secondary": ("#f4f1ea", "#24221f"),
    "block_background_fill": ("#ffffff", "#1f1d1b"),
    "border_color_primary": ("#e2ddd3", "#37342f"),
    "link_text_color": ("#0f5f5c", "#74c7c1"),
    "input_background_fill": ("#ffffff", "#1f1d1b"),
    "input_border_color": ("#85807a", "#7d776d"),
    "input_border_color_focus": ("#0f5f5c", "#74c7c1"),
    "input_placeholder_color": ("#6d675f", "#958e83"),
    "block_label_text_color": ("#5f5a52", "#aaa398"),
    "button_primary_background_fill": ("#0f5f5c", "#74c7c1"),
    "button_primary_background_fill_hover": ("#0b4b49", "#8ed6d0"),
    "button_primary_text_color": ("#ffffff", "#0c2423"),
    "button_primary_text_color_hover": ("#ffffff", "#0c2423"),
    "button_primary_border_color": ("#0f5f5c", "#74c7c1"),
}


def theme() -> gr.themes.Base:
    """Return the theme. Its fonts are those that the system has: nothing is loaded for them."""
    plain = gr.themes.Base(
        text_size="lg",
        radius_size="md",
        font=("'Source Sans 3'", "system-ui", "sans-serif"),
        font_mono=("ui-monospace", "monospace"),
    )
    return plain.set(
        **{name: light for name, (light, _) in _COLOURS.items()},
        **{f"{name}_dark": dark for name, (_, dark) in _COLOURS.items()},
    )


@cache
def styles_and_scripts() -> str:
    """Return our styles and scripts for the head of the document, with the few words that the scripts need.

    They are there before Gradio starts, whose own `head` and `css` come later; one script must run before Gradio's.
    """
    style = "".join((ASSETS / name).read_text(encoding="utf-8") for name in STYLES)
    first_script = (ASSETS / "connection.js").read_text(encoding="utf-8")
    words = json.dumps({code: _script_words(texts) for code, texts in TEXTS.items()})
    preloads = "".join(f'<link rel="modulepreload" href="scripts/{path.name}">' for path in SCRIPTS)
    return (
        f"<style>{style}</style>{preloads}"
        f"<script>const fundstelleWords = {words};\n{first_script}</script>"
        '<script type="module" src="scripts/main.js"></script>'
    )


def _script_words(texts: Texts) -> dict[str, str | int]:
    """Return the sentences that the scripts show; those in place of an answer are HTML."""
    long_question = texts.long_question.format(count="COUNT", limit=MAX_QUESTION)  # the script fills in the count
    in_place_of_answer = {
        "noAnswer": texts.no_answer,
        "long": long_question,
        "emptyQuestion": texts.empty_question,
        "failedNotice": texts.unexpected,
    }
    return {
        "reader": READER[texts.code].reader,
        "close": READER[texts.code].close,
        "moved": texts.wrong_address,
        "working": texts.searching,
        "unreachable": texts.unreachable,
        "reconnecting": texts.reconnecting,
        "failed": texts.unexpected,
        "maxQuestion": MAX_QUESTION,
        **{name: error_notice(sentence, texts) for name, sentence in in_place_of_answer.items()},
    }

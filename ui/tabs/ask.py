"""The tab Ask: a box, a few examples, and the answer."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from rag.types import Status
from ui.html.markup import escape
from ui.html.notices import introduction
from ui.html.theme import PLAIN
from ui.wording.english import ENGLISH
from ui.wording.texts import Texts


class Example(NamedTuple):
    """A question to try; it is offered only where the archive has articles of that outlet."""

    language: str
    question: str
    outlet: str


# The sample archive in seeds/ answers all of them, the French one from an Italian article.
EXAMPLES = (
    Example("de", "Wie viele Menschen starben im Ahrtal?", "Mittelrhein-Chronik"),
    Example("en", "How long did Philae’s battery last?", "Perihelion Review"),
    Example("fr", "Quelle est la longueur du tunnel de base du Saint-Gothard ?", "La Voce di Montebreno"),
    Example("es", "¿Quién ganó el Premio Nobel de la Paz por el acuerdo con las FARC?", "Crónica del Altozano"),
    Example("tr", "Karadeniz tahıl anlaşması hangi sarayda imzalandı?", "Telmaris"),
    Example("pl", "Jaki zbiornik zbudowano po powodzi tysiąclecia?", "Kurier Dwubrzeski"),
    Example("uk", "Яке судно першим вийшло з Одеси із зерном?", "Pontelune"),
)


class AskTab(NamedTuple):
    """The components of the tab."""

    box: gr.Textbox
    button: gr.Button
    hint: gr.HTML
    chips: gr.HTML


def ask_tab() -> AskTab:
    """Return the components, laid out at the current position; scripts/ask.js asks and shows the answer."""
    with gr.Row(elem_id="fs-ask", equal_height=True):
        box = gr.Textbox(
            label=ENGLISH.box,
            placeholder=ENGLISH.placeholder,
            autofocus=True,
            interactive=True,  # although no function of Gradio's reads it
            max_lines=4,
            scale=1,
            elem_id="fs-question",
        )
        button = gr.Button(ENGLISH.ask, variant="primary", scale=0, min_width=120, elem_id="fs-button")
    gr.HTML('<p class="fs" role="status"></p>', js_on_load=None, elem_id="fs-working", **PLAIN)
    hint = gr.HTML(js_on_load=None, elem_id="fs-hint", **PLAIN)
    # HTML, not Gradio buttons, so that each example can carry its own language for screen readers
    chips = gr.HTML(js_on_load=None, elem_id="fs-examples", **PLAIN)
    gr.HTML(js_on_load=None, elem_id="fs-results", **PLAIN)
    return AskTab(box, button, hint, chips)


def ask_labels(tab: AskTab, status: Status | None, texts: Texts) -> dict[Any, Any]:
    """Return the labels in the reader's language, and the examples that the archive can answer."""
    return {
        tab.box: gr.update(label=texts.box, placeholder=texts.placeholder),
        tab.button: gr.update(value=texts.ask),
        tab.hint: introduction(texts),
        tab.chips: _examples(status, texts) if status else "",
    }


def _examples(status: Status, texts: Texts) -> str:
    """Return the examples that this archive can answer, or nothing."""
    chips = "".join(
        f'<li><button type="button" lang="{example.language}">{escape(example.question)}</button></li>'
        for example in EXAMPLES
        if example.outlet in status.sources
    )
    if not chips:
        return ""
    return f'<nav class="fs" lang="{texts.code}" aria-label="{escape(texts.examples)}"><ul>{chips}</ul></nav>'

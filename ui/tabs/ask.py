"""The tab Ask: a box, a few examples, and the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from rag.archive import Archive
from rag.errors import EmptyQuestion, FundstelleError, LongQuestion, QuestionError
from rag.search.query import MAX_QUESTION
from rag.types import Status
from ui.html.answer import answer_html
from ui.html.markup import escape
from ui.html.notices import error_notice, operators_hint, refusal_notice
from ui.html.theme import PLAIN
from ui.routes.feedback import feedback_on
from ui.wording.english import ENGLISH
from ui.wording.page import texts_of
from ui.wording.texts import Texts

_log = logging.getLogger(__name__)


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

# Chips are HTML, not Gradio buttons, so that each can carry its own language for screen readers.
_CHIPS_SCRIPT = """
element.addEventListener("click", (event) => {
  const chip = event.target.closest("button");
  if (!chip) return;
  fundstelleType(chip.textContent);
  trigger("click", { question: chip.textContent });
});
"""


class AskTab(NamedTuple):
    """The components of the tab."""

    box: gr.Textbox
    button: gr.Button
    hint: gr.HTML
    chips: gr.HTML


def ask_tab(archive: Archive, code: gr.Textbox) -> AskTab:
    """Return the components, laid out at the current position and wired to the archive."""
    with gr.Row(elem_id="fs-ask", equal_height=True):
        box = gr.Textbox(
            label=ENGLISH.box,
            placeholder=ENGLISH.placeholder,
            autofocus=True,
            max_lines=4,
            scale=1,
            elem_id="fs-question",
        )
        button = gr.Button(ENGLISH.ask, variant="primary", scale=0, min_width=120, elem_id="fs-button")
    hint = gr.HTML(js_on_load=None, elem_id="fs-hint", **PLAIN)
    gr.HTML('<p class="fs" role="status"></p>', js_on_load=None, elem_id="fs-working", **PLAIN)  # page.js fills it
    chips = gr.HTML(js_on_load=_CHIPS_SCRIPT, elem_id="fs-examples", **PLAIN)
    results = gr.HTML(js_on_load=None, elem_id="fs-results", **PLAIN)

    ask = answerer(archive)

    def ask_example(language: object, event: gr.EventData) -> str:
        return ask(_chip_text(event), language)

    # Without the queue, an answer is one request and questions run in parallel: the archive is thread-safe. The browser
    # decides which answer is shown and says that it is waiting (ui/assets/page.js).
    quiet = {
        "queue": False,
        "trigger_mode": "multiple",
        "api_visibility": "private",
        "show_progress": "hidden",
        "preprocess": False,
    }
    gr.on([box.submit, button.click], ask, [box, code], results, **quiet)
    chips.click(ask_example, code, results, **quiet)
    return AskTab(box, button, hint, chips)


def ask_labels(tab: AskTab, status: Status | None, texts: Texts) -> dict[Any, Any]:
    """Return the labels in the reader's language, and the examples that the archive can answer."""
    return {
        tab.box: gr.update(label=texts.box, placeholder=texts.placeholder),
        tab.button: gr.update(value=texts.ask),
        tab.hint: operators_hint(texts),
        tab.chips: _examples(status, texts) if status else "",
    }


def answerer(archive: Archive) -> Callable[[object, object], str]:
    """Return the function that turns a question into the HTML of its answer; it never raises.

    Gradio passes on whatever a request contains; anything but text is treated as an empty question.
    """

    def ask(question: object, code: object) -> str:
        texts = texts_of(code)
        try:
            answer = archive.ask(question if isinstance(question, str) else "")
            return answer_html(answer, texts, feedback_on(archive, answer.question, answer.citations), archive.folder)
        except (EmptyQuestion, LongQuestion) as error:
            return refusal_notice(error, texts, archive.folder)
        except QuestionError:
            return error_notice(texts.wrong_question, texts)
        except FundstelleError as error:
            return refusal_notice(error, texts, archive.folder)
        except Exception as error:
            _log.error("A question could not be answered: %r", error)
            _log.debug("The traceback:", exc_info=True)  # only with --debug
            return error_notice(texts.unexpected, texts)

    return ask


def _chip_text(event: gr.EventData) -> str:
    """Return the question on the chip that was clicked, without lone surrogates; empty if there is none."""
    try:
        question = event.question
    except (AttributeError, TypeError):
        # Gradio looks the name up in whatever the request contains, even None
        return ""
    return question[:MAX_QUESTION].encode(errors="replace").decode() if isinstance(question, str) else ""


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

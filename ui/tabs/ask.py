"""The tab where one asks: a box, a few examples, and the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from rag.archive import Archive
from rag.errors import EmptyQuestion, FundstelleError, LongQuestion, QuestionError
from rag.search.query import MAX_QUESTION
from rag.types import Status
from ui.html import answer as render
from ui.html.markup import escape
from ui.html.theme import PLAIN
from ui.routes.feedback import said_of
from ui.wording.page import GERMAN, Texts, grouped, texts_of

_log = logging.getLogger(__name__)

_GROUPED_FROM = 10_000  # beside a limit of four digits, which is written without a mark for thousands


class Example(NamedTuple):
    """A question to try; it is offered only where the archive holds articles of that outlet."""

    language: str
    question: str
    outlet: str


# The sample archive in seeds/ answers each of them, the French one from an Italian article.
EXAMPLES = (
    Example("de", "Wie viele Menschen starben im Ahrtal?", "Mittelrhein-Chronik"),
    Example("en", "How long did Philae’s battery last?", "Perihelion Review"),
    Example("fr", "Quelle est la longueur du tunnel de base du Saint-Gothard ?", "La Voce di Montebreno"),
    Example("es", "¿Quién ganó el Premio Nobel de la Paz por el acuerdo con las FARC?", "Crónica del Altozano"),
    Example("tr", "Karadeniz tahıl anlaşması hangi sarayda imzalandı?", "Telmaris"),
    Example("pl", "Jaki zbiornik zbudowano po powodzi tysiąclecia?", "Kurier Dwubrzeski"),
    Example("uk", "Яке судно першим вийшло з Одеси із зерном?", "Pontelune"),
)

# Chips are HTML and not Gradio buttons because only so each can carry its own language, for screen readers.
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
    """Return the components, laid out where they are made and wired to the archive."""
    with gr.Row(elem_id="fs-ask", equal_height=True):
        box = gr.Textbox(
            label=GERMAN.box,
            placeholder=GERMAN.placeholder,
            autofocus=True,
            max_lines=4,
            scale=1,
            elem_id="fs-question",
        )
        button = gr.Button(GERMAN.ask, variant="primary", scale=0, min_width=120, elem_id="fs-button")
    hint = gr.HTML(js_on_load=None, elem_id="fs-hint", **PLAIN)
    gr.HTML('<p class="fs" role="status"></p>', js_on_load=None, elem_id="fs-working", **PLAIN)  # page.js fills it
    chips = gr.HTML(js_on_load=_CHIPS_SCRIPT, elem_id="fs-examples", **PLAIN)
    results = gr.HTML(js_on_load=None, elem_id="fs-results", **PLAIN)

    ask = answerer(archive)

    def ask_example(language: object, event: gr.EventData) -> str:
        return ask(_chip_text(event), language)

    # Without the queue an answer is one request, and questions run side by side: the archive is thread-safe. Which
    # answer is shown, and that one is awaited, is the browser's to say (ui/assets/page.js).
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
        tab.hint: render.hint(texts),
        tab.chips: _examples(status, texts) if status else "",
    }


def answerer(archive: Archive) -> Callable[[object, object], str]:
    """Return the function that turns a question into the HTML of its answer; it never raises.

    Gradio hands on what a request holds, so the question may be anything; what is no text is an empty one.
    """

    def ask(question: object, code: object) -> str:
        texts = texts_of(code)
        try:
            found = archive.ask(question if isinstance(question, str) else "")
            return render.answer(found, texts, said_of(archive, found.question, found.citations), archive.folder)
        except EmptyQuestion:
            return render.error(texts.empty_question, texts)
        except LongQuestion as refusal:
            many = refusal.characters
            count = str(many) if many < _GROUPED_FROM else grouped(many, texts)
            return render.error(texts.long_question.format(count=count, most=MAX_QUESTION), texts)
        except QuestionError:
            return render.error(texts.wrong_question, texts)
        except FundstelleError as refusal:
            return render.error(str(refusal), texts)
        except Exception as error:
            _log.error("A question could not be answered: %r", error)
            _log.debug("It happened here:", exc_info=True)  # the terminal is no place for a trace
            return render.error(texts.unexpected, texts)

    return ask


def _chip_text(event: gr.EventData) -> str:
    """Return the question on the chip that was clicked, in signs that can be sent back; none if none came."""
    try:
        question = event.question
    except (AttributeError, TypeError):
        # Gradio looks for the name in whatever the request holds, even in nothing
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

"""The page where one asks: a box, a few examples, the answer, and what the archive holds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

import gradio as gr

from rag.answer import MAX_QUESTION
from rag.archive import Archive
from rag.errors import EmptyQuestion, FundstelleError, LongQuestion, QuestionError
from rag.types import Status
from ui import render
from ui.markup import escape
from ui.texts import GERMAN, TEXTS, Texts, choose

_log = logging.getLogger(__name__)


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
  if (chip) trigger("click", { question: chip.textContent });
});
"""

# Gradio writes English into the page's own `lang`; the masthead knows better.
_LANGUAGE_SCRIPT = """
const tell = () => { document.documentElement.lang = element.querySelector(".fs").lang; };
watch("value", tell);
tell();
"""

# Our own styles alone: Gradio would dress headings, lists and quotes for a chat.
_PLAIN = {"apply_default_css": False, "padding": False}


def build_page(archive: Archive) -> gr.Blocks:
    """Return the page, wired to the archive."""
    with gr.Blocks(title="Fundstelle", analytics_enabled=False) as page:
        code = gr.State(GERMAN.code)
        masthead = gr.HTML(_masthead(GERMAN), js_on_load=_LANGUAGE_SCRIPT, elem_id="fs-masthead", **_PLAIN)
        with gr.Row(elem_id="fs-ask", equal_height=True):
            box = gr.Textbox(
                label=GERMAN.box,
                placeholder=GERMAN.placeholder,
                max_length=MAX_QUESTION,
                autofocus=True,
                max_lines=4,
                scale=1,
                elem_id="fs-question",
            )
            button = gr.Button(GERMAN.ask, variant="primary", scale=0, min_width=120, elem_id="fs-button")
        hint = gr.HTML(js_on_load=None, elem_id="fs-hint", **_PLAIN)
        chips = gr.HTML(js_on_load=_CHIPS_SCRIPT, elem_id="fs-examples", **_PLAIN)
        results = gr.HTML(js_on_load=None, elem_id="fs-results", **_PLAIN)
        holdings = gr.HTML(js_on_load=None, elem_id="fs-holdings", **_PLAIN)

        ask = answerer(archive)

        def ask_example(language: str, event: gr.EventData) -> tuple[str, str]:
            question = _chip_text(event)
            return question, ask(question, language)

        # Without the queue an answer is one request, and questions run side by side: the archive is thread-safe.
        quiet = {"queue": False, "api_visibility": "private", "show_progress": "minimal"}
        gr.on([box.submit, button.click], ask, [box, code], results, **quiet)
        chips.click(ask_example, code, [box, results], **quiet)
        page.load(
            _opener(archive),
            outputs=[code, masthead, box, button, hint, chips, holdings],
            queue=False,
            api_visibility="private",
            show_progress="hidden",
        )
    return page


def answerer(archive: Archive) -> Callable[[object, str], str]:
    """Return the function that turns a question into the HTML of its answer; it never raises.

    Gradio hands on what a request holds, so the question may be anything; what is no text is an empty one.
    """

    def ask(question: object, code: str) -> str:
        texts = TEXTS.get(code, GERMAN)
        try:
            return render.answer(archive.ask(question if isinstance(question, str) else ""), texts)
        except EmptyQuestion:
            return render.error(texts.empty_question, texts)
        except LongQuestion:
            return render.error(texts.long_question.format(most=MAX_QUESTION), texts)
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


def _opener(archive: Archive) -> Callable[..., tuple[object, ...]]:
    """Return the function that fills the page when it is opened: in the reader's language, with today's archive."""

    def open_page(request: gr.Request) -> tuple[object, ...]:
        texts = choose(request.query_params.get("lang"), request.headers.get("accept-language"))
        try:
            status = archive.status()
            held, offered = render.holdings(status, texts), _examples(status, texts)
        except FundstelleError as refusal:
            held, offered = render.error(str(refusal), texts), ""
        box = gr.update(label=texts.box, placeholder=texts.placeholder)
        return texts.code, _masthead(texts), box, gr.update(value=texts.ask), render.hint(texts), offered, held

    return open_page


def _masthead(texts: Texts) -> str:
    """Return the name of the page, what it does, and the way to the other language."""
    return (
        f'<header class="fs" lang="{texts.code}"><div><h1><a href="/?lang={texts.code}">Fundstelle</a></h1>'
        f'<a class="fs-switch" href="/?lang={texts.other}" lang="{texts.other}" hreflang="{texts.other}">'
        f"{escape(texts.switch)}</a></div><p>{escape(texts.tagline)}</p></header>"
    )


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

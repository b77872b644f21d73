"""The page: its name and language, a tab to ask, a tab to evaluate, and what the archive holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from rag.archive import Archive
from rag.errors import FundstelleError
from ui.html import answer as render
from ui.html.markup import escape
from ui.html.theme import PLAIN
from ui.tabs.ask import AskTab, ask_labels, ask_tab
from ui.tabs.evaluation import wire_evaluate
from ui.tabs.evaluation_job import Bench
from ui.tabs.evaluation_layout import EvaluateTab, evaluate_tab, labels
from ui.wording.evaluation import words_of
from ui.wording.page import GERMAN, Texts, choose

_ASK, _EVALUATE = "ask", "evaluate"

# Gradio writes English into the page's own `lang`; the masthead knows better.
_LANGUAGE_SCRIPT = """
const tell = () => { document.documentElement.lang = element.querySelector(".fs").lang; };
watch("value", tell);
tell();
"""


class _Page(NamedTuple):
    """What is filled when the page is opened."""

    code: gr.Textbox
    masthead: gr.HTML
    tabs: gr.Tabs
    ask_opener: gr.Tab
    evaluate_opener: gr.Tab
    asking: AskTab
    evaluating: EvaluateTab
    holdings: gr.HTML


def build_page(archive: Archive, bench: Bench) -> gr.Blocks:
    """Return the page, wired to the archive."""
    words = words_of(GERMAN)
    with gr.Blocks(title="Fundstelle", analytics_enabled=False) as blocks:
        # the browser holds it, so that a server that was started anew answers in the language of the page
        code = gr.Textbox(GERMAN.code, visible=False)
        masthead = gr.HTML(_masthead(GERMAN), js_on_load=_LANGUAGE_SCRIPT, elem_id="fs-masthead", **PLAIN)
        with gr.Tabs(selected=_ASK, elem_id="fs-tabs") as tabs:
            with gr.Tab(words.ask_tab, id=_ASK) as ask_opener:
                asking = ask_tab(archive, code)
            with gr.Tab(words.tab, id=_EVALUATE, elem_id="fs-evaluate") as evaluate_opener:
                evaluating = evaluate_tab()
        holdings = gr.HTML(js_on_load=None, elem_id="fs-holdings", **PLAIN)
        page = _Page(code, masthead, tabs, ask_opener, evaluate_opener, asking, evaluating, holdings)
        filled = [code, masthead, tabs, ask_opener, evaluate_opener, *asking, *evaluating, holdings]
        blocks.load(
            _opener(page, archive), outputs=filled, queue=False, api_visibility="private", show_progress="hidden"
        )
        wire_evaluate(evaluating, evaluate_opener, code, archive, bench)
    return blocks


def _opener(page: _Page, archive: Archive) -> Callable[..., dict[Any, Any]]:
    """Return the function that fills the page when it is opened: in the reader's language, with today's archive."""

    def open_page(request: gr.Request) -> dict[Any, Any]:
        asked = request.query_params
        texts = choose(asked.get("lang"), request.headers.get("accept-language"))
        words = words_of(texts)
        try:
            status = archive.status()
            held = render.holdings(status, texts)
        except FundstelleError as refusal:
            status, held = None, render.error(str(refusal), texts)
        return {
            page.code: texts.code,
            page.masthead: _masthead(texts),
            page.tabs: gr.update(selected=_EVALUATE if asked.get("tab") == _EVALUATE else _ASK),
            page.ask_opener: gr.update(label=words.ask_tab),
            page.evaluate_opener: gr.update(label=words.tab),
            **ask_labels(page.asking, status, texts),
            **labels(page.evaluating, texts),
            page.holdings: held,
        }

    return open_page


def _masthead(texts: Texts) -> str:
    """Return the name of the page, what it does, and the way to the other language."""
    return (
        f'<header class="fs" lang="{texts.code}"><div><h1><a href="./?lang={texts.code}">Fundstelle</a></h1>'
        f'<a class="fs-switch" href="./?lang={texts.other}" lang="{texts.other}" hreflang="{texts.other}">'
        f"{escape(texts.switch)}</a></div><p>{escape(texts.tagline)}</p></header>"
    )

"""The page: masthead, a tab to ask, a tab to evaluate, and a line on the contents of the archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from rag.archive import Archive
from rag.errors import FundstelleError
from ui.html.markup import escape
from ui.html.notices import archive_line, refusal_notice
from ui.html.theme import PLAIN
from ui.tabs.ask import AskTab, ask_labels, ask_tab
from ui.tabs.evaluation import wire_evaluation_tab
from ui.tabs.evaluation_job import EvaluationJob
from ui.tabs.evaluation_layout import EvaluationTab, evaluation_labels, evaluation_tab
from ui.wording.english import ENGLISH
from ui.wording.evaluation import words_of
from ui.wording.page import choose_language
from ui.wording.texts import Texts

_ASK, _EVALUATE = "ask", "evaluate"

# Gradio always declares the page English; the masthead has its actual language.
_LANGUAGE_SCRIPT = """
const setLanguage = () => { document.documentElement.lang = element.querySelector(".fs").lang; };
watch("value", setLanguage);
setLanguage();
"""


class _Page(NamedTuple):
    """The components that are filled when the page is opened."""

    code: gr.Textbox
    masthead: gr.HTML
    tabs: gr.Tabs
    ask_opener: gr.Tab
    evaluate_opener: gr.Tab
    asking: AskTab
    evaluating: EvaluationTab
    contents: gr.HTML


def build_page(archive: Archive, job: EvaluationJob) -> gr.Blocks:
    """Return the page, wired to the archive."""
    words = words_of(ENGLISH)
    with gr.Blocks(title="Fundstelle", analytics_enabled=False) as blocks:
        # kept in the browser, so that a server that was restarted still answers in the language of the page
        code = gr.Textbox(ENGLISH.code, visible=False)
        masthead = gr.HTML(_masthead(ENGLISH), js_on_load=_LANGUAGE_SCRIPT, elem_id="fs-masthead", **PLAIN)
        with gr.Tabs(selected=_ASK, elem_id="fs-tabs") as tabs:
            with gr.Tab(words.ask_tab, id=_ASK) as ask_opener:
                asking = ask_tab(archive, code)
            with gr.Tab(words.tab, id=_EVALUATE, elem_id="fs-evaluate") as evaluate_opener:
                evaluating = evaluation_tab()
        contents = gr.HTML(js_on_load=None, elem_id="fs-holdings", **PLAIN)
        page = _Page(code, masthead, tabs, ask_opener, evaluate_opener, asking, evaluating, contents)
        components = [code, masthead, tabs, ask_opener, evaluate_opener, *asking, *evaluating, contents]
        blocks.load(
            _opener(page, archive), outputs=components, queue=False, api_visibility="private", show_progress="hidden"
        )
        wire_evaluation_tab(evaluating, evaluate_opener, code, archive, job)
    return blocks


def _opener(page: _Page, archive: Archive) -> Callable[..., dict[Any, Any]]:
    """Return the function that fills the page when it is opened: in the reader's language, with today's archive."""

    def open_page(request: gr.Request) -> dict[Any, Any]:
        query = request.query_params
        texts = choose_language(query.get("lang"), request.headers.get("accept-language"))
        words = words_of(texts)
        try:
            status = archive.status()
            contents = archive_line(status, texts)
        except FundstelleError as error:
            status, contents = None, refusal_notice(error, texts, archive.folder)
        return {
            page.code: texts.code,
            page.masthead: _masthead(texts),
            page.tabs: gr.update(selected=_EVALUATE if query.get("tab") == _EVALUATE else _ASK),
            page.ask_opener: gr.update(label=words.ask_tab),
            page.evaluate_opener: gr.update(label=words.tab),
            **ask_labels(page.asking, status, texts),
            **evaluation_labels(page.evaluating, texts),
            page.contents: contents,
        }

    return open_page


def _masthead(texts: Texts) -> str:
    """Return the name of the page, its purpose, and the link to the other language."""
    alternate = texts.alternate_code
    return (
        f'<header class="fs" lang="{texts.code}"><div><h1><a href="./?lang={texts.code}">Fundstelle</a></h1>'
        f'<a class="fs-switch" href="./?lang={alternate}" lang="{alternate}" hreflang="{alternate}">'
        f"{escape(texts.alternate_name)}</a></div><p>{escape(texts.tagline)}</p></header>"
    )

"""The page: a masthead and its views, each a part of Gradio's blocks that scripts fill from the routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from rag.access.door import visitor_of
from rag.archive import Archive
from rag.errors import FundstelleError
from rag.jobs.evaluation_job import EvaluationJob
from ui.html.masthead import masthead
from ui.html.notices import archive_line, refusal_notice
from ui.html.theme import PLAIN
from ui.routes.fragments import texts_for
from ui.tabs.ask import AskTab, ask_labels, ask_tab
from ui.tabs.evaluation import wire_evaluation_tab
from ui.tabs.evaluation_layout import EvaluationTab, evaluation_labels, evaluation_tab
from ui.wording.english import ENGLISH

_FRAGMENT_VIEWS = ("library", "dossiers", "questions", "check", "settings")

# Gradio always declares the page English; the masthead has its actual language. Until it has, nothing is shown.
_LANGUAGE_SCRIPT = """
watch("value", () => {
  document.documentElement.lang = element.querySelector(".fs").lang;
  document.documentElement.dataset.fsReady = "";
  document.dispatchEvent(new Event("fs:ready"));
});
"""

# The view Evaluate is filled whenever it is opened, once the language of the page is known.
OPENER_SCRIPT = """
const root = document.documentElement;
const open = () => { if (root.dataset.fsView === "evaluate" && "fsReady" in root.dataset) trigger("select"); };
document.addEventListener("fs:view", open);
document.addEventListener("fs:ready", open);
// the masthead may have been quicker
open();
"""


class _Page(NamedTuple):
    """The components that are filled when the page is opened."""

    code: gr.Textbox
    masthead: gr.HTML
    asking: AskTab
    evaluating: EvaluationTab
    contents: gr.HTML


def build_page(archive: Archive, job: EvaluationJob) -> gr.Blocks:
    """Return the page, wired to the archive."""
    with gr.Blocks(title="Fundstelle", analytics_enabled=False) as blocks:
        # kept in the browser, so that a server that was restarted still answers in the language of the page
        code = gr.Textbox(ENGLISH.code, visible=False)
        header = gr.HTML(js_on_load=_LANGUAGE_SCRIPT, elem_id="fs-masthead", **PLAIN)
        with gr.Column(elem_id="fs-view-ask", elem_classes="fs-view"):
            asking = ask_tab()
            contents = gr.HTML(js_on_load=None, elem_id="fs-holdings", **PLAIN)
        for name in _FRAGMENT_VIEWS:
            gr.HTML(js_on_load=None, elem_id=f"fs-view-{name}", elem_classes="fs-view", **PLAIN)
        with gr.Column(elem_id="fs-view-evaluate", elem_classes="fs-view"):
            opener = gr.HTML(js_on_load=OPENER_SCRIPT, elem_id="fs-opener", **PLAIN)
            evaluating = evaluation_tab()
        page = _Page(code, header, asking, evaluating, contents)
        components = [code, header, *asking, *evaluating, contents]
        blocks.load(
            _opener(page, archive), outputs=components, queue=False, api_visibility="private", show_progress="hidden"
        )
        wire_evaluation_tab(evaluating, opener, code, archive, job)
        blocks.unload(_closer(blocks))
    return blocks


def _closer(blocks: gr.Blocks) -> Callable[[gr.Request], None]:
    """Return the function that frees what a page that was closed had on the server: its file of questions."""

    def close_page(request: gr.Request) -> None:
        # Gradio itself would do so an hour after the file came
        blocks.state_holder.delete_state(request.session_hash)

    return close_page


def _opener(page: _Page, archive: Archive) -> Callable[..., dict[Any, Any]]:
    """Return the function that fills the page when it is opened: in the reader's language, with today's archive."""

    def open_page(request: gr.Request) -> dict[Any, Any]:
        texts = texts_for(request)
        try:
            status = archive.status()
            contents = archive_line(status, texts)
        except FundstelleError as error:
            status, contents = None, refusal_notice(error, texts, archive.location)
        return {
            page.code: texts.code,
            page.masthead: masthead(texts, visitor_of(request)),
            **ask_labels(page.asking, status, texts),
            **evaluation_labels(page.evaluating, texts),
            page.contents: contents,
        }

    return open_page

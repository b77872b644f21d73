"""The components of the tab Evaluate, and their labels in the reader's language."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from ui.html.markup import escape
from ui.html.theme import PLAIN
from ui.wording.english import ENGLISH
from ui.wording.evaluation import words_of
from ui.wording.texts import Texts, Words

Updates = dict[Any, Any]
"""Components and their updates."""

MAX_NAME_LENGTH = 80
"""Characters of the name of a run."""

NO_BASELINE = ("–", "")
"""The choice of no run to compare with: its label and its value."""

# The browser reads the file itself: nothing is uploaded, and nothing is written to the disk.
_UPLOAD_SCRIPT = """
// like rag.evaluation.questions.files.decoded: UTF-8, or the encodings that Excel writes
const decoded = (name, buffer) => {
  const [first, second] = new Uint8Array(buffer);
  const byMark = { "255,254": "utf-16le", "254,255": "utf-16be" }[[first, second]];
  const encodings = byMark ? [byMark] : /\\.csv$/i.test(name) ? ["utf-8", "windows-1252"] : ["utf-8"];
  for (const encoding of encodings) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(buffer);
    } catch {
      continue;
    }
  }
  throw new TypeError("not text");
};
element.addEventListener("change", async (event) => {
  const file = event.target.files?.[0];
  if (!file) return;
  const name = file.name;
  const upload = { name };
  if (file.size > 5e6) upload.fault = "too large";
  else {
    try {
      upload.text = decoded(name, await file.arrayBuffer());
    } catch {
      upload.fault = "not text";
    }
  }
  event.target.value = ""; // so that the same file can be chosen again once it is corrected
  trigger("upload", upload);
});
"""

# The first click asks for confirmation, the second one deletes.
_DELETE_SCRIPT = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fs-delete]");
  if (!button) return;
  if (button.fsTimer) return trigger("delete");
  const label = button.textContent;
  button.textContent = button.dataset.fsDelete;
  button.fsTimer = setTimeout(() => {
    button.textContent = label;
    button.fsTimer = 0;
  }, 4000);
});
"""


class EvaluationTab(NamedTuple):
    """The components of the tab."""

    intro: gr.HTML
    source: gr.Dropdown
    upload: gr.HTML
    hint: gr.HTML
    upload_source: gr.State
    name: gr.Textbox
    fast: gr.Checkbox
    run: gr.Button
    cancel: gr.Button
    progress: gr.HTML
    run_name: gr.Dropdown
    baseline_name: gr.Dropdown
    comparison: gr.HTML
    run_html: gr.HTML


def evaluation_tab() -> EvaluationTab:
    """Return the components, laid out at the current position."""
    words = words_of(ENGLISH)
    intro = gr.HTML(js_on_load=None, elem_id="fs-intro", **PLAIN)
    with gr.Row(elem_id="fs-source"):
        source = gr.Dropdown([], label=words.questions_label, scale=1, elem_id="fs-questions")
        upload = gr.HTML(js_on_load=_UPLOAD_SCRIPT, elem_id="fs-upload", **PLAIN)
    hint = gr.HTML(js_on_load=None, elem_id="fs-upload-hint", **PLAIN)
    upload_source = gr.State(None)
    # filled by a script
    gr.HTML(js_on_load=None, elem_id="fs-own-questions", **PLAIN)
    with gr.Row(elem_id="fs-start"):
        name = gr.Textbox(label=words.name, max_length=MAX_NAME_LENGTH, max_lines=1, scale=1, elem_id="fs-name")
        fast = gr.Checkbox(label=words.fast, scale=0, min_width=260, elem_id="fs-fast", container=False)
        run = gr.Button(words.start, variant="primary", scale=0, min_width=120, elem_id="fs-run")
        cancel = gr.Button(words.cancel, scale=0, min_width=120, visible=False, elem_id="fs-cancel")
    progress = gr.HTML(js_on_load=None, elem_id="fs-progress", **PLAIN)
    with gr.Row(elem_id="fs-runs"):
        run_name = gr.Dropdown([], label=words.run_label, elem_id="fs-chosen")
        baseline_name = gr.Dropdown([NO_BASELINE], value=NO_BASELINE[1], label=words.baseline_label, elem_id="fs-other")
    comparison = gr.HTML(js_on_load=None, elem_id="fs-compared", **PLAIN)
    run_html = gr.HTML(js_on_load=_DELETE_SCRIPT, elem_id="fs-shown", **PLAIN)
    return EvaluationTab(
        intro=intro,
        source=source,
        upload=upload,
        hint=hint,
        upload_source=upload_source,
        name=name,
        fast=fast,
        run=run,
        cancel=cancel,
        progress=progress,
        run_name=run_name,
        baseline_name=baseline_name,
        comparison=comparison,
        run_html=run_html,
    )


def evaluation_labels(tab: EvaluationTab, texts: Texts) -> Updates:
    """Return the labels in the reader's language."""
    words = words_of(texts)
    return {
        tab.intro: _paragraph(words.intro, words),
        tab.source: gr.update(label=words.questions_label),
        tab.upload: _upload(words),
        tab.hint: _paragraph(words.upload_hint, words),
        tab.name: gr.update(label=words.name, placeholder=words.name_hint),
        tab.fast: gr.update(label=words.fast),
        tab.run: gr.update(value=words.start),
        tab.cancel: gr.update(value=words.cancel),
        tab.run_name: gr.update(label=words.run_label),
        tab.baseline_name: gr.update(label=words.baseline_label),
    }


def _upload(words: Words) -> str:
    """Return the button that opens a file, with the browser's own, which has its own language, hidden in it."""
    button = f'<input type="file" accept=".jsonl,.csv"><span>{escape(words.upload)}</span>'
    return f'<div class="fs"><label lang="{words.texts.code}">{button}</label></div>'


def _paragraph(sentence: str, words: Words) -> str:
    return f'<section class="fs" lang="{words.texts.code}"><p>{escape(sentence)}</p></section>'

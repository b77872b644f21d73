"""The components of the tab where one evaluates, and their labels in the reader's language."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from ui.html.markup import escape
from ui.html.theme import PLAIN
from ui.wording.evaluation import Words, words_of
from ui.wording.page import GERMAN, Texts

Updates = dict[Any, Any]
"""Components, and what becomes of them."""

NAME_LENGTH = 80
"""So many letters the name of a run may have."""

NOBODY = ("–", "")
"""What is chosen where no run is compared: how it is shown, and what is sent."""

# The browser reads the file itself: nothing is uploaded, and nothing is written to the disk.
_UPLOAD_SCRIPT = """
// as rag.evaluation.questions.files.decoded: UTF-8, or what Excel writes
const decoded = (name, buffer) => {
  const [first, second] = new Uint8Array(buffer);
  const marked = { "255,254": "utf-16le", "254,255": "utf-16be" }[[first, second]];
  const encodings = marked ? [marked] : /\\.csv$/i.test(name) ? ["utf-8", "windows-1252"] : ["utf-8"];
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
  const told = { name };
  if (file.size > 5e6) told.fault = "too large";
  else {
    try {
      told.text = decoded(name, await file.arrayBuffer());
    } catch {
      told.fault = "not text";
    }
  }
  event.target.value = ""; // the same file may be chosen again when it was corrected
  trigger("upload", told);
});
"""

# The first click asks whether it is meant, the second one deletes.
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


class EvaluateTab(NamedTuple):
    """The components of the tab."""

    intro: gr.HTML
    source: gr.Dropdown
    upload: gr.HTML
    hint: gr.HTML
    uploaded: gr.State
    name: gr.Textbox
    fast: gr.Checkbox
    run: gr.Button
    cancel: gr.Button
    progress: gr.HTML
    chosen: gr.Dropdown
    other: gr.Dropdown
    compared: gr.HTML
    shown: gr.HTML


def evaluate_tab() -> EvaluateTab:
    """Return the components, laid out where they are made."""
    words = words_of(GERMAN)
    intro = gr.HTML(js_on_load=None, elem_id="fs-intro", **PLAIN)
    with gr.Row(elem_id="fs-source"):
        source = gr.Dropdown([], label=words.source, scale=1, elem_id="fs-questions")
        upload = gr.HTML(js_on_load=_UPLOAD_SCRIPT, elem_id="fs-upload", **PLAIN)
    hint = gr.HTML(js_on_load=None, elem_id="fs-upload-hint", **PLAIN)
    uploaded = gr.State(None)
    with gr.Row(elem_id="fs-start"):
        name = gr.Textbox(label=words.name, max_length=NAME_LENGTH, max_lines=1, scale=1, elem_id="fs-name")
        fast = gr.Checkbox(label=words.fast, scale=0, min_width=260, elem_id="fs-fast", container=False)
        run = gr.Button(words.run, variant="primary", scale=0, min_width=120, elem_id="fs-run")
        cancel = gr.Button(words.cancel, scale=0, min_width=120, visible=False, elem_id="fs-cancel")
    progress = gr.HTML(js_on_load=None, elem_id="fs-progress", **PLAIN)
    with gr.Row(elem_id="fs-runs"):
        chosen = gr.Dropdown([], label=words.chosen, elem_id="fs-chosen")
        other = gr.Dropdown([NOBODY], value=NOBODY[1], label=words.other, elem_id="fs-other")
    compared = gr.HTML(js_on_load=None, elem_id="fs-compared", **PLAIN)
    shown = gr.HTML(js_on_load=_DELETE_SCRIPT, elem_id="fs-shown", **PLAIN)
    return EvaluateTab(
        intro, source, upload, hint, uploaded, name, fast, run, cancel, progress, chosen, other, compared, shown
    )


def labels(tab: EvaluateTab, texts: Texts) -> Updates:
    """Return the labels in the reader's language."""
    words = words_of(texts)
    return {
        tab.intro: _said(words.intro, words),
        tab.source: gr.update(label=words.source),
        tab.upload: _upload(words),
        tab.hint: _said(words.upload_hint, words),
        tab.name: gr.update(label=words.name, placeholder=words.name_hint),
        tab.fast: gr.update(label=words.fast),
        tab.run: gr.update(value=words.run),
        tab.cancel: gr.update(value=words.cancel),
        tab.chosen: gr.update(label=words.chosen),
        tab.other: gr.update(label=words.other),
    }


def _upload(words: Words) -> str:
    """Return the button that opens a file; the browser's own one, which speaks its own language, is hidden in it."""
    button = f'<input type="file" accept=".jsonl,.csv"><span>{escape(words.upload)}</span>'
    return f'<div class="fs"><label lang="{words.texts.code}">{button}</label></div>'


def _said(sentence: str, words: Words) -> str:
    return f'<section class="fs" lang="{words.texts.code}"><p>{escape(sentence)}</p></section>'

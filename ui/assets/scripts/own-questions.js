// Test questions made while asking, and their list in the view Evaluate.

import { load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { post } from "./send.js";
import { onView } from "./views.js";

const CONFIRM_MS = 4000;

async function list() {
  await load(await mounted("#fs-own-questions"), "view/evaluate/questions");
}

// The list of questions that can be asked is Gradio's, and is filled again when the view is opened.
async function changed() {
  await list();
  document.dispatchEvent(new CustomEvent("fs:view"));
}

function say(near, text) {
  near.parentElement.querySelector("[role=status]").textContent = text;
}

async function make(button) {
  const { ok, text } = await post("test-question", JSON.parse(button.dataset.fsTestQuestion));
  say(button, text);
  if (!ok) return;
  const passage = button.closest(".fs-passage");
  press(passage?.querySelector('[data-fs-answers="true"]'), true);
  press(passage?.querySelector('[data-fs-answers="false"]'), false);
  press(document.querySelector("#fs-results [data-fs-no-answer]"), false);
}

async function noAnswer(button) {
  const answerable = button.ariaPressed === "true";
  const { ok, text } = await post("test-question", { question: button.dataset.fsNoAnswer, answerable });
  say(button, text);
  if (!ok) return;
  press(button, !answerable);
  if (!answerable) for (const each of document.querySelectorAll('#fs-results [data-fs-answers="true"]')) press(each, false);
}

function press(button, pressed) {
  if (button) button.ariaPressed = String(pressed);
}

async function edit(form) {
  const { wording, tags } = Object.fromEntries(new FormData(form));
  const { ok, text } = await post("test-question", { ...JSON.parse(form.dataset.fsEdit), wording, tags });
  if (ok) await changed();
  // the list is a new one now
  const row = document.getElementById(form.closest("details").id);
  if (row) row.querySelector("[role=status]").textContent = text;
}

// The first click asks for confirmation, the second one deletes.
async function remove(button) {
  if (!button.fsTimer) {
    const label = button.textContent;
    button.textContent = button.dataset.fsDeleteQuestion;
    button.fsTimer = setTimeout(() => {
      button.textContent = label;
      button.fsTimer = 0;
    }, CONFIRM_MS);
    return;
  }
  clearTimeout(button.fsTimer);
  const { question } = JSON.parse(button.closest("form").dataset.fsEdit);
  const { ok, text } = await post("test-question/delete", { question });
  if (!ok) return say(button, text);
  await changed();
  document.querySelector("#fs-own summary")?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-fs-edit]");
  if (!form) return;
  event.preventDefault();
  edit(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.dataset.fsTestQuestion) make(button);
  else if (button?.dataset.fsNoAnswer) noAnswer(button);
  else if (button?.dataset.fsDeleteQuestion) remove(button);
});

onView("evaluate", list);

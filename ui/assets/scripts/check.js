// The view Check: a draft is sent and its verdicts shown. What is typed stays in this browser until it is deleted.

import { load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { onView } from "./views.js";
import { language } from "./words.js";

const DRAFT = "fundstelle-draft";
const view = () => document.querySelector("#fs-view-check");
const field = () => view().querySelector("#fs-draft");

function stored() {
  try {
    return localStorage.getItem(DRAFT) ?? "";
  } catch {
    return ""; // the browser was told to keep nothing
  }
}

function store(text) {
  try {
    if (text) localStorage.setItem(DRAFT, text);
    else localStorage.removeItem(DRAFT);
  } catch {
    // there is no room: the field still has the text
  }
}

async function open() {
  if (field() && view().dataset.fsShown === language()) return;
  const typed = field()?.value ?? stored();
  if (!(await load(view(), "view/check")) || !field()) return;
  view().dataset.fsShown = language();
  field().value = typed;
}

function check() {
  load(view().querySelector("#fs-check-report"), "check", { method: "POST", body: { text: field().value } });
}

document.addEventListener("input", (event) => {
  if (event.target.id === "fs-draft") store(event.target.value);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-fs-check]")) return;
  event.preventDefault();
  check();
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "fs-draft" || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

mounted("#fs-view-check").then(() => onView("check", open));

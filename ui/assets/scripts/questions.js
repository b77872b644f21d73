// The view of saved questions and of the history; and the button that saves the question in the address.

import { go, read } from "./address.js";
import { flash } from "./clipboard.js";
import { load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { post } from "./send.js";
import { onView } from "./views.js";

const view = () => document.querySelector("#fs-view-questions");

async function show() {
  await load(view(), "view/questions");
  // one after the other: each asks the archive
  for (const place of view().querySelectorAll("[data-fs-new]")) {
    if (place.isConnected) await load(place, `view/questions/new?name=${encodeURIComponent(place.dataset.fsNew)}`);
  }
}

async function save(button) {
  const { ok, text } = await post("saved/add", { query: button.dataset.fsSaveQuestion || read().toString() });
  flash(button, ok ? button.dataset.fsDone : text);
  if (ok && view().contains(button)) setTimeout(show, 600);
}

async function send(button) {
  const { ok, text } = await post(button.dataset.fsPost, JSON.parse(button.dataset.fsBody));
  if (ok) await show();
  else flash(button, text);
}

async function older(button) {
  const row = button.closest("li");
  const holder = document.createElement("ul");
  if (!(await load(holder, `view/questions/older?older-than=${button.dataset.fsOlder}`))) return;
  const first = holder.querySelector("a");
  row.replaceWith(...holder.children);
  first?.focus();
}

document.addEventListener("click", (event) => {
  const saving = event.target.closest?.("button[data-fs-save-question]");
  const sending = event.target.closest?.("#fs-view-questions button[data-fs-post]");
  const paging = event.target.closest?.("button[data-fs-older]");
  const link = event.target.closest?.("a[data-fs-go]");
  if (saving) save(saving);
  else if (sending) send(sending);
  else if (paging) older(paging);
  else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const names = ["tab", "q", "since", "until", "source", "language", "author", "kind", "sort", "limit", "article"];
    const query = new URL(link.href).searchParams;
    go(Object.fromEntries(names.map((name) => [name, query.getAll(name)])));
  }
});

document.addEventListener("fs:settings", () => {
  if (document.documentElement.dataset.fsView === "questions") show();
});

mounted("#fs-view-questions").then(() => onView("questions", show));

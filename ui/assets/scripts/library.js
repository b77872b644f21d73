// The library: the address says which articles are listed and in which order; a row unfolds to what can be done with it.

import { go, read } from "./address.js";
import { load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { post } from "./send.js";
import { onView } from "./views.js";

const STATE = ["find", "since", "until", "source", "language", "author", "kind", "state", "order", "page"];
const NAMES = ["source", "author"]; // of which several may be chosen
const NO_SPAN = { start: null, end: null, from: null, to: null };

let listed; // the parameters of the list that is shown or awaited

function query() {
  return new URLSearchParams([...read()].filter(([name]) => STATE.includes(name))).toString();
}

export function part(name) {
  return document.querySelector(`#fs-library-${name}`);
}

// Say what was done, to everybody.
export function note(sentence) {
  if (part("note")) part("note").textContent = sentence;
}

// Fetch a part of the view again; what had the focus gets it back.
export async function renew(name, address = `view/library/${name}`, options = {}) {
  const element = part(name);
  if (!element) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  await load(element, address, options);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

export async function renewList() {
  listed = query();
  if (!part("list")?.childElementCount) return renewView();
  await renew("list", `view/library/list?${listed}`);
}

export async function renewView() {
  const view = await mounted("#fs-view-library");
  listed = query();
  await load(view, `view/library?${listed}`);
  document.dispatchEvent(new CustomEvent("fs:library"));
}

function show() {
  if (!part("list")) return void renewView();
  if (query() !== listed) renewList();
  document.dispatchEvent(new CustomEvent("fs:library"));
}

// The form: what is chosen goes into the address.
function choose(form) {
  const fields = new FormData(form);
  const changes = { page: null };
  const isHere = (name) => form.elements.namedItem(name); // fields of filters come when they are unfolded
  for (const name of STATE.filter(isHere)) changes[name] = fields.getAll(name);
  for (const name of NAMES.filter(isHere)) changes[name] = [...new Set([...read().getAll(name), ...fields.getAll(name)])];
  go(changes);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "fs-library-form") return;
  event.preventDefault();
  choose(event.target);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("#fs-library-form");
  if (form && event.target.name !== "find" && event.target.checkValidity()) choose(form);
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-fs-library]");
  const opener = event.target.closest?.("a[data-fs-open]");
  const more = event.target.closest?.("[data-fs-more]");
  if (link) {
    event.preventDefault();
    go(JSON.parse(link.dataset.fsLibrary));
  } else if (opener) {
    event.preventDefault();
    go({ article: opener.dataset.fsOpen, ...NO_SPAN });
  } else if (more) unfold(more);
});

// Unfold a row, or fold it again.
async function unfold(button) {
  const row = button.closest("tr");
  const isOpen = button.ariaExpanded === "true";
  button.ariaExpanded = String(!isOpen);
  if (isOpen) return row.nextElementSibling.remove();
  const details = document.createElement("tr");
  details.className = "fs-row-details";
  details.setAttribute("role", "row");
  const cell = details.insertCell();
  cell.colSpan = row.cells.length;
  cell.setAttribute("role", "cell");
  cell.id = `fs-details-${button.dataset.fsMore}`;
  button.setAttribute("aria-controls", cell.id);
  row.after(details);
  await load(cell, `view/library/article?article=${encodeURIComponent(button.dataset.fsMore)}`);
}

// Corrections
document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-fs-correct]");
  if (!form) return;
  event.preventDefault();
  const changed = [...form.querySelectorAll("[data-fs-was]")].filter((each) => each.value !== each.dataset.fsWas);
  const facts = Object.fromEntries(changed.map((each) => [each.name, each.value]));
  await correct(form, "library/correct", { article: form.dataset.fsCorrect, ...facts });
});
document.addEventListener("click", async (event) => {
  const undo = event.target.closest?.("[data-fs-undo]");
  const forget = event.target.closest?.("[data-fs-forget]");
  if (undo) await correct(undo.closest("form"), "library/undo", { article: undo.dataset.fsUndo });
  if (forget) await remove(forget);
});

async function correct(form, path, body) {
  const cell = form.closest("td");
  form.inert = true;
  const reply = await post(path, body);
  form.inert = false;
  if (!reply.ok) return note(reply.text);
  await renewList();
  // the row may be elsewhere now, or on another page
  const row = document.getElementById(`fs-more-${body.article}`);
  if (row) await unfold(row);
  else cell.remove();
  const sentence = Object.assign(document.createElement("template"), { innerHTML: reply.text });
  note(sentence.content.querySelector("[role=status]")?.textContent ?? "");
  row?.focus();
}

async function remove(button) {
  button.disabled = true;
  const reply = await post("library/forget", { article: button.dataset.fsForget });
  button.disabled = false;
  note(reply.text);
  if (!reply.ok) return;
  await renewList();
  part("heading")?.focus();
}

onView("library", show);

// The pictures and the filters are fetched when they are unfolded.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.id === "fs-overview" && event.target.open) renewPictures();
    if (event.target.id === "fs-library-filters") renewFields();
  },
  true,
);

export async function renewPictures() {
  if (!document.querySelector("#fs-overview[open]")) return;
  await renew("pictures");
  document.dispatchEvent(new CustomEvent("fs:pictures"));
}

export async function renewFields() {
  if (document.querySelector("#fs-library-filters[open]")) await renew("fields", `view/library/fields?${query()}`);
}

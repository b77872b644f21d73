// The view of dossiers: order, texts, verdicts and files. What is typed is stored as it is typed, and stays until it is.

import { go } from "./address.js";
import { load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { post, postFile } from "./send.js";
import { keepTyped, restoreTyped, storeTyped } from "./typed.js";
import { onView } from "./views.js";

const MAX_IMPORT = 20_000_000; // bytes
const AT_ONCE = 10; // entries that are verified with one request
const deleted = []; // dossiers {dossier, name}, the last first
let shown; // the dossier in view, "" for the list; undefined while another view is open

function view() {
  return document.querySelector("#fs-view-dossiers");
}

function section() {
  return view().querySelector(".fs-dossiers");
}

function words() {
  return JSON.parse(section().dataset.fsWords);
}

function say(sentence) {
  const status = section()?.querySelector("[data-fs-status]");
  if (status) status.textContent = sentence;
}

function filled(sentence, values) {
  return sentence.replace(/{(\w+)}/g, (_, name) => values[name]);
}

async function show(dossier) {
  shown = dossier;
  await storeTyped();
  const came = await load(view(), `view/dossiers${dossier ? `?dossier=${encodeURIComponent(dossier)}` : ""}`);
  if (!came || shown !== dossier) return;
  restoreTyped(view());
  if (!dossier) offerDeleted();
}

// -- the list ------------------------------------------------------------------------------------------------------

async function make(form) {
  const { ok, text } = await post("dossiers/name", { name: new FormData(form).get("name") });
  if (ok) go({ dossier: text });
  else say(text);
}

async function importFile(input) {
  const [file] = input.files;
  if (!file) return;
  if (file.size > MAX_IMPORT) return say(words().too_large);
  const { ok, text } = await postFile("dossiers/import", file);
  input.value = "";
  if (ok) go({ dossier: text });
  else say(text);
}

async function deleteDossier() {
  const { fsOpenDossier: dossier } = section().dataset;
  const name = section().querySelector("[data-fs-name]").value;
  const { ok, text } = await post("dossiers/delete", { dossier });
  if (!ok) return say(text);
  deleted.unshift({ dossier, name });
  go({ dossier: null });
  await show("");
  section().querySelector("[data-fs-undo-place] button")?.focus();
}

// What was deleted in this window can be brought back, one by one.
function offerDeleted() {
  const lines = deleted.map((each) => {
    const line = document.createElement("p");
    offerUndo(line, each.name, { dossier: each.dossier }, () => {
      deleted.splice(deleted.indexOf(each), 1);
      show("");
    });
    return line;
  });
  section().querySelector("[data-fs-undo-place]").replaceChildren(...lines);
}

// Say what was deleted, with a button that brings it back.
function offerUndo(place, name, what, after) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words().undo;
  button.addEventListener("click", async () => {
    const { ok, text } = await post("dossiers/restore", what);
    if (ok) after();
    else say(text);
  });
  place.replaceChildren(`${filled(words().deleted, { name })} `, button);
  button.focus();
}

// -- the entries ---------------------------------------------------------------------------------------------------

function entries() {
  return [...section().querySelectorAll("[data-fs-entry]")];
}

// Store the place of an entry in its list; where that fails, show the order that is stored.
async function storePlace(entry) {
  const before = entry.nextElementSibling?.dataset.fsEntry ?? null;
  const { ok, text } = await post("dossiers/move", { entry: entry.dataset.fsEntry, before });
  if (!ok) {
    await show(shown);
    return say(text);
  }
  const position = { position: entries().indexOf(entry) + 1, count: entries().length };
  section().querySelector("[data-fs-announce]").textContent = filled(words().position, position);
}

function move(button) {
  const entry = button.closest("[data-fs-entry]");
  const isUp = button.dataset.fsMove === "-1";
  const neighbour = isUp ? entry.previousElementSibling : entry.nextElementSibling;
  if (!neighbour) return;
  neighbour[isUp ? "before" : "after"](entry);
  button.focus();
  entry.scrollIntoView({ block: "nearest" });
  storePlace(entry);
}

async function add(kind) {
  const { ok, text } = await post("dossiers/text", { dossier: shown, kind, text: "" });
  if (!ok) return say(text);
  section().querySelector("[data-fs-empty]")?.remove();
  section().querySelector(".fs-entries").insertAdjacentHTML("beforeend", text);
  entries().at(-1).querySelector("[data-fs-text]").focus();
}

async function deleteEntry(entry) {
  await storeTyped();
  const { ok, text } = await post("dossiers/delete", { entry: entry.dataset.fsEntry });
  if (!ok) return say(text);
  const place = document.createElement("li");
  place.className = "fs-undo";
  entry.replaceWith(place);
  offerUndo(place, entry.dataset.fsLabel, { entry: entry.dataset.fsEntry }, () => {
    place.replaceWith(entry);
    entry.querySelector("[data-fs-delete-entry]").focus();
  });
}

// Verify entries, show the verdicts, and return how many hold, or a sentence if it failed.
async function verify(verified) {
  for (const entry of verified) entry.querySelector("[data-fs-verdict]").ariaBusy = "true";
  const { ok, text } = await post("dossiers/verify", { entries: verified.map((entry) => entry.dataset.fsEntry) });
  const verdicts = ok ? JSON.parse(text) : {};
  for (const entry of verified) {
    const place = entry.querySelector("[data-fs-verdict]");
    place.innerHTML = verdicts[entry.dataset.fsEntry] ?? "";
    place.ariaBusy = "false";
  }
  return ok ? verified.filter((entry) => entry.querySelector("[data-fs-holds='true']")).length : text;
}

async function verifyAll(button) {
  const quotes = entries().filter((entry) => entry.querySelector("[data-fs-verify]"));
  const dossier = shown;
  let good = 0;
  button.disabled = true;
  for (let done = 0; done < quotes.length; done += AT_ONCE) {
    say(filled(words().verifying, { done, count: quotes.length }));
    const outcome = await verify(quotes.slice(done, done + AT_ONCE));
    if (shown !== dossier) return;
    button.disabled = typeof outcome === "number";
    if (!button.disabled) return say(outcome);
    good += outcome;
  }
  button.disabled = false;
  say(filled(words().verified, { good, count: quotes.length }));
}

async function verifyOne(button) {
  const outcome = await verify([button.closest("[data-fs-entry]")]);
  if (typeof outcome === "string") say(outcome);
}

// -- dragging: the entry moves while it is dragged, and its place is stored when it is dropped ----------------------

let dragged;

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".fs-drag")?.closest("[data-fs-entry]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.fsLabel);
  event.dataTransfer.setDragImage(dragged, 0, 0);
  dragged.classList.add("fs-dragged");
});

document.addEventListener("dragover", (event) => {
  const target = dragged && event.target.closest?.("[data-fs-entry]");
  if (!dragged) return;
  event.preventDefault();
  if (!target || target === dragged) return;
  const { top, height } = target.getBoundingClientRect();
  target[event.clientY < top + height / 2 ? "before" : "after"](dragged);
});

document.addEventListener("drop", (event) => dragged && event.preventDefault());

document.addEventListener("dragend", () => {
  dragged?.classList.remove("fs-dragged");
  if (dragged) storePlace(dragged);
  dragged = undefined;
});

// -- wiring --------------------------------------------------------------------------------------------------------

const CLICKS = {
  "[data-fs-delete-dossier]": deleteDossier,
  "[data-fs-verify-all]": verifyAll,
  "[data-fs-add-entry]": (button) => add(button.dataset.fsAddEntry),
  "[data-fs-move]": move,
  "[data-fs-verify]": verifyOne,
  "[data-fs-delete-entry]": (button) => deleteEntry(button.closest("[data-fs-entry]")),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#fs-view-dossiers a[data-fs-dossier]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    go({ dossier: link.dataset.fsDossier || null });
  }
  for (const [selector, action] of Object.entries(CLICKS)) {
    const button = event.target.closest?.(`#fs-view-dossiers ${selector}`);
    if (button) action(button);
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-fs-make-dossier]")) return;
  event.preventDefault();
  make(event.target);
});

document.addEventListener("input", (event) => {
  if (event.target.matches?.("#fs-view-dossiers :is([data-fs-text], [data-fs-name])")) keepTyped(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-fs-import]")) importFile(event.target);
  if (!event.target.matches?.("[data-fs-style]")) return;
  for (const link of section().querySelectorAll("[data-fs-export]")) {
    const address = new URL(link.href);
    address.searchParams.set("style", event.target.value);
    link.href = address.href;
  }
});

mounted("#fs-view-dossiers").then(() => {
  onView("dossiers", (parameters) => {
    const dossier = parameters.get("dossier") ?? "";
    if (dossier !== shown) show(dossier);
  });
  document.addEventListener("fs:view", ({ detail }) => {
    if (detail !== "dossiers") shown = undefined;
  });
});

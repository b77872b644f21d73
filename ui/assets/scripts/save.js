// Saving into a dossier: one press into the dossier used last, or into another or a new one from a menu, where a person
// also chooses whether the passage is saved or the sentence that is marked in it.

import { passageOf } from "./passage.js";
import { closeMenu, openMenu, opener } from "./popover.js";
import { post } from "./send.js";

const EXTENT = "fundstelle-save-extent";

const extent = () => localStorage.getItem(EXTENT) ?? "passage";

// Save the passage of a card into the dossier used last.
export function saveCard(card) {
  const button = card?.querySelector("[data-fs-save]");
  if (button) return save(button, {});
}

// Save what a button stands for; `where` is {dossier} or {name} of a new one. Return a sentence if it failed.
async function save(button, where) {
  // beside an answer, the article answers the question of the address
  const question = new URLSearchParams(location.search).get("q") ?? "";
  const { from, to, ...passage } = { question, ...passageOf(button, button.dataset.fsSave) };
  const sentence = extent() === "sentence" && from !== undefined ? { start: from, end: to } : {};
  const { ok, text } = await post("dossiers/save", { ...passage, ...sentence, ...where });
  button.setAttribute("aria-live", "polite");
  if (ok) {
    const { name, count } = JSON.parse(text);
    noteSaved(passage);
    button.textContent = `${button.dataset.fsDone} · ${count}`;
    button.title = name;
    return "";
  }
  const own = button.textContent;
  button.textContent = button.dataset.fsFailed;
  button.title = text;
  setTimeout(() => (button.textContent = own), 4000);
  return text;
}

function savedSpans(button) {
  return (button.fsSaved ??= new Set(JSON.parse(button.dataset.fsSaved)));
}

// Say on a button whether what it stands for now is in a dossier.
function show(button) {
  const { start, end } = passageOf(button, button.dataset.fsSave);
  const isSaved = savedSpans(button).has(`${start}-${end}`);
  button.ariaPressed = String(isSaved);
  button.textContent = isSaved ? button.dataset.fsDone : button.dataset.fsLabel;
}

// A passage may stand in a card and in the reader.
function noteSaved({ article, start, end }) {
  for (const button of document.querySelectorAll("button[data-fs-save]")) {
    if (JSON.parse(button.dataset.fsSave).article !== article) continue;
    savedSpans(button).add(`${start}-${end}`);
    show(button);
  }
}

document.addEventListener("fs:current", (event) => {
  const button = event.target.querySelector("button[data-fs-save]");
  if (button) show(button);
});

// Open the menu of dossiers for the passage beside whose button it stands.
async function open(chooser) {
  const button = chooser.parentElement.querySelector("[data-fs-save]");
  const { from } = passageOf(button, button.dataset.fsSave);
  const menu = await openMenu(chooser, `dossiers/menu${from === undefined ? "" : `?from=${from}`}`, {
    label: chooser.ariaLabel,
  });
  for (const each of menu?.querySelectorAll("[name=fs-save-extent]") ?? []) each.checked = each.value === extent();
}

async function saveFromMenu(where) {
  const status = document.querySelector("#fs-menu [role=status]");
  const fault = await save(opener().parentElement.querySelector("[data-fs-save]"), where);
  if (fault) status.textContent = fault;
  else closeMenu();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-fs-save]");
  if (button) save(button, {});
  const chooser = event.target.closest?.("button[data-fs-choose-dossier]");
  if (chooser) open(chooser);
  const target = event.target.closest?.("#fs-menu [data-fs-into]");
  if (target) saveFromMenu({ dossier: target.dataset.fsInto });
});

document.addEventListener("change", (event) => {
  if (event.target.name === "fs-save-extent") localStorage.setItem(EXTENT, event.target.value);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-fs-save-new]")) return;
  event.preventDefault();
  saveFromMenu({ name: new FormData(event.target).get("name") });
});

// Saving a passage into a dossier: one press into the dossier used last, or into another or a new one from a menu.

import { passageOf } from "./passage.js";
import { closeMenu, openMenu, opener } from "./popover.js";
import { post } from "./send.js";

// Save the passage of a card into the dossier used last.
export function saveCard(card) {
  const button = card?.querySelector("[data-fs-save]");
  if (button) return save(button, {});
}

// Save what a button stands for; `where` is {dossier} or {name} of a new one. Return a sentence if it failed.
async function save(button, where) {
  // beside an answer, the article answers the question of the address
  const question = new URLSearchParams(location.search).get("q") ?? "";
  const passage = { question, ...passageOf(button, button.dataset.fsSave) };
  const { ok, text } = await post("dossiers/save", { ...passage, ...where });
  button.setAttribute("aria-live", "polite");
  if (ok) {
    const { name, count } = JSON.parse(text);
    button.ariaPressed = "true";
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
  if (chooser) openMenu(chooser, "dossiers/menu", { label: chooser.ariaLabel });
  const target = event.target.closest?.("#fs-menu [data-fs-into]");
  if (target) saveFromMenu({ dossier: target.dataset.fsInto });
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-fs-save-new]")) return;
  event.preventDefault();
  saveFromMenu({ name: new FormData(event.target).get("name") });
});

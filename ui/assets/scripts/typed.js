// What is typed into a dossier is stored as it is typed. Until the server has it, it is kept in this browser, too.

import { post } from "./send.js";

const PAUSE = 600; // milliseconds without a key, after which a text is stored
const AGAIN = 5000; // after which storing is tried again
const PREFIX = "fundstelle-unstored-";
const waiting = new Map(); // field → its timer

// Store a field's text after a pause.
export function keepTyped(field) {
  try {
    localStorage.setItem(keyOf(field), field.value);
  } catch {
    // the browser has no room, or was told to keep nothing: the field still has the text
  }
  say(field, words(field).typed);
  wait(field, PAUSE);
}

// Store whatever is not stored yet.
export async function storeTyped() {
  await Promise.all([...waiting.keys()].map(store));
}

// Put back what was typed before and never arrived, and store it.
export function restoreTyped(view) {
  for (const field of view.querySelectorAll("[data-fs-text], [data-fs-name]")) {
    const text = localStorage.getItem(keyOf(field));
    if (text === null || text === field.value) localStorage.removeItem(keyOf(field));
    else {
      field.value = text;
      keepTyped(field);
    }
  }
}

function wait(field, time) {
  clearTimeout(waiting.get(field));
  waiting.set(
    field,
    setTimeout(() => store(field), time),
  );
}

async function store(field) {
  clearTimeout(waiting.get(field));
  waiting.delete(field);
  const text = field.value;
  const { ok, text: sentence } = await post(...changeOf(field, text));
  if (ok) {
    if (localStorage.getItem(keyOf(field)) === text) localStorage.removeItem(keyOf(field));
    if (field.value === text) say(field, words(field).stored);
    return;
  }
  // a name that is taken stays so; a text is stored as soon as it can be
  if ("fsName" in field.dataset) return say(field, sentence);
  say(field, `${words(field).not_stored} ${sentence}`);
  if (field.isConnected && !waiting.has(field)) wait(field, AGAIN);
}

function changeOf(field, text) {
  const dossier = field.closest("[data-fs-open-dossier]")?.dataset.fsOpenDossier;
  if ("fsName" in field.dataset) return ["dossiers/name", { dossier, name: text }];
  return ["dossiers/text", { entry: entryOf(field), text }];
}

function entryOf(field) {
  return (field.fsEntry ??= field.closest("[data-fs-entry]").dataset.fsEntry);
}

function keyOf(field) {
  if (!("fsName" in field.dataset)) return PREFIX + entryOf(field);
  return PREFIX + (field.fsDossier ??= field.closest("[data-fs-open-dossier]").dataset.fsOpenDossier);
}

function words(field) {
  return (field.fsWords ??= JSON.parse(field.closest("[data-fs-words]").dataset.fsWords));
}

function say(field, sentence) {
  const status = field.closest("[data-fs-entry]")?.querySelector(".fs-stored");
  const place = status ?? field.closest(".fs-dossiers")?.querySelector("[data-fs-status]");
  if (place) place.textContent = sentence;
}

// A page that is left stores what it can.
addEventListener("pagehide", () => {
  for (const field of waiting.keys()) {
    const [path, body] = changeOf(field, field.value);
    post(path, body, { keepalive: true });
  }
});

// Citing a passage: a menu of formats; the last choice is remembered, and one key repeats it.

import { copy, flash } from "./clipboard.js";
import { passageOf } from "./passage.js";
import { openMenu, opener } from "./popover.js";
import { fetchText } from "./send.js";

const CHOICE = "fundstelle-cite";

function choice() {
  try {
    return { format: "iso690", extent: "sentence", hash: false, ...JSON.parse(localStorage.getItem(CHOICE)) };
  } catch {
    return { format: "iso690", extent: "sentence", hash: false };
  }
}

function remember(changes) {
  localStorage.setItem(CHOICE, JSON.stringify({ ...choice(), ...changes }));
}

function addressOf({ from, to, ...quote }, { format, extent, hash }) {
  const sentence = extent === "sentence" && from !== undefined ? { start: from, end: to } : {};
  return `cite?${new URLSearchParams({ ...quote, ...sentence, style: format, ...(hash ? { hash: 1 } : {}) })}`;
}

// Cite what a button stands for as it was last chosen, and return {ok, text}: a sentence says what went wrong.
async function cited(button) {
  const reply = await fetchText(addressOf(passageOf(button, button.dataset.fsCite), choice()));
  if (!reply.ok) return reply;
  return { ok: await copy(reply.text, choice().format === "html"), text: button.dataset.fsFailed };
}

// Copy the citation of a card as it was last chosen, and say so on its button.
export async function citeAgain(card) {
  const button = card?.querySelector("[data-fs-cite]");
  if (!button) return;
  const { ok, text } = await cited(button);
  flash(button, ok ? button.dataset.fsDone : text);
}

async function open(button) {
  const menu = await openMenu(button, `cite/menu?${new URLSearchParams(passageOf(button, button.dataset.fsCite))}`, {
    label: button.textContent,
  });
  if (!menu) return;
  const { format, extent, hash } = choice();
  const extents = [...menu.querySelectorAll("[name=fs-extent]")];
  for (const each of extents) each.checked = each.value === extent;
  const box = menu.querySelector("[name=fs-hash]");
  if (box) box.checked = hash;
  const last = menu.querySelector(`[data-fs-format="${format}"]`);
  last?.setAttribute("aria-current", "true");
  last?.focus({ preventScroll: true });
}

async function choose(formatButton) {
  const menu = formatButton.closest("#fs-menu");
  remember({ format: formatButton.dataset.fsFormat });
  for (const each of menu.querySelectorAll("[data-fs-format]")) each.removeAttribute("aria-current");
  formatButton.setAttribute("aria-current", "true");
  const { ok, text } = await cited(opener());
  const status = menu.querySelector("[role=status]");
  status.textContent = ok ? formatButton.dataset.fsDone : text;
  status.dataset.fsOk = String(ok);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-fs-cite]");
  if (button) open(button);
  const format = event.target.closest?.("#fs-menu [data-fs-format]");
  if (format) choose(format);
});

document.addEventListener("change", (event) => {
  if (event.target.name === "fs-extent") remember({ extent: event.target.value });
  if (event.target.name === "fs-hash") remember({ hash: event.target.checked });
});

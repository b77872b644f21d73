// An article opens beside the answer: the address names it, so that Back closes it and a link opens it.

import { back, go, onAddress } from "./address.js";
import { language, words } from "./words.js";

const SPAN = ["start", "end", "from", "to"];
let panel;

function makePanel() {
  const dialog = document.createElement("dialog");
  dialog.id = "fs-panel";
  const bar = document.createElement("div");
  const title = document.createElement("strong");
  const close = document.createElement("button");
  const frame = document.createElement("iframe");
  close.type = "button";
  close.autofocus = true;
  bar.append(title, close);
  dialog.append(bar, frame);
  close.addEventListener("click", closeReader);
  // The dialog fills its own box, so a click that lands on it, and not on a child, came from outside.
  dialog.addEventListener("click", (event) => event.target === dialog && closeReader());
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeReader();
  });
  // Keys pressed while reading go to the frame, which knows nothing of the panel around it.
  frame.addEventListener("load", () => {
    // instead of the browser's own page, which belongs to nobody
    if (!frame.contentDocument) frame.srcdoc = unreachable();
    frame.contentDocument?.addEventListener("keydown", (event) => event.key === "Escape" && closeReader());
    title.textContent = frame.contentDocument?.querySelector("h1")?.textContent ?? "";
  });
  document.body.append(dialog);
  return { dialog, title, close, frame };
}

function unreachable() {
  const { color, font } = getComputedStyle(document.querySelector("#fs-panel > div"));
  const sentence = document.createElement("p");
  sentence.lang = document.documentElement.lang;
  sentence.textContent = words().unreachable;
  sentence.style.cssText = `margin: 1.25rem; color: ${color}; font: ${font}`;
  return sentence.outerHTML;
}

function closeReader() {
  back({ article: null, start: null, end: null, from: null, to: null });
}

function show(parameters) {
  const article = parameters.get("article");
  document.documentElement.toggleAttribute("data-fs-article", Boolean(article));
  if (!article) return panel?.dialog.close();
  panel ??= makePanel();
  panel.close.textContent = words().close;
  panel.frame.title = words().reader;
  panel.dialog.setAttribute("aria-label", words().reader);
  const span = SPAN.filter((name) => parameters.has(name)).map((name) => [name, parameters.get(name)]);
  const query = new URLSearchParams([...span, ["lang", language()]]);
  const anchor = parameters.has("start") ? "#passage" : "";
  // replaced, so that the frame adds no step of history
  panel.frame.contentWindow.location.replace(`article/${encodeURIComponent(article)}?${query}${anchor}`);
  if (!panel.dialog.open) panel.dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-fs-reader]");
  // With a key held down the person wants a new tab or window: leave it to the browser.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const address = new URL(link.href);
  const span = Object.fromEntries(SPAN.map((name) => [name, address.searchParams.get(name)]));
  go({ article: decodeURIComponent(address.pathname.split("/").pop()), ...span });
});

onAddress(show);

// An article opens beside the answer, or over it where there is no room: the address names it, so that Back closes it
// and a link opens it.

import { back, go, onAddress, read } from "./address.js";
import { fetchRest, reveal, select } from "./article.js";
import { clear, load } from "./fragment.js";
import { setTitle } from "./title.js";
import { words } from "./words.js";

const SPAN = ["start", "end", "from", "to"];
const QUESTION = ["q", "since", "until", "source", "language", "author", "kind", "sort", "limit"];
const wide = matchMedia("(min-width: 1200px)");

let reader; // {content, body, close, pane, panel}
let opener; // what had the focus when the article was opened
let shown; // the article that is shown, with its question

function make() {
  const pane = document.createElement("aside");
  pane.id = "fs-pane";
  const panel = document.createElement("dialog");
  panel.id = "fs-panel";
  const content = document.createElement("div");
  content.id = "fs-article";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "fs-close";
  close.addEventListener("click", closeReader);
  const body = document.createElement("div");
  body.className = "fs-article-body";
  body.tabIndex = -1;
  content.append(close, body);
  // The dialog fills its own box, so a click that lands on it, and not on a child, came from outside.
  panel.addEventListener("click", (event) => event.target === panel && closeReader());
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeReader();
  });
  document.body.append(pane, panel);
  wide.addEventListener("change", () => shown && arrange());
  return { pane, panel, content, body, close };
}

// Two panes where there is room, else a panel over the page; what is in it stays as it is.
function arrange() {
  const { pane, panel, content, body } = reader;
  const home = wide.matches ? pane : panel;
  const top = body.scrollTop;
  if (content.parentElement !== home) home.append(content);
  body.scrollTop = top;
  pane.hidden = !wide.matches;
  if (wide.matches) panel.close();
  else if (!panel.open) panel.showModal();
}

function closeReader() {
  back({ article: null, ...Object.fromEntries(SPAN.map((name) => [name, null])) });
}

async function show(parameters) {
  const article = parameters.get("article");
  document.documentElement.toggleAttribute("data-fs-article", Boolean(article));
  if (!article) return hide();
  reader ??= make();
  label();
  arrange();
  const key = JSON.stringify(["article", ...QUESTION].map((name) => parameters.getAll(name)));
  if (key === shown && moveTo(parameters)) return title();
  shown = key;
  const wanted = [...SPAN, ...QUESTION].flatMap((name) => parameters.getAll(name).map((value) => [name, value]));
  const { body } = reader;
  const came = await load(body, `article/${encodeURIComponent(article)}/fragment?${new URLSearchParams(wanted)}`);
  if (key !== shown || !came) return;
  const text = body.querySelector(".fs-reader");
  if (!text) return;
  body.scrollTop = 0;
  title();
  reveal(text, "auto");
  if (opener?.matches?.("a")) body.querySelector(".fs-headline").focus({ preventScroll: true });
  fetchRest(text);
}

// Before the page has its language, an article that its address names is already on its way.
function label() {
  const { pane, panel, close } = reader;
  close.textContent = words().close;
  for (const each of [pane, panel]) each.ariaLabel = words().reader;
}

document.addEventListener("fs:ready", () => reader && label());

// Go to the passage that the address names, and return whether it is marked.
function moveTo(parameters) {
  const mark = reader.body.querySelector(`[data-fs-span="${parameters.get("start")}-${parameters.get("end")}"]`);
  if (mark) select(mark.closest(".fs-reader"), Number(mark.dataset.fsPassage));
  return Boolean(mark);
}

function hide() {
  if (!shown) return;
  shown = undefined;
  reader.panel.close();
  reader.pane.hidden = true;
  clear(reader.body);
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = undefined;
}

// After the views, which name the page for what they show.
function title() {
  const headline = reader.body.querySelector(".fs-reader")?.dataset.fsTitle;
  setTimeout(() => {
    if (headline && shown) setTitle(`${headline} – Fundstelle`);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-fs-reader]");
  // With a key held down the person wants a new tab or window: leave it to the browser.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.querySelector("#fs-masthead")) return;
  event.preventDefault();
  if (!shown) opener = document.activeElement === document.body ? link : document.activeElement;
  const address = new URL(link.href);
  const span = Object.fromEntries(SPAN.map((name) => [name, address.searchParams.get(name)]));
  go({ article: decodeURIComponent(address.pathname.split("/").pop()), ...span });
});

// The address follows from passage to passage, without a step of history.
document.addEventListener("fs:passage", (event) => {
  const mark = event.target.querySelector(`[data-fs-passage="${event.detail}"]`);
  const [start, end] = mark.dataset.fsSpan.split("-");
  if (read().has("article")) go({ start, end, from: null, to: null }, { replace: true });
});

// In the capturing phase: a menu or a dialog that Esc closes is still open then.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !wide.matches || !shown) return;
    if (document.querySelector("dialog[open], .fs-menu[open], :popover-open")) return;
    closeReader();
  },
  { capture: true },
);

onAddress(show);

// Keys for people who work here all day; `?` shows them.

import { box } from "./ask.js";
import { citeAgain } from "./cite.js";
import { saveCard } from "./save.js";

const CARDS = ".fs-card:not(details:not([open]) *)";

let last; // the card that had the focus

document.addEventListener("focusin", (event) => {
  last = event.target.closest?.(".fs-card") ?? last;
});

function current() {
  return document.activeElement?.closest(".fs-card");
}

// What is cited and saved by a key: the article that is being read, or else the card.
function quoting() {
  return document.activeElement?.closest(".fs-reader") ?? current() ?? document.querySelector(CARDS);
}

function move(step) {
  const cards = [...document.querySelectorAll(CARDS)].filter((card) => card.checkVisibility());
  const position = cards.indexOf(current() ?? last);
  const next = cards[position < 0 ? (step > 0 ? 0 : cards.length - 1) : position + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion)").matches ? "auto" : "smooth" });
}

function press(selector) {
  (current() ?? document.querySelector(CARDS))?.querySelector(selector)?.click();
}

// With the focus in the reader, what is cited and saved next is its passage.
function step(selector) {
  const button = document.querySelector(selector);
  button?.focus({ preventScroll: true });
  button?.click();
}

const ACTIONS = {
  "/": () => {
    box()?.focus();
    box()?.select();
  },
  j: () => move(1),
  k: () => move(-1),
  o: () => press("a[data-fs-reader]"),
  s: () => saveCard(quoting()),
  c: () => citeAgain(quoting()),
  n: () => step("[data-fs-next-mark]"),
  p: () => step("[data-fs-previous-mark]"),
  "?": () => document.querySelector("#fs-keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (target.closest?.("input, textarea, select, [contenteditable], [role=listbox]")) return;
  if (event.key === "Enter" && target.matches?.(".fs-card")) return press("a[data-fs-reader]");
  if (!ACTIONS[event.key]) return;
  event.preventDefault();
  ACTIONS[event.key]();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-fs-keys]")) ACTIONS["?"]();
});

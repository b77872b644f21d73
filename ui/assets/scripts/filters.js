// Filters of the answer: every choice goes into the address.

import { go, read } from "./address.js";

const FILTERS = ["since", "until", "source", "language", "author", "kind"];

function choose(input) {
  const { name } = input;
  const form = input.closest("form");
  const chosen = [...form.querySelectorAll(`[name="${name}"]:checked`)].map((each) => each.value);
  if (input.type === "radio") input.closest("details").open = false;
  go({ [name]: chosen.filter(Boolean), limit: null });
}

document.addEventListener("change", (event) => {
  const input = event.target.closest?.("#fs-filters input, #fs-filters select");
  if (!input) return;
  if (input.type === "checkbox" || input.type === "radio") choose(input);
  else if (input.checkValidity()) go({ [input.name]: input.value, limit: null });
});

// Enter in a field of a menu changes the field, and sends nothing.
document.addEventListener("submit", (event) => {
  if (event.target.matches(".fs-menu-box")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("[data-fs-remove]");
  const clear = event.target.closest?.("[data-fs-no-filters]");
  const more = event.target.closest?.("[data-fs-limit]");
  const period = event.target.closest?.("[data-fs-since]");
  if (chip) remove(...JSON.parse(chip.dataset.fsRemove));
  else if (clear) go({ ...Object.fromEntries(FILTERS.map((name) => [name, null])), limit: null });
  else if (more) go({ limit: more.dataset.fsLimit }, { replace: true });
  else if (period && !brush) go({ since: period.dataset.fsSince, until: period.dataset.fsUntil, limit: null });
});

function remove(name, value) {
  const rest = read().getAll(name).filter((each) => each !== value);
  go({ [name]: rest, limit: null });
}

const OPEN_MENU = ":is(.fs-menu, .fs-export)[open]";

// Only one menu is open at a time, and Esc or a click elsewhere closes it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(OPEN_MENU)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(OPEN_MENU);
  if (event.key !== "Escape" || !menu) return;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A period is brushed on the histogram: pressed on one bar, released on another.
let brush;

document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.("[data-fs-since]");
  if (!bar) return;
  bar.releasePointerCapture?.(event.pointerId);
  brush = { first: bar, last: bar };
});
document.addEventListener("pointerover", (event) => {
  const bar = event.target.closest?.("[data-fs-since]");
  if (!brush || !bar) return;
  brush.last = bar;
  const bars = [...bar.parentElement.querySelectorAll("[data-fs-since]")];
  const [low, high] = [brush.first, brush.last].map((each) => bars.indexOf(each)).sort((a, b) => a - b);
  bars.forEach((each, position) => each.toggleAttribute("data-fs-brushed", position >= low && position <= high));
});
document.addEventListener("pointerup", () => {
  if (!brush) return;
  const { first, last } = brush;
  setTimeout(() => (brush = undefined)); // after the click that follows
  if (first === last) return void (brush = undefined);
  const days = [first, last].flatMap((bar) => [bar.dataset.fsSince, bar.dataset.fsUntil]).sort();
  go({ since: days.at(0), until: days.at(-1), limit: null });
});

// In the toolbar, arrow keys move between the menus, and Tab leaves it.
document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("#fs-filters[role=toolbar]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const stops = bar ? [...bar.querySelectorAll("[data-fs-stop]")] : [];
  const position = stops.indexOf(event.target);
  if (!step || position < 0) return;
  event.preventDefault();
  const next = stops[(position + step + stops.length) % stops.length];
  for (const stop of stops) stop.tabIndex = stop === next ? 0 : -1;
  next.focus();
});

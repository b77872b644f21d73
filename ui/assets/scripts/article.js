// What works within an article, beside the answer as well as in a page of its own: from passage to passage, the search
// in the text, and what is fetched on request.

import { clear, load } from "./fragment.js";

const MAX_MATCHES = 1000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const searches = new WeakMap(); // article → {ranges, current}

function unfold(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

// Bring the current passage into view: the sentence in it that answers or, without one, its beginning.
export function reveal(article, behavior = "smooth") {
  const target = article.querySelector(".fs-current b") ?? article.querySelector(".fs-current");
  if (!target) return;
  unfold(target);
  // a long way is not scrolled: everything on it would have to be set
  const isFar = Math.abs(target.getBoundingClientRect().top) > 3 * innerHeight;
  target.scrollIntoView({ block: "center", behavior: calm.matches || isFar ? "auto" : behavior });
}

// Make a passage the current one, and return its number.
export function select(article, number) {
  const passages = article.querySelector(".fs-passages");
  const count = new Set([...article.querySelectorAll("[data-fs-passage]")].map((mark) => mark.dataset.fsPassage)).size;
  if (!count) return;
  const current = (number + count) % count;
  for (const mark of article.querySelectorAll("[data-fs-passage]")) {
    mark.classList.toggle("fs-current", Number(mark.dataset.fsPassage) === current);
  }
  const position = passages.dataset.fsPosition;
  passages.querySelector("[role=status]").textContent = filled(position, current + 1, count);
  reveal(article);
  article.dispatchEvent(new Event("fs:current", { bubbles: true }));
  return article.querySelector(".fs-current");
}

function step(button, by) {
  const article = button.closest(".fs-reader");
  const number = Number(article.querySelector(".fs-current")?.dataset.fsPassage ?? -1) + by;
  const mark = select(article, number);
  if (mark) article.dispatchEvent(new CustomEvent("fs:passage", { bubbles: true, detail: mark.dataset.fsPassage }));
}

function filled(sentence, number, count) {
  return sentence.replace("{number}", number).replace("{count}", count);
}

// The matches are highlighted without a change to the document, so that a text of megabytes stays quick.
function search(form) {
  const article = form.closest(".fs-reader");
  const wanted = form.querySelector("input").value.trim().toLowerCase();
  const ranges = wanted ? matches(article.querySelector(".fs-text"), wanted) : [];
  searches.set(article, { ranges, current: -1 });
  highlight("fs-match", ranges);
  highlight("fs-match-current", []);
  for (const button of form.querySelectorAll("button")) button.hidden = ranges.length < 2;
  if (ranges.length) return go(form, 1);
  form.querySelector("[role=status]").textContent = wanted ? form.dataset.fsNone : "";
}

function matches(text, wanted) {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes = [];
  const starts = [];
  let whole = "";
  let size = 0;
  const parts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("summary")) continue;
    nodes.push(node);
    starts.push(size);
    size += node.data.length;
    parts.push(node.data);
  }
  whole = parts.join("").toLowerCase();
  // a few letters are longer in lower case, and then places would be wrong
  if (whole.length !== size) whole = parts.join("");
  const ranges = [];
  let first = 0;
  for (let at = whole.indexOf(wanted); at >= 0 && ranges.length < MAX_MATCHES; at = whole.indexOf(wanted, at + wanted.length)) {
    while (starts[first + 1] <= at) first++;
    let last = first;
    while (starts[last + 1] < at + wanted.length) last++;
    const range = new Range();
    range.setStart(nodes[first], at - starts[first]);
    range.setEnd(nodes[last], at + wanted.length - starts[last]);
    ranges.push(range);
  }
  return ranges;
}

function highlight(name, ranges) {
  if (!window.Highlight) return;
  const marked = new Highlight(...ranges);
  if (name === "fs-match-current") marked.priority = 1;
  CSS.highlights.set(name, marked);
}

function go(form, by) {
  const article = form.closest(".fs-reader");
  const found = searches.get(article);
  if (!found?.ranges.length) return;
  const count = found.ranges.length;
  found.current = (found.current + by + count) % count;
  const range = found.ranges[found.current];
  highlight("fs-match-current", [range]);
  const limit = count === MAX_MATCHES ? `${count}+` : count;
  form.querySelector("[role=status]").textContent = filled(form.dataset.fsPosition, found.current + 1, limit);
  const { parentElement } = range.startContainer;
  unfold(parentElement);
  // within a long paragraph, the match itself and not the paragraph
  parentElement.scrollIntoView({ block: "nearest" });
  const pane = scroller(article);
  pane.scrollBy(0, range.getBoundingClientRect().top - pane.clientHeight / 2);
}

function scroller(element) {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(parent).overflowY)) return parent;
  }
  return document.scrollingElement;
}

// A button fetches a fragment into the next element of a class; pressed again, it empties it.
async function fetchInto(button) {
  const scope = button.closest("li, header, .fs-reader");
  const target = scope.querySelector(`.${button.dataset.fsInto}`);
  const isOpen = button.ariaExpanded === "true";
  for (const other of scope.querySelectorAll(`[data-fs-into="${button.dataset.fsInto}"]`)) other.ariaExpanded = "false";
  if (isOpen) return clear(target);
  button.ariaExpanded = "true";
  await load(target, button.dataset.fsFetch);
}

// Fetch what an article leaves for later.
export function fetchRest(article) {
  for (const element of article.querySelectorAll("[data-fs-load]")) load(element, element.dataset.fsLoad);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".fs-reader button");
  if (!button) return;
  if (button.matches("[data-fs-next-mark]")) step(button, 1);
  else if (button.matches("[data-fs-previous-mark]")) step(button, -1);
  else if (button.matches("[data-fs-match]")) go(button.form, Number(button.dataset.fsMatch));
  else if (button.matches("[data-fs-fetch]")) fetchInto(button);
});

let waiting;

document.addEventListener("input", (event) => {
  const form = event.target.closest?.(".fs-find");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(search, 120, form);
});

document.addEventListener("submit", (event) => {
  if (event.target.matches(".fs-find")) event.preventDefault();
});

// Enter goes on, Shift+Enter back; Esc empties the box first and closes the article only then.
document.addEventListener(
  "keydown",
  (event) => {
    const form = event.target.closest?.(".fs-find");
    if (!form || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      go(form, event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && event.target.value) {
      event.preventDefault();
      event.stopImmediatePropagation();
      event.target.value = "";
      search(form);
    }
  },
  { capture: true },
);

// in a page of its own, the article is there from the beginning
const page = document.querySelector("body > main > .fs-reader");
if (page) {
  reveal(page, "auto");
  fetchRest(page);
}

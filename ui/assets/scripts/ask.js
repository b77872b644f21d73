// The view Ask: a question and its filters go into the address, and the address brings the answer.

import { go, read } from "./address.js";
import { clear, load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { setTitle } from "./title.js";
import { onView } from "./views.js";
import { words } from "./words.js";

const STATE = ["q", "since", "until", "source", "language", "author", "kind", "sort", "limit"];
const TYPED = "fundstelle-typed"; // what is typed outlives the page, as long as its window is open

let answered; // the parameters of the answer that is shown or awaited

export function box() {
  return document.querySelector("#fs-question textarea");
}

// Write a question into the box, so that Gradio notices.
function type(question) {
  if (box().value === question) return;
  box().value = question;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

function ask() {
  const question = box().value;
  const { length } = question.trim();
  if (length > words().maxQuestion) return say(words().long.replace("COUNT", grouped(length)));
  if (!question.trim()) return say(words().emptyQuestion);
  answered = undefined; // the same question again is asked again
  const changes = { q: question, limit: null, article: null, start: null, end: null, from: null, to: null };
  if (read().get("q") === question) show(read());
  else go(changes);
}

function grouped(number) {
  return number.toLocaleString(document.documentElement.lang, { useGrouping: "min2" });
}

function say(html) {
  clear(results());
  answered = undefined;
  results().innerHTML = html;
}

function results() {
  return document.querySelector("#fs-results");
}

// Show the answer that the address asks for.
async function show(parameters) {
  const question = parameters.get("q");
  document.documentElement.toggleAttribute("data-fs-asked", Boolean(question));
  if (!question) {
    answered = undefined;
    if (!parameters.get("article")) setTitle("Fundstelle");
    return clear(results());
  }
  // an open article gives the page its headline
  if (!parameters.get("article")) setTitle(`${question} – Fundstelle`);
  const query = new URLSearchParams([...parameters].filter(([name]) => STATE.includes(name))).toString();
  if (query === answered) return;
  answered = query;
  const isNewQuestion = results().dataset.question !== question;
  if (isNewQuestion) type(question);
  working(true);
  const came = await load(results(), `answer?${query}`);
  if (query !== answered) return;
  working(false);
  if (!came) answered = undefined; // going back to it asks again
  results().dataset.question = question;
  if (isNewQuestion && came && results().getBoundingClientRect().top < 0) scrollTo({ top: 0 });
}

function working(on) {
  const status = document.querySelector("#fs-working [role=status]");
  status.lang = document.documentElement.lang;
  status.textContent = on ? words().working : "";
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("#fs-examples button");
  if (chip) type(chip.textContent);
  if (chip || event.target.closest?.("#fs-button")) ask();
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.target !== box() || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    ask();
  },
  { capture: true },
);

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  try {
    sessionStorage.setItem(TYPED, event.target.value);
  } catch {
    sessionStorage.removeItem(TYPED); // too long to be stored
  }
});

// Hidden until it has its language, the box could not take the focus by itself.
document.addEventListener("fs:ready", () => requestAnimationFrame(() => {
  if (!read().get("q") && box()?.checkVisibility() && document.activeElement === document.body) box().focus();
}));

Promise.all([mounted("#fs-question textarea"), mounted("#fs-results"), mounted("#fs-working [role=status]")]).then(() => {
  const typed = sessionStorage.getItem(TYPED);
  if (typed && !box().value && !read().get("q")) type(typed);
  onView("ask", show);
});

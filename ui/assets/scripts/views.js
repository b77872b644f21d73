// The views of the page: their tabs are links, and the address says which view is open.

import { go, onAddress, withChanges } from "./address.js";
import { mounted } from "./mounted.js";
import { setTitle } from "./title.js";

const DEFAULT = "ask";

// Call a function with the parameters whenever the address changes while a view is open.
export function onView(name, listener) {
  onAddress((parameters) => {
    if ((parameters.get("tab") ?? DEFAULT) === name) listener(parameters);
  });
}

function show(parameters) {
  const tabs = [...document.querySelectorAll("#fs-masthead [data-fs-tab]")];
  const names = tabs.map((tab) => tab.dataset.fsTab);
  const view = names.includes(parameters.get("tab")) ? parameters.get("tab") : DEFAULT;
  document.documentElement.dataset.fsView = view;
  for (const tab of tabs) {
    const isOpen = tab.dataset.fsTab === view;
    tab.ariaSelected = String(isOpen);
    tab.tabIndex = isOpen ? 0 : -1;
    if (isOpen) bringIntoView(tab);
    if (isOpen && view !== DEFAULT) setTitle(`${tab.textContent} – Fundstelle`);
  }
  const other = document.querySelector("#fs-masthead .fs-switch");
  if (other) other.href = withChanges({ lang: other.hreflang }).search;
  document.dispatchEvent(new CustomEvent("fs:view", { detail: view }));
}

// On a telephone the tabs are a line that is wider than the window.
function bringIntoView(tab) {
  const list = tab.closest("[role=tablist]");
  if (list.scrollWidth > list.clientWidth) list.scrollLeft = tab.offsetLeft - list.offsetLeft - list.clientWidth / 3;
}

function onKey(event) {
  const tab = event.target.closest?.("#fs-masthead [data-fs-tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const tabs = [...document.querySelectorAll("#fs-masthead [data-fs-tab]")];
  const position = { Home: 0, End: tabs.length - 1 }[event.key] ?? (step && tabs.indexOf(tab) + step);
  if (!tab || position === undefined) return;
  event.preventDefault();
  tabs.at(position % tabs.length).focus();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("#fs-masthead [data-fs-tab]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go({ tab: tab.dataset.fsTab === DEFAULT ? null : tab.dataset.fsTab });
});

// The masthead is rendered again in the reader's language.
mounted("#fs-masthead header").then(() => {
  onAddress(show);
  new MutationObserver(() => show(new URLSearchParams(location.search))).observe(
    document.querySelector("#fs-masthead"),
    { childList: true, subtree: true },
  );
});

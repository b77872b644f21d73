// Fragments of HTML made by the server: fetched into an element, where the newest request wins.

import { language, words } from "./words.js";

const AWAY = [502, 504]; // what a proxy says of a server that is not there
const requests = new WeakMap(); // element → the request that will fill it
const focused = new WeakMap(); // element → the id of what had the focus in it when the request was sent
const LONGEST_CLICK_MS = 2000;
let released = Promise.resolve(); // when no button of the mouse is held

addEventListener(
  "pointerdown",
  () => {
    released = new Promise((resolve) => {
      // the click comes after it, at once
      for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(resolve), { once: true });
      setTimeout(resolve, LONGEST_CLICK_MS);
    });
  },
  true,
);

// Fetch a fragment into an element and return whether it came. What stood there stays, dimmed, until then; where the
// server does not answer, a sentence says so in its place. A request that a newer one overtook changes nothing.
// A refresh replaces what is still true: it can be used until then, and what is being clicked stays to the end of that.
export async function load(element, address, { method = "GET", body, refresh = false } = {}) {
  requests.get(element)?.abort();
  const request = new AbortController();
  requests.set(element, request);
  // what is inert loses the focus
  if (element.contains(document.activeElement)) focused.set(element, document.activeElement.id);
  setBusy(element, !refresh);
  const markup = await fetched(address, { method, body, signal: request.signal });
  if (refresh) await released;
  if (requests.get(element) !== request) return false;
  requests.delete(element);
  setBusy(element, false);
  replace(element, markup.html ?? words()[markup.fault]);
  return markup.html !== undefined;
}

// Forget the request that would fill an element, and empty it.
export function clear(element) {
  requests.get(element)?.abort();
  requests.delete(element);
  setBusy(element, false);
  element.replaceChildren();
}

function setBusy(element, busy) {
  element.ariaBusy = String(busy);
  element.inert = busy; // what stands there belongs to another request
}

async function fetched(address, { method, body, signal }) {
  const url = new URL(address, document.baseURI);
  if (language()) url.searchParams.set("lang", language());
  const json = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    const response = await fetch(url, { method, signal, ...json });
    if (response.status === 401) location.reload(); // to sign in
    const isHtml = response.headers.get("Content-Type")?.startsWith("text/html");
    if (isHtml && !AWAY.includes(response.status)) return { html: await response.text() };
    return { fault: response.status === 503 || AWAY.includes(response.status) ? "noAnswer" : "failedNotice" };
  } catch {
    return { fault: "noAnswer" };
  }
}

// Put a new version of a fragment in place of the old: what a person had unfolded and focused stays so.
function replace(element, html) {
  const open = [...element.querySelectorAll("details[open][id]")].map((each) => each.id);
  element.innerHTML = html;
  for (const id of open) element.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  const id = focused.get(element);
  focused.delete(element);
  if (id && document.activeElement === document.body) {
    element.querySelector(`#${CSS.escape(id)}`)?.focus({ preventScroll: true });
  }
}

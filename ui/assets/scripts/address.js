// The address of the page holds its state: ?tab=…&q=…&source=…&article=…. Nothing else decides what is shown.

const listeners = [];

export function read() {
  return new URLSearchParams(location.search);
}

// Return the address with changed parameters; a list repeats a parameter, an empty value or null removes it.
export function withChanges(changes) {
  const address = new URL(location.href);
  address.hash = "";
  for (const [name, value] of Object.entries(changes)) {
    address.searchParams.delete(name);
    for (const each of [value ?? []].flat()) if (each !== "") address.searchParams.append(name, each);
  }
  return address;
}

// Go to the changed address: one step of history, unless it replaces the current one.
export function go(changes, { replace = false } = {}) {
  const address = withChanges(changes);
  if (address.href === location.href) return;
  const depth = (history.state?.fsDepth ?? 0) + (replace ? 0 : 1);
  history[replace ? "replaceState" : "pushState"]({ fsDepth: depth }, "", address);
  notify();
}

// Undo the last step where it was a step of this page, or else change the address in place.
export function back(changes) {
  if (history.state?.fsDepth) history.back();
  else go(changes, { replace: true });
}

// Call a function with the parameters now and whenever the address changes.
export function onAddress(listener) {
  listeners.push(listener);
  listener(read());
}

function notify() {
  for (const listener of listeners) listener(read());
}

addEventListener("popstate", notify);

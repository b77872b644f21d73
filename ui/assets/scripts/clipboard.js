// Copying text, and saying that it was copied.

// For pages that are not served from this machine or by https: there the browser has no navigator.clipboard.
function copyOldStyle(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.cssText = "position:fixed;opacity:0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

// Copy a text and return whether it worked.
export async function copy(text) {
  const focused = document.activeElement;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const done = copyOldStyle(text);
    focused?.focus();
    return done;
  }
}

// Show on a button, for two seconds, what came of it.
export function flash(button, label) {
  const own = (button.dataset.fsLabel ??= button.textContent);
  button.setAttribute("aria-live", "polite");
  button.textContent = label;
  clearTimeout(button.fsTimer);
  button.fsTimer = setTimeout(() => (button.textContent = own), 2000);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-fs-citation]");
  if (!button) return;
  flash(button, (await copy(button.dataset.fsCitation)) ? button.dataset.fsDone : button.dataset.fsFailed);
});

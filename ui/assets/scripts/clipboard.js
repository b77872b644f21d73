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

// Copy a text and return whether it worked. HTML is copied as such, too: pasted into a word processor, it is formatted.
export async function copy(text, isHtml = false) {
  const focused = document.activeElement;
  try {
    if (isHtml) {
      const types = ["text/plain", "text/html"].map((type) => [type, new Blob([text], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(types))]);
    } else await navigator.clipboard.writeText(text);
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

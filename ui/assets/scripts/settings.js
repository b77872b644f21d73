// The view Settings: each change is stored at once.

import { load } from "./fragment.js";
import { mounted } from "./mounted.js";
import { post } from "./send.js";
import { onView } from "./views.js";

const view = () => document.querySelector("#fs-view-settings");

function valueOf(input) {
  if (input.type === "checkbox") return input.checked;
  return input.dataset.fsSetting === "passages" ? Number(input.value) : input.value;
}

async function change(input) {
  const name = input.dataset.fsSetting;
  const value = valueOf(input);
  const { ok, text } = await post("settings", { [name]: value });
  const status = view().querySelector("[data-fs-stored]");
  if (status) status.textContent = ok ? status.dataset.fsStored : text;
  if (!ok) {
    if (input.type === "checkbox") input.checked = !value;
    return;
  }
  if (name === "private") document.documentElement.toggleAttribute("data-fs-private", value);
  if (name === "theme") document.dispatchEvent(new CustomEvent("fs:theme", { detail: value }));
  if (name === "language") speak(value);
  if (name === "dates" || name === "private") document.dispatchEvent(new Event("fs:settings"));
}

// The address may name a language, which would win.
function speak(code) {
  const address = new URL(location.href);
  if (code === "browser") address.searchParams.delete("lang");
  else address.searchParams.set("lang", code);
  location.assign(address);
}

document.addEventListener("change", (event) => {
  const input = event.target.closest?.("[data-fs-setting]");
  if (input) change(input);
});

document.addEventListener("submit", (event) => {
  if (event.target.closest(".fs-settings")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-fs-estimate]");
  if (button) load(button.closest("#fs-cost"), "view/settings/cost");
  const examine = event.target.closest?.("button[data-fs-examine]");
  if (examine) load(examine.closest("#fs-diagnosis"), "view/settings/diagnosis");
});

mounted("#fs-view-settings").then(() => onView("settings", () => load(view(), "view/settings")));

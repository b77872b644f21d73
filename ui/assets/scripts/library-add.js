// Adding articles: files that are dropped or chosen, folders, addresses; and the run of the indexing, as it goes on.

import { note, part, renew, renewFields, renewList, renewPictures, renewView } from "./library.js";
import { post } from "./send.js";
import { language, words } from "./words.js";

const AT_ONCE = 3; // uploads
const TICK_MS = 1000;
const IDLE_MS = 20_000;
const MOST_NAMED = 20; // refused files, of a folder with a thousand pictures, say

let polling;
let shown; // the state of the archive whose articles are listed
let areUploadsWaiting = false; // for the end of a run that was started elsewhere

function run() {
  return document.querySelector("#fs-library-run [data-fs-run]");
}

const renewRun = () => renew("run", undefined, { refresh: true });
const isRunning = () => run()?.hasAttribute("data-fs-running");

// Follow the run until it has ended, in whatever page it was started; without one, look from time to time whether
// another program changed the archive.
function follow() {
  clearTimeout(polling);
  if (document.documentElement.dataset.fsView !== "library" || !part("run")) return;
  if (isRunning()) polling = setTimeout(tick, TICK_MS);
  else if (run() && areUploadsWaiting) begin("inbox");
  else polling = setTimeout(() => (document.hidden ? follow() : look()), IDLE_MS);
}

async function tick() {
  await renewRun();
  if (run() && !isRunning()) {
    shown = undefined; // what is said of files may be new though no article is
    await Promise.all([renew("add"), renewArticles()]);
  }
  follow();
}

async function look() {
  shown ??= run()?.dataset.fsState; // the list came with it
  if (part("run")) await renewRun();
  if (run() && !isRunning()) await renewArticles();
  follow();
}

// Fetch again what shows articles, if these are others than before; what somebody is correcting stays.
async function renewArticles() {
  const state = run().dataset.fsState;
  if (state === shown || part("list")?.querySelector(".fs-row-details")) return;
  shown = state;
  if (!part("list")?.childElementCount) await renewView();
  else await Promise.all([renewList(), renewPictures(), renewFields()]);
}

document.addEventListener("fs:library", look);
document.addEventListener("fs:view", follow); // after a reload, the run may come before it is said which view is open
addEventListener("focus", look); // somebody may have started a run in another window

export async function begin(kind, value = "") {
  note("");
  const reply = await post("library/add", { kind, value });
  await renewRun();
  if (kind === "inbox") areUploadsWaiting = !reply.ok && isRunning();
  if (!reply.ok) note(kind === "inbox" && areUploadsWaiting ? phrase("later") : reply.text);
  follow();
  return reply.ok;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-fs-add]");
  if (!form) return;
  event.preventDefault();
  if (await begin(form.dataset.fsAdd, form.elements.value.value)) form.reset();
});

document.addEventListener("click", async (event) => {
  const at = (selector) => event.target.closest?.(selector);
  if (at("[data-fs-choose]")) document.getElementById(at("[data-fs-choose]").dataset.fsChoose).click();
  else if (at("[data-fs-sample]")) begin("sample");
  else if (at("[data-fs-retry]")) begin("file", at("[data-fs-retry]").dataset.fsRetry);
  else if (at("[data-fs-again]")) begin("article", at("[data-fs-again]").dataset.fsAgain);
  else if (at("[data-fs-index]")) begin("folder", at("[data-fs-index]").dataset.fsIndex);
  else if (at("[data-fs-cancel]")) {
    at("[data-fs-cancel]").disabled = true;
    await post("library/cancel", {});
  }
});

document.addEventListener("change", async (event) => {
  const chooser = event.target.closest?.("#fs-files, #fs-directory");
  const watch = event.target.closest?.("[data-fs-watch]");
  if (chooser) {
    const files = [...chooser.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
    chooser.value = "";
    await upload(files);
  } else if (watch) {
    const reply = await post("library/watch", { path: watch.dataset.fsWatch, watched: watch.checked });
    if (!reply.ok) watch.checked = !watch.checked;
    note(reply.text);
  }
});

// Files and folders may be dropped anywhere in the view.
function isOverView(event) {
  const carriesFiles = event.dataTransfer?.types.includes("Files");
  return carriesFiles && document.documentElement.dataset.fsView === "library" && document.querySelector("#fs-drop");
}

document.addEventListener("dragover", (event) => {
  if (!isOverView(event)) return;
  event.preventDefault();
  document.querySelector("#fs-add").open = true;
  document.querySelector("#fs-drop").toggleAttribute("data-fs-over", true);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.querySelector("#fs-drop")?.removeAttribute("data-fs-over");
});
document.addEventListener("drop", async (event) => {
  if (!isOverView(event)) return;
  event.preventDefault();
  document.querySelector("#fs-drop").removeAttribute("data-fs-over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...event.dataTransfer.files].map((file) => ({ name: file.name, file }));
  await upload(entries.length ? (await Promise.all(entries.map((entry) => filesOf(entry)))).flat() : plain);
});

async function filesOf(entry, folder = "") {
  const name = `${folder}${entry.name}`;
  if (entry.isFile) return [{ name, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  const reader = entry.createReader();
  const entries = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // at most 100 at once
    if (!batch.length) break;
    entries.push(...batch);
  }
  return (await Promise.all(entries.map((each) => filesOf(each, `${name}/`)))).flat();
}

// Send files, a few at a time, and index what came.
async function upload(files) {
  // what is hidden in a folder is not meant to be read
  const queue = files.filter(({ name }) => !name.includes("/") || !/(^|\/)\./.test(name));
  const total = queue.length;
  const refused = [];
  let done = 0;
  if (!total) return;
  const say = () => {
    const area = document.querySelector("#fs-upload");
    if (area) area.textContent = phrase("uploading", { done, total });
  };
  say();
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const fault = await send(next);
      if (fault) refused.push({ name: next.name, fault });
      else done += 1;
      say();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  report(refused);
  if (done) await begin("inbox");
}

async function send({ name, file }) {
  const url = new URL("library/upload", document.baseURI);
  url.search = new URLSearchParams({ name, lang: language() });
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
    if (response.ok) return "";
    if (response.status === 413) return phrase("large");
    return [422, 503].includes(response.status) ? response.text() : words().failed;
  } catch {
    return phrase("broken");
  }
}

function phrase(name, values = {}) {
  const phrases = JSON.parse(document.querySelector("#fs-drop").dataset.fsWords);
  return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), phrases[name]);
}

// Say which files were not taken, and why.
function report(refused) {
  const area = document.querySelector("#fs-upload");
  area?.replaceChildren();
  if (!refused.length || !area) return;
  const heading = document.createElement("p");
  heading.textContent = phrase(refused.length === 1 ? "refusedOne" : "refusedSeveral", { count: refused.length });
  const list = document.createElement("ul");
  for (const { name, fault } of refused.slice(0, MOST_NAMED)) {
    const item = document.createElement("li");
    const path = document.createElement("bdi");
    path.textContent = name;
    item.append(path, ` ${fault}`);
    list.append(item);
  }
  if (refused.length > MOST_NAMED) list.append(Object.assign(document.createElement("li"), { textContent: "…" }));
  area.append(heading, list);
}

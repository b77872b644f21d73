// Changes sent to the server as JSON.

import { language, words } from "./words.js";

const AWAY = [502, 503, 504];

// a page of its own has other sentences
const unreachable = () => words().unreachable ?? words().noAnswer;
const failed = () => words().failed ?? words().failedNotice;

// Send a change and return {ok, text}: the reply or, where it failed, a sentence in the language of the page.
export async function post(path, body, { method = "POST", keepalive = false } = {}) {
  const url = new URL(path, document.baseURI);
  url.searchParams.set("lang", language());
  const headers = { "Content-Type": "application/json" };
  try {
    return await replyOf(await fetch(url, { method, headers, keepalive, body: JSON.stringify(body) }));
  } catch {
    return { ok: false, text: unreachable() };
  }
}

async function replyOf(response) {
  if (response.status === 401) location.reload(); // to sign in
  const isSentence = response.headers.get("Content-Type")?.startsWith("text/plain");
  if (response.ok) return { ok: true, text: await response.text() };
  if (isSentence && ![400, 403, 404, 405, 413].includes(response.status)) return { ok: false, text: await response.text() };
  return { ok: false, text: AWAY.includes(response.status) ? unreachable() : failed() };
}

// Fetch a text, and return {ok, text} as `post` does.
export async function fetchText(path) {
  const url = new URL(path, document.baseURI);
  url.searchParams.set("lang", language());
  try {
    return await replyOf(await fetch(url));
  } catch {
    return { ok: false, text: unreachable() };
  }
}

// Send a file as it is, and return {ok, text} as `post` does.
export async function postFile(path, file) {
  const url = new URL(path, document.baseURI);
  url.searchParams.set("lang", language());
  const headers = { "Content-Type": "application/octet-stream" };
  try {
    return await replyOf(await fetch(url, { method: "POST", headers, body: file }));
  } catch {
    return { ok: false, text: unreachable() };
  }
}

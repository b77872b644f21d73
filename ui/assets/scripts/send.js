// Changes sent to the server as JSON.

import { language, words } from "./words.js";

const AWAY = [502, 503, 504];

// Send a change and return {ok, text}: the reply or, where it failed, a sentence in the language of the page.
export async function post(path, body, { method = "POST" } = {}) {
  const url = new URL(path, document.baseURI);
  url.searchParams.set("lang", language());
  const headers = { "Content-Type": "application/json" };
  try {
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const isSentence = response.headers.get("Content-Type")?.startsWith("text/plain");
    if (response.ok) return { ok: true, text: await response.text() };
    if (isSentence && ![400, 403, 404, 405, 413].includes(response.status)) return { ok: false, text: await response.text() };
    return { ok: false, text: AWAY.includes(response.status) ? words().unreachable : words().failed };
  } catch {
    return { ok: false, text: words().unreachable };
  }
}

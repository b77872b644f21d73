// Intercepts Gradio's requests while a question is asked; opens articles in a panel next to the answer, copies
// citations and sends feedback.
(() => {
  "use strict";

  let panel;

  // Gradio asks by fetch, and has no rules of its own for the following: the newest question wins, whichever answer
  // comes last; and where no answer comes, a sentence of ours says so in its place.
  const send = window.fetch.bind(window);
  const SKIPPED = { __type__: "update" };
  const AWAY = [502, 503, 504]; // what a proxy says of a server that is not there
  let newest; // the question that is being asked

  window.fetch = (input, init) => {
    const { pathname } = new URL(input.url ?? input, location.href);
    if (pathname.endsWith("/gradio_api/run/predict")) return called(input, init);
    if (pathname.endsWith("/gradio_api/queue/join")) return joined(input, init);
    if (!pathname.endsWith("/gradio_api/app_id")) return send(input, init);
    // this is how Gradio looks for its server once it has given up; until the page is reloaded it does nothing more
    reconnect();
    return Promise.resolve(new Response("", { status: 404 }));
  };

  // What the server replies as {body}, or else {fault}: that it is away, was sent too much, does not know the page's
  // functions, or failed.
  async function reply(input, init) {
    try {
      const response = await send(input, init);
      if (response.ok) return { body: await response.json() };
      if (AWAY.includes(response.status)) return { fault: "away" };
      return { fault: { 400: "old", 413: "long" }[response.status] ?? "failed" };
    } catch {
      return { fault: "away" };
    }
  }

  async function called(input, init) {
    const { fn_index: number } = JSON.parse(init.body);
    const { outputs } = gradio_config.dependencies.find((each) => each.id === number);
    const asks = gradio_config.components.find((each) => each.id === outputs[0])?.props.elem_id === "fs-results";
    const { body, fault } = asks ? await asked(input, init) : await reply(input, init);
    if (fault && !asks) tell(fault);
    const data = outputs.map(() => (asks && fault ? sentence(fault) : SKIPPED));
    return Response.json(body ?? { data });
  }

  async function asked(input, init) {
    newest?.abort();
    const mine = (newest = new AbortController());
    working(true);
    const answer = await reply(input, { ...init, signal: mine.signal });
    if (mine !== newest) return {};
    working(false);
    if (answer.fault === "old") {
      loadAnew(); // the server was restarted with another version of the program
      return {};
    }
    return answer;
  }

  async function joined(input, init) {
    try {
      const response = await send(input, init);
      if (!response.ok) tell("failed");
      return response;
    } catch (error) {
      tell("away");
      throw error;
    }
  }

  function working(on) {
    const results = document.querySelector("#fs-results");
    results.ariaBusy = String(on);
    results.inert = on; // the answer there belongs to another question
    const status = document.querySelector("#fs-working [role=status]");
    status.lang = document.documentElement.lang;
    status.textContent = on ? words().working : "";
  }

  function sentence(fault) {
    const count = box().value.length.toLocaleString(document.documentElement.lang, { useGrouping: "min2" });
    return words()[fault].replace("COUNT", count);
  }

  // Where no answer was awaited, a line at the bottom says what is wrong.
  function tell(fault) {
    if (fault === "away") return reconnect();
    const line = document.querySelector("#fs-told") ?? document.createElement("p");
    line.id = "fs-told";
    line.role = "alert";
    line.lang = document.documentElement.lang;
    document.body.append(line);
    line.textContent = fault === "reconnecting" ? words().reconnecting : words().unexpected;
  }

  let reconnecting;

  // Reload the page as soon as the server answers: in its language and tab, with what was typed.
  function reconnect() {
    if (reconnecting) return;
    tell("reconnecting");
    reconnecting = setInterval(async () => {
      const { ok } = await send("theme.css", { cache: "no-store" }).catch(() => ({}));
      if (!ok) return;
      clearInterval(reconnecting);
      loadAnew();
    }, 2000);
  }

  function loadAnew() {
    const address = new URL(location.href);
    address.searchParams.delete("tab");
    if (isEvaluating()) address.searchParams.set("tab", "evaluate");
    location.replace(address);
  }

  function isEvaluating() {
    return document.querySelector("#fs-evaluate")?.checkVisibility();
  }

  // What is typed outlives the page, as long as its window is open.
  const TYPED = "fundstelle-typed";

  function box() {
    return document.querySelector("#fs-question textarea");
  }

  // Write a question into the box, so that Gradio notices.
  function type(question) {
    box().value = question;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  window.fundstelleType = type;

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    try {
      sessionStorage.setItem(TYPED, event.target.value);
    } catch {
      sessionStorage.removeItem(TYPED); // too long to be stored
    }
  });

  new MutationObserver((_, watch) => {
    if (!box()) return;
    watch.disconnect();
    const typed = sessionStorage.getItem(TYPED);
    if (typed && !box().value) type(typed);
  }).observe(document.documentElement, { childList: true, subtree: true });

  function words() {
    return fundstelleWords[document.documentElement.lang] || fundstelleWords.en;
  }

  function makePanel() {
    const dialog = document.createElement("dialog");
    dialog.id = "fs-panel";
    const bar = document.createElement("div");
    const title = document.createElement("strong");
    const close = document.createElement("button");
    const frame = document.createElement("iframe");
    close.type = "button";
    close.autofocus = true;
    bar.append(title, close);
    dialog.append(bar, frame);
    close.addEventListener("click", () => dialog.close());
    // The dialog fills its own box, so a click that lands on it, and not on a child, came from outside.
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener("close", () => {
      frame.removeAttribute("srcdoc");
      frame.removeAttribute("src");
    });
    // Keys pressed while reading go to the frame, which knows nothing of the panel around it.
    frame.addEventListener("load", () => {
      // instead of the browser's own page, which belongs to nobody
      if (!frame.contentDocument) frame.srcdoc = unreachable();
      frame.contentDocument?.addEventListener("keydown", (event) => {
        if (event.key === "Escape") dialog.close();
      });
    });
    document.body.append(dialog);
    return { dialog, title, close, frame };
  }

  function unreachable() {
    const { color, font } = getComputedStyle(document.querySelector("#fs-panel > div"));
    const sentence = document.createElement("p");
    sentence.lang = document.documentElement.lang;
    sentence.textContent = words().unreachable;
    sentence.style.cssText = `margin: 1.25rem; color: ${color}; font: ${font}`;
    return sentence.outerHTML;
  }

  function openReader(link) {
    panel ??= makePanel();
    panel.title.textContent = link.dataset.fsReader;
    panel.close.textContent = words().close;
    panel.frame.title = words().reader;
    panel.dialog.setAttribute("aria-label", words().reader);
    panel.frame.src = link.href;
    panel.dialog.showModal();
  }

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

  async function copy(button) {
    const text = button.dataset.fsCitation;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = copyOldStyle(text);
      button.focus();
    }
    const label = button.dataset.fsLabel ??= button.textContent;
    button.setAttribute("aria-live", "polite");
    button.textContent = done ? button.dataset.fsDone : button.dataset.fsFailed;
    clearTimeout(button.fsTimer);
    button.fsTimer = setTimeout(() => (button.textContent = label), 2000);
  }

  // Pressing a pressed button takes the judgement back; the page shows what the archive has stored, and nothing else.
  async function mark(button) {
    const group = button.closest("[data-fs-mark]");
    const answers = button.ariaPressed === "true" ? null : JSON.parse(button.dataset.fsAnswers);
    const body = JSON.stringify({ ...JSON.parse(group.dataset.fsMark), answers });
    const headers = { "Content-Type": "application/json" };
    let failed = "";
    try {
      const response = await fetch(`mark?lang=${document.documentElement.lang}`, { method: "POST", headers, body });
      const refused = response.status === 503 && response.headers.get("Content-Type").startsWith("text/plain");
      if (refused) failed = await response.text(); // a sentence of the archive
      else if (AWAY.includes(response.status)) failed = words().unreachable;
      else if (!response.ok) failed = group.dataset.fsFailed;
    } catch {
      failed = words().unreachable;
    }
    group.querySelector("[role=status]").textContent = failed;
    if (failed) return;
    for (const each of group.querySelectorAll("button")) {
      each.ariaPressed = String(JSON.parse(each.dataset.fsAnswers) === answers);
    }
  }

  // Behind a proxy that tells the server another address than ours, nothing on the page could work.
  function checkAddress() {
    const root = new URL(window.gradio_config.root || "/", location.href);
    const folder = (path) => path.replace(/\/$/, "");
    if (root.hostname === location.hostname && folder(root.pathname) === folder(location.pathname)) return;
    const known = navigator.languages.map((code) => code.slice(0, 2)).find((code) => fundstelleWords[code]) ?? "en";
    const sentence = document.createElement("p");
    sentence.id = "fs-moved";
    sentence.lang = known;
    sentence.textContent = fundstelleWords[known].moved.replace("{address}", location.origin + location.pathname);
    document.body.replaceChildren(sentence);
  }

  checkAddress();

  document.addEventListener("click", (event) => {
    const language = event.target.closest?.("a.fs-switch");
    const answering = event.target.closest?.("button[data-fs-answers]");
    const link = event.target.closest?.("a[data-fs-reader]");
    const button = event.target.closest?.("button[data-fs-citation]");
    // With a key held down the person wants a new tab or window: leave it to the browser.
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && window.HTMLDialogElement) {
      event.preventDefault();
      openReader(link);
    } else if (button) {
      copy(button);
    } else if (answering) {
      mark(answering);
    } else if (language) {
      // the other language opens in the tab where one is
      language.search = language.search.split("&")[0] + (isEvaluating() ? "&tab=evaluate" : "");
    }
  });
})();

// Opens articles in a panel beside the answer, copies citations and marks passages. Without it the links open a new tab.
(() => {
  "use strict";

  let panel;

  function words() {
    return fundstelleWords[document.documentElement.lang] || fundstelleWords.de;
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
    dialog.addEventListener("close", () => frame.removeAttribute("src"));
    // Keys pressed while reading go to the frame, which knows nothing of the panel around it.
    frame.addEventListener("load", () => {
      frame.contentDocument?.addEventListener("keydown", (event) => {
        if (event.key === "Escape") dialog.close();
      });
    });
    document.body.append(dialog);
    return { dialog, title, close, frame };
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
    let done = false;
    try {
      done = (await fetch("mark", { method: "POST", headers, body })).ok;
    } catch {
      // the server is gone: the same sentence says so
    }
    group.querySelector("[role=status]").textContent = done ? "" : group.dataset.fsFailed;
    if (!done) return;
    for (const each of group.querySelectorAll("button")) {
      each.ariaPressed = String(JSON.parse(each.dataset.fsAnswers) === answers);
    }
  }

  // Behind a proxy that tells the server another address than ours, nothing on the page could work.
  function checkAddress() {
    const root = new URL(window.gradio_config.root || "/", location.href);
    const folder = (path) => path.replace(/\/$/, "");
    if (root.hostname === location.hostname && folder(root.pathname) === folder(location.pathname)) return;
    const known = navigator.languages.map((code) => code.slice(0, 2)).find((code) => fundstelleWords[code]) ?? "de";
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
      const evaluating = document.querySelector("#fs-evaluate")?.checkVisibility();
      language.search = language.search.split("&")[0] + (evaluating ? "&tab=evaluate" : "");
    }
  });
})();

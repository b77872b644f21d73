// Runs before Gradio's own scripts: intercepts its requests, for whose faults Gradio has no words of its own.
(() => {
  "use strict";

  const send = window.fetch.bind(window);
  const SKIPPED = { __type__: "update" };
  const AWAY = [502, 503, 504]; // what a proxy says of a server that is not there

  window.fetch = (input, init) => {
    const { pathname } = new URL(input.url ?? input, location.href);
    if (pathname.endsWith("/gradio_api/run/predict")) return call(input, init);
    if (pathname.endsWith("/gradio_api/queue/join")) return join(input, init);
    if (!pathname.endsWith("/gradio_api/app_id")) return send(input, init);
    // this is how Gradio looks for its server once it has given up; until the page is reloaded it does nothing more
    reconnect();
    return Promise.resolve(new Response("", { status: 404 }));
  };

  async function call(input, init) {
    const { fn_index: number } = JSON.parse(init.body);
    try {
      const response = await send(input, init);
      if (response.ok) return response;
      // a server of another version does not know the page's functions
      // and one that no longer knows the reader wants a password
      if ([400, 401].includes(response.status)) location.reload();
      else report(AWAY.includes(response.status) ? "away" : "failed");
    } catch {
      report("away");
    }
    const { outputs } = gradio_config.dependencies.find((each) => each.id === number);
    return Response.json({ data: outputs.map(() => SKIPPED) });
  }

  async function join(input, init) {
    try {
      const response = await send(input, init);
      if (response.status === 401) location.reload();
      else if (!response.ok) report("failed");
      return response;
    } catch (error) {
      report("away");
      throw error;
    }
  }

  // A line at the bottom says what is wrong.
  function report(fault) {
    if (fault === "away") return reconnect();
    const line = document.querySelector("#fs-fault") ?? document.createElement("p");
    line.id = "fs-fault";
    line.role = "alert";
    line.lang = document.documentElement.lang;
    line.textContent = words()[fault];
    document.body.append(line);
  }

  let reconnecting;

  // Reload the page as soon as the server answers; the address brings back what was open.
  function reconnect() {
    if (reconnecting) return;
    report("reconnecting");
    reconnecting = setInterval(async () => {
      const { ok } = await send("theme.css", { cache: "no-store" }).catch(() => ({}));
      if (ok) location.reload();
    }, 2000);
  }

  function words() {
    return fundstelleWords[document.documentElement.lang] || fundstelleWords.en;
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

  addEventListener("DOMContentLoaded", checkAddress);
  window.fundstelle = { words, report };
})();

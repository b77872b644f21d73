// Light or dark: as chosen in this browser, or else in the settings of the archive, or else as the system has it. Runs in
// every page of ours before it is painted.
(() => {
  "use strict";

  const NAME = "fundstelle-theme";
  const THEMES = ["system", "light", "dark"];
  const root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)");
  let choice; // where the browser stores nothing, as long as the page is open

  function theme() {
    try {
      choice = localStorage.getItem(NAME) ?? choice;
    } catch {
      // a browser may refuse
    }
    return [choice, root.dataset.fsTheme].find((each) => THEMES.includes(each)) ?? "system";
  }

  function show() {
    const isDark = theme() === "dark" || (theme() === "system" && night.matches);
    root.dataset.fsShown = theme(); // what the switch says
    for (const element of [root, document.body]) {
      element?.classList.toggle("dark", isDark);
      element?.classList.toggle("light", !isDark);
    }
  }

  function choose(name) {
    choice = name;
    try {
      localStorage.setItem(NAME, name);
    } catch {
      // then it holds for this page
    }
    show();
  }

  show();
  night.addEventListener("change", show);
  addEventListener("storage", show); // chosen in another window, or around this frame
  // Gradio has the body follow the system
  new MutationObserver((_, watch) => {
    if (!document.body) return;
    watch.disconnect();
    new MutationObserver(show).observe(document.body, { attributeFilter: ["class"] });
    show();
  }).observe(root, { childList: true });

  // chosen in the settings: from now on for every browser, this one included
  document.addEventListener("fs:theme", ({ detail }) => {
    root.dataset.fsTheme = detail;
    choice = undefined;
    try {
      localStorage.removeItem(NAME);
    } catch {
      // nothing was stored
    }
    show();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-fs-themes]");
    if (button) choose(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  });
})();

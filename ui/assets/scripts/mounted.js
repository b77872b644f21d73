// Gradio builds the page after our scripts have started.

// Wait for an element of the page.
export function mounted(selector) {
  const element = document.querySelector(selector);
  if (element) return Promise.resolve(element);
  return new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      const added = document.querySelector(selector);
      if (!added) return;
      watch.disconnect();
      resolve(added);
    });
    watch.observe(document.documentElement, { childList: true, subtree: true });
  });
}

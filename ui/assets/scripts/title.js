// The title of the page. Gradio sets one of its own when it starts, whenever that is.

let title = document.title;

export function setTitle(text) {
  title = text;
  document.title = text;
}

new MutationObserver(() => {
  if (document.title !== title) document.title = title;
}).observe(document.head, { childList: true, subtree: true, characterData: true });

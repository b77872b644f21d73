// ✓ and ✗ on a card: whether its passage answers the question.

import { post } from "./send.js";

// Pressing a pressed button takes the judgement back; the page shows what the archive has stored, and nothing else.
async function mark(button) {
  const group = button.closest("[data-fs-mark]");
  const answers = button.ariaPressed === "true" ? null : JSON.parse(button.dataset.fsAnswers);
  const { ok, text } = await post("mark", { ...JSON.parse(group.dataset.fsMark), answers });
  group.querySelector("[role=status]").textContent = ok ? "" : text || group.dataset.fsFailed;
  if (!ok) return;
  for (const each of group.querySelectorAll("button")) {
    each.ariaPressed = String(JSON.parse(each.dataset.fsAnswers) === answers);
  }
  // where a passage answers, the archive has an answer
  if (answers) document.querySelector("#fs-results [data-fs-no-answer]")?.setAttribute("aria-pressed", "false");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-fs-answers]");
  if (button) mark(button);
});

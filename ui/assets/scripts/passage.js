// What a button of an article stands for: in the reader, the passage that is marked now, as one steps from one to another.

export function passageOf(button, stored) {
  const passage = JSON.parse(stored);
  const mark = button.closest(".fs-reader")?.querySelector(".fs-current");
  if (!mark) return passage;
  const [start, end] = mark.dataset.fsSpan.split("-").map(Number);
  return start === passage.start && end === passage.end ? passage : { article: passage.article, start, end };
}

// The map of the archive: passages as points, coloured and shaped by year, outlet or language.

import { go } from "./address.js";
import { language } from "./words.js";

const COLOURS = ["#0f5f5c", "#b4561f", "#5b4fa2", "#8a6d00", "#a8326b", "#2c6fb0", "#4f7a2a"];
const DARK_COLOURS = ["#74c7c1", "#f0a070", "#b3a7f2", "#d9bd4a", "#ee8fb8", "#7fb7ec", "#a5cf7c"];
const SCALE = 10_000;
const REACH = 14; // how far from a point the pointer may be, in pixels
const RETRY_MS = 2000;
const MAX_LETTERS = 300; // of a headline
const FIELD = { year: 2, source: 3, language: 4 };

let map; // {articles, points, words, groups, chosen, current}

function area() {
  return document.querySelector("#fs-map");
}

function canvas() {
  return area().querySelector("canvas");
}

function say(text) {
  document.querySelector("#fs-map-point").textContent = text;
}

// Each fact is isolated, or an Arabic name would move what is beside it.
function sayFacts(facts) {
  const parts = facts.flatMap((fact) => [" · ", isolated(fact)]).slice(1);
  document.querySelector("#fs-map-point").replaceChildren(...parts);
}

function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = String(text).slice(0, MAX_LETTERS);
  return element;
}

document.addEventListener("fs:pictures", fetchMap);

async function fetchMap() {
  if (!area()) return;
  const words = JSON.parse(area().dataset.fsWords);
  const url = new URL("view/library/map", document.baseURI);
  if (language()) url.searchParams.set("lang", language());
  let reply;
  try {
    reply = await (await fetch(url)).json();
  } catch {
    reply = { failed: words.failed };
  }
  if (!area()) return;
  if (reply.computing) {
    say(words.computing);
    return void setTimeout(() => document.querySelector("#fs-overview[open]") && fetchMap(), RETRY_MS);
  }
  if (reply.failed) return say(reply.failed);
  if (!reply.points.length) return say(words.empty);
  say("");
  map = { ...reply, words, current: -1 };
  canvas().hidden = false;
  group();
  new ResizeObserver(() => area() && draw()).observe(canvas());
}

// Group the points: the largest groups have a colour and a shape each, the others share one.
function group() {
  const name = document.querySelector("#fs-map-colour").value;
  const valueOf = (point) => labelOf(map.articles[point[2]][FIELD[name]], name);
  const counts = new Map();
  for (const point of map.points) counts.set(valueOf(point), (counts.get(valueOf(point)) ?? 0) + 1);
  const known = [...counts.keys()].filter((value) => value !== map.words.unknown);
  let largest = known.toSorted((a, b) => counts.get(b) - counts.get(a)).slice(0, COLOURS.length);
  if (name === "year" && known.length > COLOURS.length) return groupByPeriods(known.map(Number));
  if (name === "year") largest = largest.toSorted();
  map.groups = [...largest, ...(counts.size > largest.length ? [map.words.others] : [])];
  map.of = map.points.map((point) => (largest.includes(valueOf(point)) ? largest.indexOf(valueOf(point)) : largest.length));
  finish();
}

// Many years become as many periods as there are colours.
function groupByPeriods(years) {
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const length = Math.ceil((last - first + 1) / COLOURS.length);
  const count = Math.ceil((last - first + 1) / length);
  const periods = Array.from({ length: count }, (_, index) => [first + index * length, Math.min(last, first + (index + 1) * length - 1)]);
  map.groups = [...periods.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)), map.words.unknown];
  map.of = map.points.map((point) => {
    const year = map.articles[point[2]][FIELD.year];
    return year === null ? count : Math.floor((year - first) / length);
  });
  finish();
}

function labelOf(value, name) {
  if (value === null) return map.words.unknown;
  if (name !== "language") return String(value);
  try {
    return new Intl.DisplayNames(document.documentElement.lang, { type: "language" }).of(value);
  } catch {
    return value;
  }
}

function finish() {
  map.chosen = -1;
  const legend = document.querySelector("#fs-map-legend");
  legend.replaceChildren(
    ...map.groups.map((label, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.dataset.fsGroup = number;
      const sample = document.createElement("canvas");
      sample.width = sample.height = 16;
      sample.ariaHidden = "true";
      button.append(sample, isolated(label));
      return button;
    }),
  );
  draw();
}

function colours() {
  const palette = document.documentElement.classList.contains("dark") || document.body.classList.contains("dark") ? DARK_COLOURS : COLOURS;
  return [...palette, getComputedStyle(area()).getPropertyValue("--fs-quiet") || "gray"];
}

const SHAPES = [
  (pen, x, y, r) => pen.arc(x, y, r, 0, 7),
  (pen, x, y, r) => pen.rect(x - r, y - r, 2 * r, 2 * r),
  (pen, x, y, r) => polygon(pen, x, y + r / 4, 1.3 * r, 3, -Math.PI / 2),
  (pen, x, y, r) => polygon(pen, x, y, 1.3 * r, 4, 0),
  (pen, x, y, r) => polygon(pen, x, y - r / 4, 1.3 * r, 3, Math.PI / 2),
  (pen, x, y, r) => cross(pen, x, y, r),
  (pen, x, y, r) => polygon(pen, x, y, 1.2 * r, 6, 0),
  (pen, x, y, r) => pen.arc(x, y, r / 2, 0, 7),
];

function polygon(pen, x, y, radius, corners, turn) {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (2 * Math.PI * corner) / corners;
    pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  pen.closePath();
}

function cross(pen, x, y, r) {
  const arm = r / 2.5;
  pen.rect(x - r, y - arm, 2 * r, 2 * arm);
  pen.rect(x - arm, y - r, 2 * arm, 2 * r);
}

function place([x, y]) {
  const { clientWidth, clientHeight } = canvas();
  const edge = 10;
  return [edge + (x / SCALE) * (clientWidth - 2 * edge), edge + (y / SCALE) * (clientHeight - 2 * edge)];
}

function draw() {
  if (!map || !area()) return;
  const ratio = devicePixelRatio || 1;
  const field = canvas();
  field.width = field.clientWidth * ratio;
  field.height = field.clientHeight * ratio;
  const pen = field.getContext("2d");
  pen.scale(ratio, ratio);
  const palette = colours();
  const radius = map.points.length > 1000 ? 2.2 : 3.2;
  map.points.forEach((point, number) => {
    const isFaint = map.chosen >= 0 && map.of[number] !== map.chosen;
    pen.globalAlpha = isFaint ? 0.12 : 0.8;
    mark(pen, ...place(point), radius, map.of[number], palette);
  });
  pen.globalAlpha = 1;
  if (map.current >= 0) {
    const [x, y] = place(map.points[map.current]);
    pen.strokeStyle = getComputedStyle(area()).color;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, radius + 5, 0, 7);
    pen.stroke();
  }
  for (const sample of document.querySelectorAll("#fs-map-legend [data-fs-group]")) {
    const small = sample.querySelector("canvas").getContext("2d");
    small.clearRect(0, 0, 16, 16);
    mark(small, 8, 8, 5, Number(sample.dataset.fsGroup), palette);
  }
}

// The last group has no colour of its own, and so the last shape.
function mark(pen, x, y, radius, number, palette) {
  const isRest = [map.words.others, map.words.unknown].includes(map.groups[number]);
  pen.fillStyle = isRest ? palette.at(-1) : palette[number];
  pen.beginPath();
  (isRest ? SHAPES.at(-1) : SHAPES[number])(pen, x, y, radius);
  pen.fill();
}

function nearest(x, y, isAllowed = () => true) {
  let best = -1;
  let least = Infinity;
  map.points.forEach((point, number) => {
    const [left, top] = place(point);
    const distance = Math.hypot(left - x, top - y);
    if (distance < least && isAllowed(left - x, top - y)) [best, least] = [number, distance];
  });
  return { best, least };
}

function select(number) {
  if (map.current === number) return;
  map.current = number;
  draw();
  if (number < 0) return say("");
  const [, label, year, source] = map.articles[map.points[number][2]];
  sayFacts([label, source, year].filter(Boolean));
}

function open() {
  if (!map || map.current < 0) return;
  const [, , article, start, end] = map.points[map.current];
  go({ article: map.articles[article][0], start, end, from: null, to: null });
}

function over(event) {
  return map && event.target === area()?.querySelector("canvas");
}

document.addEventListener("pointermove", (event) => {
  if (!over(event)) return;
  const { best, least } = nearest(event.offsetX, event.offsetY);
  select(least <= REACH ? best : -1);
});
document.addEventListener("click", (event) => {
  if (over(event)) return open();
  const chosen = event.target.closest?.("[data-fs-group]");
  if (!chosen) return;
  const number = Number(chosen.dataset.fsGroup);
  map.chosen = map.chosen === number ? -1 : number;
  for (const each of document.querySelectorAll("[data-fs-group]")) {
    each.setAttribute("aria-pressed", String(Number(each.dataset.fsGroup) === map.chosen));
  }
  draw();
});
document.addEventListener("change", (event) => {
  if (event.target.id === "fs-map-colour" && map) group();
});
document.addEventListener("keydown", (event) => {
  if (!over(event)) return;
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "Enter") return open();
  if (!step) return;
  event.preventDefault();
  const [x, y] = map.current < 0 ? [0, 0] : place(map.points[map.current]);
  const isAhead = (right, down) => {
    const along = right * step[0] + down * step[1];
    return along > 0.5 && Math.abs(right * step[1]) + Math.abs(down * step[0]) <= 2 * along;
  };
  const { best } = nearest(x, y, map.current < 0 ? undefined : isAhead);
  if (best >= 0) select(best);
});
new MutationObserver(() => area() && map && draw()).observe(document.documentElement, { attributeFilter: ["class"] });

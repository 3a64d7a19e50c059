"use strict";

const rows = new Map([...document.querySelectorAll(".row")].map((row) => [row.id, row]));
const marks = new Map([...rows.keys()].map((id) => [id, []]));
for (const mark of document.querySelectorAll(".text [data-rows]")) {
  for (const id of mark.dataset.rows.split(" ")) marks.get(id)?.push(mark);
}
const status = document.getElementById("status");
let kept = [];
let lit = [];

function light(ids) {
  for (const element of lit) element.classList.remove("lit");
  lit = ids.flatMap((id) => [rows.get(id), ...marks.get(id)]);
  for (const element of lit) element.classList.add("lit");
}

function keep(ids) {
  for (const id of kept) rows.get(id).querySelector(".pick").setAttribute("aria-pressed", "false");
  kept = ids;
  for (const id of kept) rows.get(id).querySelector(".pick").setAttribute("aria-pressed", "true");
  light(kept);
}

/** Return the rows that an element on the page stands for: a mark for those that it belongs to. */
function idsOf(element) {
  const found = element.closest?.("[data-rows], .row");
  if (!found) return [];
  return (found.dataset.rows ? found.dataset.rows.split(" ") : [found.id]).filter(isShown);
}

function isShown(id) {
  const row = rows.get(id);
  return row && ![...document.body.classList].includes(`hide-${row.classList[1]}`);
}

function show(element) {
  for (let around = element.parentElement; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
  }
  element.scrollIntoView({ block: "nearest" });
}

function targetsOf(what) {
  const selector = { gap: ".row.gap", problem: ".problem", section: "h2[id^=section]" }[what];
  if (what === "gap") reveal("gap");
  return [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
}

/** Return the target after or before the one that has the focus, else after or before what is at the top. */
function nextOf(targets, step) {
  const here = targets.findIndex((one) => one.contains(document.activeElement));
  if (here >= 0) return (here + step + targets.length) % targets.length;
  const edge = document.querySelector(".top").getBoundingClientRect().bottom + 12;
  const below = targets.findIndex((one) => one.getBoundingClientRect().top > edge);
  if (step > 0) return Math.max(below, 0);
  return below < 0 ? targets.length - 1 : (below - 1 + targets.length) % targets.length;
}

function jump(what, step) {
  const targets = targetsOf(what);
  if (!targets.length) return;
  const at = nextOf(targets, step);
  const found = targets[at];
  const ids = what === "section" ? [] : idsOf(found);
  keep(ids);
  const [mark] = ids.flatMap((id) => marks.get(id));
  (what === "gap" && mark ? mark : found).scrollIntoView({ block: what === "section" ? "start" : "center" });
  (found.querySelector(".pick") ?? found).focus({ preventScroll: true });
  status.textContent = `${what} ${at + 1} of ${targets.length}`;
}

function reveal(kind) {
  const box = document.querySelector(`[data-kind=${kind}]`);
  if (box && !box.checked) box.click();
}

function walk(step) {
  const picks = [...document.querySelectorAll(".pick")].filter((pick) => pick.checkVisibility());
  if (!picks.length) return;
  const here = picks.indexOf(document.activeElement);
  const next = here < 0 ? picks.findIndex((pick) => pick.getBoundingClientRect().top > 100) : here + step;
  const pick = picks[Math.max(0, Math.min(next < 0 ? 0 : next, picks.length - 1))];
  pick.focus({ preventScroll: true });
  pick.scrollIntoView({ block: "center" });
}

document.addEventListener("mouseover", (event) => {
  const ids = idsOf(event.target);
  light(ids.length ? ids : kept);
});
document.addEventListener("focusin", (event) => {
  const ids = idsOf(event.target);
  if (ids.length) light(ids);
});
document.addEventListener("click", (event) => {
  const ids = idsOf(event.target);
  if (!ids.length || event.target.closest("a")) return;
  const same = ids.length === kept.length && ids.every((id) => kept.includes(id));
  keep(same ? [] : ids);
  if (same) return;
  const inText = event.target.closest("[data-rows]");
  show(inText ? rows.get(ids[0]) : (marks.get(ids[0])[0] ?? rows.get(ids[0])));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.key === event.key.toLowerCase() ? 1 : -1;
  const what = { g: "gap", p: "problem", s: "section" }[event.key.toLowerCase()];
  if (what) jump(what, step);
  else if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key === "Escape") keep([]);
  else return;
  event.preventDefault();
});
for (const button of document.querySelectorAll("[data-jump]")) {
  button.addEventListener("click", () => jump(button.dataset.jump, 1));
}
for (const box of document.querySelectorAll("[data-kind]")) {
  box.addEventListener("change", () => {
    document.body.classList.toggle(`hide-${box.dataset.kind}`, !box.checked);
    keep(kept.filter(isShown));
  });
}
function measure() {
  const top = document.querySelector(".top");
  const fixed = getComputedStyle(top).position === "sticky" ? top.offsetHeight : 0;
  document.documentElement.style.setProperty("--head", `${fixed + 8}px`);
}
addEventListener("resize", measure);
measure();
if (matchMedia("(max-width: 1000px)").matches) document.querySelector(".outline details").open = false;
document.body.dataset.ready = "";

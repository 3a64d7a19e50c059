// The page: it reads its content, draws the view that the address names, and follows the address.

import { drawFoot, origin } from "./about.js";
import { backing, summary } from "./backing.js";
import { drawBar, drawLegend, drawTabs, filterWords } from "./bar.js";
import { load } from "./data.js";
import { button, byId, fill, h, name } from "./dom.js";
import { filters, passing } from "./filter.js";
import { keepFocus } from "./focus.js";
import { makeGraph } from "./graph.js";
import { makeList } from "./list.js";
import { makeMap } from "./map.js";
import { makeMatrix } from "./matrix.js";
import { drawPanel, wide } from "./panel.js";
import { picture, png } from "./picture.js";
import { alike } from "./profile.js";
import { numbers, table } from "./rollup.js";
import { saveCsv, saveMenu, savePicture } from "./save.js";
import { makeIndex, makeSearch } from "./search.js";
import { makeSources } from "./sources.js";
import { go, onChange, start, state } from "./state.js";
import { makeTargets } from "./targets.js";
import { link } from "./words.js";

const VIEWS = { graph: "Graph", matrix: "Matrix", targets: "Targets", sources: "Sources", map: "Map" };
const MAKE = { graph: makeGraph, matrix: makeMatrix, targets: makeTargets, sources: makeSources, map: makeMap };

const data = load();
const stage = byId("stage"), panel = byId("panel");
const views = {};
let list = null;

function show(now, before) {
  const view = VIEWS[now.view] ? now.view : "graph";
  document.body.dataset.view = view;
  drawTabs(byId("tabs"), VIEWS, now);
  drawBar(byId("bar"), data, now);
  const same = ["sel", "path", "region", "stage", "tier", "source", "no", "open", "full", "with"].every((key) => String(now[key]) === String(before[key]));
  if (!same || now.view !== before.view || !panel.childElementCount) drawPanel(panel, data, now);
  for (const id of ["stage", "bar"]) byId(id).inert = wide(now);
  if (!views[view]) {
    const box = h("div", { class: "view", id: `view-${view}` });
    stage.append(box);
    views[view] = { box, ...MAKE[view](data, box) };
  }
  for (const [key, { box }] of Object.entries(views)) box.hidden = key !== view;
  views[view].update(now, before);
  if (view === "graph") {
    list?.remove();
    list = now.as === "list" ? makeList(data, views.graph.scene()) : null;
    if (list) views.graph.box.append(list);
  }
  document.title = [data.byId.get(now.sel)?.label, VIEWS[view], "Regiograph"].filter(Boolean).join(" – ");
}

function csv() {
  const now = state(), view = VIEWS[now.view] ? now.view : "graph";
  const rows = view !== "graph" ? views[view].csv(now) : [
    ["id", "subject", "subject_label", "predicate", "object", "object_label", "stage", "tier", "period", "flags", "note", "identity", "quote", "source", "paragraph", "row"],
    ...views.graph.scene().lines.flatMap((line) => passing(line, views.graph.scene().filter)).map((r) => [r.id, r.s.id, r.s.label, r.p.id, r.o.id, r.o.label,
      r.stage, r.tier, r.period, r.flags.join(";"), r.note, r.identity.join("; "), r.quote, r.source.short, r.paragraph, r.row])];
  saveCsv(rows, `regiograph-${view}.csv`);
}

const shownView = () => (VIEWS[state().view] ? state().view : "graph");

// What a picture of the view needs: the view itself, and the words around it.
function pictured() {
  const now = state(), view = shownView(), { box } = views[view];
  const list_ = view === "graph" && now.as === "list";
  const legend = view === "graph" && !list_ ? h("div", { class: "keys" }) : null;
  if (legend) drawLegend(legend, data, now);
  const chosen = [...box.querySelectorAll(".controls .choice")].map((choice) => {
    const field = choice.querySelector("select, input");
    const value = field.selectedOptions ? field.selectedOptions[0]?.text : field.value;
    return value && `${choice.querySelector("span").textContent}: ${value}`;
  }).filter(Boolean);
  return [views[view].picture && !list_ ? views[view].picture() : { content: box.querySelector(".list, .scroll, .map") },
    { title: [data.byId.get(now.sel)?.label, VIEWS[view]].filter(Boolean).join(" – "),
      filters: [...filterWords(data, now), ...chosen], legend, foot: origin(data) }];
}

function theme(to) {
  document.documentElement.dataset.theme = to;
  try { localStorage.setItem("theme", to); } catch { /* a page from disk may have no storage */ }
  views.graph?.repaint();
}

function tools() {
  const dark = () => getComputedStyle(document.documentElement).colorScheme === "dark" ||
    (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const box = h("span");
  fill(byId("tools"), saveMenu(box, { csv, png: () => savePicture(png(...pictured()), `regiograph-${shownView()}.png`) }),
    button("◐", () => theme(dark() ? "light" : "dark"), { class: "icon", "aria-label": "Light or dark", title: "Light or dark" }));
}

function keyed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "Escape") {
    const open = document.querySelector("details.pop[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); } else if (!typing && !document.querySelector("dialog[open]")) go(wide(state()) ? { full: "", with: "" } : { sel: "", path: "", with: "" });
  } else if (typing) return;
  else if (event.key === "/") { event.preventDefault(); search.focus(); }
  else if (Object.keys(VIEWS)[Number(event.key) - 1]) go({ view: Object.keys(VIEWS)[Number(event.key) - 1] });
}

byId("wait")?.remove();
try { const kept = localStorage.getItem("theme"); if (kept) document.documentElement.dataset.theme = kept; } catch { /* none kept */ }
const index = makeIndex(data);
const search = makeSearch(byId("find"), index);
tools();
drawFoot(byId("foot"), data);
onChange((now, before) => keepFocus(() => show(now, before)));
addEventListener("keydown", keyed);
addEventListener("click", (event) => {
  if (!document.contains(event.target)) return; // drawn anew by this very click
  for (const open of document.querySelectorAll("details.pop[open]")) if (!open.contains(event.target)) open.open = false;
});
byId("skip").addEventListener("click", (event) => { event.preventDefault(); panel.focus(); });
let sizing = 0;
addEventListener("resize", () => { clearTimeout(sizing); sizing = setTimeout(() => views[state().view]?.resize?.(state()), 150); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => views.graph?.repaint());
start();
document.body.dataset.ready = "";
// for the console and the tests
window.regiograph = { data, views, link, backing, summary, alike, picture: () => picture(...pictured()),
  cells: (how) => [...table(data, filters(state(), data), how)].flatMap(([row, found]) => [...found].map(([region, cell]) =>
    ({ row: row.id, region: region.id, numbers: numbers(row, cell), records: cell.records.map((r) => r.id) }))) };

// The page: it reads its content, draws the view that the address names, and follows the address.

import { drawBar, drawTabs } from "./bar.js";
import { load } from "./data.js";
import { button, byId, fill, h, name } from "./dom.js";
import { passing } from "./filter.js";
import { keepFocus } from "./focus.js";
import { makeGraph, makeList } from "./graph.js";
import { makeMap } from "./map.js";
import { makeMatrix } from "./matrix.js";
import { drawPanel } from "./panel.js";
import { saveCanvas, saveCsv, saveElement, saveMenu } from "./save.js";
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
  const same = ["sel", "path", "region", "stage", "tier", "source", "no", "open"].every((key) => String(now[key]) === String(before[key]));
  if (!same || now.view !== before.view || !panel.childElementCount) drawPanel(panel, data, now);
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
    ["id", "subject", "subject_label", "predicate", "object", "object_label", "stage", "tier", "period", "flags", "quote", "source", "paragraph", "row"],
    ...views.graph.scene().lines.flatMap((line) => passing(line, views.graph.scene().filter)).map((r) => [r.id, r.s.id, r.s.label, r.p.id, r.o.id, r.o.label,
      r.stage, r.tier, r.period, r.flags.join(";"), r.quote, r.source.short, r.paragraph, r.row])];
  saveCsv(rows, `regiograph-${view}.csv`);
}

function png() {
  const view = VIEWS[state().view] ? state().view : "graph";
  const file = `regiograph-${view}.png`;
  if (view === "graph") saveCanvas(views.graph.canvas(), file);
  else saveElement(views[view].box.querySelector(".scroll, .map"), file);
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
  fill(byId("tools"), saveMenu(box, { png, csv }),
    button("◐", () => theme(dark() ? "light" : "dark"), { class: "icon", "aria-label": "Light or dark", title: "Light or dark" }));
}

function foot() {
  const { about } = data;
  const sheet = h("dialog", { class: "sheet about", "aria-label": "About this page" },
    h("h2", null, "What this graph is, and what it is not"),
    h("p", null, "It says what a few documents state about regions, sectors, projects and companies, each statement with the quote it rests on. ",
      "The documents are machine translations: words may be wrong, and what is garbled is flagged, not mended in silence."),
    h("p", null, "A promise is not a deed: the stage says how far a thing had come by the words of the document, on the day of the document. ",
      "What no document here says is missing, which does not mean that it is not so. Nothing here is official."),
    h("p", null, "Data: ", h("a", { href: about.licence }, "CC BY 4.0"), ". Code: Apache-2.0. The quotes remain their publishers'. Drawn with vis-network (Apache-2.0 or MIT)."),
    h("h2", null, "Keys"),
    h("p", null, h("kbd", null, "/"), " search, ", h("kbd", null, "1"), " to ", h("kbd", null, "5"), " views, ", h("kbd", null, "Esc"),
      " close, and on the graph arrows, Enter, ", h("kbd", null, "E"), ", ", h("kbd", null, "+"), ", ", h("kbd", null, "−"), ", ", h("kbd", null, "0"), "."),
    h("form", { method: "dialog" }, h("button", null, "Close")));
  fill(byId("foot"),
    h("span", null, name(about.title ?? "Regiograph")),
    h("span", null, `version ${about.version ?? "?"}, ${about.date ?? ""}`),
    h("span", null, "data ", h("a", { href: about.licence }, "CC BY 4.0")),
    h("span", null, "two machine-translated documents; a promise is not a deed; nothing official".replace("two", data.sources.length === 2 ? "two" : String(data.sources.length))),
    button("About", () => sheet.showModal(), { class: "link" }), sheet);
}

function keyed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "Escape") {
    const open = document.querySelector("details.pop[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); } else if (!typing && !document.querySelector("dialog[open]")) go({ sel: "", path: "" });
  } else if (typing) return;
  else if (event.key === "/") { event.preventDefault(); search.focus(); }
  else if (Object.keys(VIEWS)[Number(event.key) - 1]) go({ view: Object.keys(VIEWS)[Number(event.key) - 1] });
}

byId("wait")?.remove();
try { const kept = localStorage.getItem("theme"); if (kept) document.documentElement.dataset.theme = kept; } catch { /* none kept */ }
const index = makeIndex(data);
const search = makeSearch(byId("find"), index);
tools();
foot();
onChange((now, before) => keepFocus(() => show(now, before)));
addEventListener("keydown", keyed);
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.pop[open]")) if (!open.contains(event.target)) open.open = false;
});
byId("skip").addEventListener("click", (event) => { event.preventDefault(); panel.focus(); });
let sizing = 0;
addEventListener("resize", () => { clearTimeout(sizing); sizing = setTimeout(() => views[state().view]?.resize?.(state()), 150); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => views.graph?.repaint());
start();
document.body.dataset.ready = "";
window.regiograph = { data, views, link }; // for the console and the tests

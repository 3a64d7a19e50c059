// The bar under the header: filters for every view, and for the graph its legend, detail and paths.

import { button, choice, fill, h } from "./dom.js";
import { groups, GROUPS } from "./marks.js";
import { exact, suggestions } from "./search.js";
import { address, go, state, toggle } from "./state.js";

export function drawBar(bar, data, now) {
  const used = (key) => new Set(data.statements.map((r) => r[key]).filter(Boolean));
  const scheme = (name, key) => [["", "any"], ...[...data.schemes[name].values()].filter((c) => used(key).has(c.id)).map((c) => [c.id, c.label])];
  const active = ["region", "stage", "tier", "source"].filter((key) => now[key]);
  const wasOpen = (id) => bar.querySelector(`#${id}`)?.open ?? false;
  fill(bar,
    h("details", { class: "pop", id: "filters", open: wasOpen("filters") },
      h("summary", null, "Filter", active.length > 0 && h("b", { class: "badge" }, String(active.length))),
      h("div", { class: "sheet" },
        choice("Region", now.region, [["", "any"], ...data.regions.map((r) => [r.id, r.label])], (region) => go({ region })),
        choice("Stage", now.stage, scheme("stages", "stage"), (stage) => go({ stage })),
        choice("Tier", now.tier, scheme("tiers", "tier"), (tier) => go({ tier })),
        choice("Source", now.source, [["", "any"], ...data.sources.map((s) => [s.short, s.title])], (source) => go({ source })),
        button("Clear filters", () => go({ region: "", stage: "", tier: "", source: "" }), { disabled: !active.length }))),
    active.map((key) => button([named(key, now, data), h("span", { "aria-hidden": "true" }, " ×")], () => go({ [key]: "" }),
      { class: "pill", "aria-label": `Clear the filter ${key}: ${named(key, now, data)}` })),
    now.view === "graph" && graphTools(data, now, wasOpen));
}

// The filters in words, as a picture tells them.
export const filterWords = (data, now) => ["region", "stage", "tier", "source"].filter((key) => now[key])
  .map((key) => `${key[0].toUpperCase()}${key.slice(1)}: ${named(key, now, data)}`);

function named(key, now, data) {
  if (key === "region") return data.byId.get(now.region)?.label ?? now.region;
  if (key === "source") return now.source;
  return data.schemes[`${key}s`].get(now[key])?.label ?? now[key];
}

function graphTools(data, now, wasOpen) {
  const names = h("datalist", { id: "entities" });
  const typed = { from: "", to: "" };
  const [a, b] = now.path.split(">").map((id) => data.byId.get(id)?.label ?? "");
  const placed = data.entities.filter((e) => e.placed);
  const find = (text) => exact(placed, text) ?? suggestions(placed, text)[0];
  const suggest = (event) => fill(names, suggestions(placed, event.target.value).map((e) => h("option", { value: e.label }, e.zh)));
  const input = (id, label, value) => h("label", { class: "choice" }, h("span", null, label),
    h("input", { id, list: "entities", value, autocomplete: "off", required: true, oninput: suggest }));
  const problem = h("p", { class: "quiet", role: "status" });
  const route = (event) => {
    event.preventDefault();
    typed.from = find(event.target.elements.from.value);
    typed.to = find(event.target.elements.to.value);
    if (typed.from && typed.to) go({ path: `${typed.from.id}>${typed.to.id}`, sel: "" });
    else problem.textContent = `The graph shows nothing called ${event.target.elements[typed.from ? "to" : "from"].value}.`;
  };
  const used = new Set(data.statements.filter((r) => r.line).map((r) => r.p));
  return [
    h("div", { class: "switch", role: "group", "aria-label": "How much of the graph" },
      [["overview", "Overview"], ["all", "Everything"]].map(([show, text]) =>
        button(text, () => go({ show }), { "aria-pressed": String(now.show === show) })),
      button("List", () => go({ as: state().as === "list" ? "" : "list" }), { "aria-pressed": String(now.as === "list") })),
    h("details", { class: "pop", id: "routes" }, h("summary", null, "Path"),
      h("form", { class: "sheet", onsubmit: route }, input("from", "From", a ?? ""), input("to", "To", b ?? ""), names, problem, h("button", null, "Find the shortest path"))),
    h("details", { class: "pop", id: "predicates", open: wasOpen("predicates") }, h("summary", null, "Lines", now.no.length > 0 && h("b", { class: "badge" }, `−${now.no.length}`)),
      h("fieldset", { class: "sheet" }, h("legend", { class: "unseen" }, "Lines shown"),
        h("label", { class: "tick" }, h("input", { type: "checkbox", checked: now.links === "1", onchange: () => go({ links: state().links ? "" : "1" }) }), "assumed hierarchy (dashed)"),
        [...used].map((p) => h("label", { class: "tick" }, h("input", { type: "checkbox", checked: !now.no.includes(p.id), onchange: () => go(toggle("no", p.id)) }), p.label)))),
    now.open.length > 0 && button("Fold all", () => go({ open: [] }), { class: "pill" }),
  ];
}

export function drawLegend(box, data, now) {
  fill(box, h("legend", { class: "unseen" }, "Kinds shown"), groups(data).map((group) =>
    button([h("span", { class: `mark ${GROUPS[group].shape}`, style: `--c:var(--k-${group.toLowerCase()})` }), GROUPS[group].label],
      () => go(toggle("hide", group)), { class: "kindbox", "aria-pressed": String(!now.hide.includes(group)) })),
  h("span", { class: "kindbox" }, h("span", { class: "dotted" }), "every statement in doubt"), h("span", { class: "kindbox" }, "?  not certain which is meant"));
}

export function drawTabs(tabs, views, now) {
  fill(tabs, Object.entries(views).map(([view, text]) =>
    h("a", { href: address({ view, sel: keeps(view, now) ? now.sel : "" }), "aria-current": view === now.view ? "page" : null }, text)));
}

// A selection that another view can show as well goes along.
const keeps = (view, now) => !/[*#]/.test(now.sel) && view !== now.view;

// Targets: charts of like with like, and every target as a row.

import { choice, count, fill, h, name } from "./dom.js";
import { label } from "./data.js";
import { filters } from "./filter.js";
import { address, go } from "./state.js";
import { doubts, link, period, web } from "./words.js";

const deadline = (record) => /(\d{4}(-\d\d){0,2})$/.exec(record.period)?.[1] ?? "";

export function makeTargets(data, stage) {
  const controls = h("div", { class: "controls" });
  const scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Targets" });
  stage.append(controls, scroll);
  let shown = [];

  function update(now) {
    const filter = filters(now, data);
    const passing = data.targets.filter((t) => !t.result && filter.test(t));
    const units = [...new Set(passing.map((t) => t.unit))].sort();
    shown = passing.filter((t) => !now.unit || t.unit === now.unit);
    const orders = {
      "": (a, b) => a.indicator.label.localeCompare(b.indicator.label) || (b.value ?? 0) - (a.value ?? 0),
      place: (a, b) => a.s.label.localeCompare(b.s.label),
      deadline: (a, b) => (deadline(a) || "9999").localeCompare(deadline(b) || "9999"),
    };
    shown.sort(orders[now.sort] ?? orders[""]);
    fill(controls,
      choice("Unit", now.unit, [["", "all"], ...units.map((u) => [u, label(data, "units", u)])], (unit) => go({ unit })),
      choice("Order", now.sort, [["", "indicator"], ["place", "place"], ["deadline", "deadline"]], (sort) => go({ sort })));
    fill(scroll, charts(shown, data, now), list(shown, data, now));
  }

  return { update, csv: () => [
    ["id", "place", "indicator", "of", "comparator", "value", "upper", "unit", "aim", "period", "flags", "note", "identity", "quote", "source", "paragraph", "row"],
    ...shown.map((t) => [t.id, t.s.label, t.indicator.label, t.topic?.label ?? "", t.comparator, t.value, t.upper, t.unit, amount(t, data), t.period, t.flags.join(";"), t.note, t.identity.join("; "), t.quote, t.source.short, t.paragraph, t.row])] };
}

// Only what measures the same in the same unit stands on one scale.
function charts(shown, data, now) {
  const like = new Map();
  for (const target of shown) {
    if (target.value === null || target.unit === "multiple") continue;
    const key = `${target.indicator.id} ${target.unit}`;
    like.set(key, [...(like.get(key) ?? []), target]);
  }
  const groups = [...like.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length);
  return groups.length > 0 && h("div", { class: "charts" }, groups.map((group) => {
    const most = Math.max(...group.map((t) => t.upper ?? t.value));
    return h("figure", { class: "chart" },
      h("figcaption", null, name(group[0].indicator.label), group[0].unit !== "count" && h("span", { class: "quiet" }, ` ${label(data, "units", group[0].unit)}`)),
      h("ul", { class: "bars wide" }, group.sort((a, b) => b.value - a.value).map((t) => h("li", { class: `${now.sel === `target:${t.id}` ? "on" : ""}${t.doubt.length ? " doubtful" : ""}` },
        h("a", { href: address({ sel: `target:${t.id}` }), class: "to" }, name(t.s.label), t.topic && h("span", { class: "quiet" }, " ", name(t.topic.label))),
        h("span", { class: "share", style: `--share:${(t.value / most).toFixed(3)}`, "aria-hidden": "true" }),
        h("span", { class: "num" }, amount(t, data), t.period && h("span", { class: "quiet" }, ` ${period(t.period)}`), flagged(t, data))))));
  }));
}

// The number that is aimed at; in the document's words where it gives none, or says "doubled".
export function amount(target, data) {
  if (target.value === null || target.unit === "multiple") return written(target);
  const how = ["exactly", "range"].includes(target.comparator) ? "" : `${label(data, "comparators", target.comparator)} `;
  const upper = target.upper === null ? "" : ` to ${big(target.upper)}`;
  const unit = target.unit === "percent" ? "%" : target.unit === "count" ? "" : ` ${label(data, "units", target.unit)}`;
  return `${how}${big(target.value)}${upper}${unit}`;
}

// A target's sentence less its indicator, topic and period.
function written({ label: text, indicator, topic, period: when, status }) {
  const before = `${indicator.label}${topic ? ` of ${topic.label}` : ""}: `;
  const rest = text.startsWith(before) ? text.slice(before.length) : text;
  const end = ` (${[when, status].filter(Boolean).join(", ")})`;
  return rest.endsWith(end) ? rest.slice(0, -end.length) : rest;
}

const flagged = (target, data) => doubts(target, data).map(([text, more]) => h("span", { class: "chip flag", title: more }, name(text)));

function big(number) {
  for (const [size, word] of [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]]) {
    if (number >= size) return `${(number / size).toLocaleString("en", { maximumFractionDigits: 2 })} ${word}`;
  }
  return number.toLocaleString("en", { maximumFractionDigits: 4 });
}

function list(shown, data, now) {
  if (!shown.length) return h("p", { class: "say" }, data.targets.length ? "No target passes the filters." : "There are no targets.");
  return h("table", { class: "rows" },
    h("caption", null, count(shown.length, "target")),
    h("thead", null, h("tr", null, ["place", "indicator", "of", "aim", "by", "in doubt", "quote", "where"].map((t) => h("th", { scope: "col" }, t)))),
    h("tbody", null, shown.map((t) => h("tr", { class: now.sel === `target:${t.id}` ? "on" : null },
      h("td", { "data-name": "place", class: t.s.label.length < 25 ? "whole" : null }, h("a", { href: address({ sel: t.s.id }) }, name(t.s.label))),
      h("td", { "data-name": "indicator" }, name(t.indicator.label)),
      h("td", { "data-name": "of" }, t.topic && name(t.topic.label)),
      h("td", { class: amount(t, data).length < 35 ? "aim" : null, "data-name": "aim" }, h("a", { href: address({ sel: `target:${t.id}` }) }, amount(t, data))),
      h("td", { class: "aim", "data-name": "by" }, period(t.period)),
      h("td", { "data-name": "in doubt" }, flagged(t, data), t.note && h("span", { class: "note quiet" }, name(t.note))),
      h("td", { "data-name": "quote" }, h("q", null, name(t.quote))),
      h("td", { class: "aim", "data-name": "where" }, web(t.source.address)
        ? h("a", { href: link(t), target: "_blank", rel: "noopener noreferrer", title: t.source.title }, `${t.source.short} ¶ ${t.paragraph}`) : `${t.source.short} ¶ ${t.paragraph}`)))));
}

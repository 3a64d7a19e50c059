// Two regions side by side: their texts, what both and what only one of them backs, and targets for the same thing.

import { count, h, name } from "./dom.js";
import { filters } from "./filter.js";
import { fieldLink, heading, listed, part } from "./folds.js";
import { alike, backed, byField, things } from "./profile.js";
import { aim, head, textLine, widen } from "./region.js";
import { address } from "./state.js";
import { entityLink } from "./words.js";

const percent = (share) => (share ? `${Math.round(share * 100)} %` : "–");

export function compare(one, other, data, now) {
  const filter = filters(now, data), pair = [one, other];
  const like = alike(one, data).find(({ peer }) => peer === other);
  return [heading("two regions side by side", null),
    h("h2", null, pair.map((region, at) => [at ? " · " : "", h("a", { href: address({ sel: region.id }) }, name(region.label))])),
    h("p", { class: "acts" }, widen(now), h("a", { href: address({ sel: other.id, with: one.id }) }, "Change sides")),
    h("p", { class: "sum" }, like ? `${like.shared.length} of ${like.all} fields shared (${percent(like.likeness)})` : "No field shared"),
    h("div", { class: "two" }, pair.map((region) => h("div", null, h("h3", null, entityLink(region)), head(region, data, filter), h("p", { class: "quiet" }, "Texts: ", textLine(region, data))))),
    h("p", { class: "quiet" }, "The texts differ in length and kind, so that numbers of statements cannot be compared; shares of a region’s own statements can, with care. What a text does not say may yet be so."),
    fields(pair, data, filter), topics(pair, filter), targets(pair, data, filter), named(pair, filter)];
}

// Shares of the statements by which each region backs sectors and technologies, by field.
function fields(pair, data, filter) {
  const [a, b] = pair.map((region) => new Map(byField(region, data, filter)));
  const rows = data.fields.filter((field) => a.has(field) || b.has(field));
  const cell = (found, most) => h("td", null, h("span", { class: "share", style: `--share:${((found?.share ?? 0) / most).toFixed(3)}`, "aria-hidden": "true" }),
    h("span", { class: "num" }, percent(found?.share), found && h("span", { class: "quiet" }, ` ${count(found.topics.size, "topic")}`)));
  const most = Math.max(0.01, ...[a, b].flatMap((map) => [...map.values()].map(({ share }) => share)));
  return rows.length > 0 && part("fields", "Shares by field", rows.length, () => h("table", { class: "pair" },
    h("caption", { class: "quiet" }, "Share of the statements by which the region backs a sector or technology; a topic in two fields counts in both."),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "field"), pair.map((region) => h("th", { scope: "col" }, name(region.label))))),
    h("tbody", null, rows.map((field) => h("tr", null, h("th", { scope: "row" }, field.scheme ? fieldLink(field) : name(field.label)), cell(a.get(field), most), cell(b.get(field), most))))));
}

function columns(pair, [both, ...alone], item) {
  return [h("h4", { class: "said" }, "Both ", h("span", { class: "quiet" }, String(both.length))), listed(both.map(item)),
    h("div", { class: "two" }, pair.map((region, at) => h("div", null, h("h4", { class: "said" }, "Only ", name(region.label), " ", h("span", { class: "quiet" }, String(alone[at].length))), listed(alone[at].map(item)))))];
}

function split([one, other]) {
  const [a, b] = [new Set(one), new Set(other)], by = (x, y) => x.label.localeCompare(y.label);
  return [[...a].filter((e) => b.has(e)).sort(by), [...a].filter((e) => !b.has(e)).sort(by), [...b].filter((e) => !a.has(e)).sort(by)];
}

function topics(pair, filter) {
  const found = split(pair.map((region) => backed(region, filter).map((r) => r.o)));
  return part("topics", "Topics that they name", found.flat().length, () => columns(pair, found,
    (topic) => h("p", null, found[0].includes(topic) ? [entityLink(topic), h("span", { class: "quiet" }, " ", pair.map((region, at) =>
      [at ? ", " : "", h("a", { href: address({ sel: `${region.id}>${topic.id}` }) }, name(region.label))]))] : entityLink(topic))));
}

// Targets stand beside one another only where they measure the same of the same thing in the same unit.
function targets(pair, data, filter) {
  const found = new Map();
  pair.forEach((region, at) => region.targets.filter(filter.test).forEach((t) => {
    const key = [t.result, t.indicator.id, t.topic?.id, t.unit].join(" ");
    (found.get(key) ?? found.set(key, [[], []]).get(key))[at].push(t);
  }));
  const both = [...found.values()].filter((sides) => sides.every((side) => side.length));
  const left = pair.map((_, at) => [...found.values()].filter((sides) => !sides[1 - at].length).flatMap((sides) => sides[at]).length);
  return part("targets", "Targets and results for the same", both.length, () => [
    both.map((sides) => [h("h4", { class: "said" }, sides[0][0].result ? "result: " : "target: ", name(sides[0][0].indicator.label), sides[0][0].topic && [" of ", name(sides[0][0].topic.label)]),
      h("div", { class: "two" }, sides.map((side) => h("div", null, side.map((t) => aim(t, data)))))]),
    h("p", { class: "quiet" }, `Nothing like it on the other side: ${pair.map((region, at) => `${left[at]} of ${region.label}`).join(", ")}.`)]);
}

function named(pair, filter) {
  const [a, b] = pair.map((region) => new Map(things(region, filter)));
  return [...a.keys()].filter((kind) => a.get(kind).length + b.get(kind).length).map((kind) => {
    const found = split([a, b].map((map) => map.get(kind).map(({ thing }) => thing)));
    return part(kind.split(" ").at(-1), kind[0].toUpperCase() + kind.slice(1), found.flat().length, () => columns(pair, found, (thing) => h("p", null, entityLink(thing))));
  });
}

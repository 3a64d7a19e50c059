// The page of a region: what it backs, sets out to reach and reached, names, resembles, and what changed.

import { label } from "./data.js";
import { button, choice, count, h, name } from "./dom.js";
import { cards, fieldLink, folded, listed, part } from "./folds.js";
import { alike, backed, byField, changes, texts, things } from "./profile.js";
import { address, go } from "./state.js";
import { amount } from "./targets.js";
import { called, doubts, entityLink, period } from "./words.js";

const percent = (share) => `${Math.round(share * 100)} %`;

// The words of the question "change", in its order of interest, and what each of them means.
const TURNS = {
  new: ["new", "Stated in the later document; no name of it stands in the earlier one, nor in any whole document of before."],
  "no-longer-named": ["no longer named", "Stated in the earlier document; the whole later one was searched and has no name of it. A document may leave out what goes on."],
  moved: ["moved", "Stated in both, at another stage or tier."],
  "named-before": ["named before", "Stated in the later document; a name of it stands in an earlier one, and nothing is stated of it there."],
  "still-named": ["still named", "Stated in the earlier document; its name stands in the later one, and nothing is stated of it there."],
  kept: ["kept", "Stated in both."],
  "not-in-digest": ["not in the digest", "One document is abridged, and no whole one of that time was searched: its silence says nothing."],
  "not-searched": ["not searched", "The thing has no name in the language of the document: its silence says nothing."],
};

export const textLine = (region, data) => texts(region, data).map(({ source, paragraphs, read }, at) => [at ? "; " : "",
  h("a", { href: address({ view: "sources", sel: source.id }), title: source.title }, source.short), ` ${count(paragraphs, "paragraph")}, `,
  read === paragraphs ? "all read" : read ? `${read} read, the rest only searched for names` : "only searched for names"]);

export function head(region, data, filter) {
  const set = region.targets.filter((t) => !t.result && filter.test(t)).length, reached = region.targets.filter((t) => t.result && filter.test(t)).length;
  const topics = new Set(backed(region, filter).map((r) => r.o)).size;
  return h("p", { class: "sum" }, [`Backs ${count(topics, "sector or technology").replace("sector or technologies", "sectors and technologies")}`,
    count(set, "target"), reached > 0 && count(reached, "result")].filter(Boolean).join("; "), filter.any && h("span", { class: "quiet" }, " (of what passes the filters)"));
}

export function regionParts(region, data, filter) {
  const peers = alike(region, data), turned = changes(region);
  const aims = (result) => region.targets.filter((t) => t.result === result && filter.test(t));
  const list = (id, title, records) => records.length > 0 && part(id, title, records.length, () => listed(records.map((t) => aim(t, data))));
  return [head(region, data, filter),
    h("p", { class: "quiet" }, "Texts: ", textLine(region, data)),
    peers.length > 0 && h("p", { class: "beside" }, choice("Compare with", "", [["", "…"], ...data.regions.filter((r) => r !== region).map((r) => [r.id, r.label])],
      (peer) => peer && go({ with: peer, full: "1" }))),
    list("targets", "Targets", aims(false)), list("results", "Results, as reported", aims(true)),
    fieldsOf(region, data, filter), tiers(region, data, filter),
    things(region, filter).map(([kind, rows]) => rows.length > 0 && part(kind.split(" ").at(-1), kind[0].toUpperCase() + kind.slice(1), rows.length, () => listed(rows.map((row) => thing(row, data))))),
    peers.length > 0 && part("alike", "Most like it", peers.length, () => likest(region, peers)),
    turned.length > 0 && part("changes", "What changed between its documents", turned.length, () => turned.map((pair) => change(pair, data)))];
}

// "output of vehicles: 1 million, by 2025", opening to the card.
export function aim(target, data) {
  const words = [target.indicator.label, target.topic && ` of ${target.topic.label}`, ": "];
  return h("details", { class: "backer" }, h("summary", null, name(words.filter(Boolean).join("")), h("b", null, amount(target, data)), target.period && `, ${period(target.period)}`, target.status === "estimated" && ", estimated",
    h("span", { class: "where" }, ` ${target.source.short} ¶ ${target.paragraph} `), doubts(target, data).map(([text, more]) => h("span", { class: "chip flag", title: more }, name(text)))),
  h("div", { class: "cards" }, cards(null, [target], data, { from: target.s, open: true })));
}

const topicRows = (topics, data) => listed([...topics].sort(([a, x], [b, y]) => y.length - x.length || a.label.localeCompare(b.label))
  .map(([topic, records]) => folded(h("b", null, called(topic)), [topic], records, data)));

function fieldsOf(region, data, filter) {
  const fields = byField(region, data, filter);
  const all = backed(region, filter);
  return fields.length > 0 && part("fields", "Backs, by field", new Set(all.map((r) => r.o)).size, () => [
    h("p", { class: "quiet" }, `By fields of the official classification. A share is of the ${count(all.length, "statement")} by which the region backs a sector or technology; a topic in two fields counts in both.`),
    fields.map(([field, { topics, records, share }]) => h("details", { class: "sub" },
      h("summary", null, h("b", null, name(field.label)), h("span", { class: "quiet" }, ` ${count(topics.size, "topic")}, ${count(records.length, "statement")}, ${percent(share)}`)),
      !field.scheme ? null : h("p", { class: "acts" }, fieldLink(field)), topicRows(topics, data)))]);
}

function tiers(region, data, filter) {
  const found = new Map();
  for (const record of backed(region, filter).filter((r) => r.tier)) {
    const topics = found.get(record.tier) ?? found.set(record.tier, new Map()).get(record.tier);
    topics.set(record.o, [...(topics.get(record.o) ?? []), record]);
  }
  return found.size > 0 && part("tiers", "Backs, by tier", new Set([...found.values()].flatMap((topics) => [...topics.keys()])).size, () => [
    h("p", { class: "quiet" }, "A tier is what a document calls a topic."),
    [...found].sort(([, a], [, b]) => b.size - a.size).map(([tier, topics]) => h("details", { class: "sub" },
      h("summary", null, h("b", null, label(data, "tiers", tier)), h("span", { class: "quiet" }, ` ${count(topics.size, "topic")}`)), topicRows(topics, data)))]);
}

const thing = ({ thing: one, how, sectors, records }, data) =>
  folded([h("b", null, called(one)), h("span", { class: "quiet" }, [one.root !== "Project" && one.kind.id !== "Company" && `, ${one.kind.label}`, how && `: ${how}`].filter(Boolean).join("")),
    sectors && h("span", { class: "quiet" }, " (", name(sectors), ")")], [one], records, data);

function likest(region, peers) {
  return [h("p", { class: "quiet" }, "Fields that both back something in, of those in which either does; a topic that no field holds counts for itself. ",
    "A longer text names more: this says how alike the documents are, not the economies."),
  listed(peers.map(({ peer, shared, all, likeness }) => h("details", { class: "backer" },
    h("summary", null, h("b", null, called(peer)), h("span", { class: "quiet" }, ` ${percent(likeness)}: ${shared.length} of ${all} shared`)),
    h("p", { class: "acts" }, h("a", { href: address({ with: peer.id, full: "1" }) }, "Side by side"), entityLink(peer)),
    h("ul", { class: "plain" }, shared.sort((a, b) => b.topics.size - a.topics.size).map(({ place, topics }) =>
      h("li", null, place.field ? [fieldLink(place), h("span", { class: "quiet" }, ": ", [...topics].map((topic, at) => [at ? ", " : "", entityLink(topic)]))] : entityLink(place)))))))];
}

function change([[earlier, later], turns], data) {
  const move = (row) => [row.then && ` then ${row.then}`, row.now && `${row.then ? "," : ""} now ${row.now}`,
    ...[["stages", row.stages], ["tiers", row.tiers]].map(([scheme, [from, to]]) => from && to && from !== to && `; ${label(data, scheme, from)} → ${label(data, scheme, to)}`)].filter(Boolean).join("");
  return [h("h4", { class: "said" }, h("span", { title: earlier.title }, earlier.short), " → ", h("span", { title: later.title }, later.short)),
    Object.entries(TURNS).filter(([turn]) => turns.has(turn)).map(([turn, [title, meaning]]) => h("details", { class: "sub", "data-turn": turn },
      h("summary", null, h("b", null, title), h("span", { class: "quiet" }, ` ${turns.get(turn).length}`)),
      h("p", { class: "quiet" }, meaning),
      listed(turns.get(turn).map((row) => folded([h("b", null, called(row.thing)), h("span", { class: "quiet" }, move(row))], [row.thing], row.records, data)))))];
}

// The button that gives a page the whole width, or takes it back.
export const widen = (now) => button(now.full === "1" ? "Narrow" : "Full width", () => go({ full: now.full === "1" ? "" : "1" }), { class: "link" });

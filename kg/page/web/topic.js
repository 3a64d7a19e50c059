// The page of a topic: who backs it and in which way, and where a program saw its name and nobody stated more.

import { backing, summary } from "./backing.js";
import { count, h } from "./dom.js";
import { folded, listed, part } from "./folds.js";
import { address } from "./state.js";
import { called, entityLink } from "./words.js";

export function topicParts(topic, data, filter) {
  const rows = backing(topic, data).filter(({ records }) => records.some(filter.test));
  return [...backers(topic, rows, data, filter), seen(topic, new Set(backing(topic, data).map(({ region }) => region)))];
}

// Every region that backs a topic, and in which way: each row opens to the statements that it rests on.
function backers(topic, rows, data, filter) {
  const row = ({ region, way, what, records }) => folded([h("b", null, called(region)), ` ${way}`, what && [": ", called(what)]],
    [region, what], records, data);
  return [h("h3", { class: "rule" }, "Who backs it"), listed(rows.map(row)),
    h("p", { class: "sum" }, `${topic.label}: ${summary(topic, rows)}${filter.any ? " (of what passes the filters)" : ""}`)];
}

// Regions that back it in no way, but whose texts hold its name.
function seen(topic, backed) {
  const rows = topic.seen.filter(({ region }) => !backed.has(region));
  const regions = new Set(rows.map(({ region }) => region));
  const where = ({ source, region, times, first }) => h("p", null, entityLink(region), h("span", { class: "quiet" }, ` ${count(times, "time")}, first in `),
    h("a", { href: address({ view: "sources", sel: `${source.id}#${first}` }) }, `${source.short} ¶ ${first}`),
    h("span", { class: "quiet" }, source.sections.some((s) => s.region === region && s.read) ? "" : ", a text that nobody read"));
  return rows.length > 0 && part("seen", "Only named, by regions", regions.size, () => [
    h("p", { class: "quiet" }, "A program saw a name of it in these regions’ texts. Nobody judged what is said there, and it counts as backing nowhere."), listed(rows.map(where))]);
}

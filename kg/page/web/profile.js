// What is known of a region, counted: its texts, the topics that it backs by field, and which regions are like it.

import { backs, canBeRow } from "./rollup.js";

const length = (sections) => sections.reduce((sum, { first, last }) => sum + last - first + 1, 0);

// Documents with sections about a region: how many paragraphs these are, and how many of them people read.
export const texts = (region, data) => data.sources.map((source) => {
  const parts = source.sections.filter((section) => section.region === region);
  return { source, paragraphs: length(parts), read: length(parts.filter((section) => section.read)) };
}).filter(({ paragraphs }) => paragraphs > 0);

export const readParagraphs = (region, data) => texts(region, data).reduce((sum, { read }) => sum + read, 0);

// Statements that back sectors and technologies; of a digest and its original that say the same, the original.
export function backed(region, filter) {
  const found = region.out.filter((r) => backs(r) && canBeRow(r.o) && filter.test(r));
  const said = new Set(found.map((r) => `${r.source.id} ${r.o.id}`));
  return found.filter((r) => !r.section?.original || !said.has(`${r.section.original} ${r.o.id}`));
}

const top = (field) => (field.parent ? top(field.parent) : field);

// Topics by field of the first level, with their statements: [field, { topics, records, share }], the largest first.
export function byField(region, data, filter) {
  const records = backed(region, filter), found = new Map();
  for (const record of records) {
    const fields = record.o.fields.length ? new Set(record.o.fields.map(top)) : [data.byId.get("field/none")];
    for (const field of fields) {
      const row = found.get(field) ?? found.set(field, { topics: new Map(), records: [] }).get(field);
      row.records.push(record);
      row.topics.set(record.o, [...(row.topics.get(record.o) ?? []), record]);
    }
  }
  for (const row of found.values()) row.share = row.records.length / records.length;
  return [...found].sort(([a, x], [b, y]) => y.records.length - x.records.length || data.fields.indexOf(a) - data.fields.indexOf(b));
}

// Fields that a region names or backs something in, and topics that no field holds: Map(place → Set(topics)).
function places(region, data) {
  const topics = [...region.out.filter((r) => backs(r)).map((r) => r.o), ...data.derived.filter((d) => d.region === region).map((d) => d.topic)];
  const found = new Map();
  for (const topic of topics.filter(canBeRow)) {
    for (const place of topic.fields.length ? topic.fields : [topic]) {
      (found.get(place) ?? found.set(place, new Set()).get(place)).add(topic);
    }
  }
  return found;
}

// The other regions by how much they share, as the question "alike" reckons it: { peer, shared, all, likeness }.
export function alike(region, data) {
  const own = places(region, data);
  return data.regions.filter((peer) => peer !== region).map((peer) => {
    const theirs = places(peer, data);
    const shared = [...own].filter(([place]) => theirs.has(place)).map(([place, topics]) => ({ place, topics: new Set([...topics, ...theirs.get(place)]) }));
    const all = own.size + theirs.size - shared.length;
    return { peer, shared, all, likeness: all ? shared.length / all : 0 };
  }).filter(({ shared }) => shared.length > 0).sort((a, b) => b.likeness - a.likeness || (a.peer.id < b.peer.id ? -1 : 1));
}

// Things that a region's sections name, by what they are.
export function things(region, filter) {
  const named = region.inventory.filter(({ records }) => records.some(filter.test));
  const kinds = { companies: (e) => e.kind.id === "Company", projects: (e) => e.root === "Project", programmes: (e) => e.root === "Programme",
    places: (e) => e.root === "Place", "other organisations": (e) => e.root === "Organisation" && e.kind.id !== "Company",
    "events and documents": (e) => !["Project", "Programme", "Place", "Organisation"].includes(e.root) };
  return Object.entries(kinds).map(([kind, test]) => [kind, named.filter(({ thing }) => test(thing))]);
}

// The later documents of a region beside the earlier ones: [[earlier, later], Map(turn → rows)].
export function changes(region) {
  const found = new Map();
  for (const row of region.changes) {
    const key = `${row.earlier.id}>${row.later.id}`;
    const pair = found.get(key) ?? found.set(key, [[row.earlier, row.later], new Map()]).get(key);
    pair[1].set(row.turn, [...(pair[1].get(row.turn) ?? []), row]);
  }
  return [...found.values()];
}

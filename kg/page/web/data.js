// The embedded content as objects that know each other: entities, statements, targets, sources.

import { byId } from "./dom.js";

const read = (id) => JSON.parse(byId(id).textContent);

export function load() {
  const raw = read("content");
  const kinds = raw.kinds.map(([id, label, zh, root, drawn]) => ({ id, label, zh, root, drawn }));
  const predicates = raw.predicates.map(([id, label, phrase, inverse, backs, about]) => ({ id, label, phrase, inverse, backs, about }));
  const schemes = Object.fromEntries(Object.entries(raw.schemes).map(([scheme, rows]) =>
    [scheme, new Map(rows.map(([id, label, definition, withholds]) => [id, { id, label, definition, withholds }]))]));
  const entities = raw.entities.map(([id, kind, label, zh, note, doubt, region, point, names], number) => ({
    number, id, kind: kinds[kind], root: kinds[kind].root, label, zh, note, doubt, region: Boolean(region), point,
    names: names.map(([text, lang, role, sure, ground]) => ({ text, lang, role, sure, ground })),
    out: [], in: [], targets: [], changes: [], inventory: [], seen: [], above: [], below: [], near: new Map(), x: 0, y: 0, shared: 0, placed: false,
  }));
  for (const entity of entities) entity.group = entity.region ? "Region" : entity.root;
  const sources = raw.sources.map(([id, title, zh, address, citation, kind, how, language, licence, hash, paragraphs, sections], number) => ({
    number, id, short: id.split("/")[1], title, zh, address, citation, kind, how, language, licence, hash, paragraphs, records: [],
    sections: sections.map(([first, last, heading, region, read, reread, original]) => ({
      first, last, heading, read, reread, original, region: region === null ? null : entities[region] })),
  }));
  // Doubt is what a flag says, or that it is not certain which thing is meant.
  const place = (record, source, paragraph) => {
    record.ends = [...new Set([record.s, record.o, record.topic])].filter(Boolean);
    record.identity = record.ends.filter((e) => e.doubt).map((e) => `${e.label}: ${e.doubt}`);
    record.doubt = [...record.flags, ...record.identity];
    record.withheld = record.flags.some((flag) => schemes.flags.get(flag)?.withholds);
    record.source = sources[source];
    record.paragraph = paragraph;
    record.section = record.source.sections.find((s) => s.first <= paragraph && paragraph <= s.last) ?? null;
    record.source.records.push(record);
    return record;
  };
  const statements = raw.statements.map(
    ([id, s, p, o, line, stage, tier, cue, said, source, paragraph, quote, period, flags, note, row, fragment]) => {
      const target = typeof o === "number" ? entities[o] : null;
      const record = { id, s: entities[s], p: predicates[p], o: target, text: target ? target.label : o,
        line: Boolean(line), stage, tier, cue, said, quote, period, flags, note, row, fragment };
      record.s.out.push(record);
      if (target && target !== record.s) target.in.push(record);
      return place(record, source, paragraph);
    });
  const targets = raw.targets.map(
    ([id, s, topic, indicator, comparator, value, upper, unit, label, status,
      source, paragraph, quote, period, flags, note, row, fragment]) => {
      const record = { id, target: true, status, result: Boolean(status), s: entities[s], topic: topic === null ? null : entities[topic],
        indicator: entities[indicator], comparator, value, upper, unit, label, quote, period, flags, note, row, fragment,
        stage: "", tier: "", said: "" };
      for (const entity of new Set([record.s, record.topic, record.indicator])) entity?.targets.push(record);
      return place(record, source, paragraph);
    });
  const links = raw.links.map(([child, relation, parent, ground]) => {
    const link = { child: entities[child], relation, parent: entities[parent], ground };
    link.child.above.push({ entity: link.parent, relation, ground });
    link.parent.below.push({ entity: link.child, relation, ground });
    return link;
  });
  for (const node of read("nodes")) {
    Object.assign(entities[node.id], { x: node.x, y: node.y, shared: node.shared, placed: true });
  }
  const pairs = read("edges").map(({ from, to }) => ({ from: entities[from], to: entities[to], records: [] }));
  for (const pair of pairs) pair.from.near.set(pair.to, pair);
  for (const record of statements) {
    if (record.line) record.s.near.get(record.o)?.records.push(record);
  }
  for (const pair of pairs) if (!pair.to.near.has(pair.from)) pair.to.near.set(pair.from, pair);
  const records = new Map([...statements, ...targets].map((r) => [r.id, r]));
  const derived = raw.derived.map(([region, topic, means, ids]) => ({ region: entities[region], topic: entities[topic],
    means: entities[means], records: ids.map((id) => records.get(id)).filter(Boolean) }));
  readAnswers(raw, { entities, sources, statements });
  for (const entity of entities) entity.fields = [];
  const fields = readFields(raw.fields, entities);
  return { about: raw.about, kinds, predicates, schemes, entities, sources, statements, targets, links, pairs, records, derived, fields,
    regions: entities.filter((e) => e.region),
    byId: new Map([...entities, ...fields].map((e) => [e.id, e])) };
}

// Answers of named questions, given to the region or topic that they are about.
function readAnswers(raw, { entities, sources, statements }) {
  const of = (numbers) => numbers.map((number) => statements[number]);
  for (const [region, earlier, later, thing, turn, then, now, before, after, tierBefore, tierAfter, records] of raw.changes) {
    entities[region].changes.push({ earlier: sources[earlier], later: sources[later], thing: entities[thing], turn, then, now,
      stages: [before, after], tiers: [tierBefore, tierAfter], records: of(records) });
  }
  for (const [region, thing, how, sectors, records] of raw.inventory) {
    entities[region].inventory.push({ thing: entities[thing], how, sectors, records: of(records) });
  }
  for (const [topic, source, region, times, first] of raw.mentions) {
    entities[topic].seen.push({ source: sources[source], region: entities[region], times, first });
  }
}

// Fields of the official classification in its order, and last a row for the topics that none of them holds.
function readFields(rows, entities) {
  const fields = rows.map(([id, scheme, code, label, zh, , topics]) =>
    ({ id, scheme, code, label: `${code} ${label}`, zh, field: true, parent: null, below: [], topics: topics.map((n) => entities[n]) }));
  rows.forEach(([, , , , , parent], at) => {
    if (parent !== null) { fields[at].parent = fields[parent]; fields[parent].below.push(fields[at]); }
  });
  for (const field of fields) for (const topic of field.topics) topic.fields.push(field);
  const none = entities.filter((e) => ["Sector", "Technology"].includes(e.kind.id) && !e.fields.length);
  return [...fields, { id: "field/none", scheme: "", code: "", label: "no field", zh: "", field: true, parent: null, below: [], topics: none }];
}

export const label = (data, scheme, id) => data.schemes[scheme].get(id)?.label ?? id;

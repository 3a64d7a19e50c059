// The embedded content as objects that know each other: entities, statements, targets, sources.

import { byId } from "./dom.js";

export const NO_SOURCE = { number: -1 };

const read = (id) => JSON.parse(byId(id).textContent);

export function load() {
  const raw = read("content");
  const kinds = raw.kinds.map(([id, label, zh, root, drawn]) => ({ id, label, zh, root, drawn }));
  const predicates = raw.predicates.map(([id, label, phrase, backs]) => ({ id, label, phrase, backs }));
  const schemes = Object.fromEntries(Object.entries(raw.schemes).map(([scheme, rows]) =>
    [scheme, new Map(rows.map(([id, label, definition, withholds]) => [id, { id, label, definition, withholds }]))]));
  const entities = raw.entities.map(([id, kind, label, zh, note, region, point, names], number) => ({
    number, id, kind: kinds[kind], root: kinds[kind].root, label, zh, note, region: Boolean(region), point,
    names: names.map(([text, lang, role, sure, ground]) => ({ text, lang, role, sure, ground })),
    out: [], in: [], targets: [], above: [], below: [], near: new Map(), x: 0, y: 0, shared: 0, placed: false,
  }));
  for (const entity of entities) entity.group = entity.region ? "Region" : entity.root;
  const sources = raw.sources.map(([id, title, zh, address, citation, kind, how, language, licence, hash, paragraphs, sections], number) => ({
    number, id, short: id.split("/")[1], title, zh, address, citation, kind, how, language, licence, hash, paragraphs, records: [],
    sections: sections.map(([first, last, heading, region, read, reread]) => ({
      first, last, heading, read, reread, region: region === null ? null : entities[region] })),
  }));
  const place = (record, source, paragraph) => {
    record.source = sources[source];
    record.paragraph = paragraph;
    record.section = record.source.sections.find((s) => s.first <= paragraph && paragraph <= s.last) ?? null;
    record.source.records.push(record);
    return record;
  };
  const statements = raw.statements.map(
    ([id, s, p, o, line, stage, tier, cue, source, paragraph, quote, period, flags, note, row, fragment]) => {
      const target = typeof o === "number" ? entities[o] : null;
      const record = { id, s: entities[s], p: predicates[p], o: target, text: target ? target.label : o,
        line: Boolean(line), stage, tier, cue, quote, period, flags, note, row, fragment };
      record.s.out.push(record);
      if (target && target !== record.s) target.in.push(record);
      return place(record, source, paragraph);
    });
  const targets = raw.targets.map(
    ([id, s, topic, indicator, comparator, value, upper, unit, label,
      source, paragraph, quote, period, flags, note, row, fragment]) => {
      const record = { id, target: true, s: entities[s], topic: topic === null ? null : entities[topic],
        indicator: entities[indicator], comparator, value, upper, unit, label, quote, period, flags, note, row, fragment,
        stage: "", tier: "" };
      for (const entity of new Set([record.s, record.topic, record.indicator])) entity?.targets.push(record);
      return place(record, source, paragraph);
    });
  const links = raw.links.map(([child, relation, parent, ground]) => {
    const link = { child: entities[child], relation, parent: entities[parent], ground };
    link.child.above.push({ entity: link.parent, relation, ground });
    link.parent.below.push({ entity: link.child, relation, ground });
    return link;
  });
  for (const record of statements) {
    if (record.line && record.p.id === "skos:broader") {
      record.s.above.push({ entity: record.o, relation: "skos:broader", record });
      record.o.below.push({ entity: record.s, relation: "skos:broader", record });
    }
  }
  for (const node of read("nodes")) {
    Object.assign(entities[node.id], { x: node.x, y: node.y, shared: node.shared, placed: true });
  }
  const pairs = read("edges").map(({ from, to }) => ({ from: entities[from], to: entities[to], records: [] }));
  for (const pair of pairs) pair.from.near.set(pair.to, pair);
  for (const record of statements) {
    if (record.line) record.s.near.get(record.o)?.records.push(record);
  }
  for (const pair of pairs) if (!pair.to.near.has(pair.from)) pair.to.near.set(pair.from, pair);
  return { about: raw.about, kinds, predicates, schemes, entities, sources, statements, targets, links, pairs,
    regions: entities.filter((e) => e.region),
    byId: new Map(entities.map((e) => [e.id, e])),
    records: new Map([...statements, ...targets].map((r) => [r.id, r])) };
}

// How sure an entity's identity is: the least sure of its labels, certain where none says otherwise.
export function identity(entity) {
  const order = ["certain", "probable", "unresolved"];
  const labels = entity.names.filter((n) => n.role === "label");
  return labels.reduce((worst, n) => (order.indexOf(n.sure) > order.indexOf(worst.sure) ? n : worst),
    labels[0] ?? { sure: "certain", ground: "" });
}

export const label = (data, scheme, id) => data.schemes[scheme].get(id)?.label ?? id;

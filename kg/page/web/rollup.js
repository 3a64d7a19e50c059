// What regions back: by field of the official classification, by topic, or by topic with all kinds of it.
// Only the taxonomy of topics rolls up; tiers and ideas are never rows.

export function under(topic, seen = new Set()) {
  if (seen.has(topic)) return seen;
  seen.add(topic);
  for (const { entity, relation } of topic.below) if (relation === "skos:broader") under(entity, seen);
  return seen;
}

export function over(topic, seen = new Set()) {
  if (seen.has(topic)) return seen;
  seen.add(topic);
  for (const { entity, relation } of topic.above) if (relation === "skos:broader") over(entity, seen);
  return seen;
}

export const backs = (record) => !record.target && record.p.backs && record.s.region && record.o?.root === "Topic" && record.line;

// Sectors and technologies: what can be a row.
export const canBeRow = (topic) => topic.kind.id === "Sector" || topic.kind.id === "Technology";

// The topics of a row that are named by its own name, and those below it.
export function topicsOf(row, rolled) {
  if (!row.field) return { here: new Set([row]), below: rolled ? new Set([...under(row)].slice(1)) : new Set() };
  const below = new Set();
  const climb = (field) => field.below.forEach((one) => { one.topics.forEach((t) => below.add(t)); climb(one); });
  climb(row);
  return { here: new Set(row.topics), below };
}

// Cells by row and region: Map(row → Map(region → { here, below, records })), where `here` and `below` are topics by
// their records. A row of a field counts topics, a row of a topic statements.
export function table(data, filter, how) {
  const stated = new Map();
  for (const record of data.statements) {
    if (!backs(record) || !canBeRow(record.o) || !filter.test(record)) continue;
    const row = stated.get(record.o) ?? stated.set(record.o, new Map()).get(record.o);
    row.set(record.s, [...(row.get(record.s) ?? []), record]);
  }
  const cells = new Map();
  const rows = how === "fields" ? [...data.fields, ...stated.keys()]
    : how === "rolled" ? new Set([...stated.keys()].flatMap((topic) => [...over(topic)].filter(canBeRow))) : stated.keys();
  for (const row of rows) {
    const { here, below } = topicsOf(row, how === "rolled");
    const found = new Map();
    for (const [part, topics] of [["here", here], ["below", below]]) {
      for (const topic of topics) {
        for (const [region, records] of stated.get(topic) ?? []) {
          const cell = found.get(region) ?? found.set(region, { here: new Map(), below: new Map(), records: [] }).get(region);
          cell[part].set(topic, records);
          cell.records.push(...records);
        }
      }
    }
    if (found.size) cells.set(row, found);
  }
  return cells;
}

// The two numbers of a cell, in the unit of its row.
export function numbers(row, cell) {
  const size = (part) => (row.field ? part.size : [...part.values()].reduce((sum, records) => sum + records.length, 0));
  return cell ? [size(cell.here), size(cell.below)] : [0, 0];
}

// What a row opens to.
export function children(row, how) {
  if (row.field) return [...row.below, ...row.topics];
  return how === "rolled" ? [...new Set(row.below.filter((b) => b.relation === "skos:broader").map((b) => b.entity))] : [];
}

export const isTop = (row, how, cells) => (how === "fields" ? row.field && !row.parent
  : how === "stated" || !row.above.some((a) => a.relation === "skos:broader" && cells.has(a.entity)));

// What documents call the topic itself, never what lies under it.
export const tiersOf = (row, cell) => (row.field ? [] : [...new Set((cell?.here.get(row) ?? []).map((r) => r.tier))].filter(Boolean).sort());

// An order in which like stands beside like: each time the nearest to the one before, by cosine.
export function clustered(items, vector) {
  const vectors = new Map(items.map((item) => [item, vector(item)]));
  const like = (a, b) => {
    let dot = 0, one = 0, two = 0;
    vectors.get(a).forEach((x, at) => { const y = vectors.get(b)[at]; dot += x * y; one += x * x; two += y * y; });
    return dot / Math.sqrt(one * two || 1);
  };
  const left = [...items], order = left.splice(0, 1);
  while (left.length) {
    let best = 0;
    left.forEach((item, at) => { if (like(order.at(-1), item) > like(order.at(-1), left[best])) best = at; });
    order.push(...left.splice(best, 1));
  }
  return order;
}

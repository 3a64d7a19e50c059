// Regions by topics: what each region backs, counted for a topic itself or with all that lies under it.

export function under(topic, seen = new Set()) {
  if (seen.has(topic)) return seen;
  seen.add(topic);
  for (const { entity, relation } of topic.below) if (relation === "skos:broader") under(entity, seen);
  return seen;
}

export const backs = (record) => !record.target && record.p.backs && record.s.region && record.o?.root === "Topic" && record.line;

export function cellRecords(region, topic, data, filter, rolled) {
  const topics = rolled ? under(topic) : new Set([topic]);
  return region.out.filter((r) => backs(r) && topics.has(r.o) && filter.test(r));
}

// Records by topic and region, rolled up or as stated: Map(topic → Map(region → records)).
export function table(data, filter, rolled) {
  const stated = new Map();
  for (const record of data.statements) {
    if (!backs(record) || !filter.test(record)) continue;
    for (const topic of rolled ? over(record.o) : [record.o]) {
      const row = stated.get(topic) ?? stated.set(topic, new Map()).get(topic);
      row.set(record.s, [...(row.get(record.s) ?? []), record]);
    }
  }
  return stated;
}

const higher = new Map();

function over(topic) {
  if (!higher.has(topic)) {
    const seen = new Set();
    const climb = (at) => {
      if (seen.has(at)) return;
      seen.add(at);
      for (const { entity, relation } of at.above) if (relation === "skos:broader") climb(entity);
    };
    climb(topic);
    higher.set(topic, [...seen]);
  }
  return higher.get(topic);
}

export const parents = (topic) => topic.above.filter((a) => a.relation === "skos:broader").map((a) => a.entity);
export const children = (topic) => [...new Set(topic.below.filter((b) => b.relation === "skos:broader").map((b) => b.entity))];

// What documents call the topic itself, never what lies under it.
export const tiersOf = (topic, records) => [...new Set(records.filter((r) => r.o === topic && r.tier).map((r) => r.tier))].sort();

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

// What the picture shows: which entities and which lines between them, for a state of the page.

import { filters, passing } from "./filter.js";

const FRONT = 90; // at most so many shared things are shown at first
const FEW = 160; // what filters leave is shown whole up to here

export function scene(state, data, path) {
  const filter = filters(state, data);
  const hidden = new Set(state.hide);
  const stays = (entity) => entity.placed && !hidden.has(entity.group);
  const live = data.pairs.filter((pair) => stays(pair.from) && stays(pair.to) && passes(pair, filter));
  const chosen = new Set();
  const joined = new Set(live.flatMap((pair) => [pair.from, pair.to]));
  if (state.show === "all" || (filter.any && joined.size <= FEW)) {
    for (const entity of joined) chosen.add(entity);
  } else if (state.show !== "chosen") {
    for (const entity of overview(live, joined)) chosen.add(entity);
  }
  const centre = data.byId.get(state.sel);
  const opened = [...state.open.map((id) => data.byId.get(id)), centre, ...ends(state.sel, data)].filter(Boolean);
  const wide = new Set([...state.open.map((id) => data.byId.get(id)), centre]);
  for (const entity of opened) if (entity.placed) chosen.add(entity);
  for (const pair of live) {
    if (wide.has(pair.from)) chosen.add(pair.to);
    if (wide.has(pair.to)) chosen.add(pair.from);
  }
  for (const entity of path ?? []) chosen.add(entity);
  const lines = live.filter((pair) => chosen.has(pair.from) && chosen.has(pair.to));
  const links = state.links === "1"
    ? data.links.filter((l) => chosen.has(l.child) && chosen.has(l.parent) && l.child.placed && l.parent.placed) : [];
  return { nodes: [...chosen], lines, links, filter };
}

function passes(pair, filter) {
  return filter.trivial || pair.records.some(filter.test);
}

// The regions, and what most of them share.
function overview(live, joined) {
  const regions = new Map();
  for (const { from, to } of live) {
    for (const [one, other] of [[from, to], [to, from]]) {
      if (one.region && !other.region) regions.set(other, (regions.get(other) ?? new Set()).add(one));
    }
  }
  const shared = [...regions].filter(([, of]) => of.size > 1)
    .sort(([a, x], [b, y]) => y.size - x.size || b.near.size - a.near.size || a.number - b.number)
    .slice(0, FRONT).map(([entity]) => entity);
  const found = new Set([...[...joined].filter((e) => e.region), ...shared]);
  if (found.size > 3) return found;
  return new Set([...joined].sort((a, b) => b.near.size - a.near.size || a.number - b.number).slice(0, FEW));
}

// The two ends of a selected line, or of a selected statement.
export function ends(selection, data) {
  if (selection.includes(">")) return selection.split(">").map((id) => data.byId.get(id));
  const record = data.records.get(selection.replace(/^(statement|target):/, ""));
  return record ? [record.s, record.o ?? null] : [];
}

// Whether a line that passes the filters joins two neighbours, in either direction.
const joins = (entity, other, filter) => [entity.near.get(other), other.near.get(entity)].some((pair) => pair && passing(pair, filter).length > 0);

// The number of paths between the ends of a shortest path that have its length.
export function equallyShort(path, state, data) {
  const filter = filters(state, data);
  let ways = new Map([[path[0], 1]]);
  const seen = new Set(ways.keys());
  for (let step = 1; step < path.length; step += 1) {
    const next = new Map();
    for (const [entity, number] of ways) {
      for (const other of entity.near.keys()) {
        if (!seen.has(other) && joins(entity, other, filter)) next.set(other, (next.get(other) ?? 0) + number);
      }
    }
    for (const entity of next.keys()) seen.add(entity);
    ways = next;
  }
  return ways.get(path.at(-1)) ?? 0;
}

// The shortest path between two entities over what passes the filters; null where there is none.
export function shortest(from, to, state, data) {
  if (!from || !to) return null;
  const filter = filters(state, data);
  const before = new Map([[from, null]]);
  let front = [from];
  while (front.length && !before.has(to)) {
    const next = [];
    for (const entity of front) {
      for (const other of entity.near.keys()) {
        if (before.has(other) || !joins(entity, other, filter)) continue;
        before.set(other, entity);
        next.push(other);
      }
    }
    front = next;
  }
  if (!before.has(to)) return null;
  const path = [];
  for (let at = to; at; at = before.get(at)) path.unshift(at);
  return path;
}

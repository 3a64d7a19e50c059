// Who backs a topic, and in which way: the same answer as the question "backing".

import { over, under } from "./rollup.js";

const THROUGH = ["Project", "Programme", "Organisation", "Place"]; // from the plainest
const WAYS = ["", "names it", "sets a target", "names something narrower", "through a project", "through a programme", "through an organisation",
  "through a place", "upgrades", "withheld"];
const COUNTED = ["", "", "", "only something narrower", "through a project", "through a programme", "through an organisation", "through a place"];
const TARGET = 2, NARROWER = 3, UPGRADES = 8, WITHHELD = 9;

// Rows of { region, rank, way, what, records }, one for each region, way and thing, the plainest way first.
export function backing(topic, data) {
  const narrower = under(topic), found = new Map();
  const put = (region, rank, what, records) => {
    const key = `${region.id} ${rank} ${what?.id ?? ""}`;
    const way = rank === UPGRADES ? `upgrades ${what ? "something narrower" : "it"}` : WAYS[rank];
    const row = found.get(key) ?? found.set(key, { region, rank, way, what, records: new Set() }).get(key);
    for (const record of records) row.records.add(record);
  };
  for (const one of narrower) {
    const what = one === topic ? null : one;
    for (const record of one.targets) {
      if (record.s.region && !record.result) put(record.s, record.withheld ? WITHHELD : what ? NARROWER : TARGET, what, [record]);
    }
    for (const record of one.in) {
      if (record.s.region && record.p.backs) put(record.s, rankOf(record, what ? NARROWER : 1), what, [record]);
      // a region backs the means in a statement that is withheld
      if (record.p.about) for (const first of record.s.in) if (first.withheld && first.s.region) put(first.s, WITHHELD, record.s, [first]);
    }
  }
  for (const { region, topic: one, means, records } of data.derived) {
    if (narrower.has(one)) put(region, 4 + THROUGH.indexOf(means.root), means, records);
  }
  const by = (row) => [row.rank, row.region.id, row.what?.id ?? ""];
  return [...found.values()].map((row) => ({ ...row, records: [...row.records] }))
    .sort((a, b) => a.rank - b.rank || compare(by(a)[1], by(b)[1]) || compare(by(a)[2], by(b)[2]));
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const rankOf = (record, plain) => (record.withheld ? WITHHELD : record.p.id === "upgrades" ? UPGRADES : plain);

// "1 region names it, 1 more only something narrower, 1 more through a project; wider only: Dalian"
export function summary(topic, rows) {
  const best = new Map();
  for (const { region, rank } of rows) best.set(region, Math.min(rank, best.get(region) ?? Infinity));
  const wider = new Set([...over(topic)].slice(1).flatMap((one) => one.in)
    .filter((r) => r.s.region && r.p.backs && !r.withheld).map((r) => r.s));
  const of = (rank) => [...best].filter(([, least]) => least === rank).map(([region]) => region.label).sort();
  const first = of(1).length;
  const parts = [`${first || "no"} ${first > 1 ? "regions name" : "region names"} it`,
    of(TARGET).length > 0 && `${of(TARGET).length} more ${of(TARGET).length > 1 ? "set" : "sets"} a target`,
    ...[3, 4, 5, 6, 7].filter((rank) => of(rank).length).map((rank) => `${of(rank).length} more ${COUNTED[rank]}`),
    of(UPGRADES).length > 0 && `${of(UPGRADES).length} more ${of(UPGRADES).length > 1 ? "upgrade" : "upgrades"} it`].filter(Boolean);
  const only = [...wider].filter((region) => !best.has(region)).map((region) => region.label).sort();
  return [parts.join(", "), of(WITHHELD).length > 0 && `withheld: ${of(WITHHELD).join(", ")}`,
    only.length > 0 && `wider only: ${only.join(", ")}`].filter(Boolean).join("; ");
}

// Regions by sectors: how often each region backs each, as a table that opens down the hierarchy.

import { button, choice, count, fill, h, name, say } from "./dom.js";
import { label } from "./data.js";
import { filters } from "./filter.js";
import { children, clustered, parents, table, tiersOf } from "./rollup.js";
import { address, go, state } from "./state.js";

const MOST = 400;

// A tier as a letter or two: core c, characteristic ch, new-track nt.
const mark = (tier) => (tier === "characteristic" ? "ch" : tier.split("-").map((part) => part[0]).join(""));

// The rows in order: [topic, depth, whether it can be opened].
export function matrixRows(data, now) {
  const rolled = now.rows !== "stated";
  const cells = table(data, filters(now, data), rolled);
  const columns = data.regions.filter((region) => [...cells.values()].some((row) => row.has(region)));
  const total = (topic) => [...(cells.get(topic)?.values() ?? [])].reduce((sum, records) => sum + records.length, 0);
  const sort = now.sort;
  const byName = (a, b) => a.label.localeCompare(b.label);
  const size = (topic) => (sort === "total" ? total(topic)
    : sort && data.byId.get(sort) ? cells.get(topic)?.get(data.byId.get(sort))?.length ?? 0
      : (cells.get(topic)?.size ?? 0) * 1000 + total(topic));
  const sorted = (topics) => [...topics].sort(sort === "name" ? byName : (a, b) => size(b) - size(a) || byName(a, b));
  // What one region alone has is like nothing else, and stands last.
  const order = (topics) => {
    if (now.cluster !== "1") return sorted(topics);
    const several = sorted(topics.filter((t) => cells.get(t).size > 1));
    return [...(several.length > 2 ? clustered(several, (t) => columns.map((c) => cells.get(t).get(c)?.length ?? 0)) : several),
      ...sorted(topics.filter((t) => cells.get(t).size < 2))];
  };
  const opened = new Set(now.under.split(",").filter(Boolean));
  const rows = [];
  const put = (topic, depth, path) => {
    const below = rolled ? children(topic).filter((t) => cells.has(t) && !path.includes(t)) : [];
    const open = opened.has(topic.id) && below.length > 0;
    rows.push({ topic, depth, below: below.length, open });
    if (open) for (const child of order(below)) put(child, depth + 1, [...path, topic]);
  };
  const words = now.words.trim().toLowerCase();
  const tops = [...cells.keys()].filter((topic) => (words
    ? topic.label.toLowerCase().includes(words) || topic.zh.includes(words)
    : !rolled || !parents(topic).some((p) => cells.has(p))));
  for (const topic of order(tops)) put(topic, 0, []);
  const across = now.cluster === "1" && columns.length > 2
    ? clustered(columns, (c) => [...cells.values()].map((row) => row.get(c)?.length ?? 0)) : columns;
  return { rows, columns: across, cells };
}

export function makeMatrix(data, stage) {
  const controls = h("div", { class: "controls" });
  const scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Regions by sectors" });
  stage.append(controls, scroll);
  let typed = null;

  function update(now) {
    fill(controls,
      choice("Rows", now.rows, [["stated", "as stated"], ["rolled", "rolled up the hierarchy"]], (rows) => go({ rows, under: "" })),
      choice("Order", now.sort, [["", "most regions"], ["total", "most statements"], ["name", "name"],
        ...data.regions.map((r) => [r.id, r.label])], (sort) => go({ sort, cluster: "" })),
      h("label", { class: "choice" }, h("span", null, "Only"), h("input", { type: "search", value: now.words, placeholder: "a word of the name",
        oninput: (event) => { clearTimeout(typed); typed = setTimeout(() => go({ words: event.target.value }, { replace: true }), 200); } })),
      button("Like beside like", () => go({ cluster: state().cluster ? "" : "1" }), { "aria-pressed": String(now.cluster === "1") }),
      now.under && button("Close all rows", () => go({ under: "" }), { class: "link" }));
    draw(now);
  }

  function draw(now) {
    const { rows, columns, cells } = matrixRows(data, now);
    const top = Math.max(1, ...rows.slice(0, MOST).flatMap(({ topic }) => columns.map((c) => cells.get(topic).get(c)?.length ?? 0)));
    const opened = now.under.split(",").filter(Boolean);
    const turn = (topic) => go({ under: (opened.includes(topic.id) ? opened.filter((id) => id !== topic.id) : [...opened, topic.id]).join(",") });
    const tiers = new Set(rows.flatMap(({ topic }) => columns.flatMap((c) => tiersOf(topic, cells.get(topic).get(c) ?? []))));
    fill(scroll, rows.length > 0 && h("p", { class: "key quiet" },
      now.rows === "stated" ? "A number counts statements that back the topic itself." : "A number counts statements that back the topic or anything below it.",
      " A document that says much makes large numbers.",
      tiers.size > 0 && ` A letter is what a document calls the topic itself: ${[...tiers].sort().map((t) => `${mark(t)} ${label(data, "tiers", t)}`).join(", ")}.`),
    rows.length ? h("table", { class: "matrix" },
      h("caption", { class: "unseen" }, "How many statements say that a region backs a sector"),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "topic"),
        columns.map((c) => h("th", { scope: "col", class: "turned", "aria-sort": now.sort === c.id ? "descending" : null },
          h("a", { href: address({ sel: c.id }) }, name(c.label)))))),
      h("tbody", null, rows.slice(0, MOST).map(({ topic, depth, below, open }) => h("tr", null,
        h("th", { scope: "row", style: `--depth:${depth}` },
          below > 0 ? button(open ? "▾" : "▸", () => turn(topic), { class: "turn", "aria-expanded": String(open), "aria-label": `${open ? "Close" : "Open"} ${topic.label}` })
            : now.rows !== "stated" && h("span", { class: "turn", "aria-hidden": "true" }),
          h("a", { href: address({ sel: topic.id }) }, name(topic.label))),
        columns.map((c) => {
          const records = cells.get(topic).get(c) ?? [];
          if (!records.length) return h("td", null);
          const tier = tiersOf(topic, records);
          const words = tier.map((t) => label(data, "tiers", t)).join(", ");
          const sel = `${c.id}*${topic.id}`;
          return h("td", null, h("a", { href: address({ sel }), class: `cell${now.sel === sel ? " on" : ""}`, style: `--heat:${Math.sqrt(records.length / top).toFixed(2)}`,
            "aria-label": `${c.label}, ${topic.label}: ${count(records.length, "statement")}${words && `, ${words}`}`,
            title: words || null },
          String(records.length), tier.length > 0 && h("i", null, tier.map(mark).join(" "))));
        }))))) : h("p", { class: "say" }, "No statement passes the filters."),
    rows.length > MOST && h("p", { class: "quiet" }, `${rows.length - MOST} rows are not shown: narrow them by a word.`));
    say(`${rows.length} rows`);
  }

  return { update, csv(now) {
    const { rows, columns, cells } = matrixRows(data, now);
    const at = (topic, region) => cells.get(topic).get(region) ?? [];
    return [["topic", "topic_label", "depth", ...columns.flatMap((c) => [c.label, `${c.label} (tier)`])],
      ...rows.map(({ topic, depth }) => [topic.id, topic.label, depth, ...columns.flatMap((c) => [at(topic, c).length, tiersOf(topic, at(topic, c)).join(";")])])];
  } };
}
